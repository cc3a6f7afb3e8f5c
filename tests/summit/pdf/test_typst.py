"""Printing: which font prints what, and what is said where none does."""

import io
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import pypdf
import pypdfium2
import pytest
import typst
from PIL import Image, ImageChops

from summit.pdf import arabic, fonts
from summit.pdf import typst as typst_pdf
from summit.pdf.fonts import FOLDER, MissingFontError
from summit.pdf.paper_size import paper_of
from summit.summits.models import Summit

SOURCE = b"""#let d = json(bytes(sys.inputs.data))
#set document(title: "A", date: datetime(year: 2025, month: 3, day: 31))
#set text(font: d.families, fallback: false)
#d.text
"""
RIGHT_TO_LEFT = SOURCE.replace(b"fallback: false", b'fallback: false, lang: "ar"')


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(fonts, "machine", fonts.own)
    monkeypatch.setattr(fonts, "further", tuple)
    typst_pdf.lacking.cache_clear()
    yield
    typst_pdf.lacking.cache_clear()


def used(content: bytes) -> set[str]:
    """Return the fonts in a PDF, by their names without the letters of the subset."""
    found: set[str] = set()
    for page in pypdf.PdfReader(io.BytesIO(content)).pages:
        resources: Any = page["/Resources"]
        found |= {str(font.get_object()["/BaseFont"]).partition("+")[2] for font in resources["/Font"].values()}
    return found


def test_a_bare_machine_prints() -> None:
    serif = "LibertinusSerif-Regular"
    for text, font in (
        ("Œuvre Łódź Việt Nam İstanbul Ελλάδα", serif),
        ("Україна Ђорђе Қазақстан", serif),
        ("שלום", serif),
        ("العربية فارسی اردو", "SummitArabic-Regular"),
        ("中华人民共和国 國際會議", "NotoSerifCJKsc-Regular"),
        ("საქართველო Հայաստան", "DejaVuSansMono"),
    ):
        assert typst_pdf.lacking(text) is None
        content = typst_pdf.print_pdf(SOURCE, {"text": text})
        assert font in {name.partition("-Identity")[0] for name in used(content)}
        assert content == typst_pdf.print_pdf(SOURCE, {"text": text})


# Signs, letters written as one, letters of Persian and Urdu, signs of punctuation, digits and Latin words between.
ARABIC = (
    "أولاً شكرًا لكم جميعًا على حضوركم إلى لندن.",
    "بِسْمِ اللهِ الرَّحْمٰنِ الرَّحِيمِ",
    "الأطفال، لإنقاذهم، لآخر مرّة؛ لماذا؟ لا إله إلا الله.",
    "مسؤولون ومؤسسات: «شؤون» (لأنّ).",
    "في ١٢٣ و 2024 والأمم المتحدة.",
    "پاکستان کے وزیرِ اعظم، گفتگو",
)


def read_by_pypdf(content: bytes) -> str:
    return pypdf.PdfReader(io.BytesIO(content)).pages[0].extract_text()


def read_by_pdfium(content: bytes) -> str:
    # It takes quotation marks and brackets for mirrored once more; they are left as they are drawn.
    return pypdfium2.PdfDocument(content)[0].get_textpage().get_text_range()


def words_of(text: str) -> list[str]:
    return re.sub(r"[«»()]", " ", unicodedata.normalize("NFC", text)).split()


@pytest.mark.parametrize("read", [read_by_pypdf, read_by_pdfium])
def test_what_is_printed_is_copied_as_it_stands(
    read: Callable[[bytes], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def copied(said: str) -> str:
        return read(typst_pdf.print_pdf(RIGHT_TO_LEFT if said in ARABIC else SOURCE, {"text": said}))

    for said in (
        *("L’ordre du jour, « Œuvre »: 31 mars.", "El niño dijo: ¿mañana?"),
        *("Слово имеет представитель Российской Федерации.", "主席先生，各国代表：中华人民共和国主张“和平”。龘镕喆"),
    ):
        assert copied(said) == said
    assert {said: words_of(copied(said)) for said in ARABIC} == {said: words_of(said) for said in ARABIC}

    # The control: as typst writes Arabic words itself.
    monkeypatch.setattr(arabic, "shape", lambda text: arabic.ShapedWords({}, {}))
    assert words_of(copied(ARABIC[0])) != words_of(ARABIC[0])


def test_an_arabic_word_looks_as_its_font_draws_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def drawn(said: str) -> Image.Image:
        page = pypdfium2.PdfDocument(typst_pdf.print_pdf(RIGHT_TO_LEFT, {"text": said}))[0]
        return page.render(scale=2).to_pil().convert("L")

    def apart(one: Image.Image, other: Image.Image) -> int:
        """Return how many pixels differ by more than an edge that begins a part of a pixel elsewhere."""
        return sum(ImageChops.difference(one, other).histogram()[128:])

    ours = [drawn(said) for said in ARABIC[:2]]
    monkeypatch.setattr(arabic, "shape", lambda text: arabic.ShapedWords({}, {}))
    theirs = [drawn(said) for said in ARABIC[:2]]
    assert [apart(*pair) <= 4 for pair in zip(ours, theirs, strict=True)] == [True, True]
    assert apart(*ours) > 500


def test_what_it_can_not_print_is_named() -> None:
    east, core = "fonts-noto-cjk", "fonts-noto-core"
    cases: tuple[tuple[str, str, tuple[str, ...]], ...] = (
        ("About 한국", "국한", (east,)),
        ("日本の한국", "국한", (east,)),
        ("ไทย", "ทยไ", (core,)),
        ("한 ไ", "한ไ", (east, core)),
        ("\ue000", "\ue000", ()),
        ("한" * 50 + "\U0001f600", "한\U0001f600", (east,)),
    )
    for text, letters, packages in cases:
        with pytest.raises(MissingFontError) as raised:
            typst_pdf.print_pdf(SOURCE, {"text": text})
        assert (set(raised.value.letters), raised.value.packages) == (set(letters), packages)


def test_control_with_a_font_that_has_them_it_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    # Our own Chinese font plays the machine's.
    monkeypatch.setattr(fonts, "own", lambda: typst.Fonts(include_system_fonts=False))
    monkeypatch.setattr(fonts, "OWN", ("Libertinus Serif",))
    with pytest.raises(MissingFontError):
        typst_pdf.print_pdf(SOURCE, {"text": "中国"})
    typst_pdf.lacking.cache_clear()
    monkeypatch.setattr(fonts, "machine", lambda: typst.Fonts(include_system_fonts=False, font_paths=[FOLDER]))
    monkeypatch.setattr(fonts, "further", lambda: ("Noto Serif CJK SC",))
    assert "NotoSerifCJKsc" in " ".join(used(typst_pdf.print_pdf(SOURCE, {"text": "中国"})))
    assert typst_pdf.lacking("中国") is None


def test_what_breaks_a_rule_of_tagged_documents_is_printed_and_noted(caplog: pytest.LogCaptureFixture) -> None:
    skipping = SOURCE + b"= One\n=== Three\n#d.text\n"
    assert typst_pdf.print_pdf(skipping, {"text": "words"}).startswith(b"%PDF-")
    assert [record.message.partition(":")[0] for record in caplog.records] == ["a document breaks a rule of PDF/UA-1"]
    # Never with boxes, though typst would not tell.
    with pytest.raises(MissingFontError):
        typst_pdf.print_pdf(skipping, {"text": "한"})


def test_the_fonts_here_are_few_and_have_their_licence() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 8_000_000
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FOLDER / "OFL.txt").read_text()
    naskh = {"NotoNaskhArabic-Bold.ttf", "NotoNaskhArabic-Regular.ttf"}
    assert {path.name for path in FOLDER.iterdir()} == {*naskh, "NotoSerifCJKsc-Regular.otf", "OFL.txt"}


# --- the paper ------------------------------------------------------------------------------------------------------
ZONES = [
    *(("Europe/London", "a4"), ("Asia/Riyadh", "a4"), ("America/Sao_Paulo", "a4"), ("UTC", "a4")),
    *(("America/New_York", "us-letter"), ("America/Mexico_City", "us-letter"), ("Asia/Manila", "us-letter")),
]


def test_it_follows_the_time_zone() -> None:
    for zone, paper in ZONES:
        assert paper_of(Summit(time_zone=zone)) == paper, zone

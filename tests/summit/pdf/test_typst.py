"""Printing: which font prints what, and what is said where none does."""

import io
from collections.abc import Iterator
from typing import Any

import pypdf
import pytest
import typst

from summit.pdf import fonts
from summit.pdf import typst as typst_pdf
from summit.pdf.fonts import FOLDER, MissingFontError
from summit.pdf.paper_size import paper_of
from summit.summits.models import Summit

SOURCE = b"""#let d = json(bytes(sys.inputs.data))
#set document(title: "A", date: datetime(year: 2025, month: 3, day: 31))
#set text(font: d.families, fallback: false)
#d.text
"""


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
        ("العربية فارسی اردو", "NotoNaskhArabic-Regular"),
        ("中华人民共和国 國際會議", "NotoSerifCJKsc-Regular"),
        ("საქართველო Հայաստան", "DejaVuSansMono"),
    ):
        assert typst_pdf.lacking(text) is None
        content = typst_pdf.print_pdf(SOURCE, {"text": text})
        assert font in {name.partition("-Identity")[0] for name in used(content)}
        assert content == typst_pdf.print_pdf(SOURCE, {"text": text})


def test_what_is_printed_is_copied_as_it_stands() -> None:
    def copied(said: str) -> str:
        reader = pypdf.PdfReader(io.BytesIO(typst_pdf.print_pdf(SOURCE, {"text": said})))
        return reader.pages[0].extract_text()

    for said in (
        *("L’ordre du jour, « Œuvre »: 31 mars.", "El niño dijo: ¿mañana?"),
        *("Слово имеет представитель Российской Федерации.", "主席先生，各国代表：中华人民共和国主张“和平”。龘镕喆"),
    ):
        assert (copied(said), fonts.copied_wrongly(said)) == (said, False)
    # The limit, as it is: where typst or pypdf come to copy it rightly, the page needs to say nothing any more.
    arabic = "أولاً شكرًا"
    assert (copied(arabic) == arabic, fonts.copied_wrongly(arabic)) == (False, True)


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
    # Our own Arabic font plays the machine's.
    monkeypatch.setattr(fonts, "own", lambda: typst.Fonts(include_system_fonts=False))
    monkeypatch.setattr(fonts, "OWN", ("Libertinus Serif",))
    with pytest.raises(MissingFontError):
        typst_pdf.print_pdf(SOURCE, {"text": "عربي"})
    typst_pdf.lacking.cache_clear()
    monkeypatch.setattr(fonts, "machine", lambda: typst.Fonts(include_system_fonts=False, font_paths=[FOLDER]))
    monkeypatch.setattr(fonts, "further", lambda: ("Noto Naskh Arabic",))
    assert "NotoNaskhArabic" in " ".join(used(typst_pdf.print_pdf(SOURCE, {"text": "عربي"})))
    assert typst_pdf.lacking("عربي") is None


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
    arabic = {"NotoNaskhArabic-Bold.ttf", "NotoNaskhArabic-Regular.ttf"}
    assert {path.name for path in FOLDER.iterdir()} == {*arabic, "NotoSerifCJKsc-Regular.otf", "OFL.txt"}


# --- the paper ------------------------------------------------------------------------------------------------------
ZONES = [
    *(("Europe/London", "a4"), ("Asia/Riyadh", "a4"), ("America/Sao_Paulo", "a4"), ("UTC", "a4")),
    *(("America/New_York", "us-letter"), ("America/Mexico_City", "us-letter"), ("Asia/Manila", "us-letter")),
]


def test_it_follows_the_time_zone() -> None:
    for zone, paper in ZONES:
        assert paper_of(Summit(time_zone=zone)) == paper, zone

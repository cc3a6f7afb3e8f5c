"""Texts on paper: tagged, in their language, with what happened to them and nothing else."""

import io
import unicodedata
from typing import Any

import pypdf
import pytest
from django.utils import translation

from press.formats import pdf
from press.texts.models.texts import TextKind
from summit.core.languages import spoken
from tests.press.formats.test_all_formats import full_text, reading_of
from tests.press.helpers import add_edition

pytestmark = pytest.mark.django_db

# Languages of each script that prints on a bare machine.
WORDS = {
    "fr": "Les frontières, où l’on passe",
    "ru": "Границы между странами",
    "ar": "الحدود بين الدول",
    "he": "גבולות בין מדינות",
    "el": "Τα σύνορα των χωρών",
    "fa": "مرزهای کشورها",
    "tr": "Sınırlar ve ülkeler",
    "pl": "Granice między krajami",
}
each_language = pytest.mark.broad("prints further languages")
LANGUAGES = [code if code in ("fr", "ru", "ar", "he") else pytest.param(code, marks=each_language) for code in WORDS]


def opened(content: bytes) -> tuple[pypdf.PdfReader, str]:
    reader = pypdf.PdfReader(io.BytesIO(content))
    return reader, " ".join(" ".join(page.extract_text() for page in reader.pages).split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_tagged_in_its_language_with_its_words_in_it(language: str) -> None:
    version = full_text(TextKind.TRANSCRIPT, "published").version.text.versions.get(language="ar")
    version.editions.all().delete()
    version.language = language
    version.save()
    edition = add_edition(version, title=WORDS[language], body=f"## {WORDS[language]}\n\n{WORDS[language]}.")
    with translation.override(spoken(language)):
        reader, text = opened(pdf.write(reading_of(edition)))
    root: Any = reader.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == (language, True)
    assert "/StructTreeRoot" in root
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    # Read from the right, this program gives the words of a line in the order in which they are drawn.
    read = unicodedata.normalize("NFKC", text)
    for word in unicodedata.normalize("NFKC", WORDS[language]).split():
        assert read.count(word) >= 3, word


def test_it_says_what_happened_to_the_text_and_nothing_else() -> None:
    edition = full_text(TextKind.ADVISORY, "corrected")
    add_edition(edition.version, state="draft", title="secret", body="secret", change_note="secret")
    content = pdf.write(reading_of(edition))
    reader, text = opened(content)
    for said in (
        "Gate 3",
        "Borders & <law>",
        "Note & <n>",
        "Annex & <one> PDF, ",
        "Edition 2 · English · Corrected, ",
    ):
        assert said in text, said
    metadata = reader.metadata
    assert metadata is not None
    assert set(metadata) == {"/Title", "/Author", "/CreationDate", "/ModDate", "/Creator"}
    assert b"secret" not in content
    links = [str(a["/A"]["/URI"]) for page in reader.pages for a in page.get("/Annots", []) if "/A" in a]
    assert sum("/files/" in link for link in links) == 2


def test_a_withdrawn_text_says_so_on_paper() -> None:
    _reader, text = opened(pdf.write(reading_of(full_text(TextKind.STATEMENT, "withdrawn"))))
    assert ("It was wrong." in text, "English · Withdrawn, " in text) == (True, True)


def test_the_same_reading_is_printed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    reading = reading_of(full_text(TextKind.STATEMENT, "published"))
    first = pdf.write(reading)
    monkeypatch.setattr(pdf, "print_pdf", lambda _source, _data: b"")
    assert pdf.write(reading) == first
    corrected = reading_of(full_text(TextKind.STATEMENT, "corrected"))
    assert pdf.write(corrected) == b""

"""Every format of every kind of text, in every language and state, held against its standard."""

import io
import itertools
import json
import unicodedata
from dataclasses import replace
from typing import Any

import pypdf
import pytest
from django.utils import translation
from lxml import etree

from press.formats import akomantoso, jsonld, ninjs, pdf, plain
from press.formats.codes import THREE
from press.published_texts.related import related_content
from press.published_texts.selectors import Reading, find_public_edition, read
from press.texts.models.editions import Edition, EditionAttachment
from press.texts.models.texts import Text, TextKind, Wording
from summit.core.languages import language_choices, spoken
from tests.factories import AttachmentFactory, PersonFactory, TopicFactory
from tests.press.format_checks import akoma_ntoso, ninjs_faults
from tests.press.formats.test_formats import faults
from tests.press.helpers import add_edition, add_language, ago, make_text
from tests.schemas import needs_schemas

pytestmark = [pytest.mark.django_db, pytest.mark.once]


AKN = {"akn": "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"}
STATES = ("published", "corrected", "clarified", "withdrawn")


def reading_of(edition: Edition) -> Reading:
    summit, version = edition.version.text.summit, edition.version
    found = find_public_edition(summit, version.text.slug, version.language)
    assert found is not None
    with translation.override(spoken(version.language)):
        return replace(read(summit, found), beside=related_content(summit, found))


def full_text(kind: str, state: str) -> Edition:
    """A text that has all that a text can have."""
    speech = kind == TextKind.TRANSCRIPT
    withdrawn = ago(1) if state == "withdrawn" else None
    edition = make_text(
        moment=ago(9), speech=speech, withdrawn_at=withdrawn, title="T & <t>", summary="S", body="One."
    )
    text = edition.version.text
    Text.objects.filter(pk=text.pk).update(
        kind=kind,
        wording=Wording.DELIVERED if speech else Wording.NONE,
        contact="press@host.example",
        media_access="pooled",
        gather_place="Gate 3",
        gather_at=ago(-5),
    )
    text.topics.add(TopicFactory(summit=text.summit, name="Borders & <law>"))
    text.people.add(PersonFactory(summit=text.summit))
    if state in ("corrected", "clarified"):
        kind_of = "correction" if state == "corrected" else "clarification"
        edition = add_edition(
            edition.version, decided_at=ago(2), body="Two.", change_note="Note & <n>", change_kind=kind_of
        )
    for name in ("Annex & <one>", "Annex two"):
        EditionAttachment.objects.create(edition=edition, attachment=AttachmentFactory(text=text, title=name))
    add_language(text, "ar", decided_at=ago(30), title="كلمة", body="نص.")
    return edition


def check(reading: Reading) -> etree._Element:
    document = etree.fromstring(akomantoso.write(reading))
    akoma_ntoso().assertValid(document)
    assert ninjs_faults(json.loads(ninjs.write(reading))) == []
    assert faults(json.loads(jsonld.write(reading))) == []
    return document


FEW = [("transcript", "corrected"), ("advisory", "withdrawn"), ("statement", "published")]
each_pair = pytest.mark.broad("writes each kind of text in each state")
REST = [pair for pair in itertools.product(TextKind.values, STATES) if pair not in FEW]


@needs_schemas
@pytest.mark.parametrize(("kind", "state"), [*FEW, *(pytest.param(*pair, marks=each_pair) for pair in REST)])
def test_every_kind_in_every_state(kind: str, state: str) -> None:
    edition = full_text(kind, state)
    arabic = edition.version.text.versions.get(language="ar").editions.get()
    documents = [check(reading_of(each)) for each in (edition, arabic)]
    works = {document.xpath("string(//akn:FRBRWork/akn:FRBRuri/@value)", namespaces=AKN) for document in documents}
    assert len(works) == 1
    events = documents[0].xpath("//akn:eventRef/@type", namespaces=AKN)
    ends = {"published": [], "withdrawn": ["repeal"]}.get(state, ["amendment"])
    assert events == ["generation", *ends]
    assert documents[1].xpath("string(//akn:FRBRtranslation/@fromLanguage)", namespaces=AKN) == "eng"
    # Every reference leads to something in the document.
    ids = set(documents[0].xpath("//@eId"))
    for name in ("source", "href", "by", "as"):
        ends = [each[1:] for each in documents[0].xpath(f"//@{name}") if each.startswith("#")]
        assert set(ends) <= ids, name
    said = plain.write(reading_of(edition)).decode()
    for words in ("Borders & <law>", "Gate 3", "press@host.example", "Annex & <one>"):
        assert words in said


@needs_schemas
@pytest.mark.broad("writes a text in each of the languages")
def test_every_language() -> None:
    reading = reading_of(full_text(TextKind.TRANSCRIPT, "corrected"))
    for code, _name in language_choices():
        reading.edition.version.language = code
        with translation.override(spoken(code)):
            document = check(reading)
        assert document.xpath("string(//akn:FRBRlanguage/@language)", namespaces=AKN) == THREE[code]


@needs_schemas
def test_control_the_standards_see_mistakes() -> None:
    reading = reading_of(full_text(TextKind.STATEMENT, "corrected"))
    document = etree.fromstring(akomantoso.write(reading).replace(b"textualMod", b"textMod"))
    assert not akoma_ntoso().validate(document)
    found = json.loads(ninjs.write(reading))
    del found["associations"][0]["uri"]
    assert ninjs_faults(found)


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

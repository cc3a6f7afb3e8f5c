"""What a text becomes as HTML, plain text, Akoma Ntoso, ninjs and PDF: its words, their order and addresses."""

import io
import json
import re
from typing import Any

import pypdf
import pytest
from django.conf import settings
from django.test import Client
from lxml import etree, html

from press.texts.markdown_to_html import count_words, to_html, to_plain
from press.texts.models.editions import Edition
from summit.pdf import fonts, typst
from tests.languages import pseudo
from tests.press.format_checks import akoma_ntoso
from tests.press.helpers import add_edition, ago, make_text, officer, url_of
from tests.schemas import needs_schemas

pytestmark = pytest.mark.django_db

AKN = {"akn": "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"}

RICH = """# A heading

One *two* **three** ~~four~~ `five` [six](https://six.example/?a=1&b=2) <b>seven</b>\\
eight & nine

- ten
- eleven
  1. twelve

5. thirteen

   fourteen

> fifteen

| sixteen | seventeen |
|---|---|
| eighteen | nineteen |

---

    twenty

#set page(fill: red) #sys.inputs $x$ @ref <label> // comment
"""
WORDS = ["One", "two", "three", "four", "five", "six", "<b>seven</b>", "eight", "nine", "ten", "eleven", "twelve"]
WORDS += ["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"]


@pytest.fixture
def rich() -> Edition:
    edition = make_text(moment=ago(3), speech=True, title="Tïtle & <co> #1", summary="Sum <1>", body=RICH)
    return add_edition(
        edition.version, decided_at=ago(1), title="Tïtle & <co> #1", summary="Sum", body=RICH, change_note="Note & co"
    )


def get(client: Client, edition: Edition, ending: str) -> bytes:
    response = client.get(url_of(edition.version.text)[:-1] + ending)
    assert response.status_code == 200
    return bytes(response.content)


HTML = [
    ("[a](javascript:alert(1))", '<p id="p-1">[a](javascript:alert(1))</p>\n'),
    ("<img src=x onerror=alert(1)>", '<p id="p-1">&lt;img src=x onerror=alert(1)&gt;</p>\n'),
    ("![x](https://e.example/x)", '<p id="p-1">!<a href="https://e.example/x" rel="noopener noreferrer">x</a></p>\n'),
    ("[a](tel:1)", '<p id="p-1"><a rel="noopener noreferrer">a</a></p>\n'),
    # Headings step down and skip no level.
    ("# A\n\none", '<h2 id="s-a">A</h2>\n<p id="p-1">one</p>\n'),
    ("###### deep", '<h2 id="s-deep">deep</h2>\n'),
    ("- two\n- three\n\nfour", '<ul>\n<li id="p-1">two</li>\n<li id="p-2">three</li>\n</ul>\n<p id="p-3">four</p>\n'),
]  # fmt: skip


@pytest.mark.parametrize(("body", "html"), HTML)
def test_html_is_clean_and_its_paragraphs_have_addresses(body: str, html: str) -> None:
    assert to_html(body) == html


def test_plain_text() -> None:
    assert to_plain("# A\n\nb *c*\nd\n\n2. e\n3. f\n\n- g\n\n> h") == "A\n\nb c d\n\n2. e\n3. f\n\n– g\n\n> h\n"
    assert count_words("one *two*\n\nthree") == 3


def test_txt(client: Client, rich: Edition) -> None:
    content = get(client, rich, ".txt").decode()
    assert (content.startswith("Tïtle & <co> #1\n"), "*" in content.replace("* * *", "")) == (True, False)
    assert all(word in content for word in ["Note & co", *WORDS])


@needs_schemas
def test_akoma_ntoso_is_valid(client: Client) -> None:
    edition = make_text(moment=ago(3), speech=True, withdrawn_at=ago(1), title="T & t", summary="S", body=RICH)
    for body in (RICH, "Only.", "---"):
        last = add_edition(edition.version, decided_at=ago(2), body=body, change_note="c")
        document = etree.fromstring(get(client, last, ".xml"))
        akoma_ntoso().assertValid(document)
    assert edition.version.text.withdrawal_reason in " ".join(document.itertext())


def test_akoma_ntoso_keeps_the_words_and_their_addresses(client: Client, rich: Edition) -> None:
    document = etree.fromstring(get(client, rich, ".xml"))
    text = " ".join("".join(document.itertext()).split())
    assert all(word in text for word in WORDS)
    within = "dbsect_1__speech_1__"
    ids = document.xpath("//akn:speech//*[self::akn:p or self::akn:li]/@eId", namespaces=AKN)
    assert {each.partition(within)[0] for each in ids} == {""}
    numbers = [f"p-{each.rpartition('_')[2]}" for each in ids]
    assert numbers == [anchor for anchor in re.findall(r'id="(p-\d+)"', to_html(RICH)) if anchor in numbers]
    assert document.xpath("string(//*[local-name()='from'])").startswith("Minister")


def test_a_pdf_is_readable_and_the_same_each_time(client: Client, rich: Edition) -> None:
    content = get(client, rich, ".pdf")
    reader = pypdf.PdfReader(io.BytesIO(content))
    assert reader.metadata is not None
    assert reader.metadata.title == "Tïtle & <co> #1"
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert all(word in text for word in WORDS)
    # What would be source stands there as words.
    assert "#set page(fill: red) #sys.inputs $x$ @ref <label> // comment" in text
    assert content == get(client, rich, ".pdf")


class TestLettersWithoutAFont:
    @pytest.fixture
    def korean(self, monkeypatch: pytest.MonkeyPatch) -> Edition:
        monkeypatch.setattr(fonts, "machine", fonts.own)
        monkeypatch.setattr(fonts, "further", tuple)
        typst.lacking.cache_clear()
        return make_text(moment=ago(1), body="한글 and words")

    def test_who_prints_is_told_which_package_is_missing(
        self, client: Client, korean: Edition, request: pytest.FixtureRequest
    ) -> None:
        path = f"{url_of(korean.version.text)[:-1]}.pdf"
        answer = client.get(path)
        assert (answer.status_code, answer["Content-Type"]) == (503, "text/html; charset=utf-8")
        page = answer.content.decode()
        assert "No font on this machine can print “한글”." in page
        assert "install the package fonts-noto-cjk" in page
        pseudo.install(request)
        assert "⟦No font on this machine can print “한글”.⟧" in client.get(f"{path}?lang=fr").content.decode()

    def test_the_press_desk_is_warned_before(self, client: Client, korean: Edition) -> None:
        text = korean.version.text
        client.force_login(officer(text.summit))
        page = client.get(f"/admin/press/text/{text.pk}/").content.decode()
        assert ("This edition has no PDF." in page, "install the package fonts-noto-cjk" in page) == (True, True)
        # The control: with a font nobody is warned.
        printed = make_text(summit=text.summit, moment=ago(1), body="كلمة Łódź Ελλάδα Україна")
        assert get(client, printed, ".pdf").startswith(b"%PDF-")
        page = client.get(f"/admin/press/text/{printed.version.text.pk}/").content.decode()
        assert "This edition has no PDF." not in page


# What schema.org has of the types that stand here: from a property to what its value may be, "" for words.
WORK = {
    "@id": "", "url": "", "identifier": "", "headline": "", "genre": "", "inLanguage": "", "datePublished": "",
    "dateModified": "", "version": 0, "creativeWorkStatus": "", "isAccessibleForFree": True, "description": "",
    "author": "Person Organization", "publisher": "Organization", "isPartOf": "WebSite", "encoding": "MediaObject",
    "correction": "CorrectionComment", "translationOfWork": "CreativeWork", "workTranslation": "CreativeWork",
    "recordedAt": "Event", "about": "Event Thing", "mentions": "Person", "associatedMedia": "MediaObject",
    "timeRequired": "", "mainEntityOfPage": "", "isBasedOn": "", "name": "", "text": "",
}  # fmt: skip
TYPES: dict[str, dict[str, Any]] = {
    "Article": WORK | {"wordCount": 0, "articleBody": ""},
    "NewsArticle": WORK | {"wordCount": 0, "articleBody": ""},
    "CreativeWork": WORK,
    "WebSite": WORK,
    "CorrectionComment": WORK,
    "Thing": {"name": ""},
    "Person": {"name": "", "jobTitle": "", "affiliation": "Organization"},
    "Organization": {"name": "", "url": ""},
    "Place": {"name": ""},
    "Event": {"name": "", "url": "", "startDate": "", "endDate": "", "location": "Place", "superEvent": "Event"},
    "MediaObject": {"name": "", "contentUrl": "", "encodingFormat": "", "contentSize": "", "inLanguage": ""},
}


def faults(found: dict[str, Any], allowed: str = "Article NewsArticle") -> list[str]:
    """Return which properties the vocabulary doesn't have, or has for other values."""
    kind = found.get("@type", "")
    if kind not in allowed.split():
        return [f"{kind} is none of {allowed}"]
    wrong = []
    for name, value in found.items():
        if name in ("@type", "@context"):
            continue
        wanted = TYPES[kind].get(name)
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                wrong += faults(each, str(wanted))
            elif wanted is None or (isinstance(wanted, str) and " " in wanted) or type(each) is not type(wanted):
                wrong.append(f"{kind}.{name}: {each!r}")
    return wrong


def in_page(client: Client, path: str) -> dict[str, Any]:
    """What a search engine takes from a page."""
    page = html.fromstring(client.get(path).content.decode())
    (element,) = page.xpath("//script[@type='application/ld+json']")
    found: dict[str, Any] = json.loads(element.text)
    assert found["@context"] == "https://schema.org"
    assert faults(found) == []
    return found


def alone(client: Client, path: str) -> dict[str, Any]:
    response = client.get(path.rstrip("/") + ".jsonld")
    assert (response.status_code, response["Content-Type"]) == (200, "application/ld+json")
    found: dict[str, Any] = json.loads(response.content)
    assert faults(found) == []
    return found


def graph(client: Client, path: str) -> dict[str, str]:
    page = html.fromstring(client.get(path).content.decode())
    return {each.get("property"): each.get("content") for each in page.xpath("//meta[@property]")}


def test_a_speech(client: Client) -> None:
    edition = make_text(moment=ago(3), speech=True, title="On </script><b>", summary="Sum", body="One two.\n\nThree.")
    path = url_of(edition.version.text)
    found = in_page(client, path)
    assert (found["@type"], found["headline"], found["inLanguage"]) == ("Article", "On </script><b>", "en")
    assert found["url"] == settings.BASE_URL + path
    assert found["author"]["affiliation"]["name"] == edition.version.text.slot.party.name
    assert (found["creativeWorkStatus"], found["wordCount"], found["timeRequired"]) == ("Published", 3, "PT1M")
    assert found["datePublished"] == found["dateModified"]
    assert alone(client, path) == found | {"articleBody": "One two.\n\nThree.\n"}
    assert b"</script><b>" not in client.get(path).content


def test_each_published_correction_and_no_other(client: Client) -> None:
    edition = make_text(moment=ago(5), title="Old", body="Old.", change_note="secret zero")
    add_edition(edition.version, decided_at=ago(3), change_note="The sum was wrong.", change_kind="correction")
    add_edition(edition.version, decided_at=ago(2), change_note="Euro, not dollar.", change_kind="clarification")
    add_edition(edition.version, state="in_review", title="Secret", change_note="secret note", body="secret body")
    path = url_of(edition.version.text)
    found = in_page(client, path)
    page = f"{settings.BASE_URL}{path}edition/"
    assert [(each["name"], each["text"], each["url"]) for each in found["correction"]] == [
        ("Clarified", "Euro, not dollar.", f"{page}3/"),
        ("Corrected", "The sum was wrong.", f"{page}2/"),
    ]
    assert found["dateModified"] == found["correction"][0]["datePublished"] > found["datePublished"]
    for address in (path, f"{path[:-1]}.jsonld"):
        assert b"secret" not in client.get(address).content.lower()


def test_a_withdrawn_text_says_why_and_gives_no_words(client: Client) -> None:
    edition = make_text(moment=ago(5), withdrawn_at=ago(1), title="Gone", body="words that go")
    path = url_of(edition.version.text)
    found = alone(client, path)
    assert (found["creativeWorkStatus"], found["headline"]) == ("Withdrawn", "Withdrawn: Gone")
    assert (found["correction"][0]["text"], "articleBody" in found) == ("It was wrong.", False)
    assert "This text was withdrawn on" in graph(client, path)["og:description"]


def test_control_the_vocabulary_is_asked(client: Client) -> None:
    found = in_page(client, url_of(make_text(moment=ago(1)).version.text))
    for wrong in ({"byline": "x"}, {"wordCount": "3"}, {"@type": "Speech"}, {"author": {"@type": "Place"}}):
        assert faults(found | wrong), wrong

import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from lxml import html

from tests.press.helpers import add_edition, add_language, ago, make_text, url_of

pytestmark = pytest.mark.django_db

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


def test_translations_name_each_other(client: Client) -> None:
    edition = make_text(moment=ago(5), title="English")
    text = edition.version.text
    add_language(text, "ar", title="كلمة", body="نص.")
    add_language(text, "fr", title="F", state="draft")
    path = url_of(text)
    page = settings.BASE_URL + path
    found, arabic = in_page(client, path), in_page(client, f"{path}ar/")
    assert [each["@id"] for each in found["workTranslation"]] == [f"{page}ar/"]
    assert (arabic["translationOfWork"]["@id"], arabic["inLanguage"]) == (page, "ar")
    assert arabic["genre"] != found["genre"]


def test_what_is_shown_where_somebody_shares_the_page(client: Client) -> None:
    edition = make_text(moment=ago(5), title='A "title" & more', body="The *first* words.\n\n" + "And more. " * 90)
    text = edition.version.text
    add_language(text, "ar", title="كلمة", body="نص.")
    path = url_of(text)
    found = graph(client, path)
    described = found.pop("og:description")
    assert (described.startswith("The first words. And more."), len(described)) == (True, 200)
    for name, value in (
        ("og:title", 'A "title" & more'),
        ("og:url", settings.BASE_URL + path),
        ("og:locale", "en_GB"),
        ("og:locale:alternate", "ar_AR"),
        ("article:published_time", in_page(client, path)["datePublished"]),
    ):
        assert found[name] == value
    assert graph(client, f"{path}ar/")["og:locale"] == "ar_AR"


def test_the_page_leads_to_what_quotes_it(client: Client) -> None:
    edition = make_text(moment=ago(5), body="One.\n\nTwo.")
    add_edition(edition.version, decided_at=ago(1), body="One.\n\nTwo!", change_note="c")
    path = url_of(edition.version.text)
    for page in (path, f"{path}edition/1/"):
        head = html.fromstring(client.get(page).content.decode()).find("head")
        links = {each.get("type"): each.get("href") for each in head.findall("link[@rel='alternate']")}
        answer = client.get(links["application/json+oembed"].removeprefix(settings.BASE_URL))
        assert ("most recently on" in answer.json()["html"]) is (page != path)
        assert client.get(links["text/xml+oembed"].removeprefix(settings.BASE_URL)).status_code == 200


def test_control_the_vocabulary_is_asked(client: Client) -> None:
    found = in_page(client, url_of(make_text(moment=ago(1)).version.text))
    for wrong in ({"byline": "x"}, {"wordCount": "3"}, {"@type": "Speech"}, {"author": {"@type": "Place"}}):
        assert faults(found | wrong), wrong

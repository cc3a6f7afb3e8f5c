"""Public texts in the API: found and narrowed as on the press site, and told in full."""

import re
from typing import Any

import pytest
from django.test import Client

from press import pinned, reading
from press.domain import deciding, editions, lifts
from press.models import Edition, EditionAttachment, TextKind
from summit.models import Summit
from tests.factories import AttachmentFactory, SummitFactory, TextVersionFactory, TopicFactory
from tests.press.helpers import add_edition, ago, approver, make_delivered, make_text, officer
from tests.press.test_visibility import everything
from tests.rows import once_a_module

pytestmark = pytest.mark.django_db
FIRST = "One stays as it is.\n\nTwo has five hundred ships."
SITE = "http://localhost:8000/here/press"
SECOND = "A new opening.\n\nOne stays as it is.\n\nTwo has six hundred ships."


@once_a_module
def ships() -> Edition:
    """Return a statement on ships, in English and French, about a topic, that was corrected."""
    summit = SummitFactory(slug="here")
    edition = make_text(summit=summit, moment=ago(2), decided_at=ago(3), body=FIRST, title="Ships", slug="ships")
    text = edition.version.text
    text.topics.add(TopicFactory(summit=summit, name="The sea"))
    french = TextVersionFactory(text=text, language="fr", authoritative=False)
    add_edition(french, title="Navires", body="Cinq cents navires.")
    writer = officer(summit)
    why = {"change_kind": "correction", "change_note": "Six hundred, not five."}
    second = editions.draft(version=edition.version, based_on=1, title="Ships", body=SECOND, by=writer, **why)
    deciding.submit(edition=second, by=writer)
    deciding.approve(edition=second, by=approver(summit))
    return edition


@pytest.fixture
def summit(ships: Edition) -> Summit:
    return ships.version.text.summit


def get(query: str = "") -> Any:
    return Client().get(f"/api/v1/summits/here/texts/{query}")


def slugs(query: str) -> list[str]:
    response = get(query)
    assert response.status_code == 200, response.content
    return [each["slug"] for each in response.json()["results"]]


def test_texts_are_found_and_narrowed_as_on_the_site(summit: Summit, ships: Edition) -> None:
    speech = make_text(summit=summit, moment=ago(1), speech=True, slug="speech", body="Of sailors.")
    make_text(summit=summit, moment=ago(-1), slug="secret", body="Of ships.")
    slot = speech.version.text.slot
    assert slot is not None
    assert slot.party is not None
    topic = ships.version.text.topics.get()
    assert slugs("") == ["ships", "speech"]
    assert slugs("?q=ships") == ["ships"]
    assert slugs("?q=ship&kind=statement") == ["ships"]
    assert slugs(f"?kind={TextKind.TRANSCRIPT}") == ["speech"]
    assert slugs(f"?speaker={slot.speaker.public_id}") == ["speech"]
    assert slugs(f"?party={slot.party.public_id}&lang=ar") == ["speech"]
    assert slugs(f"?topic={topic.public_id}") == ["ships"]
    assert slugs("?language=fr") == ["ships"]
    assert get("?language=fr").json()["results"][0]["title"] == "Navires"
    assert slugs("?since=2999-01-01") == slugs("?until=1999-01-01") == slugs("?session=nothing") == []
    assert slugs("?q=nothing") == []


def test_what_isn_t_known_is_refused(summit: Summit) -> None:
    for name, value in (("state", "draft"), ("since", "soon"), ("kind", "poem"), ("page_size", "0")):
        refused = get(f"?{name}={value}")
        assert (refused.status_code, refused["Content-Type"]) == (400, "application/problem+json")
        assert [each["parameter"] for each in refused.json()["errors"]] == [name]


def test_a_text_tells_all_that_its_page_tells(summit: Summit, ships: Edition) -> None:
    text = ships.version.text
    topic = text.topics.get()
    newest = ships.version.editions.get(number=2)
    file = AttachmentFactory(text=text)
    EditionAttachment.objects.create(edition=newest, attachment=file)
    told = get("ships/").json()
    assert told["topics"] == [{"id": topic.public_id, "name": "The sea"}]
    assert (told["session"], told["speaker"]) == (None, None)
    [correction] = told["corrections"]
    assert (correction["number"], correction["kind"]) == (2, "correction")
    assert correction["note"] == "Six hundred, not five."
    assert [(each["number"], each["kind"]) for each in told["history"]] == [(2, "correction"), (1, None)]
    assert [(each["anchor"], each["body"]) for each in told["paragraphs"]] == [
        ("p-3", "A new opening."),
        ("p-1", "One stays as it is."),
        ("p-2", "Two has six hundred ships."),
    ]
    assert re.findall(r'id="(p-\d+)"', told["html"]) == ["p-3", "p-1", "p-2"]
    assert told["paragraphs"][0]["url"] == f"{SITE}/ships/#p-3"
    [attached] = told["files"]
    assert (attached["name"], attached["size"]) == (file.file_name, file.size)
    site = Client()
    for url in (attached["url"], correction["url"], told["history"][1]["url"]):
        assert site.get(url.removeprefix("http://localhost:8000")).status_code == 200


def test_a_translation_is_asked_for_by_its_language(summit: Summit, ships: Edition) -> None:
    told = get("ships/?language=fr").json()
    assert (told["language"], told["title"], told["edition"]) == ("fr", "Navires", 1)
    assert get("ships/?language=en").json() == get("ships/").json()
    assert get("ships/?language=ar").status_code == 404
    assert [each["parameter"] for each in get("ships/?tongue=fr").json()["errors"]] == ["tongue"]


def test_an_edition_that_was_read_stays_to_be_read(summit: Summit, ships: Edition) -> None:
    first, second = get("ships/editions/1/").json(), get("ships/editions/2/").json()
    about = first["about"]
    assert (about["url"], about["number"], about["kind"]) == (f"{SITE}/ships/edition/1/", 1, None)
    assert (first["body"], first["plain"], first["newest"]) == (FIRST, f"{FIRST}\n", 2)
    assert [each["url"] for each in first["paragraphs"]] == [f"{about['url']}#p-1", f"{about['url']}#p-2"]
    assert (first["changed"], first["gone"], first["files"]) == (["p-2"], [], [])
    assert (second["newest"], second["about"]["kind"], second["changed"]) == (2, "correction", [])
    assert get("ships/editions/1/?language=fr").json()["title"] == "Navires"


def test_an_edition_that_nobody_may_read_is_not_there(
    summit: Summit, ships: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_edition(ships.version, state="draft")
    make_text(summit=summit, slug="secret", body="Of ships.", moment=ago(-1))
    nothing = get("nothing/editions/1/").content
    for path in ("secret/editions/1/", "ships/editions/3/", "ships/editions/0/", f"ships/editions/{10**30}/"):
        assert (get(path).status_code, get(path).content) == (404, nothing)
    # Control: without the predicate it would be told.
    for name in ("public_editions", "published_editions"):
        monkeypatch.setattr(reading, name, everything)
    monkeypatch.setattr(pinned, "published_editions", everything)
    assert get("secret/editions/1/").json()["body"] == "Of ships."


def test_prepared_and_delivered_words_are_compared_where_readers_may(summit: Summit) -> None:
    prepared = make_text(summit=summit, speech=True, moment=ago(2), body="One was planned.\n\nTwo.", slug="planned")
    said = make_delivered(prepared, moment=ago(1), public=True, body="One was said.\n\nTwo.").version.text
    told = get(f"{said.slug}/comparison/").json()
    assert told["prepared"] == {"slug": "planned", "url": f"{SITE}/planned/", "edition": 1}
    assert (told["delivered"]["slug"], told["language"], told["differ"]) == (said.slug, "en", True)
    assert [each["kind"] for each in told["paragraphs"]] == ["changed", "same"]
    assert told["paragraphs"][0]["runs"] == [
        {"kind": "same", "words": "One was "},
        {"kind": "gone", "words": "planned"},
        {"kind": "new", "words": "said"},
        {"kind": "same", "words": "."},
    ]
    lifts.hold(lift=prepared.version.text.lift, reason="wait", by=officer(summit))
    assert get(f"{said.slug}/comparison/").status_code == 404
    assert get("planned/comparison/").status_code == 404


def test_a_file_of_a_later_edition_is_not_told_before(summit: Summit) -> None:
    edition = make_text(summit=summit, moment=ago(1), slug="open")
    draft = add_edition(edition.version, state="draft")
    EditionAttachment.objects.create(edition=draft, attachment=AttachmentFactory(text=edition.version.text))
    assert get("open/").json()["files"] == []

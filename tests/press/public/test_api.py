"""Public texts in the API: found and narrowed as on the press site, and told in full."""

import re
from typing import Any

import pytest
from django.test import Client

from press.published_texts import pinned_editions
from press.published_texts import selectors as published_texts_selectors
from press.texts.models.editions import Edition, EditionAttachment
from press.texts.models.texts import TextKind
from summit.summits.models import Summit
from tests.factories import AttachmentFactory, SummitFactory, TopicFactory
from tests.module_fixtures import once_a_module
from tests.press.helpers import FIRST, add_edition, add_language, ago, make_corrected, make_delivered, make_text
from tests.press.test_visibility import everything

pytestmark = pytest.mark.django_db
SITE = "http://localhost:8000/here/press"


@once_a_module
def ships() -> Edition:
    """Return the first edition of a statement on ships, in English and French, about a topic, that was corrected."""
    summit = SummitFactory(slug="here")
    text = make_corrected(summit, slug="ships")
    text.topics.add(TopicFactory(summit=summit, name="The sea"))
    add_language(text, "fr", title="Navires", body="Cinq cents navires.")
    return text.versions.get(language="en").editions.select_related("version__text__summit").get(number=1)


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
    for query, found in (
        ("", ["ships", "speech"]),
        ("?q=ship&kind=statement", ["ships"]),
        (f"?speaker={slot.speaker.public_id}&since=1999-01-01", ["speech"]),
        (f"?party={slot.party.public_id}&lang=ar&kind={TextKind.TRANSCRIPT}", ["speech"]),
        (f"?topic={ships.version.text.topics.get().public_id}&language=fr", ["ships"]),
        ("?until=1999-01-01", []),
        ("?session=nothing", []),
    ):
        assert slugs(query) == found, query
    assert get("?language=fr").json()["results"][0]["title"] == "Navires"


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
    [correction] = told["corrections"]
    wanted = (2, "correction", "Six hundred, not five.")
    assert (correction["number"], correction["kind"], correction["note"]) == wanted
    assert [(each["number"], each["kind"]) for each in told["history"]] == [(2, "correction"), (1, None)]
    assert [(each["anchor"], each["body"]) for each in told["paragraphs"]] == [
        ("p-4", "A new opening."),
        ("p-1", "One stays as it is."),
        ("p-2", "Two has six hundred ships."),
    ]
    assert re.findall(r'id="(p-\d+)"', told["html"]) == ["p-4", "p-1", "p-2"]
    assert told["paragraphs"][0]["url"] == f"{SITE}/ships/#p-4"
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
    assert [each["url"] for each in first["paragraphs"]] == [f"{about['url']}#p-{number}" for number in (1, 2, 3)]
    assert (first["changed"], first["gone"], first["files"]) == (["p-2"], ["p-3"], [])
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
        monkeypatch.setattr(published_texts_selectors, name, everything)
    monkeypatch.setattr(pinned_editions, "published_editions", everything)
    assert get("secret/editions/1/").json()["body"] == "Of ships."


def test_prepared_and_delivered_words_are_compared(summit: Summit) -> None:
    prepared = make_text(summit=summit, speech=True, moment=ago(2), body="One was planned.\n\nTwo.", slug="planned")
    said = make_delivered(prepared, moment=ago(1), public=True, body="One was said.\n\nTwo.").version.text
    told = get(f"{said.slug}/comparison/").json()
    assert told["prepared"] == {"slug": "planned", "url": f"{SITE}/planned/", "edition": 1}
    assert (told["delivered"]["slug"], told["language"], told["differ"]) == (said.slug, "en", True)
    assert [each["kind"] for each in told["paragraphs"]] == ["changed", "same"]
    assert {"kind": "gone", "words": "planned"} in told["paragraphs"][0]["runs"]

"""Public texts in the API: found and narrowed as on the press site, and told in full."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from press.domain import deciding, editions
from press.models import Edition, EditionAttachment, TextKind
from summit.models import Summit
from tests.factories import AttachmentFactory, SummitFactory, TextVersionFactory, TopicFactory
from tests.press.helpers import add_edition, ago, approver, make_text, officer

pytestmark = pytest.mark.django_db
FIRST = "One stays as it is.\n\nTwo has five hundred ships."
SECOND = "A new opening.\n\nOne stays as it is.\n\nTwo has six hundred ships."


@pytest.fixture
def summit() -> Summit:
    made: Summit = SummitFactory(slug="here")
    return made


@pytest.fixture
def ships(summit: Summit) -> Edition:
    """Return a statement on ships, in English and French, about a topic, that was corrected."""
    edition = make_text(summit=summit, moment=ago(2), decided_at=ago(3), body=FIRST, title="Ships", slug="ships")
    text = edition.version.text
    text.topics.add(TopicFactory(summit=summit, name="The sea"))
    french = TextVersionFactory(text=text, language="fr", authoritative=False)
    add_edition(french, title="Navires", body="Cinq cents navires.")
    writer = officer(summit)
    second = editions.draft(
        version=edition.version,
        based_on=1,
        title="Ships",
        body=SECOND,
        change_kind="correction",
        change_note="Six hundred, not five.",
        by=writer,
    )
    deciding.submit(edition=second, by=writer)
    deciding.approve(edition=second, by=approver(summit))
    return edition


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


@pytest.mark.parametrize(
    ("query", "parameter"),
    [("?state=draft", "state"), ("?since=soon", "since"), ("?kind=poem", "kind"), ("?page_size=0", "page_size")],
)
def test_what_isn_t_known_is_refused(summit: Summit, query: str, parameter: str) -> None:
    refused = get(query)
    assert (refused.status_code, refused["Content-Type"]) == (400, "application/problem+json")
    assert [each["parameter"] for each in refused.json()["errors"]] == [parameter]


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
    assert (correction["number"], correction["kind"], correction["note"]) == (
        2,
        "correction",
        "Six hundred, not five.",
    )
    assert [(each["number"], each["kind"]) for each in told["history"]] == [(2, "correction"), (1, None)]
    assert [(each["anchor"], each["body"]) for each in told["paragraphs"]] == [
        ("p-3", "A new opening."),
        ("p-1", "One stays as it is."),
        ("p-2", "Two has six hundred ships."),
    ]
    base = "http://localhost:8000/here/press/ships"
    assert told["paragraphs"][0]["url"] == f"{base}/#p-3"
    [attached] = told["files"]
    assert (attached["name"], attached["size"]) == (file.file_name, file.size)
    site = Client()
    for url in (attached["url"], correction["url"], told["history"][1]["url"]):
        assert site.get(url.removeprefix("http://localhost:8000")).status_code == 200


def test_a_file_of_a_later_edition_is_not_told_before(summit: Summit) -> None:
    edition = make_text(summit=summit, moment=ago(1), slug="open")
    draft = add_edition(edition.version, state="draft")
    EditionAttachment.objects.create(edition=draft, attachment=AttachmentFactory(text=edition.version.text))
    assert get("open/").json()["files"] == []


def test_queries_do_not_grow(summit: Summit, ships: Edition) -> None:
    counts = []
    for number in (1, 5):
        for _ in range(number):
            make_text(summit=summit, moment=ago(1), body="Of ships.", speech=True)
        with CaptureQueriesContext(connection) as asked:
            assert get("?q=ships").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] < 20

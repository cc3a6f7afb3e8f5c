"""The agenda in the API: what is public of a session, narrowed and ordered by declared fields alone."""

from datetime import timedelta

import pytest
from django.test import Client

from sessions.draft.models.kinds import CustomKind
from sessions.draft.models.sessions import Interpretation, SessionText
from sessions.visibility.models import Visibility
from summit.summits.models import Summit
from tests.factories import START, DocumentFactory, RoomFactory, VenueFactory
from tests.sessions.conftest import release, session

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(summit: Summit) -> str:
    """Three sessions: one in the Hall into French, one the day after, one of which nothing is told but its day."""
    room = RoomFactory(venue=VenueFactory(summit=summit), name="Hall")
    kind = CustomKind.objects.create(summit=summit, name="Fireside", like="roundtable")
    known = session(
        summit,
        title="One",
        visibility=Visibility.PUBLIC,
        room=room,
        custom_kind=kind,
        kind="roundtable",
        media="open",
    )
    SessionText.objects.create(session=known, language="fr", title="Un", summary="Le premier")
    Interpretation.objects.create(session=known, source="en", target="fr", booth="3")
    DocumentFactory(session=known, title="Paper")
    day = timedelta(days=1)
    session(summit, title="Two", visibility=Visibility.PUBLIC, starts_at=START + day, ends_at=START + 2 * day)
    kept = {f"{part}_to": Visibility.ORGANISERS for part in ("title", "room", "times", "participants", "documents")}
    session(summit, title="Three", visibility=Visibility.PUBLIC, room=room, **kept)
    release(summit)
    return f"/api/v1/summits/{summit.slug}/agenda/"


def titles(path: str) -> list[str]:
    return [row["title"] for row in Client().get(path).json()["results"]]


def test_a_row_says_all_that_is_public(path: str) -> None:
    row = next(row for row in Client().get(path).json()["results"] if row["title"] == "One")
    assert (row["kind"], row["kind_name"], row["media"], row["sign_up"]) == ("roundtable", "Fireside", "open", False)
    assert row["texts"] == [{"language": "fr", "title": "Un", "summary": "Le premier"}]
    assert row["interpretation"] == [{"from_language": "en", "into_language": "fr"}]
    assert [(each["title"], each["language"]) for each in row["documents"]] == [("Paper", "en")]
    assert row["documents"][0]["url"].startswith("http")


def test_it_is_narrowed_and_ordered_by_what_is_declared(path: str) -> None:
    room = next(row["room_id"] for row in Client().get(path).json()["results"] if row["title"] == "One")
    assert titles(path) == ["", "One", "Two"]
    assert titles(f"{path}?ordering=-starts_at") == ["Two", "One", ""]
    assert titles(f"{path}?day=2025-04-01") == ["Two"]
    assert titles(f"{path}?kind=roundtable") == ["One"]
    assert titles(f"{path}?room={room}") == ["One"]
    assert titles(f"{path}?language=fr") == ["One"]
    assert titles(f"{path}?language=ar") == []


def test_what_is_not_declared_is_refused_in_words(path: str) -> None:
    for asked in ("ordering=session__title", "kind=secret", "day=9999-12-31", "page_size=0", "title=x"):
        response = Client().get(f"{path}?{asked}")
        wrong = [each["parameter"] for each in response.json()["errors"]]
        assert (response.status_code, wrong) == (400, [asked.partition("=")[0]])

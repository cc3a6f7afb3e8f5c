"""The agenda in the API: what is public of a session, narrowed and ordered by declared fields alone."""

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client

from sessions.delays.models import DelayNotice
from sessions.delays.services import running as delays
from sessions.draft.models.kinds import CustomKind
from sessions.draft.models.sessions import Interpretation, Session, SessionText
from sessions.visibility.models import Visibility
from summit.core.database_clock import db_now
from summit.permissions.models import Role
from summit.public_base.page_cache import PAGES
from summit.summits.models import Summit
from tests.database_clock import stop
from tests.factories import START, DocumentFactory, RoomFactory, UserFactory, VenueFactory
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


class TestNow:
    @pytest.fixture
    def now(self, path: str, monkeypatch: pytest.MonkeyPatch) -> str:
        stop(monkeypatch, START + timedelta(minutes=10))
        return path.replace("/agenda/", "/now/")

    def told(self, path: str) -> dict[str, list[str]]:
        found = Client().get(path).json()
        return {name: [row["title"] for row in found[name]] for name in ("now", "next", "late")}

    def test_what_is_on_comes_next_and_runs_late(self, now: str, summit: Summit, path: str) -> None:
        by = UserFactory.with_role(Role.ORGANISER, summit)
        assert self.told(now) == {"now": ["One"], "next": ["Two"], "late": []}
        assert Client().get(now).json()["fresh_until"] is not None
        for title in ("One", "Three"):
            delays.announce_delay(session=Session.objects.get(title=title), by=by)
        # Of a session whose times aren't public nothing is told.
        assert self.told(now) == {"now": [], "next": ["Two"], "late": ["One"]}
        late = {row["title"]: row["running_late"] for row in Client().get(path).json()["results"]}
        assert late == {"One": True, "Two": False, "": False}

    def test_a_kept_answer_follows_the_clock_and_each_announcement(
        self, now: str, summit: Summit, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.KEPT_PAGES = 10_000_000
        PAGES.clear()
        etag = Client().get(now)["ETag"]
        assert Client().get(now, headers={"If-None-Match": etag}).status_code == 304
        row = Session.objects.get(title="One")
        delays.announce_delay(session=row, by=UserFactory.with_role(Role.ORGANISER, summit))
        assert self.told(now)["late"] == ["One"]
        stop(monkeypatch, START + timedelta(days=1))
        assert self.told(now) == {"now": ["Two"], "next": [], "late": []}
        PAGES.clear()


def test_schedules_for_apps_say_what_runs_late(path: str, summit: Summit) -> None:
    by = UserFactory.with_role(Role.ORGANISER, summit)

    def schedule() -> tuple[str, dict[str, str]]:
        found = Client().get(f"/{summit.slug}/agenda/schedule.json").json()["schedule"]
        events = [each for day in found["conference"]["days"] for room in day["rooms"].values() for each in room]
        return found["version"], {event["title"]: event["description"] for event in events}

    def announce(title: str) -> None:
        delays.announce_delay(session=Session.objects.get(title=title), by=by)
        # An hour after the release, since the version has minutes.
        DelayNotice.objects.update(announced_at=db_now() + timedelta(hours=1))

    version, before = schedule()
    # Of a session whose times aren't public the file says nothing, and stays what it was.
    announce("Three")
    assert schedule() == (version, before)
    announce("One")
    again, after = schedule()
    assert again > version
    assert after == before | {"One": "Running late, new time to follow"}
    content = Client().get(f"/{summit.slug}/agenda/schedule.xml").content
    assert content.decode().count("<description>Running late, new time to follow</description>") == 1

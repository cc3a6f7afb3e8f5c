"""The agenda for programs: what the API tells and narrows, and what the calendar and the schedule files say of a
session that has everything: in whose language, of which parts, with footnotes and links, and valid."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from press.texts.models.embargoes import Embargo
from sessions.delays.services import running as delays
from sessions.draft.models.kinds import CustomKind
from sessions.draft.models.sessions import Interpretation, Session, SessionText
from sessions.visibility.models import Visibility
from summit.core.compiled_query import Prepared
from summit.permissions.models import Role
from summit.public_base import page_version
from summit.summits.models import Summit
from tests import factories as f
from tests.database_clock import stop
from tests.module_fixtures import once_a_module
from tests.press.helpers import ago, make_text
from tests.schemas import needs_schemas
from tests.sessions.calendars.test_icalendar import check_schedule, schedule
from tests.sessions.conftest import release, session
from tests.triggers import without_trigger

pytestmark = pytest.mark.django_db
PUBLIC = {"visibility": Visibility.PUBLIC}
NOTE = "Takes part without prejudice."


@once_a_module
def agenda() -> Summit:
    """Three sessions: one in the Hall into French, one the day after, one of which nothing is told but its day."""
    summit: Summit = f.SummitFactory()
    room = f.RoomFactory(venue=f.VenueFactory(summit=summit), name="Hall")
    kind = CustomKind.objects.create(summit=summit, name="Fireside", like="roundtable")
    known = session(summit, title="One", room=room, custom_kind=kind, kind="roundtable", media="open", **PUBLIC)
    SessionText.objects.create(session=known, language="fr", title="Un", summary="Le premier")
    Interpretation.objects.create(session=known, source="en", target="fr", booth="3")
    f.DocumentFactory(session=known, title="Paper")
    day = timedelta(days=1)
    session(summit, title="Two", starts_at=f.START + day, ends_at=f.START + 2 * day, **PUBLIC)
    kept = {f"{part}_to": Visibility.ORGANISERS for part in ("title", "room", "times", "participants", "documents")}
    session(summit, title="Three", room=room, **PUBLIC, **kept)
    release(summit)
    return summit


def ask(summit: Summit, path: str = "agenda/") -> dict[str, Any]:
    found: dict[str, Any] = Client().get(f"/api/v1/summits/{summit.slug}/{path}").json()
    return found


def titles(summit: Summit, query: str) -> list[str]:
    return [row["title"] for row in ask(summit, f"agenda/?{query}")["results"]]


def announce_delay(summit: Summit, title: str) -> None:
    by = f.UserFactory.with_role(Role.ORGANISER, summit)
    delays.announce_delay(session=summit.sessions.get(title=title), by=by)


def test_a_row_says_all_that_is_public_and_rows_are_narrowed_and_ordered(agenda: Summit) -> None:
    rows = ask(agenda)["results"]
    assert [row["title"] for row in rows] == ["", "One", "Two"]
    row = rows[1]
    assert (row["kind"], row["kind_name"], row["media"], row["sign_up"]) == ("roundtable", "Fireside", "open", False)
    assert row["texts"] == [{"language": "fr", "title": "Un", "summary": "Le premier"}]
    assert row["interpretation"] == [{"from_language": "en", "into_language": "fr"}]
    assert [(each["title"], each["language"]) for each in row["documents"]] == [("Paper", "en")]
    assert row["documents"][0]["url"].startswith("http")
    assert titles(agenda, "ordering=-starts_at") == ["Two", "One", ""]
    assert titles(agenda, "day=2025-04-01") == ["Two"]
    for query in ("kind=roundtable", f"room={row['room_id']}", "language=fr"):
        assert titles(agenda, query) == ["One"]
    assert titles(agenda, "language=ar") == []


def test_what_is_not_declared_is_refused_in_words(agenda: Summit) -> None:
    for asked in ("ordering=session__title", "kind=secret", "day=9999-12-31", "page_size=0", "title=x"):
        answer = ask(agenda, f"agenda/?{asked}")
        wrong = [each["parameter"] for each in answer["errors"]]
        assert (answer["status"], wrong) == (400, [asked.partition("=")[0]])


class TestNow:
    @pytest.fixture(autouse=True)
    def _now(self, monkeypatch: pytest.MonkeyPatch) -> None:
        stop(monkeypatch, f.START + timedelta(minutes=10))

    def told(self, summit: Summit) -> dict[str, list[str]]:
        found = ask(summit, "now/")
        return {name: [row["title"] for row in found[name]] for name in ("now", "next", "late")}

    def test_what_is_on_comes_next_and_runs_late(self, agenda: Summit) -> None:
        assert self.told(agenda) == {"now": ["One"], "next": ["Two"], "late": []}
        assert ask(agenda, "now/")["fresh_until"] is not None
        for title in ("One", "Three"):
            announce_delay(agenda, title)
        # Of a session whose times aren't public nothing is told.
        assert self.told(agenda) == {"now": [], "next": ["Two"], "late": ["One"]}
        late = {row["title"]: row["running_late"] for row in ask(agenda)["results"]}
        assert late == {"One": True, "Two": False, "": False}


@once_a_module
def full() -> Session:
    """A released session with a kind of the summit's own, words in two languages, a chair whose party has a footnote,
    a paper, and a speech that was published."""
    summit = f.SummitFactory(public_changes=True)
    speech = make_text(summit=summit, moment=ago(1), speech=True, title="On borders").version.text.slot
    assert speech is not None
    kind = CustomKind.objects.create(summit=summit, name="Fireside chat", names={"fr": "Causerie"}, like="plenary")
    values = {"title": "Opening", "custom_kind": kind, "kind": "plenary", **PUBLIC}
    Session.objects.filter(pk=speech.session_id).update(**values)
    made = Session.objects.select_related("summit").get(pk=speech.session_id)
    SessionText.objects.create(session=made, language="fr", title="Ouverture", summary="Des mots.")
    party = f.PartyFactory(summit=summit, name="Aland", footnote=NOTE)
    f.PartyNameFactory(party=party, language="fr", name="Pays d’Aland", footnote="Sans préjudice.")
    f.ParticipantFactory(session=made, party=party, role="chair")
    f.DocumentFactory(session=made, title="Order of the day")
    release(summit)
    return made


def event(summit: Summit, query: str = "") -> dict[str, Any]:
    data = Client().get(f"/{summit.slug}/agenda/schedule.json{query}").json()
    days = data["schedule"]["conference"]["days"]
    (found,) = [each for day in days for room in day["rooms"].values() for each in room]
    return dict(found)


def released(row: Session, **values: Any) -> None:
    Session.objects.filter(pk=row.pk).update(**values)
    release(row.summit)


def test_the_calendar_is_in_the_readers_or_a_named_language(full: Session) -> None:
    for query, *said in (
        ("", "Opening", "en", "Fireside chat"),
        ("?lang=fr", "Ouverture", "fr", "Causerie"),
        ("?lang=ar", "Opening", "en", "Fireside chat"),
    ):
        content = Client().get(f"/{full.summit.slug}/agenda.ics{query}").content
        (found,) = Calendar.from_ical(content).events
        title = found["summary"]
        assert [str(title), title.params["LANGUAGE"], str(found["categories"].cats[0])] == said
        assert found["class"] == "PUBLIC"
        if query == "?lang=fr":
            assert str(found["description"]) == "Des mots."


def test_the_schedule_names_parties_with_their_footnotes(full: Session) -> None:
    found = {query: event(full.summit, query) for query in ("", "?lang=fr")}
    assert [each["persons"][0]["name"] for each in found.values()] == ["Aland", "Pays d’Aland"]
    assert [each["description"] for each in found.values()] == [f"Aland: {NOTE}", "Pays d’Aland\xa0: Sans préjudice."]
    said = {(each["language"], each["title"], each["type"]) for each in found.values()}
    assert said == {("en", "Opening", "Fireside chat")}


def test_the_schedule_links_to_what_is_out(full: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    (link,) = event(full.summit)["links"]
    assert (link["type"], link["title"]) == ("related", "On borders")
    assert Client().get(link["url"].split("localhost:8000")[-1]).status_code == 200
    assert [each.text for each in schedule(full.summit)[1].iter("link")] == ["On borders"]
    # The file is kept: what is held meanwhile is in it no more, though nothing of the agenda changed.
    hold = {"held_at": ago(0.1), "held_by": Embargo.objects.get().decided_by, "hold_reason": "wait"}
    Embargo.objects.update(**hold)
    assert event(full.summit)["links"] == []

    def passes() -> None:
        """Let the moment pass: nothing is counted then."""
        Embargo.objects.update(held_at=None, held_by=None, hold_reason="", moment=ago(-1))
        assert event(full.summit)["links"] == []
        with without_trigger("press_embargo", "press_embargo_counted_update"):
            Embargo.objects.update(moment=ago(0.1))

    passes()
    assert len(event(full.summit)["links"]) == 1
    # The control: without what it depends on a cached file would go on without the link.
    monkeypatch.setattr(page_version, "_clock_values", [])
    monkeypatch.setattr(page_version, "_VERSION", Prepared(page_version._version))
    passes()
    assert event(full.summit)["links"] == []


def test_who_may_not_know_who_speaks_learns_of_no_text(full: Session) -> None:
    released(full, participants_to=Visibility.ACCREDITED)
    found = event(full.summit)
    assert (found["links"], found["persons"], found["description"]) == ([], [], "")


@needs_schemas
def test_files_with_all_that_is_public_are_valid(full: Session) -> None:
    for kept in ({"capacity": 7}, {f"{part}_to": Visibility.ACCREDITED for part in ("title", "room", "times")}):
        released(full, **kept)
        found = event(full.summit)
        assert (len(found["links"]), len(found["attachments"])) == (1, 1)
        check_schedule(*schedule(full.summit))
        delays.announce_delay(session=full, by=f.UserFactory.with_role(Role.ORGANISER, full.summit))
        check_schedule(*schedule(full.summit))

"""What screens show to whom, and when their addresses stop working."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.test import Client

from sessions.agenda.models.releases import EntryQuerySet
from sessions.delays.services import running as delays
from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move
from sessions.screens.models import Screen, Unreadable
from sessions.screens.selectors import lines
from sessions.screens.services import screens
from sessions.visibility.models import DESK, Visibility
from summit.audit.models import AuditEntry
from summit.core.log_filters import without_tokens
from summit.core.process_cache import forget_all
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.database_clock import stop
from tests.delegations.helpers import queries, refuses, sign_in
from tests.module_fixtures import once_a_module
from tests.sessions.conftest import fill, release, session

pytestmark = pytest.mark.django_db
# 09:00 in London, on the first day of the factories' summits.
NINE = datetime(2025, 3, 31, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _at_half_past_nine(monkeypatch: pytest.MonkeyPatch) -> None:
    stop(monkeypatch, NINE + HOUR / 2)


class World:
    """A summit with sessions of each visibility in two rooms, released."""

    def __init__(self) -> None:
        self.summit = summit = f.SummitFactory()
        self.by = f.UserFactory.with_role(Role.ORGANISER, summit)
        venue = f.VenueFactory(summit=summit, name="House")
        self.hall, self.study = (f.RoomFactory(venue=venue, name=name) for name in ("Hall", "Study"))
        self.opening = self.session("Opening", self.hall, Visibility.PUBLIC, 0)
        self.briefing = self.session("Briefing", self.study, Visibility.ACCREDITED, 1)
        self.bilateral = self.session("Aland and Beland", self.hall, Visibility.PARTICIPANTS, 2)
        self.rehearsal = self.session("Rehearsal", self.study, Visibility.ORGANISERS, 3)
        release(summit)

    def session(self, title: str, room: Any, visibility: str, after: float, **more: Any) -> Session:
        start = NINE + after * HOUR
        return session(
            self.summit, title=title, room=room, visibility=visibility, starts_at=start, ends_at=start + HOUR, **more
        )

    def screen(self, **values: Any) -> str:
        values = {"name": f"Screen {Screen.objects.count()}", **values}
        return self.address(screens.create(by=self.by, summit=self.summit, values=values))

    def address(self, row: Screen) -> str:
        return screens.new_address(by=self.by, screen=row).removeprefix(settings.BASE_URL)


@once_a_module
def world() -> World:
    return World()


def fetch(path: str, part: str = "content/", **headers: str) -> HttpResponse:
    """Ask for a screen's content, or with `part` "" for its page."""
    return Client().get(f"{path}{part}", headers=headers)  # type: ignore[return-value]


def told(path: str) -> list[tuple[str, str]]:
    """The title, and the words beside it, of each line on a screen."""
    page = fetch(path).content.decode()
    found = page.split("<li ")[1:]
    return [(_text(r'class="title">(.*?)</p>', line), _text(r'class="word">(.*?)</p>', line)) for line in found]


def titles(path: str) -> list[str]:
    return [title for title, _word in told(path)]


def _text(pattern: str, line: str) -> str:
    found = re.search(pattern, line, re.DOTALL)
    return re.sub(r"<[^>]+>", "", found[1]).strip() if found else ""


PRIVATE = "Private meeting"
FOYER: tuple[tuple[str, str, list[str]], ...] = (
    ("public", "", ["Opening"]),
    ("accredited", "", ["Opening", "Briefing"]),
    ("participants", "", ["Opening", "Briefing", "Aland and Beland"]),
    ("organisers", "", ["Opening", "Briefing", "Aland and Beland", "Rehearsal"]),
    ("public", "private", ["Opening", PRIVATE, PRIVATE, PRIVATE]),
    ("accredited", "private", ["Opening", "Briefing", PRIVATE, PRIVATE]),
)


def test_a_screen_of_all_rooms_shows_what_its_audience_may_read(world: World) -> None:
    for audience, unreadable, expected in FOYER:
        assert titles(world.screen(audience=audience, unreadable=unreadable)) == expected


def test_a_door_shows_its_room_alone(world: World) -> None:
    assert titles(world.screen(room=world.hall)) == ["Opening", PRIVATE]
    assert titles(world.screen(room=world.hall, unreadable=Unreadable.NOTHING)) == ["Opening"]
    inside = world.screen(room=world.hall, audience=Visibility.PARTICIPANTS)
    assert titles(inside) == ["Opening", "Aland and Beland"]


def leaks(path: str) -> set[str]:
    """The words of sessions that the public may not read, in the page, the content or a header."""
    found = set()
    for part in ("", "content/"):
        response = fetch(path, part)
        whole = response.content.decode() + str(response.headers)
        found |= {word for word in ("Briefing", "Aland", "Rehearsal") if word in whole}
    return found


def tells_the_public(world: World) -> tuple[set[str], bool]:
    """Return what leaks on a public screen, and whether its content changes with what isn't public."""
    path = world.screen(unreadable=Unreadable.PRIVATE)
    found, etag = leaks(path), fetch(path)["ETag"]
    Session.objects.filter(pk=world.bilateral.pk).update(title="Celand and Deland")
    release(world.summit)
    return found, fetch(path)["ETag"] != etag


def test_nothing_of_what_the_public_may_not_read_leaves(world: World) -> None:
    assert tells_the_public(world) == (set(), False)


def test_control_another_predicate_leaks(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EntryQuerySet, "for_public", lambda entries: entries.at(DESK))
    assert tells_the_public(world) == ({"Briefing", "Aland", "Rehearsal"}, True)


def test_hidden_parts_stay_hidden(world: World) -> None:
    part = {"title_to": Visibility.ORGANISERS, "room_to": Visibility.ORGANISERS}
    world.session("Surprise", world.hall, Visibility.PUBLIC, 4, kind="plenary", **part)
    world.session("Untimed", world.hall, Visibility.PUBLIC, 5, times_to=Visibility.ORGANISERS)
    release(world.summit)
    foyer, door = world.screen(), world.screen(room=world.hall)
    assert titles(foyer) == ["Opening", "Plenary"]
    # At the door it would tell its room, or its time.
    assert titles(door) == ["Opening", *[PRIVATE] * 3]


def test_a_summit_without_public_pages_shows_the_public_nothing(world: World) -> None:
    foyer, inside = world.screen(), world.screen(audience=Visibility.ACCREDITED)
    assert titles(foyer) == ["Opening"]
    Summit.objects.filter(pk=world.summit.pk).update(public=False)
    assert (titles(foyer), titles(inside)) == ([], ["Opening", "Briefing"])


@once_a_module
def moved() -> World:
    """The opening was released, then moved to another time and room."""
    world = World()
    Summit.objects.filter(pk=world.summit.pk).update(public_changes=True)
    start, end = NINE + HOUR, NINE + 2 * HOUR
    cancel_and_move.move(session=world.opening, starts_at=start, ends_at=end, room=world.study, by=world.by)
    release(world.summit)
    return world


class TestChanges:
    def test_old_time_and_room_are_struck_where_the_summit_shows_changes(self, moved: World) -> None:
        path = moved.screen()
        assert re.findall(r"<del.*?</del>", fetch(path).content.decode()) == [
            '<del class="old">09:00–10:00</del>',
            '<del><bdi lang="en">Hall</bdi></del>',
        ]
        Summit.objects.filter(pk=moved.summit.pk).update(public_changes=False)
        assert "<del" not in fetch(path).content.decode()
        assert "<del" in fetch(moved.screen(audience=Visibility.ACCREDITED)).content.decode()

    def test_the_old_door_leads_to_the_new_room(self, moved: World) -> None:
        assert told(moved.screen(room=moved.hall, unreadable="nothing")) == [("Opening", "In another room")]
        assert told(moved.screen(room=moved.study, unreadable="nothing")) == [("Opening", "")]

    def test_only_for_a_day(self, moved: World, monkeypatch: pytest.MonkeyPatch) -> None:
        path = moved.screen()
        # The second time as if every release were long ago. When one is made is the database's to say.
        for told, struck in ((lines.TOLD, True), (timedelta(days=-10000), False)):
            monkeypatch.setattr(lines, "TOLD", told)
            forget_all()
            assert ("<del" in fetch(path).content.decode()) is struck

    def test_cancelled_sessions_stand_as_cancelled(self, moved: World) -> None:
        for each in (moved.opening, moved.bilateral):
            cancel_and_move.cancel(session=each, by=moved.by)
        release(moved.summit)
        assert told(moved.screen()) == [("Opening", "Cancelled")]
        assert told(moved.screen(audience=Visibility.PARTICIPANTS))[2:] == [("Aland and Beland", "Cancelled")]


class TestTheDay:
    def test_what_runs_late_says_so_to_whom_may_know_its_time(self, world: World) -> None:
        untimed = world.session("Untimed", world.hall, Visibility.PUBLIC, 4, times_to=Visibility.ORGANISERS)
        release(world.summit)
        foyer, inside, door = world.screen(), world.screen(audience="organisers"), world.screen(room=world.hall)
        etags = [fetch(path)["ETag"] for path in (foyer, door)]
        for row in (world.bilateral, untimed):
            delays.announce_delay(session=row, by=world.by)
        assert [fetch(path)["ETag"] for path in (foyer, door)] == etags
        late = "Running late, new time to follow"
        assert [title for title, word in told(inside) if word == late] == ["Aland and Beland", "Untimed"]
        delays.announce_delay(session=world.opening, by=world.by)
        assert told(foyer) == [("Opening", late)]
        delays.start(session=world.opening, by=world.by)
        assert told(foyer) == [("Opening", "")]


def test_what_goes_on_past_midnight_is_still_there(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """If it was started and not ended, or is late; other sessions of yesterday aren't."""
    for title in ("Started", "Late", "Ended", "Neither"):
        world.session(title, world.hall, Visibility.PUBLIC, 13.5)
    release(world.summit)
    path = world.screen()
    started, late, ended = (Session.objects.get(title=title) for title in ("Started", "Late", "Ended"))
    for act, row in (
        (delays.start, started),
        (delays.start, ended),
        (delays.end, ended),
        (delays.announce_delay, late),
    ):
        act(session=row, by=world.by)
    # Half past midnight, and thirteen hours after they should have ended.
    for hours, found in ((15.5, {"Started", "Late"}), (27.5, set())):
        stop(monkeypatch, NINE + hours * HOUR)
        assert {*titles(path)} == found


def test_the_next_day_is_there_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.session("Farewell", world.hall, Visibility.PUBLIC, 24)
    world.session("Reception", world.hall, Visibility.PUBLIC, 48)
    release(world.summit)
    path = world.screen()
    assert titles(path) == ["Opening", "Farewell"]
    stop(monkeypatch, NINE + 24 * HOUR)
    assert titles(path) == ["Farewell", "Reception"]


class TestAddresses:
    def test_a_page_is_private_leaves_no_trace_and_is_sent_again_once_it_has_changed(self, world: World) -> None:
        path = world.screen()
        page, content = (fetch(path, part) for part in ("", "content/"))
        for response in (page, content):
            assert response.status_code == 200
            assert (response["Cache-Control"], response["Referrer-Policy"]) == ("private, no-cache", "no-referrer")
            assert (response["X-Robots-Tag"], response["X-Summit-Time"]) == ("noindex", "2025-03-31T08:30:00+00:00")
            assert not response.cookies
        key = path.split("/")[3]
        assert key not in without_tokens(f"GET {path} HTTP/1.1")
        assert not [value for row in Screen.objects.values() for value in row.values() if key in str(value)]
        etag = content["ETag"]
        assert f'data-etag="{etag}"'.replace('"', "&quot;") in page.content.decode().replace('"', "&quot;")
        again = fetch(path, **{"If-None-Match": etag})
        assert (again.status_code, again.content, again["X-Summit-Time"]) == (304, b"", "2025-03-31T08:30:00+00:00")

    def test_a_key_that_was_taken_back_opens_nothing(self, world: World) -> None:
        path = world.screen()
        row = Screen.objects.get()
        screens.turn_off(by=world.by, screen=row)
        for part in ("", "content/"):
            response = fetch(path, part)
            assert (response.status_code, leaks(path), b"Opening" in response.content) == (404, set(), False)
        assert fetch(f"/{world.summit.slug}/screens/{'a' * 24}/").status_code == 404
        refuses(screens.ScreenOff, screens.turn_off, by=world.by, screen=row, match="This screen is already off")
        assert titles(world.address(row)) == ["Opening"]
        assert fetch(path).status_code == 404

    def test_control_a_key_that_stays_opens_it(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        path = world.screen()
        monkeypatch.setattr(screens, "turn_off", lambda by, screen: None)
        screens.turn_off(by=world.by, screen=Screen.objects.get())
        assert fetch(path).status_code == 200

    def test_a_new_address_ends_the_former_one_and_a_deleted_screen_its_own(self, world: World) -> None:
        path = world.screen()
        row = Screen.objects.get()
        new = world.address(row)
        assert (fetch(path).status_code, fetch(new).status_code) == (404, 200)
        screens.remove(by=world.by, screen=row)
        assert fetch(new).status_code == 404
        actions = AuditEntry.objects.filter(action__startswith="agenda.screen.").order_by("pk")
        assert [entry.action.rpartition(".")[2] for entry in actions] == [
            "add",
            "new_address",
            "new_address",
            "remove",
        ]

    def test_a_key_opens_its_own_summit_alone(self, world: World) -> None:
        path = world.screen()
        other = f.SummitFactory()
        assert fetch(path.replace(f"/{world.summit.slug}/", f"/{other.slug}/", 1)).status_code == 404


def test_languages_are_those_of_the_summit_in_turn_or_one(world: World) -> None:
    Summit.objects.filter(pk=world.summit.pk).update(names={"fr": {"name": "Sommet"}, "ar": {"name": "قمة"}})

    def boards(path: str) -> list[str]:
        return re.findall(r'<section[^>]* lang="(\w+)"', fetch(path).content.decode())

    assert boards(world.screen()) == ["en", "ar", "fr"]
    assert boards(world.screen(language="fr")) == ["fr"]


def test_as_many_queries_for_many_sessions(world: World) -> None:
    path = world.screen(unreadable=Unreadable.PRIVATE)
    fetch(path)

    def asked() -> int:
        forget_all()
        return queries(lambda: fetch(path))

    few = asked()
    fill(world.summit, 4)
    release(world.summit)
    fetch(path)
    assert asked() == few
    # What has changed, of all that a screen depends on.
    assert queries(lambda: fetch(path)) == 1


def test_who_may_not_set_up_screens(world: World) -> None:
    by: User = f.UserFactory.with_role(Role.CONFERENCE_OFFICER, world.summit)
    world.screen()
    row = Screen.objects.get()
    refuses(PermissionDenied, screens.create, by=by, summit=world.summit, values={"name": "Door"})
    refuses(PermissionDenied, screens.change, by=by, screen=row, values={"name": "Door"})
    for act in (screens.new_address, screens.turn_off, screens.remove):
        refuses(PermissionDenied, act, by=by, screen=row)
    assert list(Screen.objects.values_list("name", flat=True)) == ["Screen 0"]


def test_a_room_of_another_summit_is_refused(world: World) -> None:
    elsewhere = f.RoomFactory()
    refuses(ValidationError, world.screen, room=elsewhere, match="Choose a room of this summit")


def test_the_desk_creates_shows_once_and_takes_back(world: World) -> None:
    base, desk = "/admin/agenda/screen/", sign_in(world.summit, Role.PROGRAMME)
    world.screen(name="Foyer")
    row = Screen.objects.get()
    page = desk.post(f"{base}{row.pk}/address/").content.decode()
    address = re.search(r'<code class="secret"[^>]*>(.*?)</code>', page)
    assert address is not None
    path = address[1].removeprefix(settings.BASE_URL)
    assert titles(path) == ["Opening"]
    assert path not in desk.get(f"{base}{row.pk}/change/").content.decode()
    answer = desk.post(f"{base}{row.pk}/turn-off/", follow=True).content.decode()
    assert "Screen turned off. It shows nothing of the agenda from now on." in answer
    assert fetch(path).status_code == 404

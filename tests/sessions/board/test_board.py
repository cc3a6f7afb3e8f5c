"""The board: what any sequence of acts on it leaves, what its page shows, and how two boards follow each other."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from sessions.board.models import BoardStep
from sessions.board.services import steps
from sessions.board.services.steps import Sitting, StepRefused
from sessions.conflicts.models import ConflictAction, WarningKind
from sessions.conflicts.services import policies as policy_services
from sessions.draft.models.placements import Placement
from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move, planning
from sessions.draft.services.cancel_and_move import Pinned
from summit.audit.models import AuditEntry
from summit.permissions.models import Role
from summit.summits.models import Room, Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import refuses
from tests.sessions.conftest import session

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
URL = "/admin/agenda/session/board/"


@pytest.fixture
def room(summit: Summit) -> Room:
    return f.RoomFactory(venue=f.VenueFactory(summit=summit, name="House"), name="Blue", capacity=None)


@pytest.fixture
def tab(organiser: User) -> Client:
    return signed_in(organiser)


def address(summit: Summit, **query: str) -> str:
    day = f.START.astimezone(summit.zone).date()
    return f"{URL}?{urlencode({'summit': summit.slug, 'day': day.isoformat(), **query})}"


def browser_page(tab: Client, summit: Summit, **query: str) -> str:
    return tab.get(address(summit, **query)).content.decode()


def place(summit: Summit, row: Session, hour: float, room: Room | None, length: float = 1) -> str:
    """Return a place on the board that begins so many hours after START."""
    local = (f.START + hour * HOUR).astimezone(summit.zone)
    first = local.hour * 60 + local.minute
    return f"{row.pk}:{local:%Y-%m-%d}:{first}:{first + int(60 * length)}:{room.pk if room else ''}"


def test_the_board_shows_rooms_sessions_tray_and_conflicts(summit: Summit, room: Room, tab: Client) -> None:
    at(summit, "One", 0, room)
    at(summit, "Two", 0.5, room)
    at(summit, "Unplaced", 0)
    at(summit, "Cancelled", 0, room, cancelled_at=f.START)
    at(summit, "Next day", 24, room)
    page = browser_page(tab, summit)
    days, side = page.split('<aside class="board-side">')
    assert [title for title in ("One", "Two", "Unplaced", "Next day") if f">{title}</a>" in days] == ["One", "Two"]
    assert ">Unplaced</a>" in side
    assert "1 session without a room" in side
    assert "1 conflict" in side
    assert "Cancelled" not in page
    # Beside a day stand its own conflicts.
    at(summit, "Too", 24.5, room)
    assert "1 conflict<" in browser_page(tab, summit)
    whole = browser_page(tab, summit, day="all")
    assert ("2 conflicts<" in whole, ">Next day</a>" in whole) == (True, True)


def test_a_move_is_stored_and_answers_with_the_board(summit: Summit, room: Room, tab: Client) -> None:
    row = at(summit, "One", 0)
    sent = {"do": "place", "place": place(summit, row, 1.25, room, 1.5)}
    answer = tab.post(address(summit, part="1"), sent)
    row.refresh_from_db()
    assert (row.starts_at, row.ends_at, row.room) == (f.START + 1.25 * HOUR, f.START + 2.75 * HOUR, room)
    assert answer.status_code == 200
    assert "1 session moved." in answer.content.decode()
    assert "<html" not in answer.content.decode()
    # Without the script, the page comes again.
    assert tab.post(address(summit), {"do": "undo"}).status_code == 302
    row.refresh_from_db()
    assert (row.starts_at, row.room) == (f.START, None)


RELOAD = "This place isn’t on the board. Reload the page."
REFUSED: list[tuple[dict[str, str], str]] = [
    ({"do": "nothing"}, "Choose what to do."),
    ({"do": "place"}, "Select at least one session."),
    ({"do": "place", "place": "1:2026:x"}, RELOAD),
    ({"do": "place", "place": "1:2026-03-02:90:60:"}, RELOAD),
    ({"do": "place", "place": "1:2026-03-02:60:90:99999"}, RELOAD),
    ({"do": "place", "place": "99999:2026-03-02:60:90:"}, "1 session no longer exists. Reload the page."),
    ({"do": "swap"}, "Select two sessions to swap."),
    ({"do": "duplicate"}, "Select at least one session."),
    ({"do": "shift", "minutes": "15"}, "Select the session after which all others move."),
    ({"do": "shift", "session": "1", "minutes": "x"}, "Enter a number of minutes, such as 15 or -15."),
    ({"do": "undo"}, "There is nothing to undo in this sitting."),
    ({"do": "redo"}, "There is nothing to redo in this sitting."),
]


def test_what_cannot_be_done_says_why(summit: Summit, room: Room, tab: Client) -> None:
    row = at(summit, "One", 0, room)
    nothing = [
        ({"do": "place", "place": place(summit, row, 0, room)}, "Nothing to move."),
        ({"do": "shift", "session": str(row.pk), "minutes": "5"}, "Nothing to move."),
    ]
    for sent, why in [*REFUSED, *nothing]:
        answer = tab.post(address(summit, part="1"), sent)
        assert (answer.status_code, answer.content.decode()) == (409, why), sent
    assert not BoardStep.objects.exists()


def test_acts_on_selected_sessions(summit: Summit, room: Room, tab: Client) -> None:
    one, two = at(summit, "One", 0, room), at(summit, "Two", 2)
    acts: list[tuple[dict[str, Any], str]] = [
        ({"do": "swap", "session": [one.pk, two.pk]}, "Sessions swapped."),
        ({"do": "tray", "session": [two.pk]}, "1 session moved."),
        ({"do": "duplicate", "session": [one.pk]}, "1 copy without a room. Place it from the tray."),
        ({"do": "undo"}, "Undone: Duplicate."),
        ({"do": "redo"}, "Done again: Duplicate."),
    ]
    for sent, said in acts:
        assert f"hidden>{said}</p>" in tab.post(address(summit, part="1"), sent).content.decode()
    assert sorted(Session.objects.values_list("title", "room")) == [("One", None), ("One", None), ("Two", None)]


def test_a_place_is_checked_before_it_is_taken(summit: Summit, room: Room, organiser: User, tab: Client) -> None:
    at(summit, "One", 0, room)
    two = at(summit, "Two", 2)

    def check(hour: float) -> str:
        query = urlencode({"summit": summit.slug, "place": place(summit, two, hour, room)})
        return tab.get(f"{URL}check/?{query}").content.decode()

    assert "<li" not in check(1)
    warned = check(0.5)
    assert re.search("Room double-booked<.*“One”.*Blue, House", warned, re.DOTALL)
    assert "refused" not in warned
    policy_services.change(summit=summit, actions={WarningKind.ROOM: ConflictAction.BLOCK}, by=organiser)
    assert "refused" in check(0.5)
    assert Session.objects.get(pk=two.pk).room is None
    answer = tab.post(address(summit, part="1"), {"do": "place", "place": place(summit, two, 0.5, room)})
    assert answer.status_code == 409
    assert answer.content.decode().startswith(
        "Not moved, because this summit blocks it: The room is taken at this time by “One” ("
    )


def test_another_board_learns_of_a_move_and_whose_it_is(summit: Summit, room: Room, tab: Client) -> None:
    row = at(summit, "One", 0)
    colleague = f.UserFactory.with_role(Role.PROGRAMME, summit)
    other, url = signed_in(colleague), f"{URL}version/?summit={summit.slug}"
    before = other.get(url)
    assert other.get(url, headers={"If-None-Match": before["ETag"]}).status_code == 304
    tab.post(address(summit, part="1"), {"do": "place", "place": place(summit, row, 1, room)})
    after = other.get(url, headers={"If-None-Match": before["ETag"]})
    assert (after.status_code, int(after.content) > int(before.content)) == (200, True)
    assert f"moved by {BoardStep.objects.get().by}" in browser_page(other, summit, part="1")
    assert "moved by" not in browser_page(tab, summit, part="1")


def test_approved_bilaterals_are_placed_from_the_tray_by_those_who_may_know(summit: Summit, tab: Client) -> None:
    row = f.BilateralFactory(
        party=f.PartyFactory(summit=summit, name="Aland"),
        counterpart=f.PartyFactory(summit=summit, name="Beland"),
        state="approved",
    )
    link = reverse("admin:agenda_bilateral_place", args=[row.pk])
    assert f'href="{link}"' in browser_page(tab, summit)
    viewer = signed_in(f.UserFactory.with_role(Role.VIEWER, summit))
    page = browser_page(viewer, summit)
    assert "Aland" not in page
    assert link not in page


State = dict[str, tuple[Any, ...]]


@pytest.fixture
def sitting(summit: Summit, organiser: User) -> Sitting:
    return Sitting(summit, organiser, "browser")


@pytest.fixture
def rooms(summit: Summit) -> list[Room]:
    venue = f.VenueFactory(summit=summit)
    return [f.RoomFactory(venue=venue, name=name) for name in ("Blue", "Red")]


def at(summit: Summit, title: str, hour: float, room: Room | None = None, **kwargs: Any) -> Session:
    start = f.START + hour * HOUR
    return f.SessionFactory(summit=summit, title=title, starts_at=start, ends_at=start + HOUR, room=room, **kwargs)


def state(summit: Summit) -> State:
    """Return the sessions by title: hours after START, and the room's name."""
    return {
        row.title: ((row.starts_at - f.START) / HOUR, (row.ends_at - f.START) / HOUR, row.room and row.room.name)
        for row in Session.objects.filter(summit=summit).select_related("room")
    }


def later(row: Session, hours: float, room: Room | None = None) -> Placement:
    by = hours * HOUR
    return Placement(row.starts_at + by, row.ends_at + by, room)


def test_several_move_at_once_and_are_taken_back(summit: Summit, sitting: Sitting, rooms: list[Room]) -> None:
    one, two = at(summit, "One", 0, rooms[0]), at(summit, "Two", 1)
    steps.move(sitting=sitting, placements={one.pk: later(one, 2, rooms[1]), two.pk: later(two, 0, rooms[0])})
    moved = {"One": (2, 3, "Red"), "Two": (1, 2, "Blue")}
    assert state(summit) == moved
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == ["agenda.move"] * 2
    steps.undo(sitting=sitting)
    assert state(summit) == {"One": (0, 1, "Blue"), "Two": (1, 2, None)}
    steps.redo(sitting=sitting)
    assert state(summit) == moved
    assert AuditEntry.objects.count() == 6


def test_each_sitting_takes_back_its_own(summit: Summit, sitting: Sitting) -> None:
    one = at(summit, "One", 0)
    steps.move(sitting=sitting, placements={one.pk: later(one, 1)})
    refuses(StepRefused, steps.undo, sitting=Sitting(summit, sitting.by, "another browser"), match="nothing to undo")


def test_a_session_that_somebody_moved_since_is_not_taken_back(
    summit: Summit, sitting: Sitting, rooms: list[Room], organiser: User
) -> None:
    one = at(summit, "One", 0)
    steps.move(sitting=sitting, placements={one.pk: later(one, 1, rooms[0])})
    cancel_and_move.move(session=one, starts_at=one.starts_at, ends_at=one.ends_at, room=rooms[1], by=organiser)
    refuses(StepRefused, steps.undo, sitting=sitting, match="Someone has since moved “One”")
    assert state(summit) == {"One": (0, 1, "Red")}


def test_pinned_sessions_move_only_on_purpose(summit: Summit, sitting: Sitting, rooms: list[Room]) -> None:
    one, two = at(summit, "One", 0, pinned=True), at(summit, "Two", 0)
    placements = {row.pk: later(row, 1) for row in (one, two)}
    refuses(Pinned, steps.move, sitting=sitting, placements=placements, match="“One” is pinned")
    assert state(summit) == {"One": (0, 1, None), "Two": (0, 1, None)}
    steps.move(sitting=sitting, placements=placements, despite_pin=True)
    assert state(summit) == {"One": (1, 2, None), "Two": (1, 2, None)}


def test_two_exchange_start_and_room_and_keep_their_length(
    summit: Summit, sitting: Sitting, rooms: list[Room]
) -> None:
    one, two = at(summit, "One", 0, rooms[0]), at(summit, "Two", 3, rooms[1])
    Session.objects.filter(pk=two.pk).update(ends_at=two.ends_at + HOUR)
    steps.swap(sitting=sitting, sessions=[one.pk, two.pk])
    assert state(summit) == {"One": (3, 4, "Red"), "Two": (0, 2, "Blue")}
    refuses(ValidationError, steps.swap, sitting=sitting, sessions=[one.pk], match="two sessions")


def test_all_after_one_are_shifted(summit: Summit, sitting: Sitting, rooms: list[Room]) -> None:
    first = at(summit, "First", 0, rooms[0])
    at(summit, "Next", 1, rooms[0])
    at(summit, "Pinned", 2, rooms[0], pinned=True)
    at(summit, "Elsewhere", 1, rooms[1])
    at(summit, "Tomorrow", 24, rooms[0])
    at(summit, "Nowhere", 1)
    unmoved = {"First": (0, 1, "Blue"), "Pinned": (2, 3, "Blue"), "Tomorrow": (24, 25, "Blue")}
    unmoved["Nowhere"] = (1, 2, None)
    steps.shift_after(sitting=sitting, session=first.pk, minutes=15)
    assert state(summit) == {**unmoved, "Next": (1.25, 2.25, "Blue"), "Elsewhere": (1, 2, "Red")}
    steps.shift_after(sitting=sitting, session=first.pk, minutes=30, every_room=True)
    assert state(summit) == {**unmoved, "Next": (1.75, 2.75, "Blue"), "Elsewhere": (1.5, 2.5, "Red")}


def test_a_copy_has_no_room_and_goes_again(summit: Summit, sitting: Sitting, rooms: list[Room]) -> None:
    one = at(summit, "One", 0, rooms[0])
    f.ParticipantFactory(session=one, party=f.PartyFactory(summit=summit))
    one.texts.create(language="fr", title="Un")
    step = steps.duplicate(sitting=sitting, sessions=[one.pk])
    assert step is not None
    made = Session.objects.exclude(pk=one.pk).get()
    assert (made.title, made.room, made.starts_at) == ("One", None, one.starts_at)
    assert (made.participants.count(), [row.title for row in made.texts.all()]) == (0, ["Un"])
    steps.move(sitting=sitting, placements={made.pk: later(made, 2, rooms[1])})
    steps.undo(sitting=sitting)
    steps.undo(sitting=sitting)
    assert not Session.objects.filter(pk=made.pk).exists()
    steps.redo(sitting=sitting)
    steps.redo(sitting=sitting)
    again = Session.objects.get(pk=made.pk)
    assert (again.public_id, again.room) == (made.public_id, rooms[1])
    f.ParticipantFactory(session=again, party=f.PartyFactory(summit=summit))


def test_a_copy_that_was_edited_is_not_discarded(summit: Summit, sitting: Sitting, organiser: User) -> None:
    one = at(summit, "One", 0)
    steps.duplicate(sitting=sitting, sessions=[one.pk])
    made = Session.objects.exclude(pk=one.pk).get()
    planning.change(by=organiser, session=made, values={"title": "Another"})
    refuses(StepRefused, steps.undo, sitting=sitting, match="“Another” has since been changed")


def test_who_may_move(summit: Summit, sitting: Sitting) -> None:
    one = at(summit, "One", 0)
    officer = Sitting(summit, f.UserFactory.with_role(Role.CONFERENCE_OFFICER, summit), "browser")
    acts: list[Callable[[Sitting], object]] = [
        lambda who: steps.move(sitting=who, placements={one.pk: later(one, 1)}),
        lambda who: steps.duplicate(sitting=who, sessions=[one.pk]),
    ]
    for act in acts:
        refuses(PermissionDenied, act, officer)
    steps.move(sitting=sitting, placements={one.pk: later(one, 1)})


# What happens: (act, which session, by how many hours, which room).
ACTS = st.sampled_from(["move", "swap", "shift", "copy", "undo", "undo", "redo"])


Deed = tuple[str, int, int, int]


DEEDS = st.lists(st.tuples(ACTS, st.integers(0, 3), st.integers(-2, 2), st.integers(0, 2)), min_size=3, max_size=10)


class TestAnySequence(TestCase):
    """The state after acts, undos and redos is the state after the acts that weren't undone."""

    @pytest.mark.slow("makes drawn sequences of acts, and takes them back")
    @settings(max_examples=8)
    @given(DEEDS)
    def test_ends_as_without_what_was_undone(self, deeds: list[Deed]) -> None:
        done, undone = list[Deed](), list[Deed]()
        world = _world()
        for deed in deeds:
            if deed[0] == "undo":
                if done:
                    steps.undo(sitting=world)
                    undone.append(done.pop())
            elif deed[0] == "redo":
                if undone:
                    steps.redo(sitting=world)
                    done.append(undone.pop())
            elif _do(world, deed):
                done.append(deed)
                undone.clear()
        plain = _world()
        before = _signature(plain)
        for deed in done:
            assert _do(plain, deed)
        assert _signature(world) == _signature(plain)
        for _deed in done:
            steps.undo(sitting=world)
        assert _signature(world) == before


def _world() -> Sitting:
    summit = f.SummitFactory()
    venue = f.VenueFactory(summit=summit)
    rooms = [f.RoomFactory(venue=venue, name=name) for name in ("Blue", "Red")]
    for place in range(3):
        at(summit, f"Session {place}", place, [*rooms, None][place])
    return Sitting(summit, f.UserFactory.with_role(Role.ORGANISER, summit), "browser")


def _signature(sitting: Sitting) -> list[tuple[Any, ...]]:
    rows = Session.objects.filter(summit=sitting.summit)
    return sorted((row.title, row.starts_at, row.ends_at, row.room.name if row.room else "") for row in rows)


def _do(sitting: Sitting, deed: Deed) -> bool:
    act, which, hours, place = deed
    rows = list(Session.objects.filter(summit=sitting.summit).order_by("pk").select_related("room"))
    row, other = rows[which % len(rows)], rows[(which + 1) % len(rows)]
    room = [*Room.objects.filter(venue__summit=sitting.summit).select_related("venue").order_by("name"), None][place]
    made = {
        "move": lambda: steps.move(sitting=sitting, placements={row.pk: later(row, hours, room)}),
        "swap": lambda: steps.swap(sitting=sitting, sessions=[row.pk, other.pk]),
        "shift": lambda: steps.shift_after(sitting=sitting, session=row.pk, minutes=15 * hours, every_room=True),
        "copy": lambda: steps.duplicate(sitting=sitting, sessions=[row.pk]),
    }[act]()
    return made is not None


@pytest.fixture
def row(summit: Summit) -> Session:
    return session(summit, title="Opening", starts_at=f.START, ends_at=f.START + HOUR)


def send(user: User, row: Session, do: str, saw: str, *, to: str = "", part: str = "1") -> tuple[int, str]:
    address = f"{URL}?{urlencode({'summit': row.summit.slug, 'part': part})}"
    selected = {"place": to} if do == "place" else {"session": [row.pk]}
    answer = signed_in(user).post(address, {"do": do, **({"saw": saw} if saw else {}), **selected})
    return answer.status_code, answer.content.decode()


@pytest.mark.parametrize("control", [False, True])
def test_the_second_to_move_is_told_and_moves_again(
    summit: Summit, organiser: User, row: Session, control: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Control: without what the boards saw, the last one wins and neither is told."""
    colleague = f.UserFactory.with_role(Role.PROGRAMME, summit)
    room = f.RoomFactory(venue=f.VenueFactory(summit=summit), name="Gold Room")
    at_nine = "" if control else place(summit, row, 0, None)
    assert send(organiser, row, "place", at_nine, to=place(summit, row, 2, room))[0] == 200
    status, said = send(colleague, row, "place", at_nine, to=place(summit, row, 5, None))
    row.refresh_from_db()
    if control:
        assert (status, row.starts_at) == (200, f.START + 5 * HOUR)
        return
    assert status == 409
    where = "Monday 31 March 2025, 11:00 London time, Gold Room"
    assert said == f"“Opening” was moved since: it is now on {where}. Move it again if you still want to."
    assert (row.starts_at, row.room) == (f.START + 2 * HOUR, room)
    # The board then shows it there, and the move is repeated from there.
    saw = place(summit, row, 2, room)
    assert send(colleague, row, "tray", at_nine)[0] == 409
    assert send(colleague, row, "place", saw, to=place(summit, row, 5, None))[0] == 200


def test_two_are_swapped_only_from_where_they_were_seen(summit: Summit, organiser: User, row: Session) -> None:
    other = session(summit, title="Dinner", starts_at=f.START + 3 * HOUR, ends_at=f.START + 4 * HOUR)
    saw = [place(summit, row, 0, None), place(summit, other, 3, None)]
    cancel_and_move.move(
        session=other, starts_at=f.START + 5 * HOUR, ends_at=f.START + 6 * HOUR, room=None, by=organiser
    )
    sent = {"do": "swap", "session": [row.pk, other.pk], "saw": saw}
    answer = signed_in(organiser).post(f"{URL}?{urlencode({'summit': summit.slug, 'part': '1'})}", sent)
    assert (answer.status_code, "“Dinner” was moved since" in answer.content.decode()) == (409, True)


def test_seconds_of_an_imported_session_are_no_difference(summit: Summit, organiser: User, row: Session) -> None:
    Session.objects.update(starts_at=f.START.replace(second=30))
    row.refresh_from_db()
    assert send(organiser, row, "place", place(summit, row, 0, None), to=place(summit, row, 2, None))[0] == 200


def test_without_the_script_nothing_was_seen(summit: Summit, organiser: User, row: Session, client: Client) -> None:
    client.force_login(organiser)
    client.post(f"{URL}?summit={summit.slug}", {"do": "place", "place": place(summit, row, 2, None)})
    row.refresh_from_db()
    assert row.starts_at == f.START + 2 * HOUR

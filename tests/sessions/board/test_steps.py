"""Acts on the board, and taking them back: what any sequence of them leaves."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from sessions.board.models import BoardAct, BoardStep
from sessions.board.services import steps
from sessions.board.services.steps import Sitting, StepRefused
from sessions.draft.models.placements import Placement
from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move
from sessions.draft.services.cancel_and_move import Pinned
from summit.audit.models import AuditEntry
from summit.permissions.models import Role
from summit.summits.models import Room, Summit
from summit.users.models import User
from tests import factories as f

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
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


def test_what_changes_nothing_is_no_step(summit: Summit, sitting: Sitting) -> None:
    one = at(summit, "One", 0)
    assert steps.move(sitting=sitting, placements={one.pk: later(one, 0)}) is None
    assert not BoardStep.objects.exists()
    for turn in (steps.undo, steps.redo):
        with pytest.raises(StepRefused, match="nothing to"):
            turn(sitting=sitting)


def test_a_session_that_somebody_moved_since_is_not_taken_back(
    summit: Summit, sitting: Sitting, rooms: list[Room], organiser: User
) -> None:
    one = at(summit, "One", 0)
    steps.move(sitting=sitting, placements={one.pk: later(one, 1, rooms[0])})
    cancel_and_move.move(session=one, starts_at=one.starts_at, ends_at=one.ends_at, room=rooms[1], by=organiser)
    with pytest.raises(StepRefused, match="Someone has since moved “One”"):
        steps.undo(sitting=sitting)
    assert state(summit) == {"One": (0, 1, "Red")}


def test_each_sitting_takes_back_its_own(summit: Summit, sitting: Sitting) -> None:
    one = at(summit, "One", 0)
    steps.move(sitting=sitting, placements={one.pk: later(one, 1)})
    with pytest.raises(StepRefused, match="nothing to undo"):
        steps.undo(sitting=Sitting(summit, sitting.by, "another browser"))


def test_pinned_sessions_move_only_on_purpose(summit: Summit, sitting: Sitting, rooms: list[Room]) -> None:
    one, two = at(summit, "One", 0, pinned=True), at(summit, "Two", 0)
    placements = {row.pk: later(row, 1) for row in (one, two)}
    with pytest.raises(Pinned, match="“One” is pinned"):
        steps.move(sitting=sitting, placements=placements)
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
    with pytest.raises(ValidationError, match="two sessions"):
        steps.swap(sitting=sitting, sessions=[one.pk])


def test_all_after_one_are_shifted(summit: Summit, sitting: Sitting, rooms: list[Room]) -> None:
    first = at(summit, "First", 0, rooms[0])
    at(summit, "Next", 1, rooms[0])
    at(summit, "Pinned", 2, rooms[0], pinned=True)
    at(summit, "Elsewhere", 1, rooms[1])
    at(summit, "Tomorrow", 24, rooms[0])
    at(summit, "Nowhere", 1)
    unmoved = {
        "First": (0, 1, "Blue"),
        "Pinned": (2, 3, "Blue"),
        "Tomorrow": (24, 25, "Blue"),
        "Nowhere": (1, 2, None),
    }
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
    from sessions.draft.services import planning  # noqa: PLC0415 - here alone

    one = at(summit, "One", 0)
    steps.duplicate(sitting=sitting, sessions=[one.pk])
    made = Session.objects.exclude(pk=one.pk).get()
    planning.change(by=organiser, session=made, values={"title": "Another"})
    with pytest.raises(StepRefused, match="“Another” has since been changed"):
        steps.undo(sitting=sitting)


def test_who_may_move(summit: Summit, sitting: Sitting) -> None:
    one = at(summit, "One", 0)
    officer = Sitting(summit, f.UserFactory.with_role(Role.CONFERENCE_OFFICER, summit), "browser")
    acts: list[Callable[[Sitting], object]] = [
        lambda who: steps.move(sitting=who, placements={one.pk: later(one, 1)}),
        lambda who: steps.duplicate(sitting=who, sessions=[one.pk]),
    ]
    for act in acts:
        with pytest.raises(PermissionDenied):
            act(officer)
    steps.move(sitting=sitting, placements={one.pk: later(one, 1)})


# What happens: (act, which session, by how many hours, which room).
ACTS = st.sampled_from(["move", "swap", "shift", "copy", "undo", "undo", "redo"])
DEEDS = st.lists(st.tuples(ACTS, st.integers(0, 3), st.integers(-2, 2), st.integers(0, 2)), max_size=12)


class TestAnySequence(TestCase):
    """The state after acts, undos and redos is the state after the acts that weren't undone."""

    @settings(max_examples=40)
    @given(DEEDS)
    def test_ends_as_without_what_was_undone(self, deeds: list[tuple[str, int, int, int]]) -> None:
        done, undone = list[tuple[str, int, int, int]](), list[tuple[str, int, int, int]]()
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
        for deed in done:
            assert _do(plain, deed)
        assert _signature(world) == _signature(plain)
        while done:
            steps.undo(sitting=world)
            done.pop()
        assert _signature(world) == _signature(_world())


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


def _do(sitting: Sitting, deed: tuple[str, int, int, int]) -> bool:
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


def test_every_act_is_known() -> None:
    assert set(BoardAct.values) == {"move", "swap", "shift", "duplicate"}

"""Two organisers who place sessions in one room at one instant: where that is blocked, one of them wins."""

from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from sessions.board.services import steps
from sessions.board.services.steps import Sitting
from sessions.conflicts.models import ConflictAction, RoomHold, WarningKind
from sessions.conflicts.services import policies
from sessions.draft.models.placements import Placement
from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.threads import at_once, meet_after, names

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]
HOUR = timedelta(hours=1)


def _race(summit: Summit, organiser: User) -> list[Any]:
    """Place two sessions in one room at once, each by another organiser; return what became of both."""
    room = f.RoomFactory(venue=f.VenueFactory(summit=summit), capacity=None)
    colleague = f.UserFactory.with_role(Role.PROGRAMME, summit)
    rows = [f.SessionFactory(summit=summit, starts_at=f.START, ends_at=f.START + HOUR) for _place in range(2)]

    def place(row: Session, by: User, late: timedelta) -> str:
        placement = Placement(f.START + late, f.START + late + HOUR, room)
        step = steps.move(sitting=Sitting(summit, by, "browser"), placements={row.pk: placement})
        return "moved" if step else "nothing"

    found = at_once(
        lambda: place(rows[0], organiser, timedelta()), lambda: place(rows[1], colleague, timedelta(minutes=30))
    )
    assert Session.objects.filter(room=room).count() == names(found).count("moved")
    return names(found)


def _block(summit: Summit, organiser: User) -> None:
    policies.change(summit=summit, actions={WarningKind.ROOM: ConflictAction.BLOCK}, by=organiser)


def test_one_of_two_gets_the_room(summit: Summit, organiser: User) -> None:
    _block(summit, organiser)
    assert Counter(_race(summit, organiser)) == Counter(["moved", "Blocked"])
    assert RoomHold.objects.count() == 1


def test_the_database_decides_even_without_the_lock(
    summit: Summit, organiser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    _block(summit, organiser)
    monkeypatch.setattr(cancel_and_move, "lock", lambda _summit: None)
    # Both have read the room as free before one of them writes.
    meet_after(monkeypatch, cancel_and_move, "check")
    assert Counter(_race(summit, organiser)) == Counter(["moved", "Blocked"])


def test_control_a_summit_that_warns_lets_both_in(
    summit: Summit, organiser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    policies.change(summit=summit, actions={WarningKind.SEATS: ConflictAction.BLOCK}, by=organiser)
    assert _race(summit, organiser) == ["moved", "moved"]
    assert RoomHold.objects.count() == 0


def test_control_without_the_constraint_both_get_the_room(
    summit: Summit, organiser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without holds and without the check of the guard after the lock, nothing refuses the second one."""
    _block(summit, organiser)
    RoomHold.objects.all().delete()

    @contextmanager
    def unguarded(_summit: Summit, _sessions: list[int]) -> Any:
        yield

    monkeypatch.setattr(cancel_and_move, "guarded", unguarded)
    with _without_holds():
        assert _race(summit, organiser) == ["moved", "moved"]


@contextmanager
def _without_holds() -> Any:
    from django.db import connection  # noqa: PLC0415 - here alone

    table, trigger = "agenda_session", "agenda_session_room_update"
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER "{trigger}"')
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER "{trigger}"')

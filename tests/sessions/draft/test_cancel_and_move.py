"""Edits of the draft."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move
from summit.audit.models import AuditEntry
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.undo.models import UndoOffer
from summit.undo.services import undo
from summit.users.models import User
from tests.factories import START, RoomFactory, SessionFactory, UserFactory, VenueFactory

pytestmark = pytest.mark.django_db


def test_a_move_changes_time_and_room_and_is_recorded(summit: Summit, organiser: User) -> None:
    row = SessionFactory(summit=summit)
    start, end, room = row.starts_at, row.ends_at, RoomFactory(venue=VenueFactory(summit=summit))
    with pytest.raises(ValidationError, match="Enter an end after the start"):
        cancel_and_move.move(session=row, starts_at=end, ends_at=start, room=None, by=organiser)
    with pytest.raises(ValidationError, match="another summit"):
        cancel_and_move.move(session=row, starts_at=start, ends_at=end, room=RoomFactory(), by=organiser)
    assert not AuditEntry.objects.exists()
    for _time in range(2):
        cancel_and_move.move(session=row, starts_at=start, ends_at=end + timedelta(hours=1), room=room, by=organiser)
        row.refresh_from_db()
        assert (row.ends_at, row.room) == (START + timedelta(hours=2), room)
        assert AuditEntry.objects.get().fields == ["ends_at", "room"]


def test_cancelling_twice_is_once_and_a_reason_goes_with_it(summit: Summit, organiser: User) -> None:
    row = SessionFactory(summit=summit)

    def reason() -> str:
        return Session.objects.get(pk=row.pk).cancellation_reason

    cancel, reinstate = cancel_and_move.cancel, cancel_and_move.reinstate
    assert [cancel(session=row, by=organiser, reason="The minister is ill.") for _time in range(2)] == [True, False]
    assert reason() == "The minister is ill."
    assert [reinstate(session=row, by=organiser) for _time in range(2)] == [True, False]
    assert reason() == ""
    told = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(told) == ["agenda.cancel", "agenda.reinstate"]
    undo(public_id=UndoOffer.objects.latest("pk").public_id, by=organiser)
    assert reason() == "The minister is ill."


def test_who_may_edit(summit: Summit) -> None:
    row = SessionFactory(summit=summit)
    later = {"starts_at": row.starts_at, "ends_at": row.ends_at + timedelta(minutes=1), "room": None}
    officer, desk = (UserFactory.with_role(role, summit) for role in (Role.CONFERENCE_OFFICER, Role.PROGRAMME))
    actions: list[Callable[[User], object]] = [
        lambda by: cancel_and_move.move(session=row, by=by, **later),
        lambda by: cancel_and_move.cancel(session=row, by=by),
        lambda by: cancel_and_move.reinstate(session=row, by=by),
    ]
    for action in actions:
        with pytest.raises(PermissionDenied, match="organiser, programme"):
            action(officer)
    assert not AuditEntry.objects.exists()
    for action in actions:
        action(desk)
    assert AuditEntry.objects.count() == 3
    assert Session.objects.get().cancelled_at is None

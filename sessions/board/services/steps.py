"""What is done on the board: each act is one transaction with its audit, and can be undone and done again.

The steps of a user in one sitting are a stack. Undoing takes back the newest step that isn't undone, if nobody has
changed its sessions since; doing again takes the oldest one that is undone. A new act forgets the undone ones.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from sessions.board.models import BoardAct, BoardStep, BoardStepQuerySet
from sessions.board.services.copies import copy, discard, is_untouched, newest_entry
from sessions.draft.models.placements import Placement
from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move
from sessions.draft.services.agenda_lock import lock
from summit.core.punctuation import comma
from summit.maintenance import heartbeats
from summit.permissions.rules import check
from summit.summits.models import Room, Summit
from summit.users.models import User

# A session's change in a step: see BoardStep.
Change = dict[str, Any]
# Where the user saw sessions, by primary key.
Seen = Mapping[int, Placement]


class StepRefused(ValueError):
    """Raised if a step can't be undone or done again. The message is for the user."""


@dataclass(frozen=True)
class Sitting:
    """The user at a board: the summit, the account, and a name for the browser's sign-in."""

    summit: Summit
    by: User
    key: str


def move(
    *,
    sitting: Sitting,
    placements: Mapping[int, Placement],
    act: BoardAct = BoardAct.MOVE,
    despite_pin: bool = False,
    seen: Seen | None = None,
) -> BoardStep | None:
    """Move sessions to other times and rooms. Return the step, or None if nothing changed.

    `placements` is a dict from a session's primary key to its new times and room, `seen` one to those that the user
    saw. Raises what `move_many` raises.
    """
    with transaction.atomic():
        changed = cancel_and_move.move_many(
            summit=sitting.summit, placements=placements, by=sitting.by, despite_pin=despite_pin, seen=seen
        )
        changes = [
            {"session": key, "before": _packed(before), "after": _packed(after)}
            for key, (before, after) in changed.items()
        ]
        return _store(sitting, act, changes)


def swap(
    *, sitting: Sitting, sessions: Collection[int], despite_pin: bool = False, seen: Seen | None = None
) -> BoardStep | None:
    """Exchange the starts and the rooms of two sessions, which keep their lengths. Return the step.

    Raises ValidationError if `sessions` aren't two primary keys. Raises what `move_many` raises.
    """
    with transaction.atomic():
        rows = _locked(sitting, sessions)
        if len(rows) != 2:
            raise ValidationError(_("Select two sessions to swap."))
        first, second = rows
        placements = {
            row.pk: Placement(other.starts_at, other.starts_at + (row.ends_at - row.starts_at), other.room)
            for row, other in ((first, second), (second, first))
        }
        act = BoardAct.SWAP
        return move(sitting=sitting, placements=placements, act=act, despite_pin=despite_pin, seen=seen)


def shift_after(*, sitting: Sitting, session: int, minutes: int, every_room: bool = False) -> BoardStep | None:
    """Move all sessions of the day that start after a session by a number of minutes, which may be negative.

    They are those in the session's room or, with `every_room`, in all rooms. Pinned and cancelled sessions stay.
    Return the step, or None if there are none. Raises ValidationError if `session` is no longer there, and what
    `move_many` raises.
    """
    by = timedelta(minutes=minutes)
    with transaction.atomic():
        rows = _locked(sitting, [session])
        if not rows:
            raise ValidationError(_("Select the session after which all others move."))
        [first] = rows
        zone = sitting.summit.zone
        day = first.starts_at.astimezone(zone).date()
        later = Session.objects.filter(
            summit=sitting.summit,
            starts_at__gt=first.starts_at,
            starts_at__lt=first.starts_at + timedelta(days=1),
            pinned=False,
            cancelled_at=None,
        ).exclude(pk=first.pk)
        later = later.exclude(room=None) if every_room else later.filter(room=first.room)
        placements = {
            row.pk: Placement(row.starts_at + by, row.ends_at + by, row.room)
            for row in later.select_related("room__venue")
            if row.starts_at.astimezone(zone).date() == day and row.starts_at >= first.ends_at
        }
        return move(sitting=sitting, placements=placements, act=BoardAct.SHIFT)


def duplicate(*, sitting: Sitting, sessions: Collection[int]) -> BoardStep | None:
    """Copy sessions at their times, without a room, participants and speeches. Return the step, or None for none.

    Raises PermissionDenied.
    """
    check(sitting.by, "agenda.edit", sitting.summit)
    with transaction.atomic():
        changes = []
        for row in _locked(sitting, sessions):
            made = copy(original=row, placement=Placement(row.starts_at, row.ends_at, None), by=sitting.by)
            changes.append(
                {
                    "session": made.pk,
                    "public_id": made.public_id,
                    "source": row.pk,
                    "before": None,
                    "after": _packed(Placement.of(made)),
                    "entry": newest_entry(made),
                }
            )
        return _store(sitting, BoardAct.DUPLICATE, changes)


def undo(*, sitting: Sitting) -> BoardStep:
    """Take back the newest step of the sitting, and return it.

    Raises StepRefused if there is none, or if somebody has changed one of its sessions since. Raises
    PermissionDenied, and Blocked if a conflict arises that the summit blocks.
    """
    with transaction.atomic():
        lock(sitting.summit)
        step = _steps(sitting).filter(undone_at=None).order_by("-pk").first()
        if step is None:
            raise StepRefused(_("There is nothing to undo in this sitting."))
        _turn(sitting, step, "after", "before")
        BoardStep.objects.filter(pk=step.pk).update(undone_at=Now())
    return step


def redo(*, sitting: Sitting) -> BoardStep:
    """Do the step again that was undone last, and return it. Raises what `undo` raises."""
    with transaction.atomic():
        lock(sitting.summit)
        step = _steps(sitting).exclude(undone_at=None).order_by("pk").first()
        if step is None:
            raise StepRefused(_("There is nothing to redo in this sitting."))
        _turn(sitting, step, "before", "after")
        BoardStep.objects.filter(pk=step.pk).update(undone_at=None, changes=step.changes)
    return step


def _steps(sitting: Sitting) -> BoardStepQuerySet:
    return BoardStep.objects.of(sitting.summit, sitting.by, sitting.key)


def _store(sitting: Sitting, act: BoardAct, changes: list[Change]) -> BoardStep | None:
    """Store a step, and forget the undone ones: they can't be done again after another act."""
    if not changes:
        return None
    _steps(sitting).exclude(undone_at=None).delete()
    return BoardStep.objects.create(
        summit=sitting.summit, by=sitting.by, sitting=sitting.key, act=act, changes=changes
    )


def _locked(sitting: Sitting, sessions: Collection[int]) -> list[Session]:
    """Return sessions of the summit in their order, read under the agenda's lock."""
    lock(sitting.summit)
    rows = Session.objects.filter(summit=sitting.summit, pk__in=sessions)
    return list(rows.select_related("summit", "room__venue", "custom_kind"))


def _turn(sitting: Sitting, step: BoardStep, old: str, new: str) -> None:
    """Bring the sessions of a step from one of its states to the other: times, rooms, and whether copies exist."""
    check(sitting.by, "agenda.edit", sitting.summit)
    rows = {row.pk: row for row in _locked(sitting, [change["session"] for change in step.changes])}
    _check_unchanged(step, rows, old)
    rooms = {room.pk: room for room in Room.objects.filter(venue__summit=sitting.summit).select_related("venue")}
    moves: dict[int, Placement] = {}
    for change in step.changes:
        wanted = change[new]
        if wanted is None:
            _discard(rows[change["session"]], change["entry"], sitting.by)
        elif change[old] is None:
            change["entry"] = newest_entry(_copied_again(sitting, change, _unpacked(wanted, rooms)))
        else:
            moves[change["session"]] = _unpacked(wanted, rooms)
    if moves:
        # Whoever moved a pinned session meant it, and takes back nothing else.
        cancel_and_move.move_many(summit=sitting.summit, placements=moves, by=sitting.by, despite_pin=True)


def _check_unchanged(step: BoardStep, rows: Mapping[int, Session], state: str) -> None:
    changed = [
        rows.get(change["session"])
        for change in step.changes
        if (change["session"] in rows) != (change[state] is not None)
        or (change[state] is not None and _packed(Placement.of(rows[change["session"]])) != change[state])
    ]
    if changed:
        titles = comma().join(f"“{row.title}”" for row in changed if row is not None)
        if not titles:
            raise StepRefused(_("A session of this step no longer exists."))
        raise StepRefused(_("Someone has since moved %(sessions)s. Move them on the board.") % {"sessions": titles})


def _discard(row: Session, entry: int, by: User) -> None:
    message = _("“%(title)s” has since been changed or released. Cancel it on its page.") % {"title": row.title}
    if not is_untouched(row, entry):
        raise StepRefused(message)
    try:
        discard(session=row, by=by)
    except ProtectedError:
        raise StepRefused(message) from None


def _copied_again(sitting: Sitting, change: Change, placement: Placement) -> Session:
    source = _locked(sitting, [change["source"]])
    if not source:
        raise StepRefused(_("The session that was copied no longer exists."))
    return copy(original=source[0], placement=placement, by=sitting.by, key=(change["session"], change["public_id"]))


def _packed(placement: Placement) -> list[Any]:
    room = placement.room.pk if placement.room else None
    return [placement.starts_at.isoformat(), placement.ends_at.isoformat(), room]


def _unpacked(packed: Sequence[Any], rooms: Mapping[int, Room]) -> Placement:
    starts_at, ends_at, room = packed
    if room is not None and room not in rooms:
        raise StepRefused(_("The room no longer exists."))
    return Placement(datetime.fromisoformat(starts_at), datetime.fromisoformat(ends_at), rooms.get(room))


@heartbeats.clears(6)
def clear_expired() -> None:
    """Delete the steps that are too old to be undone."""
    BoardStep.objects.all().expired().delete()

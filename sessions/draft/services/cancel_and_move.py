"""Moves and cancellations of sessions in the working draft. They become visible with the next release.

`expected` is the revision of the session that the caller saw. If the session has been edited since, the functions
raise SessionEditConflict; None skips the check.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sessions.draft.models.sessions import Session
from sessions.draft.permissions import check_can_edit
from sessions.draft.services import revisions
from sessions.draft.services.agenda_lock import lock
from sessions.draft.speech_listeners import watching
from summit.audit import services as audit
from summit.audit.actions import AuditAction, Facts, audit_action
from summit.summits.models import Room
from summit.templatetags.moments import clock_zone, day_clock, local
from summit.undo import services as undo
from summit.undo.kinds import undoes
from summit.undo.models import UndoStep
from summit.undo.services import changed_since
from summit.users.models import User


def _moved(facts: Facts) -> str:
    before, after = facts.detail.get("values", {}).get("starts_at", ("", ""))
    if not before or not after or facts.summit is None:
        return _("moved the session")
    old, new = (datetime.fromisoformat(moment) for moment in (before, after))
    same_day = local(old, facts.summit).date() == local(new, facts.summit).date()
    times = {
        "before": day_clock(old, facts.summit),
        "after": (clock_zone if same_day else day_clock)(new, facts.summit),
    }
    return _("moved the session from %(before)s to %(after)s") % times


MOVE = audit_action("agenda.move", _moved)
CANCEL = audit_action("agenda.cancel", gettext_lazy("cancelled the session"))
REINSTATE = audit_action("agenda.reinstate", gettext_lazy("reinstated the session"))


def _reinstated(number: int) -> str:
    message = ngettext("%(n)d session is scheduled again.", "%(n)d sessions are scheduled again.", number)
    return message % {"n": number} if number > 1 else _("The session is scheduled again.")


def _cancelled_again(number: int) -> str:
    message = ngettext("%(n)d session is cancelled again.", "%(n)d sessions are cancelled again.", number)
    return message % {"n": number} if number > 1 else _("The session is cancelled again.")


class Pinned(ValueError):
    """Raised if a change would move a pinned session, which has a settled time and room. The message is for the
    user."""

    def __init__(self) -> None:
        super().__init__(_("This session is pinned. Confirm that you want to move it."))


def move(
    *,
    session: Session,
    starts_at: datetime,
    ends_at: datetime,
    room: Room | None,
    by: User,
    despite_pin: bool = False,
    expected: int | None = None,
) -> Session:
    """Move a session to another time or room, and return it. If `room` is None, the session gets no room.

    Raises PermissionDenied and SessionEditConflict. Raises ValidationError if the session would end before it starts
    or the room belongs to another summit. Raises Pinned if the session is pinned and `despite_pin` is false.
    """
    check_can_edit(by, session)
    if ends_at <= starts_at:
        raise ValidationError({"ends_at": _("Enter an end after the start.")})
    if room is not None and room.venue.summit_id != session.summit_id:
        raise ValidationError({"room": _("This room belongs to another summit.")})
    new_values: dict[str, Any] = {"starts_at": starts_at, "ends_at": ends_at, "room": room}
    with transaction.atomic():
        row = _locked(session)
        revisions.check_revision(row, expected)
        old_values = {name: getattr(row, name) for name in new_values}
        changed = [name for name, value in new_values.items() if old_values[name] != value]
        if changed and row.pinned and not despite_pin:
            raise Pinned
        for name in changed:
            setattr(row, name, new_values[name])
        if changed:
            row.revision += 1
            with watching(sessions=[row.pk], by=by):
                row.save(update_fields=[*changed, "revision", "updated_at"])
            values = audit.values(Session, {name: (old_values[name], new_values[name]) for name in changed})
            audit.record(by=by, action=MOVE, target=row, summit=row.summit, fields=changed, detail=values)
    return row


def cancel(*, session: Session, by: User, reason: str = "", expected: int | None = None) -> bool:
    """Cancel a session. Return False, without changes, if it is already cancelled.

    `reason` is included in the messages about the cancellation. Raises PermissionDenied and SessionEditConflict.
    """
    return _set_cancelled(session, by=by, action=CANCEL, cancelled=True, reason=reason, expected=expected)


def reinstate(*, session: Session, by: User, expected: int | None = None) -> bool:
    """Reinstate a cancelled session, and clear the reason. Return False, without changes, if it isn't cancelled.

    Raises PermissionDenied and SessionEditConflict.
    """
    return _set_cancelled(session, by=by, action=REINSTATE, cancelled=False, expected=expected)


def _set_cancelled(
    session: Session, *, by: User, action: AuditAction, cancelled: bool, expected: int | None, reason: str = ""
) -> bool:
    check_can_edit(by, session)
    with transaction.atomic():
        row = _locked(session)
        if (row.cancelled_at is not None) == cancelled:
            return False
        revisions.check_revision(row, expected)
        with watching(sessions=[row.pk], by=by):
            Session.objects.filter(pk=row.pk).update(
                cancelled_at=Now() if cancelled else None,
                cancellation_reason=reason,
                revision=F("revision") + 1,
                updated_at=Now(),
            )
        entry = audit.record(by=by, action=action, target=row, summit=row.summit, fields=["cancelled_at"])
        undo.offer(entry, {"session": row.pk, "revision": row.revision + 1, "reason": row.cancellation_reason})
    return True


@undoes(
    CANCEL,
    permission="agenda.edit",
    done=_reinstated,
    instead=gettext_lazy("Agenda editors can reinstate the session on its page."),
)
def _undo_cancellation(step: UndoStep, by: User) -> str:
    return _undo(step, by, reinstate)


@undoes(
    REINSTATE,
    permission="agenda.edit",
    done=_cancelled_again,
    instead=gettext_lazy("Agenda editors can cancel the session on its page."),
)
def _undo_reinstatement(step: UndoStep, by: User) -> str:
    return _undo(step, by, partial(cancel, reason=step.data.get("reason", "")))


def _undo(step: UndoStep, by: User, decide: Callable[..., bool]) -> str:
    """Decide the opposite, if nobody has edited the session since."""
    row = Session.objects.select_related("summit").filter(pk=step.data["session"]).first()
    try:
        if row is not None and decide(session=row, by=by, expected=step.data["revision"]):
            return ""
    except revisions.SessionEditConflict:
        pass
    raise changed_since(step)


def _locked(session: Session) -> Session:
    """Return the session read again under the agenda's lock, so that a release includes an edit
    wholly or not at all."""
    lock(session.summit)
    return Session.objects.select_related("summit", "room").get(pk=session.pk)

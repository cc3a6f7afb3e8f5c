"""Moves and cancellations of sessions in the working draft. They become visible with the next release.

`expected` is the revision of the session that the caller saw. If the session has been edited since, the functions
raise SessionEditConflict; None skips the check.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import partial
from types import MappingProxyType

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sessions.draft.change_guards import guarded
from sessions.draft.models.placements import Placement
from sessions.draft.models.sessions import Session
from sessions.draft.permissions import check_can_edit
from sessions.draft.services import revisions
from sessions.draft.services.agenda_lock import lock
from sessions.draft.speech_listeners import watching
from summit.audit import services as audit
from summit.audit.actions import AuditAction, Facts, audit_action
from summit.audit.models import AuditEntry
from summit.core.punctuation import comma
from summit.permissions.rules import check
from summit.summits.models import Room, Summit
from summit.summits.translated_names import validate_notes
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


# The fields that a move changes.
MOVED = ("starts_at", "ends_at", "room")
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
    """Raised if a change would move pinned sessions, which have a settled time and room. The message is for the
    user. It names the sessions if `titles` are given."""

    def __init__(self, *titles: str) -> None:
        if titles:
            message = ngettext(
                "“%(titles)s” is pinned. Confirm that you want to move it.",
                "%(titles)s are pinned. Confirm that you want to move them.",
                len(titles),
            )
            many = titles[0] if len(titles) == 1 else comma().join(f"“{title}”" for title in titles)
            super().__init__(message % {"titles": many})
        else:
            super().__init__(_("This session is pinned. Confirm that you want to move it."))


class MovedMeanwhile(ValueError):
    """Raised if a session isn't where its mover saw it any more. The message is for the user."""

    def __init__(self, session: Session) -> None:
        where = comma().join(filter(None, (day_clock(session.starts_at, session.summit), str(session.room or ""))))
        message = _("“%(title)s” was moved since: it is now on %(where)s. Move it again if you still want to.")
        super().__init__(message % {"title": session.title, "where": where})


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
    or the room belongs to another summit, and Blocked if a conflict arises that the summit blocks. Raises Pinned if
    the session is pinned and `despite_pin` is false.
    """
    placement = Placement(starts_at, ends_at, room)
    check_can_edit(by, session)
    with transaction.atomic():
        row = _locked(session)
        revisions.check_revision(row, expected)
        try:
            _place(row.summit, {row.pk: row}, {row.pk: placement}, by, despite_pin=despite_pin)
        except Pinned:
            raise Pinned from None
    return row


def move_many(
    *,
    summit: Summit,
    placements: Mapping[int, Placement],
    by: User,
    despite_pin: bool = False,
    seen: Mapping[int, Placement] | None = None,
) -> dict[int, tuple[Placement, Placement]]:
    """Move several sessions of a summit at once, or none of them.

    `placements` is a dict from a session's primary key to its new times and room. Return a dict from primary key to
    the times and room before and after, for the sessions that changed. Two sessions may exchange a room.

    `seen` has the times and rooms, to the minute, at which the user saw sessions. Raises MovedMeanwhile if one is
    elsewhere now.

    Raises PermissionDenied. Raises ValidationError if a session would end before it starts, or if a session or a room
    belongs to another summit, and Blocked if a conflict arises that the summit blocks. Raises Pinned, which names the
    sessions, if one is pinned and `despite_pin` is false.
    """
    check(by, "agenda.edit", summit)
    with transaction.atomic():
        lock(summit)
        rows = {
            row.pk: row
            for row in Session.objects.filter(summit=summit, pk__in=placements).select_related("summit", "room")
        }
        if missing := placements.keys() - rows.keys():
            message = ngettext(
                "%(n)d session no longer exists. Reload the page.",
                "%(n)d sessions no longer exist. Reload the page.",
                len(missing),
            )
            raise ValidationError(message % {"n": len(missing)})
        for key, place in (seen or {}).items():
            if key in rows and Placement.of(rows[key]).to_the_minute() != place:
                raise MovedMeanwhile(rows[key])
        return _place(summit, rows, placements, by, despite_pin=despite_pin)


def _place(
    summit: Summit, rows: Mapping[int, Session], placements: Mapping[int, Placement], by: User, *, despite_pin: bool
) -> dict[int, tuple[Placement, Placement]]:
    """Store new times and rooms of sessions that were read under the agenda's lock. Change `rows` accordingly."""
    for placement in placements.values():
        if placement.ends_at <= placement.starts_at:
            raise ValidationError({"ends_at": _("Enter an end after the start.")})
        if placement.room is not None and placement.room.venue.summit_id != summit.pk:
            raise ValidationError({"room": _("This room belongs to another summit.")})
    pairs = {key: (Placement.of(rows[key]), placement) for key, placement in placements.items()}
    changed = {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}
    pinned = [rows[key].title for key in changed if rows[key].pinned]
    if pinned and not despite_pin:
        raise Pinned(*pinned)
    if not changed:
        return {}
    moved = [rows[key] for key in changed]
    with guarded(summit, list(changed), moved), watching(sessions=list(changed), by=by):
        leave_rooms(moved)
        for key, (_before, after) in changed.items():
            row = rows[key]
            row.starts_at, row.ends_at, row.room = after.starts_at, after.ends_at, after.room
            row.revision += 1
            row.save(update_fields=[*MOVED, "revision", "updated_at"])
    audit.record_many([_entry(rows[key], *pair, by) for key, pair in changed.items()])
    return changed


def leave_rooms(sessions: Collection[Session]) -> None:
    """Take sessions that are about to be placed together out of their rooms, so that none is in another's way.

    The instances keep their rooms, and must be saved with their room in the same transaction.
    """
    if len(sessions) > 1:
        Session.objects.filter(pk__in=[row.pk for row in sessions]).update(room=None)


def _entry(row: Session, before: Placement, after: Placement, by: User) -> AuditEntry:
    values = {name: (getattr(before, name), getattr(after, name)) for name in MOVED}
    fields = {name: pair for name, pair in values.items() if pair[0] != pair[1]}
    detail = audit.values(Session, fields)
    return audit.entry(by=by, action=MOVE, target=row, summit=row.summit, fields=fields, detail=detail)


def cancel(
    *,
    session: Session,
    by: User,
    reason: str = "",
    reasons: Mapping[str, str] | None = None,
    expected: int | None = None,
) -> bool:
    """Cancel a session. Return False, without changes, if it is already cancelled.

    `reason` is included in the messages about the cancellation, and `reasons` has it in other languages. Raises
    PermissionDenied, SessionEditConflict, and ValidationError for a reason in no language.
    """
    validate_notes(dict(reasons or {}))
    why = {"cancellation_reason": reason, "cancellation_reasons": dict(reasons) if reasons else None}
    return _set_cancelled(session, by=by, action=CANCEL, cancelled=True, why=why, expected=expected)


def reinstate(*, session: Session, by: User, expected: int | None = None) -> bool:
    """Reinstate a cancelled session, and clear the reason. Return False, without changes, if it isn't cancelled.

    Raises PermissionDenied and SessionEditConflict, and Blocked if it makes a conflict that the summit blocks.
    """
    return _set_cancelled(session, by=by, action=REINSTATE, cancelled=False, expected=expected)


def _set_cancelled(
    session: Session,
    *,
    by: User,
    action: AuditAction,
    cancelled: bool,
    expected: int | None,
    why: Mapping[str, object] = MappingProxyType({"cancellation_reason": "", "cancellation_reasons": None}),
) -> bool:
    check_can_edit(by, session)
    with transaction.atomic():
        row = _locked(session)
        if (row.cancelled_at is not None) == cancelled:
            return False
        revisions.check_revision(row, expected)
        if not cancelled:
            row.cancelled_at = None
        with guarded(row.summit, [row.pk], [row]), watching(sessions=[row.pk], by=by):
            Session.objects.filter(pk=row.pk).update(
                cancelled_at=Now() if cancelled else None,
                **why,
                revision=F("revision") + 1,
                updated_at=Now(),
            )
        entry = audit.record(by=by, action=action, target=row, summit=row.summit, fields=["cancelled_at"])
        former = {"reason": row.cancellation_reason, "reasons": row.cancellation_reasons}
        undo.offer(entry, {"session": row.pk, "revision": row.revision + 1, **former})
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
    return _undo(step, by, partial(cancel, reason=step.data.get("reason", ""), reasons=step.data.get("reasons")))


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

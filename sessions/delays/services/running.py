"""Starting and ending sessions, and announcing that they run late. All of it can be undone."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions.delays.models import DelayNotice, SessionRun
from sessions.draft.models.sessions import Session
from sessions.draft.permissions import check_can_run_day
from summit.audit import services as audit
from summit.audit.actions import AuditAction, audit_action
from summit.undo import services as undo
from summit.undo.kinds import undoes
from summit.undo.models import UndoStep
from summit.undo.services import changed_since
from summit.users.models import User

START = audit_action("agenda.start", gettext_lazy("started the session"))
END = audit_action("agenda.end", gettext_lazy("ended the session"))
ANNOUNCE_DELAY = audit_action("agenda.announce_delay", gettext_lazy("announced that the session runs late"))
END_DELAY = audit_action("agenda.end_delay", gettext_lazy("withdrew the announcement that the session runs late"))


class NotStarted(ValueError):
    """Raised if a session should end that nobody has started. The message is for the user."""


def start(*, session: Session, by: User) -> bool:
    """Record that a session starts now. Return False, without changes, if it has been started already.

    An announcement that it runs late ends; undoing brings it back. Raises PermissionDenied.
    """
    check_can_run_day(by, session.summit)
    keys: dict[str, int] = {}

    def create() -> bool:
        _run, created = SessionRun.objects.get_or_create(session=session, defaults={"started_by": by})
        if created:
            keys.update(_end_notice(session, by))
        return created

    return _recorded(session, by, START, create, keys)


def end(*, session: Session, by: User) -> bool:
    """Record that a session ends now. Return False, without changes, if it has been ended already.

    An announcement that it runs late ends; undoing brings it back. Raises PermissionDenied, and NotStarted if nobody
    has started it.
    """
    check_can_run_day(by, session.summit)
    keys: dict[str, int] = {}

    def close() -> bool:
        closed = SessionRun.objects.filter(session=session, ended_at=None).update(ended_at=Now(), ended_by=by)
        if not closed and not SessionRun.objects.filter(session=session).exists():
            raise NotStarted(_("This session hasn’t been started. Start it first."))
        if closed:
            keys.update(_end_notice(session, by))
        return bool(closed)

    return _recorded(session, by, END, close, keys)


def announce_delay(*, session: Session, by: User) -> bool:
    """Announce that a session runs late and that its new time follows. Return False if that is announced already.

    Nothing gets a new time, and nobody gets a mail. Raises PermissionDenied.
    """
    check_can_run_day(by, session.summit)

    def create() -> bool:
        try:
            with transaction.atomic():
                DelayNotice.objects.create(session=session, announced_by=by)
        except IntegrityError:
            return False
        return True

    return _recorded(session, by, ANNOUNCE_DELAY, create)


def end_delay(*, session: Session, by: User) -> bool:
    """Withdraw the announcement that a session runs late. Return False if there is none. Raises PermissionDenied."""
    check_can_run_day(by, session.summit)
    return _recorded(session, by, END_DELAY, lambda: bool(_end_notice(session, by)))


def _end_notice(session: Session, by: User) -> dict[str, int]:
    """End the announcement that a session runs late. Return {"notice": its primary key}, or {} if there is none."""
    notice = DelayNotice.objects.select_for_update().filter(session=session, ended_at=None).first()
    if notice is None:
        return {}
    DelayNotice.objects.filter(pk=notice.pk).update(ended_at=Now(), ended_by=by)
    return {"notice": notice.pk}


def _recorded(
    session: Session,
    by: User,
    action: AuditAction,
    act: Callable[[], bool],
    keys: Mapping[str, int] = MappingProxyType({}),
) -> bool:
    """Do something in a transaction. If it changed anything, record it and offer to undo it.

    `keys` are further keys of the step that undoes it, once it is done.
    """
    with transaction.atomic():
        done = act()
        if done:
            entry = audit.record(by=by, action=action, target=session, summit=session.summit)
            undo.offer(entry, {"session": session.pk, **keys})
    return done


def _reopen_notice(step: UndoStep) -> None:
    """Let the announcement that the step ended, if any, go on, unless the session has another by now."""
    rows = DelayNotice.objects.filter(pk=step.data.get("notice"), ended_at__isnull=False)
    open_notice = DelayNotice.objects.filter(session=step.data["session"], ended_at=None)
    if not open_notice.exists():
        rows.update(ended_at=None, ended_by=None)


@undoes(
    START,
    permission="agenda.run_day",
    done=lambda _number: _("The session hasn’t started."),
    instead=gettext_lazy("Conference officers can start it again on the day page."),
)
def _undo_start(step: UndoStep, by: User) -> str:
    deleted, _by_model = SessionRun.objects.filter(session=step.data["session"], ended_at=None).delete()
    if deleted:
        _reopen_notice(step)
    return _undone(step, bool(deleted))


@undoes(
    END,
    permission="agenda.run_day",
    done=lambda _number: _("The session goes on."),
    instead=gettext_lazy("Conference officers can end it again on the day page."),
)
def _undo_end(step: UndoStep, by: User) -> str:
    rows = SessionRun.objects.filter(session=step.data["session"], ended_at__isnull=False)
    reopened = rows.update(ended_at=None, ended_by=None)
    if reopened:
        _reopen_notice(step)
    return _undone(step, bool(reopened))


@undoes(
    ANNOUNCE_DELAY,
    permission="agenda.run_day",
    done=lambda _number: _("The delay is no longer announced."),
    instead=gettext_lazy("Conference officers can withdraw the announcement on the day page."),
)
def _undo_announcement(step: UndoStep, by: User) -> str:
    return _again(step, by, end_delay)


@undoes(
    END_DELAY,
    permission="agenda.run_day",
    done=lambda _number: _("The delay is announced again."),
    instead=gettext_lazy("Conference officers can announce the delay again on the day page."),
)
def _undo_end_of_announcement(step: UndoStep, by: User) -> str:
    return _again(step, by, announce_delay)


def _again(step: UndoStep, by: User, act: Callable[..., bool]) -> str:
    session = Session.objects.select_related("summit").filter(pk=step.data["session"]).first()
    return _undone(step, session is not None and act(session=session, by=by))


def _undone(step: UndoStep, changed: bool) -> str:
    if not changed:
        raise changed_since(step)
    return ""

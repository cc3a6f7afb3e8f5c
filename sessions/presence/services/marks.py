"""Ticks: somebody was seen at a place. A tick is taken back, never changed."""

from datetime import date

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party
from sessions.draft.models.sessions import Session
from sessions.draft.permissions import check_can_run_day
from sessions.presence.models import Place, PresenceMark
from sessions.presence.selectors.attendance import today
from summit.audit import services as audit
from summit.audit.actions import AuditAction, Facts, audit_action
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.people.models import Person
from summit.undo import services as undo
from summit.undo.kinds import undoes
from summit.undo.models import UndoStep
from summit.undo.services import changed_since
from summit.users.models import User


def _sentence(facts: Facts) -> str:
    people, sessions = facts.named("summit.person"), facts.named("agenda.session")
    params = {"person": people[0] if people else "", "session": sessions[0] if sessions else ""}
    place = facts.detail.get("place")
    if not people or (place == Place.ROOM and not sessions):
        return _("recorded that someone has arrived")
    if place == Place.LANDED:
        return _("recorded that %(person)s has landed") % params
    if place == Place.DOOR:
        return _("recorded %(person)s at the door") % params
    return _("recorded %(person)s in the room for “%(session)s”") % params


def _withdrawn(facts: Facts) -> str:
    people = facts.named("summit.person")
    if not people:
        return _("took back that someone has arrived")
    return _("took back that %(person)s has arrived") % {"person": people[0]}


TICK = audit_action("agenda.presence.tick", _sentence, label=gettext_lazy("recorded that someone has arrived"))
TAKE_BACK = audit_action(
    "agenda.presence.take_back", _withdrawn, label=gettext_lazy("took back that someone has arrived")
)


class PresenceRefused(ValueError):
    """Raised if something can't be recorded. The message says why and what to do."""


def gone_message() -> str:
    """Return the message that what a form is about is no longer there."""
    return _("This is no longer there. Reload the page.")


def tick(
    *, party: Party, person: Person, place: Place, by: User, session: Session | None = None
) -> tuple[PresenceMark, bool]:
    """Record that a member of a party was seen at a place, in a room of `session`. Return the tick.

    The second value is False, without changes, if that is recorded already, also by somebody else at this moment.
    Raises PermissionDenied, and PresenceRefused if the person isn't a member of the party.
    """
    summit = party.summit
    check_can_run_day(by, summit)
    if (place == Place.ROOM) != (session is not None) or (session is not None and session.summit_id != summit.pk):
        raise ValueError("only a room, and each room, is that of a session of the party's summit")
    day = today(summit, db_now())
    with transaction.atomic():
        if not Membership.objects.filter(party=party, person=person).exists():
            raise PresenceRefused(
                _("%(person)s is no longer in the delegation. Reload the page.") % {"person": person}
            )
        known = _live(person, place, session, day)
        if known is not None:
            return known, False
        row = PresenceMark(summit=summit, party=party, person=person, place=place, session=session, day=day, by=by)
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            known = _live(person, place, session, day)
            if known is None:
                raise
            return known, False
        undo.offer(_record(row, action=TICK, by=by), {"mark": row.pk})
    return row, True


def take_back(*, mark: PresenceMark, by: User) -> bool:
    """Take back a tick. Return False, without changes, if it is taken back already. Raises PermissionDenied."""
    check_can_run_day(by, mark.summit)
    with transaction.atomic():
        rows = PresenceMark.objects.filter(pk=mark.pk, taken_back_at=None)
        if not rows.update(taken_back_at=Now(), taken_back_by=by):
            return False
        undo.offer(_record(mark, action=TAKE_BACK, by=by), {"mark": mark.pk})
    return True


def _live(person: Person, place: Place, session: Session | None, day: date) -> PresenceMark | None:
    rows = PresenceMark.objects.filter(person=person, place=place, taken_back_at=None)
    if place == Place.DOOR:
        rows = rows.filter(day=day)
    elif place == Place.ROOM:
        rows = rows.filter(session=session)
    return rows.select_related("by").first()


def _record(row: PresenceMark, *, action: AuditAction, by: User) -> AuditEntry:
    rows = [audit.name_of(row.person), *([audit.name_of(row.session)] if row.session else [])]
    return audit.record(
        by=by,
        action=action,
        target=row,
        summit=row.summit,
        detail={"place": row.place, "rows": rows},
        part_of=row.session,
    )


@undoes(
    TICK,
    permission="agenda.run_day",
    done=lambda n: ngettext("%(n)d tick taken back.", "%(n)d ticks taken back.", n) % {"n": n},
    instead=gettext_lazy("Take back the tick on the page where it is."),
)
def _undo_tick(step: UndoStep, by: User) -> str:
    if not take_back(mark=_mark(step), by=by):
        raise changed_since(step)
    return ""


@undoes(
    TAKE_BACK,
    permission="agenda.run_day",
    done=lambda n: ngettext("%(n)d tick restored.", "%(n)d ticks restored.", n) % {"n": n},
    instead=gettext_lazy("Tick it again."),
)
def _undo_taking_back(step: UndoStep, by: User) -> str:
    old = _mark(step)
    try:
        row, new = tick(party=old.party, person=old.person, place=Place(old.place), by=by, session=old.session)
    except PresenceRefused:
        raise changed_since(step) from None
    if not new:
        raise changed_since(step)
    # The tick is as it was: by whom and when it was made.
    PresenceMark.objects.filter(pk=row.pk).update(at=old.at, by=old.by, day=old.day)
    return ""


def _mark(step: UndoStep) -> PresenceMark:
    rows = PresenceMark.objects.filter(pk=step.data["mark"])
    row = rows.select_related("summit", "party__summit", "person", "session__summit", "by").first()
    if row is None:
        raise changed_since(step)
    return row

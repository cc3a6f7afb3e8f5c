"""Who represents a delegation in a session. The delegation's speeches there follow; its head stays the head.

The speeches change in the draft. Texts that wait follow at once, the released agenda with the next release.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from delegations.members import departure_listeners
from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party
from sessions.delays import split_listeners
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import Session
from sessions.draft.permissions import check_can_run_day
from sessions.draft.services.agenda_lock import lock
from sessions.draft.services.revisions import rise
from sessions.draft.speech_listeners import watching
from sessions.presence.models import Representation
from sessions.presence.selectors import attendance
from sessions.presence.services.marks import PresenceRefused
from sessions.speakers import stand_ins
from summit.audit import services as audit
from summit.audit.actions import AuditAction, Facts, audit_action
from summit.audit.models import AuditEntry
from summit.audit.services import By
from summit.core.database_clock import db_now
from summit.people.models import Person
from summit.undo import services as undo
from summit.undo.kinds import undoes
from summit.undo.models import UndoStep
from summit.undo.services import changed_since
from summit.users.models import User


def _represented(facts: Facts) -> str:
    people, parties = facts.named("summit.person"), facts.named("delegations.party")
    if not people or not parties:
        return _("recorded who represents a delegation")
    return _("recorded that %(person)s represents %(party)s") % {"person": people[0], "party": parties[0]}


REPRESENT = audit_action(
    "agenda.representation.set",
    _represented,
    fields_of=Slot,
    label=gettext_lazy("recorded who represents a delegation"),
)
DEPART = audit_action(
    "agenda.representation.end", gettext_lazy("ended a representation, because the person left the delegation")
)


@dataclass(frozen=True)
class Represented:
    """What recording a representation did: its row, and the number of speeches with another speaker."""

    row: Representation
    speeches: int


def represent(*, session: Session, party: Party, person: Person, by: User) -> Represented:
    """Record that a member represents a party in a session, and give them the party's speeches there.

    If the member is the head, the delegation is represented by its head again. Raises PermissionDenied, and
    PresenceRefused if the session is cancelled, the party isn't in it, the person isn't a member of the party, or
    represents it already.
    """
    check_can_run_day(by, session.summit)
    with transaction.atomic():
        lock(session.summit)
        session = Session.objects.select_related("summit").get(pk=session.pk)
        line = attendance.of_party(session, party, db_now())
        if session.cancelled_at is not None:
            raise PresenceRefused(_("The session is cancelled. Agenda editors can reinstate it."))
        if line is None:
            raise PresenceRefused(_("The delegation is not in this session. Add it to the participants first."))
        if not Membership.objects.filter(party=party, person=person).exists():
            raise PresenceRefused(
                _("%(person)s is no longer in the delegation. Choose someone else.") % {"person": person}
            )
        before = line.represented
        stays = line.person == person
        speakers = {
            slot.pk: slot.speaker_id
            for slot in Slot.objects.filter(session=session, party=party).exclude(speaker=person)
        }
        if stays and not speakers:
            params = {"person": person, "party": party}
            raise PresenceRefused(_("%(person)s already represents %(party)s.") % params)
        row = before if before is not None and stays else _replace(session, party, person, before, by)
        _give(session, dict.fromkeys(speakers, person.pk), by)
        entry = _record(session, party, person, by, fields=["speaker"] if speakers else [])
        keys = {"row": row.pk, "before": before.pk if before else None, "party": party.pk}
        undo.offer(entry, {**keys, "session": session.pk, "person": person.pk, "speakers": speakers})
    return Represented(row, len(speakers))


def _replace(
    session: Session, party: Party, person: Person, before: Representation | None, by: User
) -> Representation:
    """End the representation `before`, and store that of `person`."""
    if before is not None:
        Representation.objects.filter(pk=before.pk).update(taken_back_at=Now(), taken_back_by=by)
    return Representation.objects.create(session=session, party=party, person=person, by=by)


def _give(session: Session, speakers: Mapping[int, int], by: User) -> None:
    """Give each speech, by its primary key, to the person with that key. The agenda must be locked."""
    if speakers:
        with watching(sessions=[session.pk], by=by):
            for slot, speaker in speakers.items():
                Slot.objects.filter(pk=slot).update(speaker=speaker)
    rise(session.pk)


def _record(
    session: Session, party: Party, person: Person, by: By, *, fields: list[str], action: AuditAction = REPRESENT
) -> AuditEntry:
    rows = [audit.name_of(party), audit.name_of(person)]
    return audit.record(
        by=by,
        action=action,
        target=session,
        summit=session.summit,
        fields=fields,
        detail={"rows": rows},
        part_of=party,
    )


@undoes(
    REPRESENT,
    permission="agenda.run_day",
    done=lambda n: (
        ngettext("%(n)d delegation is represented as before.", "%(n)d delegations are represented as before.", n)
        % {"n": n}
    ),
    instead=gettext_lazy("Choose who represents the delegation on the session’s presence page."),
)
def _undo_representation(step: UndoStep, by: User) -> str:
    """Restore who represented the party and who gave its speeches, unless one of both has changed since."""
    data = step.data
    session = Session.objects.select_related("summit").filter(pk=data["session"]).first()
    if session is None:
        raise changed_since(step)
    check_can_run_day(by, session.summit)
    lock(session.summit)
    if not _is_as_left(data):
        raise changed_since(step)
    _reopen(data, by)
    _give(session, {int(key): speaker for key, speaker in data["speakers"].items()}, by)
    party = Party.objects.get(pk=data["party"])
    line = attendance.of_party(session, party, db_now())
    if line is not None and line.person is not None:
        _record(session, party, line.person, by, fields=["speaker"] if data["speakers"] else [])
    return ""


def _is_as_left(data: Mapping[str, Any]) -> bool:
    """Return whether the same person still represents the party, and gives its speeches."""
    live = Representation.objects.filter(session=data["session"], party=data["party"], taken_back_at=None).first()
    given = Slot.objects.filter(pk__in=[int(key) for key in data["speakers"]], session=data["session"])
    number = given.filter(speaker=data["person"]).count()
    return live is not None and live.pk == data["row"] and number == len(data["speakers"])


def _reopen(data: Mapping[str, Any], by: User) -> None:
    """End the representation that the step began, and let the one that it ended begin again."""
    if data["row"] == data["before"]:
        return
    Representation.objects.filter(pk=data["row"]).update(taken_back_at=Now(), taken_back_by=by)
    Representation.objects.filter(pk=data["before"]).update(taken_back_at=None, taken_back_by=None)


@stand_ins.finders.register(10)
def represented(session: Session) -> dict[int, Person]:
    """Return who represents which delegation instead of its head, so that they speak on a new speakers' list."""
    return attendance.representatives(session)


@split_listeners.listeners.register(10)
def continue_representation(session: Session, second: Session, by: User) -> None:
    """Let those who represent a delegation in a session represent it in the session's second part."""
    rows = Representation.objects.filter(session=session, taken_back_at=None).select_related("party", "person")
    for row in rows.order_by("pk"):
        Representation.objects.create(session=second, party=row.party, person=row.person, by=by)
        _record(second, row.party, row.person, by, fields=[])


@departure_listeners.follows(
    56,
    "representations",
    lambda n: ngettext("%(n)d representation in a session", "%(n)d representations in sessions", n) % {"n": n},
)
def depart(party: Party, person: Person, by: By) -> int:
    """End the representations of a person who leaves a party, in sessions that haven't ended.

    What becomes of the speeches is decided as for every speaker who leaves.
    """
    rows = Representation.objects.filter(party=party, person=person, taken_back_at=None)
    found = list(rows.filter(session__ends_at__gt=db_now()).select_related("session__summit").order_by("pk"))
    for row in found:
        actor = by if isinstance(by, User) else None
        Representation.objects.filter(pk=row.pk).update(taken_back_at=Now(), taken_back_by=actor)
        _record(row.session, party, person, by, fields=[], action=DEPART)
    return len(found)

"""Services that give a person's places in the working draft to another person, or remove them.

They carry out a decision by protocol. `delegations.membership_changes.services.handovers` has checked the permission
before, so nothing is checked here.
"""

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy

from delegations.membership_changes.handover_items import ItemNotHeld
from delegations.membership_changes.models import Handover, HandoverState
from sessions.draft.models.participants import Participant, ParticipantRole, Slot
from sessions.draft.models.sessions import Session
from sessions.draft.services.add_and_remove_speeches import remove_slots
from sessions.draft.services.agenda_lock import lock
from sessions.draft.services.revisions import rise
from sessions.draft.speech_listeners import watching
from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.people.models import Person
from summit.users.models import User

# A person with two roles in a session keeps the first of these.
RANK = (
    ParticipantRole.CHAIR,
    ParticipantRole.MODERATOR,
    ParticipantRole.PARTICIPANT,
    ParticipantRole.INTERPRETER,
)
PASS_ON = audit_action("agenda.pass_on", gettext_lazy("gave a person’s place to someone else, as protocol decided"))
DROP = audit_action("agenda.drop", gettext_lazy("removed a person’s place, as protocol decided"))


def waiting(session: Session) -> list[str]:
    """Return the names of people who have left, but are still in a session until protocol has decided.

    Makes one query.
    """
    rows = Handover.objects.filter(party__summit=session.summit_id, state=HandoverState.OPEN)
    speeches = Slot.objects.filter(session=session).values("public_id")
    # The key of a place of any kind is its session's, the key of a speech its own.
    in_session = Q(key=session.public_id) | Q(what="speech", key__in=speeches)
    people = [row.giver.label for row in rows.filter(in_session).select_related("giver").order_by("since", "pk")]
    return list(dict.fromkeys(people))


def pass_speech(*, key: str, giver: Person, taker: Person, by: User) -> None:
    """Give a speech of `giver` to another speaker. Raises ItemNotHeld if `giver` has no speech with this key."""
    with transaction.atomic():
        slot = _slot(key, giver)
        slot.speaker = taker
        with watching(sessions=[slot.session_id], by=by):
            slot.save(update_fields=["speaker"])
        _record(slot.session, by, passed=True, what="speech")


def remove_speech(*, key: str, giver: Person, by: User) -> None:
    """Remove a speech of `giver` from its session. Raises ItemNotHeld if `giver` has no speech with this key."""
    with transaction.atomic():
        slot = _slot(key, giver)
        session = slot.session
        with watching(sessions=[session.pk], by=by):
            remove_slots([slot.pk])
        _record(session, by, passed=False, what="speech")


def pass_place(*, key: str, giver: Person, taker: Person, by: User) -> None:
    """Give a person's place in the session `key`, with its role, to another person.

    If the other person already takes part, they keep the higher of both roles. Raises ItemNotHeld if `giver` has no
    place in the session.
    """
    with transaction.atomic():
        row = _place(key, giver)
        existing = Participant.objects.filter(session=row.session, person=taker).first()
        if existing is None:
            row.person = taker
            row.save(update_fields=["person"])
        elif taker != giver:
            existing.role = min(existing.role, row.role, key=lambda role: RANK.index(ParticipantRole(role)))
            existing.save(update_fields=["role"])
            row.delete()
        _record(row.session, by, passed=True, what="place")


def remove_place(*, key: str, giver: Person, by: User) -> None:
    """Remove a person's place in the session `key`. Raises ItemNotHeld if `giver` has no place in the session."""
    with transaction.atomic():
        row = _place(key, giver)
        session = row.session
        row.delete()
        _record(session, by, passed=False, what="place")


def _slot(key: str, giver: Person) -> Slot:
    """Return a speech, read under the agenda's lock, so that a release includes the decision wholly or not at all.

    Raises ItemNotHeld if `giver` has no speech with this key.
    """
    lock(giver.summit)
    row = Slot.objects.filter(public_id=key, speaker=giver).select_related("session__summit").first()
    if row is None:
        raise ItemNotHeld
    return row


def _place(key: str, giver: Person) -> Participant:
    lock(giver.summit)
    rows = Participant.objects.filter(session__public_id=key, person=giver)
    row = rows.select_related("session__summit").first()
    if row is None:
        raise ItemNotHeld
    return row


def _record(session: Session, by: User, *, passed: bool, what: str) -> None:
    rise(session.pk)
    audit.record(
        by=by,
        action=PASS_ON if passed else DROP,
        target=session,
        summit=session.summit,
        detail={"what": what},
    )

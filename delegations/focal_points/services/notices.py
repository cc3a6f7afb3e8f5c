"""Telling who acts for a party: whoever asked for it, whoever acts now, whoever acts no more; also where a desk
decided it unasked."""

from delegations.focal_points.models import FocalPointRequest
from delegations.members.models.focal_points import FocalPoint
from delegations.parties.models.parties import Party
from summit.core.languages import spoken
from summit.outbox import enqueue
from summit.outbox.models import Message
from summit.people.models import Person

KIND = "focal_point"
# What is told: to whoever asked, to whoever acts now, to whoever acts no more since another came or a desk said so.
APPROVED, REFUSED, NAMED, ENDED, TAKEN_OFF = "approved", "refused", "named", "ended", "taken off"


def approved(row: FocalPointRequest, gone: Person | None) -> None:
    """Store what tells that somebody became a focal point, in the transaction that decides it."""
    drafts = [_asked(row, APPROVED, row.answer_to, row.party.language)] if row.answer_to else []
    if row.person is not None and row.person.email:
        drafts.append(_asked(row, NAMED, row.person.email, row.person.language, row.person))
    if gone is not None and gone.email:
        drafts.append(_asked(row, ENDED, gone.email, gone.language, gone))
    enqueue.store(drafts)


def refused(row: FocalPointRequest) -> None:
    """Store what tells that protocol refused it."""
    if row.answer_to:
        enqueue.store([_asked(row, REFUSED, row.answer_to, row.party.language)])


def named(point: FocalPoint) -> None:
    """Store what tells somebody that a desk made them a focal point, in the transaction that does; nothing where they
    have no mailbox."""
    _tell(point, NAMED)


def taken_off(point: FocalPoint) -> None:
    """Store what tells somebody that a desk took them off."""
    _tell(point, TAKEN_OFF)


def _tell(point: FocalPoint, what: str) -> None:
    person = point.person
    if person.email:
        key = f"delegations.focalpoint:{point.pk}:{what}"
        to = (person.email, person.language)
        enqueue.store([_draft(point.party, key, what, to, name=person.label, person=person)])


def _asked(row: FocalPointRequest, what: str, address: str, language: str, person: Person | None = None) -> Message:
    key = f"delegations.focalpointrequest:{row.pk}:{what}"
    return _draft(row.party, key, what, (address, language), name=row.name, person=person, request=row.pk)


def _draft(
    party: Party,
    key: str,
    what: str,
    to: tuple[str, str],
    *,
    name: str,
    person: Person | None,
    request: int | None = None,
) -> Message:
    (address, language), summit = to, party.summit
    return enqueue.draft(
        summit=summit,
        kind=KIND,
        subject_key=key,
        recipient_key=f"party:{party.public_id}",
        address=address,
        language=spoken(language),
        facts={
            "what": what,
            "request": request,
            "name": name,
            "person_key": person.public_id if person else "",
            "account": person is not None and person.user_id is not None,
            "address": address,
            "party": party.name,
            "party_key": party.public_id,
            "summit": summit.named(spoken(language)).name,
            "contact_email": summit.contact_email,
        },
    )

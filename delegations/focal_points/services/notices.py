"""Stores the messages about focal points. They go to the person who made a request, and to people who begin or stop
acting for a party.

The people who begin or stop also get a message if a desk user made the change without a request.
"""

from delegations.focal_points.models import FocalPointRequest
from delegations.members.models.focal_points import FocalPoint
from delegations.parties.models.parties import Party
from summit.core.languages import spoken
from summit.outbox import enqueue
from summit.outbox.models import Message
from summit.people.models import Person

KIND = "focal_point"
# What a message says. The first two are for the person who made the request. NAMED is for a new focal point, ENDED
# for a replaced one, and TAKEN_OFF for one that a desk user removed.
APPROVED, REFUSED, NAMED, ENDED, TAKEN_OFF = "approved", "refused", "named", "ended", "taken off"


def approved(row: FocalPointRequest, gone: Person | None) -> None:
    """Store the messages about an approved request, in the transaction that approves it.

    The recipients are the person who made the request, the new focal point, and `gone`, the person who was replaced,
    if any. People without a mailbox get no message.
    """
    drafts = [_request_message(row, APPROVED, row.answer_to, row.party.language)] if row.answer_to else []
    if row.person is not None and row.person.email:
        drafts.append(_request_message(row, NAMED, row.person.email, row.person.language, row.person))
    if gone is not None and gone.email:
        drafts.append(_request_message(row, ENDED, gone.email, gone.language, gone))
    enqueue.store(drafts)


def refused(row: FocalPointRequest) -> None:
    """Store the message that protocol refused a request, for the person who made it. Nothing is stored if the request
    has no mailbox for the answer."""
    if row.answer_to:
        enqueue.store([_request_message(row, REFUSED, row.answer_to, row.party.language)])


def named(point: FocalPoint) -> None:
    """Store the message for a person whom a desk user made a focal point, in the same transaction.

    Nothing is stored if the person has no mailbox.
    """
    _notify(point, NAMED)


def removed(point: FocalPoint) -> None:
    """Store the message for a person whom a desk user removed as a focal point. Nothing is stored if the person has
    no mailbox."""
    _notify(point, TAKEN_OFF)


def _notify(point: FocalPoint, what: str) -> None:
    person = point.person
    if person.email:
        key = f"delegations.focalpoint:{point.pk}:{what}"
        to = (person.email, person.language)
        enqueue.store([_draft(point.party, key, what, to, name=person.label, person=person)])


def _request_message(
    row: FocalPointRequest, what: str, address: str, language: str, person: Person | None = None
) -> Message:
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

"""Stores the messages about focal points: to the asker of a request, and to people who begin or stop acting for a
party.

The latter are also written to if a desk made the change without a request.
"""

from delegations.focal_points.models import FocalPointRequest
from delegations.members.models.focal_points import FocalPoint
from delegations.parties.models.parties import Party
from summit.core.languages import spoken
from summit.outbox import enqueue
from summit.outbox.models import Message
from summit.people.models import Person

KIND = "focal_point"
# What a message says: the first two are for the asker, NAMED is for a new focal point, ENDED for one who was
# replaced, and TAKEN_OFF for one whom a desk removed.
APPROVED, REFUSED, NAMED, ENDED, TAKEN_OFF = "approved", "refused", "named", "ended", "taken off"


def approved(row: FocalPointRequest, gone: Person | None) -> None:
    """Store the messages about an approved request, in the transaction that approves it.

    They are for the asker, the new focal point, and `gone`, the person who was replaced, if any. Those without a
    mailbox get none.
    """
    drafts = [_request_message(row, APPROVED, row.answer_to, row.party.language)] if row.answer_to else []
    if row.person is not None and row.person.email:
        drafts.append(_request_message(row, NAMED, row.person.email, row.person.language, row.person))
    if gone is not None and gone.email:
        drafts.append(_request_message(row, ENDED, gone.email, gone.language, gone))
    enqueue.store(drafts)


def refused(row: FocalPointRequest) -> None:
    """Store the message to the asker that protocol refused the request. Nothing is stored if a desk asked."""
    if row.answer_to:
        enqueue.store([_request_message(row, REFUSED, row.answer_to, row.party.language)])


def named(point: FocalPoint) -> None:
    """Store the message to a person whom a desk made a focal point, in the same transaction.

    Nothing is stored if they have no mailbox.
    """
    _notify(point, NAMED)


def removed(point: FocalPoint) -> None:
    """Store the message to a person whom a desk removed as a focal point. Nothing is stored if they have no
    mailbox."""
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

"""Telling what became of a request for a focal point: whoever asked, whoever acts now, whoever acts no more."""

from delegations.models import FocalPointRequest
from summit.languages import spoken
from summit.models import Person
from summit.outbox.domain import enqueue
from summit.outbox.models import Message

KIND = "focal_point"
# What is told: to whoever asked, to whoever acts now, to whoever acts no more.
APPROVED, REFUSED, NAMED, ENDED = "approved", "refused", "named", "ended"


def approved(row: FocalPointRequest, gone: Person | None) -> None:
    """Store what tells that somebody became a focal point, in the transaction that decides it."""
    drafts = [_draft(row, APPROVED, row.answer_to, row.party.language)] if row.answer_to else []
    if row.person is not None and row.person.email:
        drafts.append(_draft(row, NAMED, row.person.email, row.person.language, row.person))
    if gone is not None and gone.email:
        drafts.append(_draft(row, ENDED, gone.email, gone.language, gone))
    enqueue.store(drafts)


def refused(row: FocalPointRequest) -> None:
    """Store what tells that protocol refused it."""
    if row.answer_to:
        enqueue.store([_draft(row, REFUSED, row.answer_to, row.party.language)])


def _draft(row: FocalPointRequest, what: str, address: str, language: str, person: Person | None = None) -> Message:
    party, summit = row.party, row.party.summit
    return enqueue.draft(
        summit=summit,
        kind=KIND,
        subject_key=f"delegations.focalpointrequest:{row.pk}:{what}",
        recipient_key=f"party:{party.public_id}",
        address=address,
        language=spoken(language),
        facts={
            "what": what,
            "request": row.pk,
            "name": row.name,
            "person_key": person.public_id if person else "",
            "account": person is not None and person.user_id is not None,
            "address": address,
            "party": party.name,
            "party_key": party.public_id,
            "summit": summit.name,
            "contact_email": summit.contact_email,
        },
    )

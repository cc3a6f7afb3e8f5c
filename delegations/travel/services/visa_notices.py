"""Notifies a party of the decision on a visa support letter.

The message names the person but has no passport data.
"""

from collections.abc import Iterable

from delegations.mailboxes import selectors as mailboxes_selectors
from delegations.travel.models.visas import VisaLetter
from summit.core.languages import spoken
from summit.outbox import enqueue
from summit.outbox.models import Message
from summit.summits.models import Summit

KIND = "visa_letter"


def notify(letters: Iterable[VisaLetter]) -> None:
    """Store messages about the decided letters: one for each letter and each mailbox of its party.

    They are stored in the transaction of the decision. The number of queries grows with the number of summits, not of
    letters.
    """
    by_summit: dict[Summit, list[VisaLetter]] = {}
    for row in letters:
        by_summit.setdefault(row.summit, []).append(row)
    for summit, rows in by_summit.items():
        boxes: dict[int | None, list[mailboxes_selectors.Mailbox]] = {}
        parties = {row.party_id for row in rows}
        for box in mailboxes_selectors.for_members(summit=summit, party_ids=parties, person_ids=set()):
            boxes.setdefault(box.party_id, []).append(box)
        enqueue.store([_draft(row, box) for row in rows for box in boxes.get(row.party_id, [])])


def _draft(row: VisaLetter, box: mailboxes_selectors.Mailbox) -> Message:
    return enqueue.draft(
        summit=row.summit,
        kind=KIND,
        # There is one message for each decision, because an issued letter may become void later.
        subject_key=f"delegations.visaletter:{row.public_id}:{row.state}",
        recipient_key=box.party_key,
        address=box.address,
        language=spoken(box.language),
        facts={
            "letter": row.public_id,
            "state": str(row.state),
            "person": row.person.label,
            "party": row.party.name,
            "party_key": row.party.public_id,
            "summit": row.summit.named(spoken(box.language)).name,
            "contact_email": row.summit.contact_email,
        },
    )

"""Messages to a party about the decision on its request for the floor."""

from collections.abc import Sequence

from delegations.mailboxes import selectors as mailboxes_selectors
from sessions.agenda.models.releases import ReleaseEntry
from sessions.draft.models.participants import FloorRequest, RequestState
from sessions.notifications.message_session_facts import session_facts, summit_facts
from sessions.visibility.models import TAKING_PART
from summit.outbox import enqueue
from summit.outbox.failure_reasons import because
from summit.outbox.models import Message

KIND = "floor_request"
DROPPED = "agenda.floor_dropped"


def notify(row: FloorRequest) -> int:
    """Save the messages that a request was granted or declined, and return their number.

    It must be called in the transaction of the decision. No message is sent if the session isn't released to its
    participants.
    """
    session, summit = row.session, row.session.summit
    entry = ReleaseEntry.objects.current(summit).at(TAKING_PART).filter(session=session)
    released = entry.select_related("released_session").first()
    if released is None:
        return 0
    facts = session_facts(session.public_id, released.released_session)
    drafts = [
        enqueue.draft(
            summit=summit,
            kind=KIND,
            # A request is decided only once, so no version is needed.
            subject_key=f"agenda.floorrequest:{row.public_id}",
            recipient_key=mailbox.party_key,
            address=mailbox.address,
            language=mailbox.language,
            facts={
                **facts,
                "summit": summit_facts(summit, mailbox.language),
                "request": row.public_id,
                "granted": row.state == RequestState.GRANTED,
                "speaker": row.speaker.label,
                "subject": row.subject,
                "reason": row.reason,
            },
        )
        for mailbox in mailboxes_selectors.for_members(summit=summit, party_ids={row.party_id}, person_ids=set())
    ]
    return enqueue.store(drafts)


def withdrawn(messages: Sequence[Message]) -> dict[int, str]:
    """Return a dict from primary key to reason for the messages about speeches that have since been taken off the
    list.

    Makes one query.
    """
    keys = [message.facts["request"] for message in messages if message.facts["granted"]]
    rows = FloorRequest.objects.filter(public_id__in=keys, slot=None)
    removed = set(rows.values_list("public_id", flat=True))
    return {message.pk: because(DROPPED) for message in messages if message.facts["request"] in removed}

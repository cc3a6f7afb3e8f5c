"""Messages to people who have moved up from a waiting list, sent to their own mailbox or else to their party's."""

from collections.abc import Collection, Sequence

from delegations.mailboxes import selectors as mailboxes_selectors
from sessions.agenda.models.releases import ReleasedSession, ReleaseEntry
from sessions.draft.models.sessions import Session
from sessions.draft.models.signups import SignUp, SignUpState
from sessions.notifications import message_session_facts
from sessions.visibility.models import TAKING_PART
from summit.outbox import enqueue
from summit.outbox.failure_reasons import because
from summit.outbox.models import Message

KIND = "place_free"
LEFT = "agenda.place_left"


def notify(*, session: Session, row: ReleasedSession, moved: Collection[SignUp]) -> int:
    """Save a message to each mailbox of the people who moved up in a session, and return the number of messages.

    `row` is the released session. If several people share a mailbox, it gets one message. Must be called in the
    transaction of the move.
    """
    summit = session.summit
    sign_up_by_person = {each.person_id: each for each in moved}
    entry = ReleaseEntry.objects.current(summit).at(TAKING_PART).filter(session=session)
    visible = (
        entry.select_related("released_session").first() or ReleaseEntry(released_session=row)
    ).released_session
    facts = message_session_facts.session_facts(session.public_id, visible)
    drafts = []
    for mailbox in mailboxes_selectors.for_members(summit=summit, party_ids=set(), person_ids=set(sign_up_by_person)):
        own_sign_ups = [sign_up_by_person[pk] for pk in sorted(mailbox.person_ids) if pk in sign_up_by_person]
        drafts.append(
            enqueue.draft(
                summit=summit,
                kind=KIND,
                # Each sign-up moves up only once, so the highest key of these is unique to this message.
                subject_key=f"agenda.session:{session.public_id}",
                version=max(each.pk for each in own_sign_ups),
                recipient_key=mailbox.party_key,
                address=mailbox.address,
                language=mailbox.language,
                facts={
                    **facts,
                    "summit": message_session_facts.summit_facts(summit, mailbox.language),
                    "sign_ups": [each.public_id for each in own_sign_ups],
                    "people": [each.person.label for each in own_sign_ups],
                },
            )
        )
    return enqueue.store(drafts)


def withdrawn(messages: Sequence[Message]) -> dict[int, str]:
    """Return a dict from primary key to reason for the messages in which nobody has the place any more.

    Makes one query.
    """
    keys = {key for message in messages for key in message.facts["sign_ups"]}
    placed = set(
        SignUp.objects.filter(public_id__in=keys, state=SignUpState.PLACE).values_list("public_id", flat=True)
    )
    return {message.pk: because(LEFT) for message in messages if not placed.intersection(message.facts["sign_ups"])}

"""Messages about agenda changes. Each release sends one message for each mailbox and party that it affects.

A message has all changes since the last release sent to its mailbox. Unsent and failed messages are folded into the
new message: they are dropped, and the new message also has their changes. A message that a worker has claimed may be
on its way, so it stays, and the new message starts after it. The message's kind says why an outdated message isn't
sent late, by "send again" or after a worker was killed.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Now

from delegations.mailboxes.selectors import Mailbox
from delegations.parties.models.parties import Party
from sessions.agenda.models.releases import Release
from sessions.agenda.selectors.differences import SessionChange, differences
from sessions.agenda.selectors.released_snapshots import released
from sessions.agenda.selectors.sequence_numbers import Highest, highest
from sessions.agenda.selectors.snapshots import Agenda
from sessions.notifications.messages.agenda_changes import AGENDA_CHANGE, OVERTAKEN
from sessions.notifications.selectors import notification_content
from sessions.notifications.selectors.change_index import ChangeIndex
from sessions.notifications.selectors.planned_messages import PlannedMessage, WaitingMessage
from sessions.notifications.selectors.recipients import Recipient, readers
from sessions.visibility.models import TAKING_PART
from summit.core.database_clock import db_now
from summit.outbox import enqueue
from summit.outbox.failure_reasons import because
from summit.outbox.models import Message, MessageState
from summit.people.models import Person
from summit.summits.models import Summit

# Urgent messages to one mailbox are at least this far apart.
JOINED = timedelta(minutes=2)


def plan(
    *, summit: Summit, number: int, changes: list[SessionChange], new: Agenda, lock: bool = False, tell: bool = True
) -> list[PlannedMessage]:
    """Return the messages to send when `new` becomes release `number`. Makes a constant number of queries.

    `changes` are the differences of `new` from the previous release. With `lock`, unsent messages are locked until
    the transaction ends, so that no worker claims them. The first release sends everybody their programme, or nothing
    if `tell` is false.
    """
    if number == 1 and not tell:
        return []
    waiting = _waiting(summit, lock=lock)
    bases = {number - 1: changes}
    earlier = {message.since for messages in waiting.values() for message in messages} - {number - 1}
    if earlier:
        agendas = released(summit, earlier)
        bases |= {base: differences(old=agendas.get(base, {}), new=new) for base in earlier}
    all_changes = [change for found in bases.values() for change in found]
    known = _highest(summit, all_changes)
    indexes = {base: ChangeIndex(found) for base, found in bases.items()}
    recipients = readers(summit, all_changes)
    names = _names([reader.mailbox for reader in recipients])
    by_address = _by_address(recipients)
    found = []
    for reader in recipients:
        mailbox, others = reader.mailbox, by_address[reader.mailbox.address.casefold()]
        others = [other for other in others if other is not reader]
        # Only readers affected by this release get a message. Unsent messages to others stay as they are.
        notified = notification_content.notified_changes(
            indexes[number - 1].of(reader.programme), reader, highest=known, beside=others
        )
        if notified:
            overtaken = tuple(waiting.get((mailbox.party_key, mailbox.address), ()))
            since = min((message.since for message in overtaken), default=number - 1)
            if since != number - 1:
                all_since = notification_content.notified_changes(
                    indexes[since].of(reader.programme), reader, highest=known, beside=others
                )
                notified = notification_content.folded(notified, all_since, beside=others)
            found.append(PlannedMessage(reader, names[mailbox], since, tuple(notified), overtaken))
    return found


def _highest(summit: Summit, changes: Iterable[SessionChange]) -> Highest:
    """Return the highest sequences of the sessions that participants no longer know of."""
    after = ((change.session.session_id, change.after) for change in changes)
    hidden = {key for key, session in after if session is None or not session.seen_at(TAKING_PART)}
    return highest(summit, hidden)


def _by_address(recipients: Iterable[Recipient]) -> dict[str, list[Recipient]]:
    """Return a dict from mail address, in lower case, to its readers: one for each party that the address serves."""
    found: dict[str, list[Recipient]] = {}
    for reader in recipients:
        found.setdefault(reader.mailbox.address.casefold(), []).append(reader)
    return found


def _waiting(summit: Summit, *, lock: bool) -> dict[tuple[str, str], list[WaitingMessage]]:
    """Return a dict from (recipient key, address) to the mailbox's unsent messages that no worker has claimed.

    Messages to a mailbox that was sent a newer message are left out.
    """
    newer = Message.objects.filter(
        kind=AGENDA_CHANGE.name,
        summit=summit,
        recipient_key=OuterRef("recipient_key"),
        address=OuterRef("address"),
        version__gt=OuterRef("version"),
        state=MessageState.SENT,
    )
    rows: QuerySet[Any] = Message.objects.filter(
        Q(state=MessageState.FAILED) | _free(), ~Exists(newer), kind=AGENDA_CHANGE.name, summit=summit
    ).order_by("id")
    if lock:
        rows = rows.select_for_update(of=("self",))
    found: dict[tuple[str, str], list[WaitingMessage]] = {}
    for pk, key, address, state, since in rows.annotate(since=KT("facts__since")).values_list(
        "pk", "recipient_key", "address", "state", "since"
    ):
        found.setdefault((key, address), []).append(WaitingMessage(pk, int(since), state == MessageState.PENDING))
    return found


def _free() -> Q:
    return Q(state=MessageState.PENDING) & (Q(lease_until__isnull=True) | Q(lease_until__lte=Now()))


def _names(boxes: Sequence[Mailbox]) -> dict[Mailbox, str]:
    """Return a dict from mailbox to the name of its party, or else to the names of its people."""
    parties = Party.objects.in_bulk({box.party_id for box in boxes if box.party_id})
    people = Person.objects.in_bulk({pk for box in boxes if not box.party_id for pk in box.person_ids})
    return {
        box: parties[box.party_id].name
        if box.party_id
        else "; ".join(people[pk].label for pk in sorted(box.person_ids) if pk in people)
        for box in boxes
    }


def join(summit: Summit, drafts: Sequence[Message]) -> None:
    """Let unsaved messages wait until two minutes after the last message to the same mailbox was sent.

    The first message leaves at once. What a later release changes within the two minutes is folded into the message
    that waits. Makes one query, and another if a message waits.
    """
    recent = Message.objects.filter(
        kind=AGENDA_CHANGE.name,
        summit=summit,
        sent_at__gt=Now() - JOINED,
        address__in={row.address for row in drafts},
    )
    last = recent.order_by().values_list("recipient_key", "address").annotate(Max("sent_at"))
    due_at = {(key, address): moment + JOINED for key, address, moment in last}
    if due_at:
        now = db_now()
        for draft in drafts:
            draft.next_attempt_at = due_at.get((draft.recipient_key, draft.address), now)


def store(*, release: Release, planned: Sequence[PlannedMessage], drafts: Sequence[Message]) -> int:
    """Save the messages of a release and drop the messages that they replace. Return how many are to be sent."""
    # Failed messages stay visible, except if nothing in them is true any more, so that nobody sends them again.
    overtaken = [message.pk for each in planned for message in each.overtakes if message.pending or not each.told]
    if overtaken:
        Message.objects.filter(Q(state=MessageState.FAILED) | _free(), pk__in=overtaken).update(
            state=MessageState.DROPPED, problem=because(OVERTAKEN, release.number)
        )
    return enqueue.store(drafts)

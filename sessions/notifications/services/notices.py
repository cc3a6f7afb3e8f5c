"""Messages about agenda changes. Each release sends one message for each mailbox and party that it affects.

A message has all changes since the last release sent to its mailbox. Unsent and failed messages are folded into the
new message: they are dropped, and the new message also has their changes. A message that a worker has claimed may be
on its way, so it stays, and the new message starts after it. `withdrawn` prevents outdated messages from being sent
late, either by "send again" on a failed message or after a worker was killed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from delegations.mailboxes.selectors import Mailbox
from delegations.parties.models.parties import Party
from sessions.agenda.models.releases import Release
from sessions.agenda.selectors.differences import SessionChange, differences
from sessions.agenda.selectors.released_snapshots import released
from sessions.agenda.selectors.sequence_numbers import Highest, highest
from sessions.agenda.selectors.snapshots import Agenda
from sessions.notifications.selectors import notification_content
from sessions.notifications.selectors.change_index import ChangeIndex
from sessions.notifications.selectors.notification_content import Facts, NotifiedChange
from sessions.notifications.selectors.recipients import Recipient, readers
from sessions.visibility.models import TAKING_PART
from summit.core.languages import spoken
from summit.outbox import enqueue, failure_reasons
from summit.outbox.failure_reasons import because
from summit.outbox.models import Message, MessageState
from summit.people.models import Person
from summit.summits.models import Summit

KIND = "agenda_change"
OVERTAKEN = failure_reasons.register("agenda.overtaken", _("Release %(value)s says it all."))


@dataclass(frozen=True)
class WaitingMessage:
    """An unsent message to a mailbox. `pending` is false if sending it has failed."""

    pk: int
    since: int
    pending: bool


@dataclass(frozen=True)
class PlannedMessage:
    """The planned message to one mailbox.

    If it has no changes, no message is sent and the waiting messages in `overtakes` are dropped.
    """

    reader: Recipient
    name: str
    since: int
    told: tuple[NotifiedChange, ...]
    overtakes: tuple[WaitingMessage, ...]

    @property
    def mailbox(self) -> Mailbox:
        """The mailbox to which the message is sent."""
        return self.reader.mailbox

    @property
    def changes(self) -> tuple[SessionChange, ...]:
        """The changes in the message, as its readers may know them."""
        return tuple(entry.change for entry in self.told)


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
        kind=KIND,
        summit=summit,
        recipient_key=OuterRef("recipient_key"),
        address=OuterRef("address"),
        version__gt=OuterRef("version"),
        state=MessageState.SENT,
    )
    rows: QuerySet[Any] = Message.objects.filter(
        Q(state=MessageState.FAILED) | _free(), ~Exists(newer), kind=KIND, summit=summit
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


def _called(notice: PlannedMessage, facts: Facts) -> dict[str, str]:
    """Return a dict with the `name` by which a mail addresses its reader, and the `footnote` to the name.

    A party is named in the mail's language.
    """
    party = facts.own(notice.reader)
    return {"name": party.name, "footnote": party.footnote} if party else {"name": notice.name, "footnote": ""}


def _people(notices: Iterable[PlannedMessage]) -> dict[int, str]:
    """Return a dict from primary key to the name of each person whom a message mentions in `whom`."""
    keys = {key for notice in notices for notified in notice.told for key, _nature in notified.whom}
    return {row.pk: row.label for row in Person.objects.filter(pk__in=keys)}


def _summit_facts(summit: Summit, language: str) -> dict[str, str]:
    """Return the facts about a summit that a message stores, with names in the mail's language."""
    names = summit.named(spoken(language))
    return {
        "slug": summit.slug,
        "name": names.name,
        "short_name": names.short_name,
        "host": names.host,
        "contact": summit.contact_email,
        "language": summit.language,
        "zone": summit.time_zone,
        "place": names.place,
    }


def subject_key(release: Release) -> str:
    """Return the outbox key of a release's messages."""
    return f"release:{release.public_id}"


def drafts(*, release: Release, notices: Sequence[PlannedMessage]) -> list[Message]:
    """Return the unsaved messages of a release, which may itself be unsaved."""
    shared = {"number": release.number, "note": release.note}
    facts = Facts(release.summit, _people(notices))
    return [
        enqueue.draft(
            summit=release.summit,
            kind=KIND,
            subject_key=subject_key(release),
            version=release.number,
            recipient_key=notice.mailbox.party_key,
            address=notice.mailbox.address,
            language=notice.mailbox.language,
            facts={
                **shared,
                "summit": _summit_facts(release.summit, notice.mailbox.language),
                "since": notice.since,
                **_called(notice, facts),
                "zone": notice.mailbox.zone,
                **facts.of(notice.told, notice.reader),
            },
        )
        for notice in notices
        if notice.told
    ]


def store(*, release: Release, notices: Sequence[PlannedMessage], drafts: Sequence[Message]) -> int:
    """Save the messages of a release and drop the messages that they replace. Return how many are to be sent."""
    # Failed messages stay visible, except if nothing in them is true any more, so that nobody sends them again.
    overtaken = [
        message.pk for notice in notices for message in notice.overtakes if message.pending or not notice.told
    ]
    if overtaken:
        Message.objects.filter(Q(state=MessageState.FAILED) | _free(), pk__in=overtaken).update(
            state=MessageState.DROPPED, problem=because(OVERTAKEN, release.number)
        )
    return enqueue.store(drafts)


def withdrawn(messages: Sequence[Message]) -> dict[int, str]:
    """Return a dict from primary key to reason for the messages that newer messages to the same mailbox replaced.

    A message is replaced if a newer one includes its changes, or if newer ones cover all of its sessions. A later
    change of a session isn't enough, because its readers may not have been notified. Makes one query.
    """
    newer: dict[tuple[int | None, str, str], list[tuple[int, int, set[str]]]] = {}
    others = Message.objects.filter(
        kind=KIND,
        summit__in={message.summit_id for message in messages},
        address__in={message.address for message in messages},
        version__gt=min((message.version for message in messages), default=0),
    ).exclude(state=MessageState.DROPPED)
    for summit_id, key, address, version, since, changes in others.values_list(
        "summit_id", "recipient_key", "address", "version", "facts__since", "facts__changes"
    ):
        newer.setdefault((summit_id, key, address), []).append((version, int(since), _sessions(changes)))
    found: dict[int, str] = {}
    for message in messages:
        later = [
            entry
            for entry in newer.get((message.summit_id, message.recipient_key, message.address), ())
            if entry[0] > message.version
        ]
        included = any(message.version > since for _version, since, _keys in later)
        covered: set[str] = set().union(*(keys for _version, _since, keys in later))
        if later and (included or _sessions(message.facts["changes"]) <= covered):
            found[message.pk] = because(OVERTAKEN, max(version for version, _since, _keys in later))
    return found


def _sessions(changes: Sequence[dict[str, Any]]) -> set[str]:
    """Return the public ids of the sessions in a message's changes."""
    return {(change["after"] or change["before"])["key"] for change in changes}

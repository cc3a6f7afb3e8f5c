"""Who is told what when the agenda changes: one message to each mailbox and party, once for each release.

A message says what is new since the last release that was sent to its mailbox. What waits unsent, or failed, is
folded into the newer one: it is dropped, and the newer message reaches back to before it. A message that a worker
holds at that moment may be on its way, so it stands, and the newer one starts after it. `withdrawn` keeps what was
overtaken from going out late ("send again" on a failed message, a worker killed on the way).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from delegations.domain import mailboxes
from delegations.domain.mailboxes import Mailbox
from delegations.domain.naming import Books
from delegations.models import Capacity, Membership, Party
from sessions.domain.differences import Change, Programme, differences, personal, to_facts, touched
from sessions.domain.released import released
from sessions.domain.snapshots import Agenda
from sessions.domain.touching import Touching
from sessions.models import Release, ReleaseEntry, SignUp
from sessions.models.visibility import TAKING_PART
from summit.languages import spoken
from summit.models import Person, Summit
from summit.outbox import reasons
from summit.outbox.domain import enqueue
from summit.outbox.models import Message, MessageState
from summit.outbox.reasons import because

KIND = "agenda_change"
OVERTAKEN = reasons.register("sessions.overtaken", _("Release %(value)s says it all."))


@dataclass(frozen=True)
class Waiting:
    """A message to a mailbox that has not gone out."""

    pk: int
    since: int
    pending: bool


@dataclass(frozen=True)
class Notice:
    """What one mailbox is told. Without changes it is told nothing and what waits for it is dropped."""

    mailbox: Mailbox
    name: str
    since: int
    changes: tuple[Change, ...]
    overtakes: tuple[Waiting, ...]


def plan(
    *, summit: Summit, number: int, old: Agenda, new: Agenda, lock: bool = False, tell: bool = True
) -> list[Notice]:
    """Return who is told what when `new` becomes release `number` after `old`. A constant number of queries.

    With `lock` what waits is locked until the transaction ends, so that no worker takes it meanwhile. The first
    release tells everybody their programme, or without `tell` nobody.
    """
    if number == 1 and not tell:
        return []
    waiting = _waiting(summit, lock=lock)
    bases = {number - 1: differences(old=old, new=new)}
    earlier = {message.since for messages in waiting.values() for message in messages} - {number - 1}
    if earlier:
        agendas = released(summit, earlier)
        bases |= {base: differences(old=agendas.get(base, {}), new=new) for base in earlier}
    touching = {base: Touching(changes) for base, changes in bases.items()}
    readers = _readers(summit, [change for changes in bases.values() for change in changes])
    names = _names(readers)
    found = []
    for box, programme in readers.items():
        # Only who is touched by this release hears of it; what waits for others stays as it is.
        changes = personal(touching[number - 1].of(programme), programme, box.language)
        if changes:
            overtaken = tuple(waiting.get((box.party_key, box.address), ()))
            since = min((message.since for message in overtaken), default=number - 1)
            if since != number - 1:
                changes = personal(touching[since].of(programme), programme, box.language)
            found.append(Notice(box, names[box], since, tuple(changes), overtaken))
    return found


@dataclass(frozen=True)
class _Member:
    """What of a person decides whose programme they read."""

    party: int
    category: int
    heads: bool


def _members(summit: Summit, theirs: Programme) -> tuple[dict[int, _Member], dict[int, frozenset[int]]]:
    """Return those whom a change touches as members of a party, by person, and for what they have signed up.

    Heads are touched with their party: its place is theirs. Two queries.
    """
    signed: dict[int, set[int]] = {}
    rows = SignUp.objects.filter(session__summit=summit, session__in=theirs.signed_up)
    for person, session in rows.values_list("person_id", "session_id"):
        signed.setdefault(person, set()).add(session)
    of = Membership.objects.filter(
        Q(person__in={*theirs.people, *signed})
        | Q(category__in=theirs.categories)
        | Q(party__in=theirs.parties, capacity=Capacity.HEAD),
        person__summit=summit,
    )
    members = {
        person: _Member(party, category, capacity == Capacity.HEAD)
        for person, party, category, capacity in of.values_list("person_id", "party_id", "category_id", "capacity")
    }
    return members, {person: frozenset(sessions) for person, sessions in signed.items()}


def _readers(summit: Summit, changes: Iterable[Change]) -> dict[Mailbox, Programme]:
    """Return the mailboxes of all whom these changes touch, each with the programme that it reads.

    A party's mailboxes (its focal points', or its mission's) read the programme of the party and of those of its
    members who are touched themselves; a person's own mailbox reads that person's alone, a head's the party's too.
    """
    theirs = touched(changes)
    members, signed = _members(summit, theirs)
    people = {*theirs.people, *members, *signed}
    parties = {*theirs.parties, *(member.party for member in members.values())}
    desks = {
        (box.address, box.party_id)
        for box in mailboxes.for_members(summit=summit, party_ids=parties, person_ids=set())
    }
    within_party: dict[int, set[int]] = {}
    for person, member in members.items():
        within_party.setdefault(member.party, set()).add(person)
    found = {}
    for box in mailboxes.for_members(summit=summit, party_ids=parties, person_ids=people):
        own = {box.party_id} if box.party_id and (box.address, box.party_id) in desks else set()
        within = set().union(*(within_party.get(party, ()) for party in own), box.person_ids)
        known = [members[person] for person in box.person_ids if person in members]
        found[box] = Programme(
            parties=frozenset(own | {member.party for member in known if member.heads}),
            people=frozenset(within),
            categories=frozenset(members[person].category for person in within if person in members),
            signed_up=frozenset().union(*(signed.get(person, frozenset()) for person in within)),
        )
    return found


def _waiting(summit: Summit, *, lock: bool) -> dict[tuple[str, str], list[Waiting]]:
    """Return what has not gone out and isn't on its way, by mailbox: nothing newer has reached that mailbox."""
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
    found: dict[tuple[str, str], list[Waiting]] = {}
    for pk, key, address, state, since in rows.annotate(since=KT("facts__since")).values_list(
        "pk", "recipient_key", "address", "state", "since"
    ):
        found.setdefault((key, address), []).append(Waiting(pk, int(since), state == MessageState.PENDING))
    return found


def _free() -> Q:
    return Q(state=MessageState.PENDING) & (Q(lease_until__isnull=True) | Q(lease_until__lte=Now()))


def _names(boxes: Iterable[Mailbox]) -> dict[Mailbox, str]:
    """Name each mailbox by its party, or else by its people."""
    parties = Party.objects.in_bulk({box.party_id for box in boxes if box.party_id})
    people = Person.objects.in_bulk({pk for box in boxes if not box.party_id for pk in box.person_ids})
    return {
        box: parties[box.party_id].name
        if box.party_id
        else "; ".join(people[pk].label for pk in sorted(box.person_ids) if pk in people)
        for box in boxes
    }


def _called(notice: Notice, books: Books) -> dict[str, str]:
    """Return how a mail calls whom its mailbox stands for: a party as it is named in the mail's language."""
    named = books.of(notice.mailbox.party_id, spoken(notice.mailbox.language))
    return {"name": named.name, "footnote": named.footnote} if named else {"name": notice.name, "footnote": ""}


def _summit_facts(summit: Summit) -> dict[str, str]:
    return {
        "slug": summit.slug,
        "name": summit.name,
        "short_name": summit.short_name,
        "host": summit.host,
        "contact": summit.contact_email,
        "language": summit.language,
        "zone": summit.time_zone,
        "place": summit.place,
    }


def subject_key(release: Release) -> str:
    """Return what the outbox calls a release's messages."""
    return f"release:{release.public_id}"


def store(*, release: Release, notices: Sequence[Notice]) -> int:
    """Store the messages of a release and drop what they overtake; return how many are to be sent."""
    overtaken = [message.pk for notice in notices for message in notice.overtakes if message.pending]
    if overtaken:
        Message.objects.filter(_free(), pk__in=overtaken).update(
            state=MessageState.DROPPED, problem=because(OVERTAKEN, release.number)
        )
    shared = {"number": release.number, "note": release.note, "summit": _summit_facts(release.summit)}
    books = Books(release.summit)
    drafts = [
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
                "since": notice.since,
                **_called(notice, books),
                "changes": [to_facts(change) for change in notice.changes],
            },
        )
        for notice in notices
        if notice.changes
    ]
    return enqueue.store(drafts)


def withdrawn(messages: Sequence[Message]) -> dict[int, str]:
    """Name the messages that a newer release has overtaken, with the reason. Three queries.

    Overtaken is what a newer message to the same mailbox includes, and what speaks only of sessions that have
    changed again since.
    """
    found: dict[int, str] = {}
    others = Message.objects.filter(
        kind=KIND,
        summit__in={message.summit_id for message in messages},
        address__in={message.address for message in messages},
        version__gt=min((message.version for message in messages), default=0),
    ).exclude(state=MessageState.DROPPED)
    newer = list(
        others.annotate(since=KT("facts__since")).values_list(
            "summit", "recipient_key", "address", "version", "since"
        )
    )
    current = {release.summit_id: release for release in _current(messages)}
    entries = ReleaseEntry.objects.filter(release__in=list(current.values())).at(TAKING_PART)
    sequences = {
        (summit_id, key): sequence
        for summit_id, key, sequence in entries.values_list(
            "release__summit", "session__public_id", "released_session__sequence"
        )
    }
    for message in messages:
        release = current.get(message.summit_id or 0)
        included = any(
            (summit_id, key, address) == (message.summit_id, message.recipient_key, message.address)
            and version > message.version > int(since)
            for summit_id, key, address, version, since in newer
        )
        if release is not None and (included or _stale(message, sequences)):
            found[message.pk] = because(OVERTAKEN, release.number)
    return found


def _current(messages: Sequence[Message]) -> list[Release]:
    return list(Release.objects.filter(summit__in={message.summit_id for message in messages}).current())


def _stale(message: Message, sequences: dict[tuple[int, str], int]) -> bool:
    """Whether every session that a message speaks of has changed again since its release."""

    def again(change: dict[str, Any]) -> bool:
        state = change["after"] or change["before"]
        sequence = sequences.get((message.summit_id or 0, state["key"]))
        return change["after"] is not None if sequence is None else sequence > message.version

    return all(again(change) for change in message.facts["changes"])

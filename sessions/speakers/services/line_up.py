"""The speakers' list of a session made from the protocol order: first what it would become, then that.

On the list come the parties that take part in the session and haven't declined, each by its head, or else by its
alternate head. Nothing is taken off and no speech is made anew that is there: a party that is on the list keeps its
speeches, with their speakers and their time, and they move to its place. Speeches of no party, such as addresses of
guests, stay at the head of the list; those of parties that aren't in the order stay at its end.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from delegations.invitations.models.invitations import OVER, Answer, Invitation
from delegations.members.models.categories import Capacity
from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party
from delegations.parties.permissions import standing_parties
from delegations.parties.selectors import party_names
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import Session
from sessions.draft.permissions import check_can_edit
from sessions.draft.services.agenda_lock import lock
from sessions.draft.services.revisions import rise
from sessions.draft.services.slots import enter
from sessions.draft.speech_listeners import watching
from sessions.speakers.services import speakers
from summit.audit import services as audit
from summit.people.models import Person
from summit.users.models import User

# Who speaks for a party, the first of these that it has named.
SPEAKING = (Capacity.HEAD, Capacity.ALTERNATE, Capacity.REPRESENTATIVE, Capacity.GUEST)


@dataclass(frozen=True)
class Entry:
    """A speech of the list as it would be: a `slot` that is there, or a new one. `was` is its place now, None where
    it has none; `place` the one that it would have."""

    place: int
    speaker: Person
    party: Party | None
    minutes: int
    slot: Slot | None = None
    was: int | None = None

    @property
    def moves(self) -> bool:
        """Whether it is there and would stand elsewhere."""
        return self.was is not None and self.was != self.place


@dataclass(frozen=True)
class Plan:
    """What the list would become. `nobody` are parties in whose name nobody could speak: nobody is named yet."""

    entries: list[Entry]
    nobody: list[Party]
    # Names the list that it was made of: `make` refuses another where this is expected.
    digest: str

    @property
    def added(self) -> int:
        """How many speeches are new."""
        return sum(entry.slot is None for entry in self.entries)

    @property
    def moved(self) -> int:
        """How many would stand elsewhere."""
        return sum(entry.moves for entry in self.entries)


class ListChanged(ValueError):
    """The list isn't any more what its reader had before them; the text is a sentence for them."""


def attending(session: Session) -> list[Party]:
    """Return the parties that take part in a session and come, in protocol order, the alphabet that of the summit's
    language. One query."""
    declined = Invitation.objects.filter(answer=Answer.REGRETS, occasion__in=["", session.public_id])
    rows = standing_parties().filter(
        pk__in=session.participants.filter(party__isnull=False).order_by().values("party")
    )
    rows = rows.exclude(pk__in=declined.exclude(state__in=OVER).order_by().values("party"))
    return list(party_names.in_order(rows, session.summit.language, protocol=True))


def preview(*, session: Session, host_first: bool = False) -> Plan:
    """Return what the list would become; `host_first` lets the host speak before all others, whatever its place in
    the protocol order. Writes nothing; the number of queries is constant."""
    parties = attending(session)
    if host_first:
        parties.sort(key=lambda party: not party.is_host)
    rows = speakers.slots(session)
    places = {row.pk: place for place, row in enumerate(rows, start=1)}
    heads = _speaking(parties)
    there: dict[int, list[Slot]] = {}
    for row in rows:
        there.setdefault(row.party_id or 0, []).append(row)
    ordered: list[tuple[Slot | None, Person, Party | None]] = [
        (row, row.speaker, row.party) for row in there.pop(0, [])
    ]
    nobody = []
    for party in parties:
        own = there.pop(party.pk, [])
        ordered += [(row, row.speaker, row.party) for row in own]
        if not own and party.pk in heads:
            ordered.append((None, heads[party.pk], party))
        elif not own:
            nobody.append(party)
    ordered += [(row, row.speaker, row.party) for row in rows if row.party_id in there]
    entries = [
        Entry(
            place=place,
            speaker=speaker,
            party=party,
            minutes=row.minutes if row else session.time_limit,
            slot=row,
            was=places[row.pk] if row else None,
        )
        for place, (row, speaker, party) in enumerate(ordered, start=1)
    ]
    return Plan(entries, nobody, _digest(entries))


def _speaking(parties: Iterable[Party]) -> dict[int, Person]:
    """Return who speaks for parties, by their primary keys. One query."""
    rows = Membership.objects.filter(Q(capacity__in=SPEAKING), party__in=[party.pk for party in parties])
    found: dict[int, Person] = {}
    listed = list(rows.select_related("person").order_by("position", "pk"))
    for row in sorted(listed, key=lambda row: SPEAKING.index(Capacity(row.capacity))):
        found.setdefault(row.party_id, row.person)
    return found


def _digest(entries: Iterable[Entry]) -> str:
    content = [
        (entry.slot.pk if entry.slot else 0, entry.was, entry.speaker.pk, entry.party and entry.party.pk)
        for entry in entries
    ]
    return hashlib.sha256(repr(content).encode()).hexdigest()[:16]


def make(*, session: Session, by: User, host_first: bool = False, expected: str = "") -> Plan:
    """Make the list what `preview` says, and return that. Raises PermissionDenied, and ListChanged where `expected`,
    a preview's digest, names another list."""
    check_can_edit(by, session)
    with transaction.atomic():
        lock(session.summit)
        session = Session.objects.select_related("summit").get(pk=session.pk)
        plan = preview(session=session, host_first=host_first)
        if expected and expected != plan.digest:
            raise ListChanged(_("The list has changed since this page was shown. Look again, then make it."))
        if not plan.added and not plan.moved:
            return plan
        with watching(sessions=[session.pk], by=by):
            _write(session, plan.entries)
        rise(session.pk)
        audit.record(
            by=by,
            action="agenda.speakers.line_up",
            target=session,
            summit=session.summit,
            detail={"added": plan.added, "moved": plan.moved},
        )
    return plan


def _write(session: Session, entries: Iterable[Entry]) -> None:
    """Give the speeches that are there their places, and make the new ones. Two queries."""
    entries = list(entries)
    kept = [(entry.slot, entry.place - 1) for entry in entries if entry.slot is not None]
    for slot, position in kept:
        slot.position = position
    Slot.objects.bulk_update([slot for slot, _position in kept], ["position"])
    enter(
        [
            Slot(
                session=session,
                party=entry.party,
                speaker=entry.speaker,
                minutes=entry.minutes,
                position=entry.place - 1,
            )
            for entry in entries
            if entry.slot is None
        ]
    )

"""Building the speakers' list of a session from the protocol order, with a preview.

The list gets the parties that take part in the session and haven't declined. Each party's speaker is its head, or
else its alternate head, representative or guest (`SPEAKING`), unless somebody stands in for the head in this session.
No speech is removed or replaced: a party on the list keeps its speeches, with their speakers and minutes, and these
speeches move to the party's place. Speeches without a party, such as addresses of guests, stay at the beginning of
the list; speeches of parties that aren't in the order stay at the end.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from delegations.invitations.models.invitations import OVER, Answer, Invitation
from delegations.members.models.categories import Capacity
from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party
from delegations.parties.permissions import standing_parties
from delegations.parties.selectors import party_names
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import Session
from sessions.draft.permissions import check_can_edit
from sessions.draft.services.add_and_remove_speeches import insert
from sessions.draft.services.agenda_lock import lock
from sessions.draft.services.revisions import rise
from sessions.draft.speech_listeners import watching
from sessions.speakers.services import speakers_list
from sessions.speakers.stand_ins import stand_ins
from summit.audit import services as audit
from summit.audit.actions import Facts, audit_action
from summit.core.punctuation import comma
from summit.people.models import Person
from summit.users.models import User

# The capacities that speak for a party, in order of preference.
SPEAKING = (Capacity.HEAD, Capacity.ALTERNATE, Capacity.REPRESENTATIVE, Capacity.GUEST)


def _lined_up(facts: Facts) -> str:
    numbers = {name: int(facts.detail.get(name, 0)) for name in ("added", "moved")}
    parts = [
        ngettext("%(number)d added", "%(number)d added", numbers["added"]) % {"number": numbers["added"]},
        ngettext("%(number)d moved", "%(number)d moved", numbers["moved"]) % {"number": numbers["moved"]},
    ]
    rows = comma().join(part for part, number in zip(parts, numbers.values(), strict=True) if number)
    return _("created the speakers’ list from the protocol order (%(rows)s)") % {"rows": rows}


LINE_UP = audit_action(
    "agenda.speakers.line_up", _lined_up, label=gettext_lazy("created the speakers’ list from the protocol order")
)


@dataclass(frozen=True)
class LineUpEntry:
    """A speech in the new list: an existing `slot`, or a new one.

    `place` is its new position, `was` its current one, or None if it is new.
    """

    place: int
    speaker: Person
    party: Party | None
    minutes: int
    slot: Slot | None = None
    was: int | None = None

    @property
    def moves(self) -> bool:
        """Whether an existing speech gets another position."""
        return self.was is not None and self.was != self.place


@dataclass(frozen=True)
class LineUpPlan:
    """The plan of a new list. `nobody` are parties that haven't named anybody who could speak for them."""

    entries: list[LineUpEntry]
    nobody: list[Party]
    # Identifies the plan and the current list. If it is passed as `expected`, `make` rejects any other state.
    digest: str

    @property
    def added(self) -> int:
        """The number of new speeches."""
        return sum(entry.slot is None for entry in self.entries)

    @property
    def moved(self) -> int:
        """The number of speeches that get another position."""
        return sum(entry.moves for entry in self.entries)


class ListChanged(ValueError):
    """Raised if the list has changed since the user loaded it. The message is for the user."""


def attending(session: Session) -> list[Party]:
    """Return the parties that take part in a session and haven't declined, in protocol order. Makes one query.

    Parties in alphabetical order are sorted by the rules of the summit's language.
    """
    declined = Invitation.objects.filter(answer=Answer.REGRETS, occasion__in=["", session.public_id])
    rows = standing_parties().filter(
        pk__in=session.participants.filter(party__isnull=False).order_by().values("party")
    )
    rows = rows.exclude(pk__in=declined.exclude(state__in=OVER).order_by().values("party"))
    return list(party_names.in_order(rows, session.summit.language, protocol=True))


def preview(*, session: Session, host_first: bool = False) -> LineUpPlan:
    """Return the plan for a session's list. Writes nothing, and makes a constant number of queries.

    With `host_first`, the host speaks before all others, whatever its place in the protocol order.
    """
    parties = attending(session)
    if host_first:
        parties.sort(key=lambda party: not party.is_host)
    rows = speakers_list.slots(session)
    places = {row.pk: place for place, row in enumerate(rows, start=1)}
    heads = who_speaks(parties) | stand_ins(session)
    by_party: dict[int, list[Slot]] = {}
    for row in rows:
        by_party.setdefault(row.party_id or 0, []).append(row)
    ordered: list[tuple[Slot | None, Person, Party | None]] = [
        (row, row.speaker, row.party) for row in by_party.pop(0, [])
    ]
    without_speaker = []
    for party in parties:
        slots = by_party.pop(party.pk, [])
        ordered += [(row, row.speaker, row.party) for row in slots]
        if not slots and party.pk in heads:
            ordered.append((None, heads[party.pk], party))
        elif not slots:
            without_speaker.append(party)
    ordered += [(row, row.speaker, row.party) for row in rows if row.party_id in by_party]
    entries = [
        LineUpEntry(
            place=place,
            speaker=speaker,
            party=party,
            minutes=row.minutes if row else session.time_limit,
            slot=row,
            was=places[row.pk] if row else None,
        )
        for place, (row, speaker, party) in enumerate(ordered, start=1)
    ]
    return LineUpPlan(entries, without_speaker, _digest(entries))


def who_speaks(parties: Iterable[Party]) -> dict[int, Person]:
    """Return a dict from party to the person who can speak for it; parties without such a person are missing.

    Makes one query.
    """
    rows = Membership.objects.filter(Q(capacity__in=SPEAKING), party__in=[party.pk for party in parties])
    found: dict[int, Person] = {}
    listed = list(rows.select_related("person").order_by("position", "pk"))
    for row in sorted(listed, key=lambda row: SPEAKING.index(Capacity(row.capacity))):
        found.setdefault(row.party_id, row.person)
    return found


def _digest(entries: Iterable[LineUpEntry]) -> str:
    content = [
        (entry.slot.pk if entry.slot else 0, entry.was, entry.speaker.pk, entry.party and entry.party.pk)
        for entry in entries
    ]
    return hashlib.sha256(repr(content).encode()).hexdigest()[:16]


def make(*, session: Session, by: User, host_first: bool = False, expected: str = "") -> LineUpPlan:
    """Build the list that `preview` shows, and return its plan.

    Raises PermissionDenied, and ListChanged if `expected`, a preview's digest, doesn't match the list.
    """
    check_can_edit(by, session)
    with transaction.atomic():
        lock(session.summit)
        session = Session.objects.select_related("summit").get(pk=session.pk)
        plan = preview(session=session, host_first=host_first)
        if expected and expected != plan.digest:
            raise ListChanged(_("The list changed after you opened this page. Check it, then create it."))
        if not plan.added and not plan.moved:
            return plan
        with watching(sessions=[session.pk], by=by):
            _write(session, plan.entries)
        rise(session.pk)
        audit.record(
            by=by,
            action=LINE_UP,
            target=session,
            summit=session.summit,
            detail={"added": plan.added, "moved": plan.moved},
        )
    return plan


def _write(session: Session, entries: Iterable[LineUpEntry]) -> None:
    """Save the positions of the existing speeches and the new speeches. Makes two queries."""
    entries = list(entries)
    existing = [(entry.slot, entry.place - 1) for entry in entries if entry.slot is not None]
    for slot, position in existing:
        slot.position = position
    Slot.objects.bulk_update([slot for slot, _position in existing], ["position"])
    insert(
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

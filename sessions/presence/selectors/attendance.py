"""Who is to be seen, and who was seen: of each delegation its head, or who represents it in a session."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count, Max, Q, Sum
from django.utils.translation import get_language

from delegations.invitations.models.invitations import OVER, Answer, Invitation
from delegations.members.models.categories import Capacity
from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party
from delegations.parties.permissions import standing_parties
from delegations.parties.selectors import party_names
from sessions.draft.models.participants import Participant, ParticipantRole, Slot
from sessions.draft.models.sessions import Session
from sessions.presence.models import Place, PresenceMark, Representation
from sessions.speakers.services.line_up_in_protocol_order import who_speaks
from summit.people.models import Person
from summit.summits.models import Summit

# The capacities of those who lead a delegation, an organisation or a group of guests.
LEADING = (Capacity.HEAD, Capacity.REPRESENTATIVE, Capacity.GUEST)
# The places in the order in which somebody passes them.
ORDER = (Place.LANDED, Place.DOOR, Place.ROOM)


@dataclass(frozen=True)
class Line:
    """A delegation and the person who is to be seen for it, with the ticks of this person by place.

    `head` is the head of the delegation, or else who speaks for it. `person` represents the delegation: the head, or
    a member who takes the place of the head. Both are None if the delegation has named nobody.
    """

    party: Party
    person: Person | None
    head: Person | None
    marks: dict[str, PresenceMark] = field(default_factory=dict)
    represented: Representation | None = None
    # Whether the delegation takes part. Otherwise the person alone does, and nobody can take their place.
    whole: bool = True

    @property
    def replaces(self) -> bool:
        """Whether the person represents the delegation instead of its head."""
        return self.represented is not None and self.person != self.head

    @property
    def last(self) -> PresenceMark | None:
        """The tick at the last place at which the person was seen, or None if the person wasn't seen."""
        return next((self.marks[place] for place in reversed(ORDER) if place in self.marks), None)

    @property
    def seen(self) -> list[PresenceMark]:
        """The ticks, in the order of the places."""
        return [self.marks[place] for place in ORDER if place in self.marks]


def today(summit: Summit, now: datetime) -> date:
    """Return the day at the venue."""
    return now.astimezone(summit.zone).date()


@dataclass
class _Due:
    """What a session asks for: whole delegations, and single people by their party's primary key."""

    parties: set[int] = field(default_factory=set)
    single: dict[int, list[int]] = field(default_factory=dict)


def of_sessions(sessions: Sequence[Session], now: datetime) -> dict[int, list[Line]]:
    """Return, by the primary key of each session of one summit, its delegations in protocol order.

    They are the delegations that take part or speak, as a whole, by their head's category or by single people. Those
    that declined or left aren't among them. Makes a constant number of queries.
    """
    if not sessions:
        return {}
    keys = [session.pk for session in sessions]
    due = _due(keys)
    declined = set(
        Invitation.objects.filter(answer=Answer.REGRETS, party__summit=sessions[0].summit_id)
        .exclude(state__in=OVER)
        .filter(Q(occasion="") | Q(occasion__in=[session.public_id for session in sessions]))
        .values_list("party_id", "occasion")
    )
    wanted = {party for each in due.values() for party in (*each.parties, *each.single)}
    rows = standing_parties().filter(pk__in=wanted)
    parties = list(party_names.in_order(rows, get_language() or "", protocol=True))
    heads = who_speaks(parties)
    represented = {
        (row.session_id, row.party_id): row
        for row in Representation.objects.filter(session__in=keys, taken_back_at=None).select_related("person", "by")
    }
    people = Person.objects.in_bulk({key for each in due.values() for found in each.single.values() for key in found})
    marks = _marks(sessions[0].summit_id, now.astimezone(sessions[0].summit.zone).date(), keys)
    lines: dict[int, list[Line]] = {}
    for session in sessions:
        lines[session.pk] = []
        for party in parties:
            if declined & {(party.pk, ""), (party.pk, session.public_id)}:
                continue
            head, replaced = heads.get(party.pk), represented.get((session.pk, party.pk))
            for single in _people(due[session.pk], party.pk, head, people):
                person = single or (replaced.person if replaced else head)
                known, whole = _marks_of(marks, person, session.pk), single is None
                lines[session.pk].append(Line(party, person, head, known, replaced if whole else None, whole))
    return lines


def _people(due: _Due, party: int, head: Person | None, people: dict[int, Person]) -> list[Person | None]:
    """Return whom a session asks for of a party: None for the party as a whole, or its head, else each person."""
    asked = [people[key] for key in due.single.get(party, ()) if key in people]
    if party in due.parties or head in asked:
        return [None, *(person for person in asked if person != head and party not in due.parties)]
    return [*asked]


def _marks_of(
    marks: dict[tuple[int, int], dict[str, PresenceMark]], person: Person | None, session: int
) -> dict[str, PresenceMark]:
    return {**marks.get((person.pk, 0), {}), **marks.get((person.pk, session), {})} if person else {}


def _due(sessions: list[int]) -> dict[int, _Due]:
    """Return what each session asks for. Makes three queries."""
    found = {key: _Due() for key in sessions}
    places = list(
        Participant.objects.filter(session__in=sessions)
        .exclude(role=ParticipantRole.INTERPRETER)
        .order_by("position", "pk")
        .values_list("session_id", "party_id", "person_id", "category_id")
    )
    people = {person for _session, _party, person, _category in places if person}
    categories = {category for *_rest, category in places if category}
    members = Membership.objects.filter(
        Q(person__in=people) | Q(category__in=categories, capacity__in=LEADING)
    ).values_list("person_id", "party_id", "category_id", "capacity")
    party_of: dict[int, int] = {}
    led: dict[int, set[int]] = {}
    for person, party, category, capacity in members:
        party_of[person] = party
        if capacity in LEADING:
            led.setdefault(category, set()).add(party)
    for session, party, person, category in places:
        if party:
            found[session].parties.add(party)
        elif category:
            found[session].parties |= led.get(category, set())
        elif person in party_of:
            found[session].single.setdefault(party_of[person], []).append(person)
    for session, party in Slot.objects.filter(session__in=sessions, party__isnull=False).values_list(
        "session_id", "party_id"
    ):
        found[session].parties.add(party)
    return found


def _marks(summit: int, day: date, sessions: Iterable[int]) -> dict[tuple[int, int], dict[str, PresenceMark]]:
    """Return ticks by place, by person and session; those in no session by person and 0. Makes one query."""
    counts = Q(place=Place.LANDED) | Q(place=Place.DOOR, day=day) | Q(place=Place.ROOM, session__in=list(sessions))
    found: dict[tuple[int, int], dict[str, PresenceMark]] = {}
    for row in PresenceMark.objects.filter(counts, summit=summit, taken_back_at=None).select_related("by"):
        found.setdefault((row.person_id, row.session_id or 0), {})[row.place] = row
    return found


def of_day(summit: Summit, now: datetime) -> list[Line]:
    """Return the heads of all delegations that haven't declined or left, in protocol order.

    Delegations that have named nobody aren't among them. Makes a constant number of queries.
    """
    declined = Invitation.objects.filter(answer=Answer.REGRETS, occasion="").exclude(state__in=OVER)
    rows = standing_parties().filter(summit=summit).exclude(pk__in=declined.order_by().values("party"))
    parties = list(party_names.in_order(rows, get_language() or "", protocol=True))
    heads = who_speaks(parties)
    marks = _marks(summit.pk, today(summit, now), ())
    led = [(party, heads[party.pk]) for party in parties if party.pk in heads]
    return [Line(party, head, head, _marks_of(marks, head, 0)) for party, head in led]


def of_party(session: Session, party: Party, now: datetime) -> Line | None:
    """Return the line of one delegation in a session, or None if the delegation as a whole isn't in it."""
    return next(
        (line for line in of_sessions([session], now)[session.pk] if line.party == party and line.whole), None
    )


def not_seen(sessions: Sequence[Session], now: datetime) -> dict[int, int]:
    """Return, by the primary key of each session of one summit, how many people weren't seen in its room.

    Makes a constant number of queries.
    """
    return {
        key: sum(line.person is not None and Place.ROOM not in line.marks for line in lines)
        for key, lines in of_sessions(sessions, now).items()
    }


def representatives(session: Session) -> dict[int, Person]:
    """Return who represents which delegation instead of its head, by the party's primary key. Makes one query."""
    rows = Representation.objects.filter(session=session, taken_back_at=None)
    rows = rows.exclude(person__membership__capacity=Capacity.HEAD).select_related("person")
    return {row.party_id: row.person for row in rows}


def version(summit: Summit) -> str:
    """Return a text that changes whenever somebody ticks, takes back a tick, or changes a representation.

    Makes two queries.
    """
    live = Q(taken_back_at=None)
    numbers = {
        "rows": Count("pk"),
        "last": Max("pk"),
        "there": Count("pk", filter=live),
        "sum": Sum("pk", filter=live),
    }
    found = [
        PresenceMark.objects.filter(summit=summit).aggregate(**numbers),
        Representation.objects.filter(session__summit=summit).aggregate(**numbers),
    ]
    return "-".join(str(value or 0) for each in found for value in each.values())

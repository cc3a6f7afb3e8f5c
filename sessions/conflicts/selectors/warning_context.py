"""The data that warnings need besides the agenda: rooms and opening hours, memberships, and travel times."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from delegations.badges.selectors.opened_zones import opened_zones
from delegations.members.models.categories import Capacity
from delegations.members.models.members import Membership
from delegations.members.models.particulars import Particulars
from sessions.conflicts.selectors.policies import Policies, policies
from sessions.draft.models.sessions import Session
from sessions.draft.models.signups import SignUp, SignUpState
from summit.people.models import announced
from summit.summits.models import Room, Summit


@dataclass(frozen=True)
class Seats:
    """A room: its number of seats, its venue, and when that opens and closes. Unknown values are None.

    `zones` is a dict from the primary keys of the zones in which it lies to their names; empty if it lies in none.
    """

    seats: int | None
    opens_at: time | None
    closes_at: time | None
    venue_id: int | None = None
    zones: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Head:
    """The head of a party."""

    person_id: int
    label: str


@dataclass(frozen=True)
class Stay:
    """The arrival and departure of a person; None where unknown."""

    arrives_at: datetime | None
    departs_at: datetime | None


@dataclass(frozen=True)
class Circumstances:
    """The data that warnings need besides the agenda: rooms by public id, the rest by primary key.

    `lead` has the set-up and clear-down times of sessions, `policies` what the summit does about each conflict.
    `opened` has the zones that the badges of people open, `opened_by_category` those of each category. People and
    categories of which nothing is known are in neither.
    """

    zone: ZoneInfo
    starts_on: date
    ends_on: date
    rooms: dict[str, Seats]
    lead: dict[int, tuple[timedelta, timedelta]]
    heads: dict[int, Head]
    members: dict[int, frozenset[int]]
    in_category: dict[int, frozenset[int]]
    party_of: dict[int, int]
    stays: dict[int, Stay]
    signed_up: dict[int, dict[int, str]]
    opened: dict[int, frozenset[int]] = field(default_factory=dict)
    opened_by_category: dict[int, frozenset[int]] = field(default_factory=dict)
    policies: Policies = field(default_factory=Policies)


def circumstances(summit: Summit) -> Circumstances:
    """Return the circumstances of a summit.

    Makes seven queries, which read values rather than objects because there are thousands of people.
    """
    heads, members, in_category, party_of = _people(summit)
    opened, opened_by_category = _opened(summit, in_category)
    return Circumstances(
        zone=summit.zone,
        starts_on=summit.starts_on,
        ends_on=summit.ends_on,
        rooms=_rooms(summit),
        lead=_lead(summit),
        heads=heads,
        members=members,
        in_category=in_category,
        party_of=party_of,
        stays=_stays(summit),
        signed_up=_signed_up(summit),
        opened=opened,
        opened_by_category=opened_by_category,
        policies=policies(summit),
    )


def _rooms(summit: Summit) -> dict[str, Seats]:
    rows = Room.objects.filter(venue__summit=summit)
    fields = ("public_id", "capacity", "venue__opens_at", "venue__closes_at", "venue_id", "zones", "zones__name")
    found: dict[str, Seats] = {}
    # A room that lies in several zones has a row for each.
    for key, *values, zone, name in rows.order_by("zones__position", "zones__code").values_list(*fields):
        room = found.setdefault(key, Seats(*values))
        if zone is not None:
            room.zones[zone] = name
    return found


def _opened(
    summit: Summit, in_category: dict[int, frozenset[int]]
) -> tuple[dict[int, frozenset[int]], dict[int, frozenset[int]]]:
    """Return which zones the badges of people and of categories open, as dicts from primary key to zones.

    A badge opens the zones of its person's category, and a transferable pass those of its kind. Both dicts are empty
    if no category opens a zone yet: then nothing is known.
    """
    zones = opened_zones(summit)
    if not any(zones.by_category.values()):
        return {}, {}
    by_category = {key: frozenset(opened) for key, opened in zones.by_category.items()}
    by_person = {person: by_category[key] for key, people in in_category.items() for person in people}
    for person, opened in zones.by_pass_holder.items():
        by_person[person] = by_person.get(person, frozenset()) | opened
    return by_person, by_category


def _lead(summit: Summit) -> dict[int, tuple[timedelta, timedelta]]:
    rows = Session.objects.filter(summit=summit).exclude(set_up=0, clear_down=0)
    return {
        key: (timedelta(minutes=before), timedelta(minutes=after))
        for key, before, after in rows.values_list("pk", "set_up", "clear_down")
    }


_People = tuple[dict[int, Head], dict[int, frozenset[int]], dict[int, frozenset[int]], dict[int, int]]


def _people(summit: Summit) -> _People:
    heads: dict[int, Head] = {}
    party_of: dict[int, int] = {}
    members: dict[int, set[int]] = {}
    in_category: dict[int, set[int]] = {}
    fields = ("person_id", "party_id", "category_id", "capacity", "person__name", "person__office")
    rows = Membership.objects.filter(party__summit=summit)
    for person, party, category, capacity, name, office in rows.values_list(*fields):
        party_of[person] = party
        members.setdefault(party, set()).add(person)
        in_category.setdefault(category, set()).add(person)
        if capacity == Capacity.HEAD:
            heads[party] = Head(person, announced(name, office))
    return heads, _frozen(members), _frozen(in_category), party_of


def _frozen(people_by_key: dict[int, set[int]]) -> dict[int, frozenset[int]]:
    return {key: frozenset(people) for key, people in people_by_key.items()}


def _stays(summit: Summit) -> dict[int, Stay]:
    rows = Particulars.objects.filter(person__summit=summit).exclude(arrives_at=None, departs_at=None)
    return {person: Stay(*moments) for person, *moments in rows.values_list("person_id", "arrives_at", "departs_at")}


def _signed_up(summit: Summit) -> dict[int, dict[int, str]]:
    """Return a dict from session to the people who have a place by sign-up, as a dict from person to announced
    name."""
    found: dict[int, dict[int, str]] = {}
    rows = SignUp.objects.filter(session__summit=summit, state=SignUpState.PLACE)
    for session, person, name, office in rows.values_list("session", "person", "person__name", "person__office"):
        found.setdefault(session, {})[person] = announced(name, office)
    return found

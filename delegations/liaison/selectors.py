"""Selects liaison officers, and what they see of the parties they look after: never a passport or a visa letter."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.text import capfirst

from delegations.liaison.models import LiaisonOfficer
from delegations.members.models.members import Membership
from delegations.members.models.particulars import Particulars
from delegations.members.person_field_groups import TRAVEL, label
from delegations.parties.models.parties import Party
from delegations.parties.permissions import standing_parties
from delegations.travel.models.declarations import Declaration
from summit.people.models import Person

# The fields of a person's particulars that liaison officers see: those for travel. Nothing else is read.
SHOWN: tuple[str, ...] = TRAVEL.fields
# Those of them that have a place of their own.
_OWN = frozenset({"arrives_at", "arrival_flight", "departs_at", "departure_flight"})


@dataclass(frozen=True)
class Journey:
    """A member's journey: arrival and departure, each with the flight or train, and other fields as (label, text)."""

    person: Person
    arrives_at: datetime | None
    arrival_flight: str
    departs_at: datetime | None
    departure_flight: str
    facts: list[tuple[str, str]]


def of_parties(parties: Iterable[Party]) -> dict[int, list[LiaisonOfficer]]:
    """Return a dict from the primary keys of parties to their liaison officers. Makes one query."""
    assigned = LiaisonOfficer.parties.through.objects.filter(party__in=list(parties))
    officers: dict[int, list[LiaisonOfficer]] = {}
    for row in assigned.select_related("liaisonofficer__person").order_by("liaisonofficer__person__name", "pk"):
        officers.setdefault(row.party_id, []).append(row.liaisonofficer)
    return officers


def of_party(party: Party) -> list[LiaisonOfficer]:
    """Return the liaison officers of a party. Makes one query."""
    return of_parties([party]).get(party.pk, [])


def assigned_parties(people: Iterable[Person]) -> list[Party]:
    """Return the parties that liaison officers look after, without those that left the summit. Makes one query."""
    rows = standing_parties().filter(liaison_officers__person__in=list(people))
    return list(rows.order_by("sort_key", "pk").distinct())


def people_of(party: Party) -> list[Person]:
    """Return the members of a party in their order. Makes one query."""
    rows = Membership.objects.filter(party=party).select_related("person").order_by("position", "pk")
    return [row.person for row in rows]


def journeys(people: Iterable[Person]) -> list[Journey]:
    """Return the journeys of people, the first arrival first and people without one last. Makes one query.

    It reads only the columns of SHOWN.
    """
    by_person = {person.pk: person for person in people}
    rows = Particulars.objects.filter(person__in=by_person).values("person_id", *SHOWN)
    known = {row["person_id"]: row for row in rows}
    found = [_journey(person, known.get(key, {})) for key, person in by_person.items()]
    return sorted(found, key=lambda each: (each.arrives_at is None, each.arrives_at and each.arrives_at.timestamp()))


def _journey(person: Person, row: dict[str, Any]) -> Journey:
    return Journey(
        person,
        arrives_at=row.get("arrives_at"),
        arrival_flight=row.get("arrival_flight", ""),
        departs_at=row.get("departs_at"),
        departure_flight=row.get("departure_flight", ""),
        facts=[(capfirst(label(name)), str(row[name])) for name in SHOWN if name not in _OWN and row.get(name)],
    )


def declarations(party: Party) -> list[Declaration]:
    """Return the declarations of a party's people, without what exactly they bring. Makes one query."""
    rows = Declaration.objects.filter(party=party).select_related("person", "kind")
    return list(rows.defer("details", "reason").order_by("person__name", "pk"))

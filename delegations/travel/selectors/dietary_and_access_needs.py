"""The dietary and access needs of a summit's people, by party and day, for the conference officer."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import get_language

from delegations.members.models.members import Membership
from delegations.members.models.particulars import Particulars
from delegations.parties.models.parties import Party
from delegations.parties.selectors import party_names
from summit.people.models import Person
from summit.summits.models import Summit

SEE = "delegations.needs.view"


@dataclass(frozen=True)
class NeedsLine:
    """A person with needs. `party` is None if the person is a member of no party."""

    person: Person
    party: Party | None
    diet: str
    access: str


def days(summit: Summit) -> list[date]:
    """Return all days from the summit's first to its last."""
    number = (summit.ends_on - summit.starts_on).days
    return [summit.starts_on + timedelta(days=day) for day in range(number + 1)]


def lines(*, summit: Summit, day: date | None = None, party: Party | None = None) -> list[NeedsLine]:
    """Return the people with needs, in the alphabetical order of their parties. People without a party come last.

    With `day`, only people who are at the venue on that day are included. People without travel data count as
    present. Makes three queries, whatever the summit's size.
    """
    # An empty text is stored as no bytes, so nothing is decrypted to find it.
    rows = Particulars.objects.filter(person__summit=summit, person__erased_at=None).exclude(diet="", access="")
    if party is not None:
        rows = rows.filter(person__membership__party=party)
    if day is not None:
        begin = datetime.combine(day, time(), summit.zone)
        end = datetime.combine(day + timedelta(days=1), time(), summit.zone)
        rows = rows.filter(
            Q(arrives_at__isnull=True) | Q(arrives_at__lt=end), Q(departs_at__isnull=True) | Q(departs_at__gte=begin)
        )
    members = _members(summit)
    found = [
        NeedsLine(row.person, members.get(row.person_id), row.diet, row.access)
        for row in rows.select_related("person__summit")
    ]
    alphabet = {key: position for position, key in enumerate(_order(summit))}
    return sorted(
        found,
        key=lambda line: (alphabet.get(line.party.pk, 0) if line.party else len(alphabet), line.person.label),
    )


def _members(summit: Summit) -> dict[int, Party]:
    rows = Membership.objects.filter(party__summit=summit).select_related("party")
    return {row.person_id: row.party for row in rows}


def _order(summit: Summit) -> list[int]:
    rows: Any = party_names.in_order(Party.objects.filter(summit=summit), get_language() or "")
    return list(rows.values_list("pk", flat=True))


def counted(found: Iterable[NeedsLine]) -> list[tuple[str, int]]:
    """Return (dietary need, number of people) for each need, the most frequent first.

    Needs with the same text, apart from capitals, are counted together.
    """
    numbers: Counter[str] = Counter()
    spellings: dict[str, str] = {}
    for line in found:
        if line.diet.strip():
            key = line.diet.strip().casefold()
            spellings.setdefault(key, line.diet.strip())
            numbers[key] += 1
    return [(spellings[key], number) for key, number in sorted(numbers.items(), key=lambda each: (-each[1], each[0]))]

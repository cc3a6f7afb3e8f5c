"""The dietary and access needs of a summit's people, by party and day, for the conference officer.

The columns are the fields of people that are declared for this list (`PersonalList.NEEDS`).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import get_language

from delegations.members.models.members import Membership
from delegations.members.models.particulars import Particulars
from delegations.members.person_field_groups import NEEDS, label, listed_in
from delegations.parties.models.parties import Party
from delegations.parties.selectors import party_names
from summit.core.personal_data import PersonalList
from summit.people.models import Person
from summit.summits.models import Summit

SEE = NEEDS.view


@dataclass(frozen=True)
class NeedsLine:
    """A person with needs. `party` is None if the person is a member of no party.

    `needs` is a dict from the field's name to its value, "" if nothing was entered.
    """

    person: Person
    party: Party | None
    needs: dict[str, str]

    @property
    def cells(self) -> list[tuple[str, str]]:
        """The heading and the text of each column."""
        return [(label(name), in_words(name, value)) for name, value in self.needs.items()]


def in_words(name: str, value: str) -> str:
    """Return what was entered in a field: the name of a choice in the active language, or the text."""
    names: dict[str, Any] = dict(listed_in(PersonalList.NEEDS)[name].flatchoices)
    return str(names.get(value, value))


def columns() -> tuple[str, ...]:
    """Return the names of the fields that the list shows."""
    return tuple(listed_in(PersonalList.NEEDS))


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
    rows = Particulars.objects.filter(person__summit=summit, person__erased_at=None).exclude(
        **dict.fromkeys(columns(), "")
    )
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
        NeedsLine(row.person, members.get(row.person_id), {name: getattr(row, name) for name in columns()})
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
    """Return (need, number of people) for each need in the fields that are counted, the most frequent first.

    Needs with the same text, apart from capitals, are counted together.
    """
    names = [name for name, column in listed_in(PersonalList.NEEDS).items() if column.personal_field.counted]
    numbers: Counter[str] = Counter()
    spellings: dict[str, str] = {}
    for need in (in_words(name, line.needs[name]).strip() for line in found for name in names):
        if need:
            spellings.setdefault(need.casefold(), need)
            numbers[need.casefold()] += 1
    return [(spellings[key], number) for key, number in sorted(numbers.items(), key=lambda each: (-each[1], each[0]))]

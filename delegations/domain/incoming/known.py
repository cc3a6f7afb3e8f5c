"""What a summit holds already, as rows of a table are compared with it: read once, found without a query."""

from dataclasses import dataclass, field
from typing import Any

from delegations.domain import digests, quotas
from delegations.domain.duplicates import words_of
from delegations.domain.quotas import Meter
from delegations.fields import party_of
from delegations.models import Category, ExternalId, Party, Policy
from summit.db.fold import fold
from summit.models import Person, Summit

# By which name keys of a table are kept beside those of other systems.
SYSTEM_NAME = "table"


@dataclass
class Known:
    """The parties and people of a summit, and who else the table brings: `add_party` and `add_person` make them known
    to the rows below."""

    summit: Summit
    categories: dict[str, Category] = field(default_factory=dict)
    counted: dict[int, dict[int | None, Meter]] = field(default_factory=dict)
    seated: dict[int, Party] = field(default_factory=dict)
    total: int | None = None
    _by_code: dict[str, Party] = field(default_factory=dict)
    _by_name: dict[str, Party] = field(default_factory=dict)
    _by_key: dict[tuple[str, str], Party | Person] = field(default_factory=dict)
    _people: dict[tuple[int, Any], Person] = field(default_factory=dict)
    _elsewhere: dict[frozenset[str], list[Person]] = field(default_factory=dict)
    _passports: dict[str, Person] = field(default_factory=dict)

    def party(self, *, key: str, code: str, name: str) -> Party | None:
        """Return a party by its key, its ISO code or its name in any language."""
        found = self._by_key.get(("party", key)) if key else None
        found = found or (self._by_code.get(code) if code else None) or self._by_name.get(fold(name))
        return found if isinstance(found, Party) else None

    def person(self, party: Party, *, key: str, values: dict[str, str]) -> Person | None:
        """Return somebody of a party by their key, their passport, their name in any order, or, where there is no
        name, the office they hold."""
        found = self._by_key.get(("person", key)) if key else None
        if isinstance(found, Person):
            return found
        for digest in digests.known("passport", self.summit.pk, values.get("passport_number")):
            holder = self._passports.get(digest)
            if holder is not None and self.party_of(holder) == party:
                return holder
        name, office = words_of(values.get("name")), fold(values.get("office", ""))
        return (self._people.get((id(party), name)) if name else None) or (
            self._people.get((id(party), office)) if office else None
        )

    def likely(self, party: Party, values: dict[str, str]) -> list[Person]:
        """Return whoever has the same name in another party."""
        name = words_of(values.get("name"))
        return [row for row in self._elsewhere.get(name, []) if name and self.party_of(row) != party]

    def party_of(self, person: Person) -> Party | None:
        """Return a person's party, whether it is stored or not."""
        return self.seated.get(id(person)) or party_of(person)

    def parties(self) -> list[Party]:
        """Return the parties that are known."""
        return list({id(party): party for party in self._by_name.values()}.values())

    def is_called(self, party: Party, name: str) -> bool:
        """Return whether a party has this name in any language."""
        return self._by_name.get(fold(name)) is party

    def add_party(self, party: Party, key: str = "") -> None:
        """Make a party known."""
        for name in (party.name, party.formal_name):
            self._by_name.setdefault(fold(name), party)
        if party.iso_code:
            self._by_code[party.iso_code] = party
        if key:
            self._by_key["party", key] = party

    def add_person(self, party: Party, person: Person, key: str = "") -> None:
        """Make somebody of a party known."""
        name, office = words_of(person.name), fold(person.office)
        if name:
            self._people.setdefault((id(party), name), person)
            self._elsewhere.setdefault(name, []).append(person)
        elif office:
            self._people.setdefault((id(party), office), person)
        if key:
            self._by_key["person", key] = person

    def places(self, party: Party) -> dict[int | None, Meter]:
        """Return a party's meters; those of one that isn't stored yet are empty."""
        found = self.counted.get(id(party))
        if found is None:
            rows = self.categories.values()
            found = {row.pk: Meter(party, row, 0, row.quota) for row in rows if quotas.fits(row, party)}
            if self.total is not None:
                found[None] = Meter(party, None, 0, self.total)
            self.counted[id(party)] = found
        return found


def look(summit: Summit, *, party: Party | None = None, particulars: bool = True) -> Known:
    """Read what is there: of the whole summit, or of one party. The number of queries doesn't grow."""
    known = Known(summit, Category.objects.of(summit), total=Policy.objects.of(summit).total)
    rows = Party.objects.filter(summit=summit) if party is None else Party.objects.filter(pk=party.pk)
    parties = {row.pk: row for row in rows.prefetch_related("names").order_by("pk")}
    for row in parties.values():
        row.summit = summit
        known.add_party(row)
        for name in row.names.all():
            known._by_name.setdefault(fold(name.name), row)
            known._by_name.setdefault(fold(name.formal_name), row)
    for key, listed in quotas.meters_of(parties.values()).items():
        known.counted[id(parties[key])] = {meter.category.pk if meter.category else None: meter for meter in listed}
    people = Person.objects.filter(summit=summit).select_related("membership__category", "particulars__entered_for")
    if party is not None:
        people = people.filter(membership__party=party) | people.filter(particulars__entered_for=party)
    for person in people.order_by("pk"):
        person.summit = summit
        _add(known, person, parties)
    keys = ExternalId.objects.filter(summit=summit, system=SYSTEM_NAME).order_by("pk")
    by_pk = {person.pk: person for listed in known._elsewhere.values() for person in listed}
    for entry in keys:
        if entry.party_id in parties:
            known._by_key["party", entry.value] = parties[entry.party_id]
        elif entry.person_id in by_pk:
            known._by_key["person", entry.value] = by_pk[entry.person_id]
    return known


def _add(known: Known, person: Person, parties: dict[int, Party]) -> None:
    row = getattr(person, "particulars", None)
    membership = getattr(person, "membership", None)
    key = membership.party_id if membership else (row.entered_for_id if row else None)
    party = parties.get(key or 0)
    if party is not None:
        if membership is not None:
            membership.party = party
        known.seated[id(person)] = party
        known.add_person(party, person)
    elif person.name:
        known._elsewhere.setdefault(words_of(person.name), []).append(person)
    if row is not None and row.passport_digest:
        known._passports.setdefault(row.passport_digest, person)

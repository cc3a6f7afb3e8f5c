"""Reads the parties and people that a summit has already. They are read once; the rows of a table are then compared
with them without queries."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from delegations.members import person_field_groups
from delegations.members.models.categories import Category
from delegations.members.models.duplicates import DuplicateReason
from delegations.members.models.focal_points import FocalPoint
from delegations.members.selectors import quotas
from delegations.members.selectors.quotas import Meter
from delegations.members.services import passport_digests
from delegations.members.services.duplicates import is_single, name_words, similar
from delegations.parties.models.parties import ExternalId, Party
from delegations.parties.models.policy import Policy
from delegations.parties.selectors import country_recognition
from delegations.parties.selectors.country_recognition import plain
from summit.core.text_normalisation import fold
from summit.imports.row_numbers import NUMBER, PUBLIC_ID
from summit.people.models import Person
from summit.summits.models import Summit

# The system name of keys that come from a table.
SYSTEM_NAME = "table"


def system_of(party: Party | None) -> str:
    """Return the system name under which the keys of a table are stored.

    Each party has its own, because the keys are the party's own and two parties may both count from one.
    """
    return SYSTEM_NAME if party is None else f"{SYSTEM_NAME} {party.public_id}"


@dataclass
class ExistingRows:
    """The parties and people of a summit, and those that the table adds.

    `add_party` and `add_person` make a party or person known for the following rows of the table.
    """

    summit: Summit
    categories: dict[str, Category] = field(default_factory=dict)
    counted: dict[int, dict[int | None, Meter]] = field(default_factory=dict)
    seated: dict[int, Party] = field(default_factory=dict)
    total: int | None = None
    says_country: bool = True
    _by_code: dict[str, Party] = field(default_factory=dict)
    _by_name: dict[str, Party] = field(default_factory=dict)
    _by_key: dict[tuple[str, str], Party | Person] = field(default_factory=dict)
    _people: dict[tuple[int, Any], list[Person]] = field(default_factory=dict)
    _elsewhere: dict[frozenset[str], list[Person]] = field(default_factory=dict)
    _passports: dict[str, Person] = field(default_factory=dict)
    _births: dict[str, list[Person]] = field(default_factory=dict)
    _boxes: dict[str, list[Person]] = field(default_factory=dict)
    # By the columns NUMBERS of an export and their values.
    numbered_parties: dict[tuple[str, str], Party] = field(default_factory=dict)
    numbered_people: dict[tuple[str, str], Person] = field(default_factory=dict)
    # People who have a key, by identity.
    _keyed: set[int] = field(default_factory=set)
    # Keys from earlier tables of people who weren't read: a row with such a key finds nobody.
    given: set[str] = field(default_factory=set)
    # People who act for a party, by primary key.
    focal: frozenset[int] = frozenset()

    def party(self, *, key: str, code: str, name: str, exact: bool = False) -> Party | None:
        """Return the party with this key, ISO code or name in any language, or None.

        With `exact`, the name is tried before the code, because the code was derived from the name.
        """
        found = self._by_key.get(("party", key)) if key else None
        # A name that the host uses for one party must not be read as another's code.
        found = found or (self._by_name.get(plain(name)) if exact else None)
        found = found or (self._by_code.get(code) if code else None) or self._by_name.get(plain(name))
        return found if isinstance(found, Party) else None

    def keyed(self, key: str) -> Person | None:
        """Return the person with this key from an earlier table, or None."""
        found = self._by_key.get(("person", key)) if key else None
        return found if isinstance(found, Person) else None

    def person(self, party: Party, *, key: str, values: dict[str, str]) -> Person | None:
        """Return the person whom a row certainly means, found by key or passport, or None.

        A passport alone, without a name or an office, is not enough: no row can add such a person.
        """
        found = self.keyed(key)
        if found is not None:
            return found
        if not (values.get("name") or values.get("office")):
            return None
        for digest in passport_digests.possible_digests("passport", self.summit.pk, values.get("passport_number")):
            holder = self._passports.get(digest)
            if holder is not None and self.party_of(holder) == party:
                return holder
        return None

    def called(self, party: Party, values: dict[str, str]) -> list[Person]:
        """Return the people of a party with this name; the order of its words doesn't matter."""
        name = name_words(values.get("name"))
        return list(self._people.get((id(party), name), ())) if name else []

    def nameless(self, party: Party, values: dict[str, str]) -> list[Person]:
        """Return the people of a party who are entered without a name and hold this office."""
        office = fold(values.get("office", ""))
        return list(self._people.get((id(party), office), ())) if office else []

    def likely(
        self, values: Mapping[str, Any], *, exclude: Person | None = None
    ) -> list[tuple[Person, DuplicateReason]]:
        """Return people of any party who may be the person described by `values`, each with the reason.

        `exclude` is not among them. The rules are the same as in `duplicates.find_duplicates`.
        """
        name, match_by_id = name_words(values.get("name")), {}
        for digest in passport_digests.possible_digests("passport", self.summit.pk, values.get("passport_number")):
            if digest in self._passports:
                match_by_id[id(self._passports[digest])] = (self._passports[digest], DuplicateReason.PASSPORT)
        births = [
            row
            for digest in passport_digests.possible_digests("birth", self.summit.pk, values.get("birth_date"))
            for row in self._births.get(digest, [])
        ]
        boxes = self._boxes.get(str(values.get("email") or "").lower(), [])
        for why, rows in (
            (DuplicateReason.BIRTH, [row for row in births if similar(name, name_words(row.name))]),
            # A single word isn't enough to recognise a person of another party.
            (DuplicateReason.NAME, self._elsewhere.get(name, []) if name and not is_single(name) else []),
            (DuplicateReason.EMAIL, [row for row in boxes if similar(name, name_words(row.name))]),
        ):
            for row in rows:
                match_by_id.setdefault(id(row), (row, why))
        return [match for key, match in match_by_id.items() if exclude is None or key != id(exclude)]

    def party_of(self, person: Person) -> Party | None:
        """Return a person's party, whether or not it is stored, or None if the person has none."""
        return self.seated.get(id(person)) or person_field_groups.party_of(person)

    def parties(self) -> list[Party]:
        """Return all known parties."""
        return list({id(party): party for party in self._by_name.values()}.values())

    def alike(self, name: str) -> list[Party]:
        """Return the parties that may be meant by a name that none of them has.

        These are parties with a similar name, the party with the ISO code of the country that the name means, and
        those of the countries with a similar name.
        """
        code = country_recognition.code_of(name)
        codes = [code] if code else country_recognition.near_codes(name)
        by_code = [self._by_code[each] for each in codes if each in self._by_code]
        candidates = [*country_recognition.near(name, self._by_name), *by_code]
        return list({id(party): party for party in candidates}.values())

    def add_name(self, name: str, party: Party) -> None:
        """Add another name of a party. A name that a party has already stays with that party."""
        if plain(name):
            self._by_name.setdefault(plain(name), party)

    def is_anothers(self, party: Party, name: str) -> bool:
        """Return whether a name, in any language, belongs to another party than `party`."""
        return self._by_name.get(plain(name)) not in (None, party)

    def is_called(self, party: Party, name: str) -> bool:
        """Return whether a party has this name in any language."""
        return self._by_name.get(plain(name)) is party

    def add_party(self, party: Party, key: str = "") -> None:
        """Add a party, so that rows find it by its names, its ISO code and its key."""
        for name in (party.name, party.formal_name):
            self.add_name(name, party)
        if party.iso_code:
            self._by_code[party.iso_code] = party
        if key:
            self._by_key["party", key] = party

    def add_person(self, party: Party, person: Person, key: str = "") -> None:
        """Add a person of a party, so that rows find them by their name or office and their key."""
        name, office = name_words(person.name), fold(person.office)
        if name:
            self._people.setdefault((id(party), name), []).append(person)
            self._elsewhere.setdefault(name, []).append(person)
        elif office:
            self._people.setdefault((id(party), office), []).append(person)
        if key:
            self._by_key["person", key] = person
            self._keyed.add(id(person))

    def change_person(self, party: Party | None, person: Person, values: Mapping[str, Any]) -> None:
        """Let the following rows find a person by the name and the passport that a row has just given them.

        They find them so the next time, when the changes are stored.
        """
        if "name" in values:
            old = (
                self._people.get((id(party), name_words(person.name)), []),
                self._elsewhere.get(name_words(person.name), []),
            )
            for rows in old:
                rows[:] = [row for row in rows if row is not person]
            new = name_words(values["name"])
            self._people.setdefault((id(party), new), []).append(person)
            self._elsewhere.setdefault(new, []).append(person)
        passport = passport_digests.digest("passport", self.summit.pk, values.get("passport_number"))
        self.add_marks(person, "", passport, "")

    def add_key(self, person: Person, key: str) -> bool:
        """Add a key of a known person, so that rows find them by it.

        Return whether the key is to be stored: it is new, and the person has no other.
        """
        self._by_key.setdefault(("person", key), person)
        new = id(person) not in self._keyed
        self._keyed.add(id(person))
        return new

    def add_marks(self, person: Person, email: str, passport: str, birth: str) -> None:
        """Add what else identifies a person: the mailbox, and the digests of passport number and birth date."""
        if email:
            self._boxes.setdefault(email.lower(), []).append(person)
        if passport:
            self._passports.setdefault(passport, person)
        if birth:
            self._births.setdefault(birth, []).append(person)

    def places(self, party: Party) -> dict[int | None, Meter]:
        """Return a dict from primary keys of categories to a party's meters; the key None has the meter of the
        party's total.

        A party that isn't stored yet starts with empty meters.
        """
        meters = self.counted.get(id(party))
        if meters is None:
            rows = self.categories.values()
            meters = {row.pk: Meter(party, row, 0, row.quota) for row in rows if quotas.fits(row, party)}
            if self.total is not None:
                meters[None] = Meter(party, None, 0, self.total)
            self.counted[id(party)] = meters
        return meters


def read_existing(summit: Summit, *, party: Party | None = None) -> ExistingRows:
    """Return the parties and people of a summit, or those of one party. The number of queries doesn't grow with them.

    With `party`, other people are only read as far as needed to notice duplicates.
    """
    policy = Policy.objects.of(summit)
    known = ExistingRows(summit, Category.objects.of(summit), total=policy.total, says_country=policy.says_country)
    rows = Party.objects.filter(summit=summit) if party is None else Party.objects.filter(pk=party.pk)
    parties = {row.pk: row for row in rows.prefetch_related("names").order_by("pk")}
    for row in parties.values():
        row.summit = summit
        known.numbered_parties |= {(NUMBER, str(row.pk)): row, (PUBLIC_ID, row.public_id): row}
        known.add_party(row)
        for name in row.names.all():
            known.add_name(name.name, row)
            known.add_name(name.formal_name, row)
    for key, meters in quotas.meters_of(parties.values()).items():
        known.counted[id(parties[key])] = {meter.category.pk if meter.category else None: meter for meter in meters}
    related = ("membership__category", "particulars__entered_for", "photo")
    everybody = Person.objects.filter(summit=summit).order_by("pk")
    people = everybody.select_related(*related).defer("photo__image")
    if party is not None:
        # Other people are only needed to notice duplicates.
        own = Q(membership__party=party) | Q(particulars__entered_for=party)
        people = people.filter(own)
        marks = ("particulars__passport_digest", "particulars__birth_digest")
        for person in everybody.exclude(own).select_related("particulars").only("name", "office", "email", *marks):
            _mark(known, person)
    people_by_key = {person.pk: person for person in people}
    for person in people_by_key.values():
        person.summit = summit
        known.numbered_people |= {(NUMBER, str(person.pk)): person, (PUBLIC_ID, person.public_id): person}
        _add(known, person, parties)
    known.focal = frozenset(FocalPoint.objects.filter(party__summit=summit).values_list("person", flat=True))
    _add_keys(known, parties, people_by_key, party)
    return known


def _add_keys(known: ExistingRows, parties: dict[int, Party], people: dict[int, Person], party: Party | None) -> None:
    """Add the keys that parties and people were given in earlier tables.

    Keys of parties come from tables of desk users. Keys of people come from tables of the same importer: desk users,
    or `party`.
    """
    own = system_of(party)
    rows = ExternalId.objects.filter(summit=known.summit, system__in={SYSTEM_NAME, own}).order_by("pk")
    for row in rows:
        if row.party_id in parties:
            known._by_key["party", row.value] = parties[row.party_id]
        elif row.system == own and row.person_id in people:
            known._by_key["person", row.value] = people[row.person_id]
            known._keyed.add(id(people[row.person_id]))
        elif row.system == own and row.person_id is not None:
            known.given.add(row.value)


def _mark(known: ExistingRows, person: Person) -> None:
    row = getattr(person, "particulars", None)
    if person.name:
        known._elsewhere.setdefault(name_words(person.name), []).append(person)
    known.add_marks(person, person.email, row.passport_digest if row else "", row.birth_digest if row else "")


def _add(known: ExistingRows, person: Person, parties: dict[int, Party]) -> None:
    row = getattr(person, "particulars", None)
    membership = getattr(person, "membership", None)
    key = membership.party_id if membership else (row.entered_for_id if row else None)
    party = parties.get(key or 0)
    if party is None:
        _mark(known, person)
        return
    if membership is not None:
        membership.party = party
    known.seated[id(person)] = party
    known.add_person(party, person)
    known.add_marks(person, person.email, row.passport_digest if row else "", row.birth_digest if row else "")

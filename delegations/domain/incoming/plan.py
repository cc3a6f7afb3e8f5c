"""From rows to what would be written: nothing is stored here. The same table twice plans nothing the second time."""

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from delegations.domain import quotas
from delegations.domain.columns import Columns, label, recognise
from delegations.domain.incoming import values
from delegations.domain.incoming.known import Known
from delegations.domain.incoming.parties import PartyRow, make
from delegations.domain.incoming.report import Line, Outcome, Report
from delegations.domain.incoming.values import Unreadable
from delegations.domain.places import NamingRefused, check_category, take_place
from delegations.domain.quotas import QuotaFull
from delegations.domain.tables import Row, Table
from delegations.fields import GROUP_OF, PARTICULARS, PERSON
from delegations.forms import PersonForm, values_of
from delegations.models import Capacity, Category, Membership, Particulars, Party
from summit.models import Person, Summit


def sentences(problem: Exception) -> list[str]:
    """Return what stops a row."""
    return list(problem.messages) if isinstance(problem, ValidationError) else [str(problem)]


class RowForm(PersonForm):
    """The form of a person, used for row after row: making one costs more than asking it."""

    def ask(self, person: Person | None, said: dict[str, str]) -> None:
        """Look at what a row says of a person, or of a new one. What it doesn't say is as it was."""
        self.before = values_of(person)
        usual = {"language": self.summit.language}
        self.data = {name: said.get(name) or self.before.get(name, usual.get(name, "")) for name in self.fields}
        self._errors = None
        self.full_clean()

    def _clean_fields(self) -> None:
        """Clean each field's value, those once that come again in other rows."""
        kept: dict[tuple[str, Any], Any] = self.__dict__.setdefault("kept", {})
        for name, column in self.fields.items():
            key = (name, self.data[name])
            if key not in kept:
                kept[key] = self._cleaned(name, column, self.data[name])
            found = kept[key]
            if isinstance(found, ValidationError):
                self.add_error(name, found)
            else:
                self.cleaned_data[name] = found

    def _cleaned(self, name: str, column: Any, value: Any) -> Any:
        """What the field and the form make of a value, or why they refuse it."""
        try:
            self.cleaned_data[name] = column.clean(value)
            own = getattr(self, f"clean_{name}", None)
            return own() if own else self.cleaned_data[name]
        except ValidationError as problem:
            return problem
        finally:
            self.cleaned_data.pop(name, None)

    @property
    def sentences(self) -> list[str]:
        """What stops it."""
        return [f"{label(name)}: {text}" for name, texts in self.errors.items() for text in texts]


@dataclass
class Newcomer:
    """Somebody whom the table brings."""

    person: Person
    particulars: Particulars | None
    party: Party
    key: str


@dataclass
class Plan:
    """What a table would write."""

    report: Report
    parties: list[tuple[Party, str]] = field(default_factory=list)
    people: list[Newcomer] = field(default_factory=list)
    changes: list[tuple[Person, dict[str, Any]]] = field(default_factory=list)
    members: list[Membership] = field(default_factory=list)
    moves: list[tuple[Membership, Category]] = field(default_factory=list)
    likenesses: list[tuple[Person, Person]] = field(default_factory=list)


@dataclass
class Planner:
    """Plans a table: for a desk, or with `party` for one party alone, whose focal point may name no other."""

    summit: Summit
    known: Known
    table: Table
    # Fields of Particulars that whoever imports may fill.
    allowed: frozenset[str]
    party: Party | None = None
    desk: bool = True

    def plan(self) -> Plan:
        """Return what would be written."""
        columns = recognise(self.table.headings)
        barred = [name for name in columns.known.values() if name in GROUP_OF and name not in self.allowed]
        said = [label(name) for name in barred]
        self.found = Plan(Report([], columns.unknown, columns.twice, said))
        self.columns = Columns({at: name for at, name in columns.known.items() if name not in barred}, [], [])
        self._check_columns()
        used = set(self.columns.known.values())
        fields = {*used & {*PERSON, *PARTICULARS}, "name", "office"} | ({"language"} if self.desk else set())
        self.form = RowForm({}, summit=self.summit, fields=fields)
        for row in self.table.rows:
            line = Line(row.number)
            self.found.report.lines.append(line)
            try:
                self._row(row, line)
            except (Unreadable, NamingRefused, QuotaFull, ValidationError) as problem:
                line.outcome, line.notes = Outcome.REFUSED.value, sentences(problem)
        return self.found

    def _check_columns(self) -> None:
        about_party = self.party is not None or self.columns.has("party", "iso2", "iso3", "party_key")
        if not about_party or (self.party is not None and not self.columns.has("name", "office", "head")):
            raise Unreadable(
                _("No column says who is meant. The first row names the columns, such as “delegation” and “name”.")
            )

    def _row(self, row: Row, line: Line) -> None:
        said = {name: row.cells[at] for at, name in self.columns.known.items() if row.cells[at]}
        party = self._party(said, line)
        line.party = party.name
        fresh = line.outcome == Outcome.NEW
        people = {name: text for name, text in said.items() if name in PERSON or name in PARTICULARS}
        if "head" in said:
            people["name"] = said["head"]
        if people.keys() - {"language"} and ("name" in people or "office" in people or self.party is not None):
            try:
                self._person(party, said, people, line)
            except (Unreadable, NamingRefused, QuotaFull, ValidationError) as problem:
                if not fresh:
                    raise
                line.odd = True
                line.notes += [_("The party is entered, the person is not."), *sentences(problem)]

    def _party(self, said: dict[str, str], line: Line) -> Party:
        given = PartyRow.of(said)
        found = self.known.party(key=given.key, code=given.code, name=given.name)
        if self.party is not None:
            if (given.name or given.key or given.written) and found is None:
                name = given.name or given.written or given.key
                raise Unreadable(_("“%(name)s” is not your party. Take the row out.") % {"name": name})
            return next(iter(self.known.parties()))
        if found is None:
            party, notes = make(given, self.summit)
            self.known.add_party(party, given.key)
            self.found.parties.append((party, given.key))
            line.outcome, line.odd = Outcome.NEW.value, bool(notes)
            line.notes += notes
            return party
        if given.name and not self.known.is_called(found, given.name):
            line.odd = True
            line.notes.append(_("It is called “%(name)s” here, and stays so.") % {"name": found.name})
        return found

    def _person(self, party: Party, said: dict[str, str], people: dict[str, str], line: Line) -> None:
        wanted = self._category(said, party)
        texts = {name: values.cell(name, text) for name, text in people.items()}
        key = said.get("person_key", "")
        person = self.known.person(party, key=key, values=texts)
        line.person = texts.get("name") or texts.get("office") or (person.label if person else "")
        self.form.ask(person, texts)
        if not self.form.is_valid():
            raise ValidationError(self.form.sentences)
        changed = self.form.changed
        if person is None:
            self._newcomer(party, wanted or self._usual(party), changed, key, line)
            return
        if self.known.party_of(person) != party:
            raise Unreadable(_("Somebody of another party has this key. Correct the key, or leave it out."))
        fields = [label(name) for name in changed]
        if self._seat(party, person, wanted):
            fields.append(_("category"))
        if changed:
            self.found.changes.append((person, changed))
        if fields:
            line.fields = fields
            line.outcome = line.outcome if line.outcome == Outcome.NEW else Outcome.CHANGED.value

    def _newcomer(self, party: Party, category: Category, changed: dict[str, Any], key: str, line: Line) -> None:
        check_category(party, category, self.known.places(party), self.desk)
        take_place(party, category, self.known.places(party))
        own = {name: value for name, value in changed.items() if name in PERSON}
        person = Person(summit=self.summit, **{"language": party.language, **own})
        more = {name: value for name, value in changed.items() if name in PARTICULARS}
        row = None
        if more or self.party is not None:
            row = Particulars(person=person, entered_for=self.party, **more)
        membership = Membership(party=party, person=person, category=category, capacity=category.capacity)
        self.found.members.append(membership)
        self.found.people.append(Newcomer(person, row, party, key))
        for other in self.known.likely(party, changed):
            self.found.likenesses.append((person, other))
            if self.desk:
                theirs = self.known.party_of(other)
                line.odd = True
                facts = {"person": other.label, "party": theirs.name if theirs else "–"}
                line.notes.append(_("%(person)s is entered for %(party)s too: is it the same person?") % facts)
        self.known.seated[id(person)] = party
        self.known.add_person(party, person, key)
        line.outcome = Outcome.NEW.value

    def _seat(self, party: Party, person: Person, wanted: Category | None) -> bool:
        """Name somebody who is known already, or move them; return whether that changes anything."""
        row: Membership | None = getattr(person, "membership", None)
        if person.pk is None or (row is not None and wanted in (None, row.category)):
            return False
        category = wanted or self._usual(party)
        check_category(party, category, self.known.places(party), self.desk)
        take_place(party, category, self.known.places(party), total=row is None or not row.category.counts)
        if row is None:
            self.found.members.append(
                Membership(party=party, person=person, category=category, capacity=category.capacity)
            )
        else:
            self.found.moves.append((row, category))
        return True

    def _category(self, said: dict[str, str], party: Party) -> Category | None:
        if "category" in said:
            return values.category(said["category"], self.known.categories)
        if "head" in said:
            return self.known.categories[Capacity.HEAD if party.is_delegation else Capacity.REPRESENTATIVE]
        return None

    def _usual(self, party: Party) -> Category:
        usual = (Capacity.DELEGATE, Capacity.REPRESENTATIVE, Capacity.GUEST)
        return next(self.known.categories[code] for code in usual if quotas.fits(self.known.categories[code], party))

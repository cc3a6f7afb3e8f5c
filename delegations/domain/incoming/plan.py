"""From rows to what would be written: nothing is stored here. The same table twice plans nothing the second time."""

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from delegations.domain import digests, people, quotas
from delegations.domain.columns import Columns, label, recognise
from delegations.domain.duplicates import Hit
from delegations.domain.incoming import values
from delegations.domain.incoming.changes import refuse
from delegations.domain.incoming.known import Known
from delegations.domain.incoming.parties import PartyRow, make
from delegations.domain.incoming.report import Line, Report
from delegations.domain.incoming.values import Unreadable
from delegations.domain.places import NamingRefused, check_category, take_place
from delegations.domain.quotas import QuotaFull
from delegations.fields import GROUP_OF, PARTICULARS, PERSON
from delegations.forms import PersonForm, values_of
from delegations.models import Capacity, Category, Likeness, Membership, Particulars, Party
from summit.models import Person, Summit
from summit.tables.reading import Row, Table
from summit.uploads.report import Outcome


def sentences(problem: Exception) -> list[str]:
    """Return what stops a row."""
    return list(problem.messages) if isinstance(problem, ValidationError) else [str(problem)]


def _likeness(other: Person, party: Party | None, why: Likeness) -> str:
    """Ask whether somebody who resembles another is the same person."""
    if party is not None and why == Likeness.NAME:
        facts = {"person": other.label, "party": party.name}
        return _("%(person)s is entered for %(party)s too: is it the same person?") % facts
    return Hit(other, party, why).sentence


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
    likenesses: list[tuple[Person, Person, Likeness]] = field(default_factory=list)


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
        self.found = Plan(Report([], get_language() or "", columns.unknown, columns.twice, said))
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
        texts = {name: text for name, text in said.items() if name in PERSON or name in PARTICULARS}
        if "head" in said:
            texts["name"] = said["head"]
        if texts.keys() - {"language"} and ("name" in texts or "office" in texts or self.party is not None):
            try:
                self._person(party, said, texts, line)
            except (Unreadable, NamingRefused, QuotaFull, ValidationError) as problem:
                if not fresh:
                    raise
                line.notes += [_("The party is entered, the person is not."), *sentences(problem)]
        elif self.party is not None:
            # A formula that no program has worked out is empty too.
            raise Unreadable(_("This row names nobody. Write a name or the office held."))

    def _party(self, said: dict[str, str], line: Line) -> Party:
        given = PartyRow.of(said, says_country=self.known.says_country)
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
            line.outcome = Outcome.NEW.value
            line.notes += notes
            return party
        if given.name and not self.known.is_called(found, given.name):
            line.notes.append(_("It is called “%(name)s” here, and stays so.") % {"name": found.name})
        return found

    def _person(self, party: Party, said: dict[str, str], given: dict[str, str], line: Line) -> None:
        line.person = given.get("name") or given.get("office") or ""
        wanted = self._category(said, party)
        texts = {name: values.cell(name, text) for name, text in given.items()}
        key = said.get("person_key", "")
        person = self.known.person(party, key=key, values=texts)
        theirs = person is not None and self.known.party_of(person) != party
        if theirs or (person is None and key in self.known.given):
            raise Unreadable(_("Somebody of another party has this key. Correct the key, or leave it out."))
        line.person = texts.get("name") or texts.get("office") or (person.label if person else "")
        self.form.ask(person, texts)
        if not self.form.is_valid():
            raise ValidationError(self.form.sentences)
        changed = self.form.changed
        if person is None:
            self._newcomer(party, wanted or self._usual(party), changed, key, line)
            return
        if self.party is not None:
            acts = not self.desk and person.pk in self.known.focal
            refuse(person=person, changed=changed, party=party, acts=acts)
        fields = [label(name) for name in changed]
        if self._seat(party, person, wanted):
            fields.append(_("category"))
        if changed:
            self.found.changes.append((person, changed))
            likenesses = self._resembled(party, person, values_of(person) | changed, known=True)
            self.found.likenesses += likenesses
        if fields:
            line.fields = fields
            line.outcome = line.outcome if line.outcome == Outcome.NEW else Outcome.CHANGED.value

    def _newcomer(self, party: Party, category: Category, changed: dict[str, Any], key: str, line: Line) -> None:
        person = Person(summit=self.summit)
        likenesses = self._resembled(party, person, changed)
        check_category(party, category, self.known.places(party), self.desk)
        take_place(party, category, self.known.places(party))
        # Whoever is refused is entered nowhere and resembles nobody.
        self._point_out(likenesses, line)
        own = {name: value for name, value in changed.items() if name in PERSON}
        for name, value in {"language": party.language, **own}.items():
            setattr(person, name, value)
        more = {name: value for name, value in changed.items() if name in PARTICULARS}
        row = None
        if more or self.party is not None:
            row = Particulars(person=person, entered_for=self.party, **more)
        membership = Membership(party=party, person=person, category=category, capacity=category.capacity)
        self.found.members.append(membership)
        self.found.people.append(Newcomer(person, row, party, key))
        self.known.seated[id(person)] = party
        self.known.add_person(party, person, key)
        marks = (("passport", "passport_number"), ("birth", "birth_date"))
        digested = [digests.digest(kind, self.summit.pk, changed.get(name)) for kind, name in marks]
        self.known.add_marks(person, person.email, *digested)
        line.outcome = Outcome.NEW.value

    def _resembled(
        self, party: Party, person: Person, said: dict[str, Any], *, known: bool = False
    ) -> list[tuple[Person, Person, Likeness]]:
        """Return whom somebody resembles, for a desk to decide later. A focal point enters nobody whom it may have
        entered already. Raises Unreadable."""
        found: list[tuple[Person, Person, Likeness]] = []
        if known and not people.TELLING & set(said):
            return found
        for other, why in self.known.likely(said, exclude=person):
            theirs = self.known.party_of(other)
            if theirs == party and not self.desk and not known:
                facts = {"person": other.label, "why": why.label}
                raise Unreadable(
                    _(
                        "%(person)s is entered already: %(why)s. If it is the same person, write the name as it is "
                        "there; if it is somebody else, name them by hand."
                    )
                    % facts
                )
            if known and theirs == party:
                continue
            found.append((person, other, why))
        return found

    def _point_out(self, likenesses: list[tuple[Person, Person, Likeness]], line: Line) -> None:
        """Note whom somebody new resembles, and tell a desk."""
        self.found.likenesses += likenesses
        if self.desk and likenesses:
            line.notes += [_likeness(other, self.known.party_of(other), why) for _new, other, why in likenesses]

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
            offered = [row for row in self.known.categories.values() if self.desk or quotas.open_to(row, party)]
            return values.category(said["category"], self.known.categories, offered=offered)
        if "head" in said:
            return self.known.categories[Capacity.HEAD if party.is_delegation else Capacity.REPRESENTATIVE]
        return None

    def _usual(self, party: Party) -> Category:
        usual = (Capacity.DELEGATE, Capacity.REPRESENTATIVE, Capacity.GUEST)
        return next(self.known.categories[code] for code in usual if quotas.fits(self.known.categories[code], party))

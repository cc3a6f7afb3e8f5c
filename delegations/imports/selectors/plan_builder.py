"""Turns the rows of a table into a plan; nothing is stored here.

Planning the same table again, after it was applied, gives an empty plan.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from delegations.imports.column_recognition import Columns, recognise
from delegations.imports.selectors import cell_values, changes_of_known_parties
from delegations.imports.selectors.changes_of_known_parties import PartyValues
from delegations.imports.selectors.existing_rows import ExistingRows
from delegations.imports.selectors.new_parties import PartyRow, decided, key_of, make, misspelt, question
from delegations.imports.selectors.people_change_checks import refuse
from delegations.imports.selectors.person_row_form import RowForm, cells
from delegations.imports.selectors.plan_types import AnswerPending, ImportPlan, Newcomer
from delegations.imports.selectors.row_matching import OTHER, Doubt, PersonMatcher
from delegations.imports.selectors.row_remarks import alone, duplicate_question, sentences
from delegations.members.column_headings import heading, label
from delegations.members.forms import values_of
from delegations.members.models.categories import Capacity, Category
from delegations.members.models.duplicates import DuplicateReason
from delegations.members.models.members import Membership
from delegations.members.models.particulars import Particulars
from delegations.members.person_field_groups import GROUP_OF, PARTICULARS, PERSON
from delegations.members.selectors import quotas
from delegations.members.selectors.naming_rules import NamingRefused, check_category, count_member
from delegations.members.selectors.quotas import QuotaFull
from delegations.members.services import passport_digests, people
from delegations.parties.models.parties import Party
from delegations.parties.selectors import country_recognition
from delegations.parties.selectors.party_kinds import Unreadable
from delegations.parties.selectors.party_names import kind_word
from summit.core.punctuation import comma
from summit.imports import row_numbers
from summit.imports.definitions import ImportProblem
from summit.imports.report import ALL, ImportReport, Outcome, Question, ReportLine
from summit.imports.table_parsing import ParsedRow, Table
from summit.people.models import Person
from summit.summits.models import Summit

# The columns that say which party is meant.
WHICH_PARTY = {"party", "iso2", "iso3", "party_key"}


@dataclass
class Planner:
    """Plans what the import of a table would write.

    Without `party`, a desk user imports the table, and its rows may name any party. With `party`, a focal point of
    this party imports the table, and each row must name this party.
    """

    summit: Summit
    known: ExistingRows
    table: Table
    # Fields of Particulars that the importer may fill.
    allowed: frozenset[str]
    party: Party | None = None
    desk: bool = True
    # Answers by the keys of questions.
    answers: Mapping[str, str] = field(default_factory=dict)
    # Whether the rows have the numbers of people. Where a column names people, they have.
    of_people: bool = False

    def plan(self) -> ImportPlan:
        """Return the plan with the report on each row. Raises ImportProblem if no column says who is meant."""
        columns = recognise(self.table.headings)
        barred = [name for name in columns.known.values() if name in GROUP_OF and name not in self.allowed]
        barred_labels = [label(name) for name in barred]
        self.found = ImportPlan(
            ImportReport(facts={"unknown": columns.unknown, "twice": columns.twice, "barred": barred_labels})
        )
        self.columns = Columns({at: name for at, name in columns.known.items() if name not in barred}, [], [])
        self.columns.check_identify(of_party=self.party is not None)
        used = set(self.columns.known.values())
        self.of_people |= self.columns.has("name", "office")
        fields = {*used & {*PERSON, *PARTICULARS}, "name", "office"} | ({"language"} if self.desk else set())
        self.meant = PersonMatcher(self.known)
        # The number of the row that first asked about a party, by the party's name.
        self.asked: dict[str, int] = {}
        # What the rows say about each party, by identity.
        self.said: dict[int, PartyValues] = {}
        # The category that a row has given to a person, or the one in which the row found them.
        self.seated: dict[int, Category] = {}
        self.form = RowForm({}, summit=self.summit, fields=fields)
        for row in self.table.rows:
            line = ReportLine(row.number)
            self.found.report.lines.append(line)
            try:
                self._row(row, line)
            except AnswerPending:
                line.outcome = Outcome.ASKS.value
            except (Unreadable, NamingRefused, QuotaFull, ValidationError, ImportProblem) as problem:
                line.outcome, line.notes = Outcome.REFUSED.value, sentences(problem)
        for said in self.said.values():
            changes = said.settle(self._answer)
            if changes:
                self.found.party_changes[said.party.pk] = (said.party, changes)
        return self.found

    def _row(self, row: ParsedRow, line: ReportLine) -> None:
        row_texts = {name: row.cells[at] for at, name in self.columns.known.items() if row.cells[at]}
        numbered = row_numbers.find(row_texts, self.known.numbered_people) if self.of_people else None
        party = self._party(row_texts, line) if numbered is None else self._party_of(numbered, row_texts, line)
        line.part_of = party.name if party is not None else ""
        party_outcome = line.outcome
        person_texts = {name: text for name, text in row_texts.items() if name in PERSON or name in PARTICULARS}
        if "head" in row_texts:
            person_texts["name"] = row_texts["head"]
        named = "name" in person_texts or "office" in person_texts or self.party is not None
        if numbered is not None or (named and person_texts.keys() - {"language"}):
            try:
                self._person(party, row_texts, person_texts, line, numbered)
            except AnswerPending:
                if party_outcome == Outcome.SAME:
                    raise
                line.notes.append(alone(party_outcome))
            except (Unreadable, NamingRefused, QuotaFull, ValidationError) as problem:
                if party_outcome == Outcome.SAME:
                    raise
                line.notes += [alone(party_outcome), *sentences(problem)]
        elif self.party is not None or person_texts.keys() - {"language"}:
            # Names may be missing because formulas without a stored result are read as empty cells.
            nobody = _("This row names no person. Enter a name or the office held.")
            if self.party is not None:
                raise Unreadable(nobody)
            line.notes.append(nobody)

    def _party_of(self, person: Person, row_texts: dict[str, str], line: ReportLine) -> Party | None:
        """Return the party of a person whose number a row has, or None for one who is in none and stays so.

        Raises Unreadable if the row names another party than the person's.
        """
        membership = getattr(person, "membership", None)
        named = row_texts.keys() & WHICH_PARTY
        if self.party is None and not named:
            return membership.party if membership else None
        own = self.known.party_of(person)
        if named and own is not None and self._known_party(self._party_row(row_texts, line)) != own:
            line.part_of = own.name
            facts = {"person": person.label, "party": own.name}
            message = _("%(person)s belongs to %(party)s. A file doesn’t move people to another delegation.")
            raise Unreadable(message % facts)
        return self._party(row_texts, line)

    def _party_row(self, row_texts: dict[str, str], line: ReportLine) -> PartyRow:
        return changes_of_known_parties.readable(PartyRow.of(row_texts, says_country=self.known.says_country), line)

    def _known_party(self, row: PartyRow) -> Party | None:
        return self.known.party(key=row.key, code=row.code, name=row.name, exact=not row.written)

    def _party(self, row_texts: dict[str, str], line: ReportLine) -> Party:
        party_row = self._party_row(row_texts, line)
        numbered = None if self.of_people else row_numbers.find(row_texts, self.known.numbered_parties)
        found = numbered or self._known_party(party_row)
        if numbered is not None:
            line.notes += changes_of_known_parties.fixed(numbered, party_row)
        if self.party is not None:
            if (party_row.name or party_row.key or party_row.written) and found is None:
                name = party_row.name or party_row.written or party_row.key
                raise Unreadable(_("“%(name)s” is not your delegation. Remove the row.") % {"name": name})
            return next(iter(self.known.parties()))
        written = party_row.name
        if found is None:
            party_row, found = self._decide(party_row, line)
        if found is None:
            party, notes = make(party_row, self.summit)
            self.known.add_party(party, party_row.key)
            self.known.add_name(written, party)
            self.found.parties.append((party, party_row.key))
            line.outcome = Outcome.NEW.value
            line.notes += notes
            found = party
        said = self.said.setdefault(id(found), PartyValues(found))
        said.add(party_row, line, ask=self._answer, known=self.known)
        return found

    def _decide(self, party_row: PartyRow, line: ReportLine) -> tuple[PartyRow, Party | None]:
        """Ask the importer about a party that isn't on the list.

        Returns the row with the answer applied, and the existing party if the answer names one. Raises AnswerPending
        if there is no answer yet.
        """
        if not party_row.name and not party_row.code:
            return party_row, None
        line.part_of = party_row.name or party_row.written
        name = country_recognition.plain(line.part_of)
        if name in self.asked:
            line.notes.append(_("See the question in row %(number)d.") % {"number": self.asked[name]})
            raise AnswerPending
        alike = self.known.alike(party_row.name) if party_row.name else []
        if party_row.kind and not alike and not misspelt(party_row):
            return party_row, None
        kind, text, choices = question(party_row, self.summit, alike, says_country=self.known.says_country)
        if not choices:
            return party_row, None
        answer = self._answer(line, kind, text, choices)
        if not answer:
            self.asked[name] = line.number
            raise AnswerPending
        found = next((each for each in alike if key_of(each) == answer), None)
        if found is not None:
            self.known.add_name(party_row.name, found)
            return party_row, found
        entered = decided(party_row, self.summit, answer)
        if party_row.name and entered.name != party_row.name:
            line.notes.append(_("Added as “%(name)s”.") % {"name": entered.name})
        elif entered.kind != party_row.kind:
            kind_label = kind_word(entered.kind, says_country=self.known.says_country)
            line.notes.append(_("Added as %(kind)s.") % {"kind": kind_label})
        return entered, None

    def _answer(self, line: ReportLine, kind: str, text: str, choices: list[list[str]], usual: str = "") -> str:
        """Add a question to the row's line and return its answer; without an answer, return `usual`."""
        key = f"{line.number} {kind}"
        answer = self.answers.get(key) or self.answers.get(f"{ALL} {kind}", "")
        if answer not in {value for value, _words in choices}:
            answer = ""
        report_question = Question(key, text, choices, answer, usual)
        line.questions.append(report_question)
        return report_question.chosen

    def _whom(
        self, party: Party | None, key: str, texts: dict[str, str], line: ReportLine, numbered: Person | None
    ) -> Person | None:
        """Return the person whom a row means, or None for a new person. `numbered` is the one whose number it has.

        If several people are possible, a desk user is asked, and a focal point's row is refused. Raises Unreadable,
        and AnswerPending if the desk user hasn't answered yet.
        """
        try:
            person = self.meant.find(party, key, texts, number=line.number, numbered=numbered)
            question = self.meant.open_question(person) if person is not None else None
            # A row that changes nothing leaves the waiting row's question as it is.
            if question is not None and self.form.read(person, texts, ReportLine(line.number)):
                raise question
            return person
        except Doubt as doubt:
            if not self.desk:
                self.meant.leave_open(doubt, line.number)
                raise Unreadable(
                    _("%s Enter the office and email address exactly as recorded.") % doubt.text
                ) from doubt
            answer = self._answer(line, "person", doubt.text, doubt.choices)
            if not answer:
                self.meant.leave_open(doubt, line.number)
                raise AnswerPending from doubt
            return None if answer == OTHER else doubt.who[answer]

    def _person(
        self,
        party: Party | None,
        row_texts: dict[str, str],
        raw_texts: dict[str, str],
        line: ReportLine,
        numbered: Person | None,
    ) -> None:
        line.name = raw_texts.get("name") or raw_texts.get("office") or (numbered.label if numbered else "")
        named_category = self._category(row_texts, party, numbered)
        texts = cells(raw_texts, line)
        key = row_texts.get("person_key", "")
        line.name = texts.get("name") or texts.get("office") or ""
        person = self._whom(party, key, texts, line, numbered)
        if person is not None and self.meant.repeats(person):
            line.notes.append(_("Same person as row %(number)d.") % {"number": self.meant.repeats(person)})
            self._check_repetition(person, texts, named_category)
        theirs = self.known.party_of(person) if person is not None else None
        # A row with a person's number may name them in a party.
        joins = person is not None and person is numbered and theirs is None
        of_another_party = person is not None and party is not None and theirs != party and not joins
        if of_another_party or (person is None and key in self.known.given):
            raise Unreadable(_("Someone in another delegation has this external ID. Correct it or leave it blank."))
        line.name = texts.get("name") or texts.get("office") or (person.label if person else "")
        changed = self.form.read(person, texts, line)
        if person is None:
            assert party is not None  # noqa: S101 - only the row of a known person has none
            self.meant.note(
                self._newcomer(party, named_category or self._usual(party), changed, key, line), line.number, texts
            )
            return
        self.meant.note(person, line.number, texts)
        self.known.change_person(party, person, changed)
        new_key = bool(key) and self.known.add_key(person, key)
        if self.party is not None:
            acts = not self.desk and person.pk in self.known.focal
            refuse(person=person, changed=changed, party=self.party, acts=acts)
        fields = [label(name) for name in changed]
        # Only those values that everybody sees who may see the person.
        line.changes += [
            [label(name), str(getattr(person, name) or "–"), str(value or "–")]
            for name, value in changed.items()
            if name in PERSON
        ]
        if party is not None and self._seat(party, person, named_category):
            self.known.seated.setdefault(id(person), party)
            fields.append(_("category"))
        if new_key:
            self.found.keys.append((person, key))
            fields.append(heading("person_key"))
        line.fields += fields
        if changed:
            self.found.changes.append((person, changed))
            likenesses = self._resembled(party, person, values_of(person) | changed, known=True)
            self.found.likenesses += likenesses
        if fields:
            line.outcome = line.outcome if line.outcome == Outcome.NEW else Outcome.CHANGED.value

    def _check_repetition(self, person: Person, texts: dict[str, str], named_category: Category | None) -> None:
        """Raise Unreadable if a row contradicts an earlier row about the same person.

        Otherwise the one row would change what the other says, each time that the file is imported.
        """
        number, names = self.meant.contradiction(person, texts)
        fields = [label(name) for name in names]
        if named_category is not None and named_category != self.seated.get(id(person), named_category):
            fields.append(heading("category"))
        if fields:
            params = {"number": number, "fields": comma().join(fields)}
            message = _("Row %(number)d names the same person with another value: %(fields)s. Correct one of them.")
            raise Unreadable(message % params)

    def _newcomer(
        self, party: Party, category: Category, changed: dict[str, Any], key: str, line: ReportLine
    ) -> Person:
        person = Person(summit=self.summit)
        likenesses = self._resembled(party, person, changed)
        check_category(party, category, self.known.places(party), self.desk)
        count_member(party, category, self.known.places(party))
        # Only now is it certain that the person isn't refused: only then are resemblances stored.
        self._point_out(likenesses, line)
        person_values = {name: value for name, value in changed.items() if name in PERSON}
        for name, value in {"language": party.language, **person_values}.items():
            setattr(person, name, value)
        particulars = {name: value for name, value in changed.items() if name in PARTICULARS}
        row = None
        if particulars or self.party is not None:
            row = Particulars(person=person, entered_for=self.party, **particulars)
        membership = Membership(party=party, person=person, category=category, capacity=category.capacity)
        self.found.members.append(membership)
        self.found.people.append(Newcomer(person, row, party, key))
        self.known.seated[id(person)] = party
        self.seated[id(person)] = category
        self.known.add_person(party, person, key)
        marks = (("passport", "passport_number"), ("birth", "birth_date"))
        digested = [passport_digests.digest(kind, self.summit.pk, changed.get(name)) for kind, name in marks]
        self.known.add_marks(person, person.email, *digested)
        line.outcome = Outcome.NEW.value
        return person

    def _resembled(
        self, party: Party | None, person: Person, values: dict[str, Any], *, known: bool = False
    ) -> list[tuple[Person, Person, DuplicateReason]]:
        """Return (person, similar person, reason) tuples, for a desk user to decide later. `known` means that the
        person is entered already.

        Raises Unreadable if a focal point's row seems to enter a person of its own party a second time.
        """
        found: list[tuple[Person, Person, DuplicateReason]] = []
        if known and not people.TELLING & set(values):
            return found
        for other, why in self.known.likely(values, exclude=person):
            other_party = self.known.party_of(other)
            if other_party == party and not self.desk and not known:
                facts = {"person": other.label, "why": why.label}
                raise Unreadable(
                    _(
                        "%(person)s already exists: %(why)s. If this is the same person, use the recorded name. If "
                        "not, add them by hand."
                    )
                    % facts
                )
            if known and other_party == party:
                continue
            found.append((person, other, why))
        return found

    def _point_out(self, likenesses: list[tuple[Person, Person, DuplicateReason]], line: ReportLine) -> None:
        """Add the resemblances of a new person to the plan. If a desk user imports, note them in the line too."""
        self.found.likenesses += likenesses
        if self.desk and likenesses:
            line.notes += [
                duplicate_question(other, self.known.party_of(other), why) for _new, other, why in likenesses
            ]

    def _seat(self, party: Party, person: Person, named_category: Category | None) -> bool:
        """Plan a place for a person who is entered already: name them as a member, or move them to the category
        `named_category`.

        Returns whether that changes anything.
        """
        row: Membership | None = getattr(person, "membership", None)
        category = named_category or (self._usual(party) if row is None else row.category)
        repeated = self.seated.setdefault(id(person), category) is not category
        if repeated or person.pk is None or (row is not None and category == row.category):
            return False
        check_category(party, category, self.known.places(party), self.desk)
        count_member(party, category, self.known.places(party), total=row is None or not row.category.counts)
        if row is None:
            self.found.members.append(
                Membership(party=party, person=person, category=category, capacity=category.capacity)
            )
        else:
            self.found.moves.append((row, category))
        return True

    def _category(self, row_texts: dict[str, str], party: Party | None, numbered: Person | None) -> Category | None:
        membership: Membership | None = getattr(numbered, "membership", None)
        if membership is not None and row_texts.get("category") == str(membership.category):
            # Two categories may have the same name.
            return membership.category
        if party is None:
            if row_texts.keys() & {"category", "head"}:
                raise Unreadable(_("This person is in no delegation. Enter the delegation too."))
            return None
        if "category" in row_texts:
            offered = [row for row in self.known.categories.values() if self.desk or quotas.open_to(row, party)]
            return cell_values.category(row_texts["category"], self.known.categories, offered=offered)
        if "head" in row_texts:
            return self.known.categories[Capacity.HEAD if party.is_delegation else Capacity.REPRESENTATIVE]
        return None

    def _usual(self, party: Party) -> Category:
        usual = (Capacity.DELEGATE, Capacity.REPRESENTATIVE, Capacity.GUEST)
        return next(self.known.categories[code] for code in usual if quotas.fits(self.known.categories[code], party))

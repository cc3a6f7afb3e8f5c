"""The form of a person, used to validate the rows of a table."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from delegations.core.table_writers import cell_text
from delegations.imports.selectors import cell_values
from delegations.imports.selectors.row_remarks import skipped_cell
from delegations.members.column_headings import label
from delegations.members.forms import PersonForm, values_of
from delegations.parties.selectors.party_kinds import Unreadable
from summit.imports.report import ReportLine
from summit.people.models import Person

WHO = ("name", "office")


def cells(given: Mapping[str, str], line: ReportLine) -> dict[str, str]:
    """Return the form's values for the cells of a row, by field. A cell that can't be read counts as empty and is
    noted in `line`."""
    found = {}
    for name, text in given.items():
        try:
            found[name] = cell_values.cell(name, text)
        except Unreadable as problem:
            line.notes.append(skipped_cell(str(problem)))
    return found


class RowForm(PersonForm):
    """The form of a person, reused for row after row, because creating a form costs more than validating with it."""

    def read(self, person: Person | None, said: dict[str, str], line: ReportLine) -> dict[str, Any]:
        """Return the values that a row changes about a person, or sets for a new one.

        A cell that the form refuses counts as empty and is noted in `line`, unless it is the name or the office. What
        is stored already is never refused. Raises ValidationError.
        """
        self.ask(person, said)
        new = {name for name in said if name not in WHO and not self._is_stored(name, said[name])}
        bad = {name: texts for name, texts in self.errors.items() if name in new}
        if bad:
            line.notes += [skipped_cell(f"{label(name)}: {text}") for name, texts in bad.items() for text in texts]
            said = {name: text for name, text in said.items() if name not in bad}
            self.ask(person, said)
        if self.errors and (person is None or not self._is_stored_error(person, said)):
            raise ValidationError(self.sentences)
        return self.changed

    def _is_stored_error(self, person: Person, said: dict[str, str]) -> bool:
        """Return whether everything that the form refuses is stored already."""
        refused = set(self.sentences)
        self.ask(person, {})
        stored = set(self.sentences)
        self.ask(person, said)
        return refused <= stored

    def ask(self, person: Person | None, said: dict[str, str]) -> None:
        """Validate a row's values for `person`, or for a new person if it is None. Fields that the row doesn't have
        are left unchanged."""
        self.before = values_of(person)
        usual = {"language": self.summit.language}
        self.data = {
            name: self.before.get(name, usual.get(name, "")) if self._is_stored(name, said.get(name)) else said[name]
            for name in self.fields
        }
        self._errors = None
        self.full_clean()

    def _is_stored(self, name: str, text: str | None) -> bool:
        """Return whether a cell is empty, or says what is stored. A cell has no line breaks and no seconds."""
        return not text or " ".join(cell_text(self.before.get(name), self.summit).split()) == text

    def _clean_fields(self) -> None:
        """Clean the value of each field. A value that was cleaned for another row is taken from the cache."""
        cache: dict[tuple[str, Any], Any] = self.__dict__.setdefault("kept", {})
        for name, column in self.fields.items():
            key = (name, self.data[name])
            if key not in cache:
                cache[key] = self._cleaned(name, column, self.data[name])
            cleaned = cache[key]
            if isinstance(cleaned, ValidationError):
                self.add_error(name, cleaned)
            else:
                self.cleaned_data[name] = cleaned

    def _cleaned(self, name: str, column: Any, value: Any) -> Any:
        """Return the value as the field and the form clean it, or the ValidationError that refuses it."""
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
        """The errors as sentences, each with the field's label."""
        return [f"{label(name)}: {text}" for name, texts in self.errors.items() for text in texts]

"""The form of a person, asked about the rows of a table."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from delegations.imports.selectors import cell_values
from delegations.imports.selectors.messages import left_out
from delegations.imports.selectors.report import Line
from delegations.members.column_headings import label
from delegations.members.forms import PersonForm, values_of
from delegations.parties.selectors.party_kinds import Unreadable
from summit.people.models import Person

WHO = ("name", "office")


def cells(given: Mapping[str, str], line: Line) -> dict[str, str]:
    """Return what the form takes for each of a row's cells. One that can't be understood counts as empty, which is
    noted."""
    found = {}
    for name, text in given.items():
        try:
            found[name] = cell_values.cell(name, text)
        except Unreadable as problem:
            line.notes.append(left_out(str(problem)))
    return found


class RowForm(PersonForm):
    """The form of a person, used for row after row: making one costs more than asking it."""

    def read(self, person: Person | None, said: dict[str, str], line: Line) -> dict[str, Any]:
        """Return what a row changes of a person, or says of a new one. A cell that the form refuses counts as empty,
        which is noted, unless it says who it is. Raises ValidationError."""
        self.ask(person, said)
        bad = {name: texts for name, texts in self.errors.items() if name in said and name not in WHO}
        if bad:
            line.notes += [left_out(f"{label(name)}: {text}") for name, texts in bad.items() for text in texts]
            self.ask(person, {name: text for name, text in said.items() if name not in bad})
        if not self.is_valid():
            raise ValidationError(self.sentences)
        return self.changed

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

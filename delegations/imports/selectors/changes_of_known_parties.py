"""Plans what a table changes about existing parties.

Details of the mission are changed directly. Names, which the host has approved, are only changed if the importer
confirms it in an answer. Rows that contradict each other change nothing until the importer says which is right.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from delegations.imports.selectors.existing_rows import ExistingRows
from delegations.imports.selectors.new_parties import PartyRow
from delegations.imports.selectors.row_remarks import alone, skipped_cell
from delegations.members.column_headings import heading
from delegations.parties.models.parties import Party
from summit.core.punctuation import comma
from summit.imports.report import Outcome, ReportLine

REACH = ("mission_email", "mission_phone", "mission_name")
# The host has approved these, so the importer must confirm each change.
APPROVED = ("name", "formal_name", "sort_key")
KEEP, TAKE = "keep", "take"


Ask = Callable[..., str]


@dataclass
class PartyValues:
    """What the rows of a table say about a party: a list of (line, value) pairs for each field, in their order."""

    party: Party
    rows: dict[str, list[tuple[ReportLine, str]]] = field(default_factory=dict)

    def add(self, row: PartyRow, line: ReportLine, *, ask: Ask, known: ExistingRows) -> None:
        """Add what a row says. Of the names that the host has approved, only those count that the importer confirms.

        `ask` adds a question to the row's line and returns its answer. Raises ValidationError if a value isn't valid.
        """
        row = _as_stored(self.party, row)
        values = {name: str(getattr(row, name)) for name in (*REACH, *APPROVED) if getattr(row, name)}
        if self.party.pk is None:
            # The table itself adds the party, under the name in its first row.
            values.pop("name", None)
        else:
            for name, value in differing(self.party, row, APPROVED).items():
                if not self._confirmed(name, value, line, ask, known):
                    del values[name]
            clean(self.party, {name: value for name, value in values.items() if value != getattr(self.party, name)})
        for name, value in values.items():
            self.rows.setdefault(name, []).append((line, value))

    def _confirmed(self, name: str, value: str, line: ReportLine, ask: Ask, known: ExistingRows) -> bool:
        """Return whether the importer confirms that a name which the host has approved is changed."""
        if name == "name" and known.is_called(self.party, value):
            return False
        if name == "name" and known.is_anothers(self.party, value):
            message = _("Another delegation is called “%(name)s”, so this one keeps its name.")
            line.notes.append(message % {"name": value})
            return False
        text, choices = question(self.party, name, value)
        taken = ask(line, name, text, choices, KEEP) == TAKE
        if taken and name == "name":
            known.add_name(value, self.party)
        return taken

    def settle(self, ask: Ask) -> dict[str, str]:
        """Return the values that change the party, and describe the changes in the lines of their rows.

        Where rows contradict each other, the importer is asked which of them is right. Without an answer, the party
        keeps what it has: otherwise the same file would change it each time. A party that isn't stored yet gets its
        values here.
        """
        changes = {}
        for name, rows in self.rows.items():
            line, value = _decided(name, rows, ask)
            if self.party.pk is None:
                setattr(self.party, name, value or ("" if name in REACH else self.party.name))
            elif value and value != getattr(self.party, name):
                changes[name] = value
                line.changes.append([_called(name), getattr(self.party, name) or "–", value])
                line.fields.append(_called(name))
                if line.outcome in (Outcome.ASKS, Outcome.REFUSED):
                    line.notes.insert(0, alone(Outcome.CHANGED))
                if line.outcome != Outcome.NEW:
                    line.outcome = Outcome.CHANGED.value
        return changes


def _decided(name: str, rows: list[tuple[ReportLine, str]], ask: Ask) -> tuple[ReportLine, str]:
    """Return the value that counts for a field, and the line of its row. The value is "" until the importer decides.

    The question is in the line of the last row that says something else than those above it.
    """
    lines: dict[str, ReportLine] = {}
    for line, value in rows:
        lines.setdefault(value, line)
    *_others, (value, last) = lines.items()
    if len(lines) == 1:
        return last, value
    params = {"field": _called(name), "rows": comma().join(str(line.number) for line in lines.values())}
    text = _("%(field)s: rows %(rows)s contradict each other. Which one is right?") % params
    choices = [
        [str(line.number), _("“%(value)s” (row %(number)d)") % {"value": value, "number": line.number}]
        for value, line in lines.items()
    ]
    answer = ask(last, f"contradiction {name}", text, choices)
    for line in lines.values():
        if not answer and line.outcome == Outcome.SAME:
            line.outcome = Outcome.ASKS.value
        if line is not last:
            line.notes.append(_("See the question in row %(number)d.") % {"number": last.number})
    return next(((line, value) for value, line in lines.items() if str(line.number) == answer), (last, ""))


def _as_stored(party: Party, row: PartyRow) -> PartyRow:
    """Return the row with the party's own texts where they differ in blanks only: a cell has none twice."""
    stored = {name: str(getattr(party, name)) for name in (*REACH, *APPROVED)}
    return replace(
        row, **{name: text for name, text in stored.items() if " ".join(text.split()) == getattr(row, name)}
    )


def fixed(party: Party, row: PartyRow) -> list[str]:
    """Return a sentence for each value of a row that differs from the party's and that no file changes."""
    here = {"kind": (party.kind, row.kind), "iso2": (party.iso_code, row.code if row.written else "")}
    message = _("%(field)s: a file doesn’t change it. Change it on the delegation’s page.")
    return [message % {"field": _called(name)} for name, (old, new) in here.items() if new and new != old]


def _called(name: str) -> str:
    """Return the heading of a field's column. A party's name is in the column "party"."""
    return heading("party" if name == "name" else name)


def readable(row: PartyRow, line: ReportLine) -> PartyRow:
    """Return the row without those details of the mission that aren't valid, such as a mailbox without an @.

    Each detail that is left out is noted in `line`.
    """
    for name in [name for name in REACH if getattr(row, name)]:
        try:
            clean(Party(), {name: str(getattr(row, name))})
        except ValidationError as problem:
            line.notes += map(skipped_cell, problem.messages)
            row = replace(row, **{name: ""})
    return row


def differing(party: Party, row: PartyRow, names: tuple[str, ...]) -> dict[str, str]:
    """Return a dict from fields to the row's values that differ from the party's. Empty cells are ignored.

    Only the fields in `names` are compared.
    """
    values = {name: str(getattr(row, name)) for name in names}
    return {name: value for name, value in values.items() if value and value != getattr(party, name)}


def clean(party: Party, changed: Mapping[str, str]) -> None:
    """Check that a party can have these values. Raises ValidationError."""
    problems = []
    for name, value in changed.items():
        column: Any = party._meta.get_field(name)
        try:
            column.clean(value, party)
        except ValidationError as problem:
            problems += [f"{_called(name)}: {message}" for message in problem.messages]
    if problems:
        raise ValidationError(problems)


def question(party: Party, name: str, value: str) -> tuple[str, list[list[str]]]:
    """Return a question about a name that differs between the table and the party, and its possible answers."""
    params = {"field": _called(name), "here": getattr(party, name), "there": value}
    text = _("%(field)s: “%(here)s” here, “%(there)s” in the file.") % params
    return text, [[KEEP, _("keep “%(here)s”") % params], [TAKE, _("change to “%(there)s”") % params]]

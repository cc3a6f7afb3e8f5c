"""Plans what a table changes about existing parties.

Details of the mission are changed directly. Names, which the host has approved, are only changed if the importer
confirms it in an answer.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from delegations.imports.selectors.existing_rows import ExistingRows
from delegations.imports.selectors.new_parties import PartyRow
from delegations.imports.selectors.row_remarks import skipped_cell
from delegations.members.column_headings import heading
from delegations.parties.models.parties import Party
from summit.imports.report import Outcome, ReportLine

REACH = ("mission_email", "mission_phone", "mission_name")
# The host has approved these, so the importer must confirm each change.
APPROVED = ("name", "formal_name", "sort_key")
KEEP, TAKE = "keep", "take"


def plan(
    party: Party,
    row: PartyRow,
    line: ReportLine,
    *,
    changes: dict[int, tuple[Party, dict[str, str]]],
    ask: Callable[[str, str, list[list[str]], str], str],
    known: ExistingRows,
) -> None:
    """Add to `changes` the values that a row changes on an existing party, and describe the changes in `line`.

    If two rows differ, the first row counts. `ask` adds a question to the report and returns its answer. Raises
    ValidationError if a value isn't valid.
    """
    new_values = differing(party, row, REACH)
    for name, value in differing(party, row, APPROVED).items():
        if name == "name" and known.is_called(party, value):
            continue
        if name == "name" and known.is_anothers(party, value):
            message = _("Another delegation is called “%(name)s”, so this one keeps its name.")
            line.notes.append(message % {"name": value})
            continue
        text, choices = question(party, name, value)
        if ask(name, text, choices, KEEP) == TAKE:
            new_values[name] = value
            if name == "name":
                known.add_name(value, party)
    _party, planned = changes.get(party.pk, (party, {}))
    for name in new_values:
        if planned.get(name, new_values[name]) != new_values[name]:
            message = _("%(field)s: another row has a different value, so this one is ignored.")
            line.notes.append(message % {"field": _called(name)})
    added = {name: value for name, value in new_values.items() if name not in planned}
    clean(party, added)
    if added:
        changes[party.pk] = (party, planned | added)
        line.changes += [[_called(name), getattr(party, name) or "–", value] for name, value in added.items()]
        line.fields += [_called(name) for name in added]
        line.outcome = Outcome.CHANGED.value


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

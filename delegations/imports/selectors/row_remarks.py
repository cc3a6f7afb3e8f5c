"""Sentences of the report on the rows of a table."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from delegations.members.models.duplicates import DuplicateReason
from delegations.members.services.duplicates import DuplicateHit
from delegations.parties.models.parties import Party
from summit.imports.report import Outcome
from summit.people.models import Person


def sentences(problem: Exception) -> list[str]:
    """Return the sentences of an exception that stops a row, for the report."""
    return list(problem.messages) if isinstance(problem, ValidationError) else [str(problem)]


def skipped_cell(problem: str) -> str:
    """Return the problem with a cell, followed by the sentence that the cell is left out."""
    return _("%(problem)s The cell is skipped.") % {"problem": problem}


def duplicate_question(other: Person, party: Party | None, why: DuplicateReason) -> str:
    """Return the question whether a person is the same as `other`, whom they resemble."""
    if party is not None and why == DuplicateReason.NAME:
        facts = {"person": other.label, "party": party.name}
        return _("%(person)s is also listed for %(party)s. Is it the same person?") % facts
    return DuplicateHit(other, party, why).sentence


def alone(outcome: str) -> str:
    """Return the sentence about a party that is written although its person is refused."""
    if outcome == Outcome.NEW:
        return _("The delegation is added, but not the person.")
    return _("The delegation is updated, but not the person.")

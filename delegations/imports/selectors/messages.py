"""What is said of the rows of a table."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from delegations.members.models.duplicates import DuplicateReason
from delegations.members.services.duplicates import Hit
from delegations.parties.models.parties import Party
from summit.people.models import Person
from summit.uploads.report import Outcome


def sentences(problem: Exception) -> list[str]:
    """Return what stops a row."""
    return list(problem.messages) if isinstance(problem, ValidationError) else [str(problem)]


def left_out(problem: str) -> str:
    """Say that a cell counts as empty, and why."""
    return _("%(problem)s The cell is left out.") % {"problem": problem}


def likeness(other: Person, party: Party | None, why: DuplicateReason) -> str:
    """Ask whether somebody who resembles another is the same person."""
    if party is not None and why == DuplicateReason.NAME:
        facts = {"person": other.label, "party": party.name}
        return _("%(person)s is entered for %(party)s too: is it the same person?") % facts
    return Hit(other, party, why).sentence


def alone(outcome: str) -> str:
    """Say what became of a party whose person is refused."""
    if outcome == Outcome.NEW:
        return _("The party is entered, the person is not.")
    return _("The party is changed, the person is not.")

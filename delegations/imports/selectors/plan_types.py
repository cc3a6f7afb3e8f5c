"""The plan of what a table would write."""

from dataclasses import dataclass, field
from typing import Any

from delegations.members.models.categories import Category
from delegations.members.models.duplicates import DuplicateReason
from delegations.members.models.members import Membership
from delegations.members.models.particulars import Particulars
from delegations.parties.models.parties import Party
from summit.imports.report import ImportReport
from summit.people.models import Person


class AnswerPending(Exception):
    """Raised for a row that waits until its question is answered."""


@dataclass
class Newcomer:
    """A new person from the table. `key` is the key of the person in the table, or ""."""

    person: Person
    particulars: Particulars | None
    party: Party
    key: str


@dataclass
class ImportPlan:
    """Everything that a table would write."""

    report: ImportReport
    parties: list[tuple[Party, str]] = field(default_factory=list)
    people: list[Newcomer] = field(default_factory=list)
    changes: list[tuple[Person, dict[str, Any]]] = field(default_factory=list)
    # By the primary keys of existing parties.
    party_changes: dict[int, tuple[Party, dict[str, str]]] = field(default_factory=dict)
    # Keys from the table of people who are known already.
    keys: list[tuple[Person, str]] = field(default_factory=list)
    members: list[Membership] = field(default_factory=list)
    moves: list[tuple[Membership, Category]] = field(default_factory=list)
    likenesses: list[tuple[Person, Person, DuplicateReason]] = field(default_factory=list)

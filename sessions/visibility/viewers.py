"""The parties and people for whom a reader reads a released agenda."""

from collections.abc import Iterable
from dataclasses import dataclass

from delegations.parties.models.parties import Party
from summit.people.models import Person


@dataclass(frozen=True)
class Members:
    """The primary keys of the parties and people for whom a reader reads the agenda.

    A session is theirs if it has a place for one of them, or for the category of one of the people.
    """

    parties: frozenset[int] = frozenset()
    people: frozenset[int] = frozenset()

    @classmethod
    def of(cls, parties: Iterable[Party], people: Iterable[Person]) -> "Members":
        """Return the members for these parties and people."""
        return cls(frozenset(party.pk for party in parties), frozenset(person.pk for person in people))

    def __bool__(self) -> bool:
        return bool(self.parties or self.people)

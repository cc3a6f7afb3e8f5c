"""Listeners that are called when a party's members change, in the transaction that changes them.

- `follows`: a person is a member of the party no more. Visa letters become void, declarations are withdrawn.
- `replaced`: another person stands in the place of one who left.
- `counted`: the party has more or fewer members than before. Its passes that change hands are brought in line.
"""

from collections.abc import Callable

from delegations.parties.models.parties import Party
from summit.audit.services import By
from summit.core.registry import Registry
from summit.people.models import Person

# Does what follows for a person that leaves a party, by whoever took them off.
Follow = Callable[[Party, Person, By], None]
_following: Registry[Follow] = Registry()
follows = _following.register

# Takes the party, the person who left and the one who stands in their place.
Replace = Callable[[Party, Person, Person], None]
_replacing: Registry[Replace] = Registry()
replaced = _replacing.register

# Takes the party, under its lock, and whoever changed its members.
Count = Callable[[Party, By], None]
_counting: Registry[Count] = Registry()
counted = _counting.register


def leave(*, party: Party, person: Person, by: By) -> None:
    """Do all that follows when a person leaves a party, in the transaction in which they do. It asks nobody: who may
    take the person off has been asked."""
    for follow in _following:
        follow(party, person, by)


def replace(*, party: Party, gone: Person, taker: Person) -> None:
    """Call the listeners of `replaced`, in the transaction that replaces the person."""
    for listener in _replacing:
        listener(party, gone, taker)


def count(*, party: Party, by: By) -> None:
    """Call the listeners of `counted`, in the transaction that changed the members. The party is locked."""
    for listener in _counting:
        listener(party, by)

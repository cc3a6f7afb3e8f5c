"""What follows when somebody is a member of a party no more.

Whoever withdraws or replaces a person calls `leave` in that transaction; what is the person's own registers what
becomes of it: visa letters are void, declarations are withdrawn.
"""

from collections.abc import Callable

from delegations.models import Party
from summit.audit.services import By
from summit.core.registry import Registry
from summit.people.models import Person

# Does what follows for a person that leaves a party, by whoever took them off.
Follow = Callable[[Party, Person, By], None]
_following: Registry[Follow] = Registry()
follows = _following.register


def leave(*, party: Party, person: Person, by: By) -> None:
    """Do all that follows when a person leaves a party, in the transaction in which they do. It asks nobody: who may
    take the person off has been asked."""
    for follow in _following:
        follow(party, person, by)

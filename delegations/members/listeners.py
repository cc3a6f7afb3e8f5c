"""Listeners that are called when a party's members change, in the same transaction.

- `follows`: a person left the party. Visa letters become void, and declarations are withdrawn.
- `replaced`: another person took the place of a member who left.
- `counted`: the number of the party's members changed. Its transferable passes are adjusted.
"""

from collections.abc import Callable

from delegations.parties.models.parties import Party
from summit.audit.services import By
from summit.core.registry import Registry
from summit.people.models import Person

# Called with the party, the person who left it, and the user who withdrew them.
Follow = Callable[[Party, Person, By], None]
_following: Registry[Follow] = Registry()
follows = _following.register

# Called with the party, the person who left, and the one who took their place.
Replace = Callable[[Party, Person, Person], None]
_replacing: Registry[Replace] = Registry()
replaced = _replacing.register

# Called with the party, which is locked, and the user who changed its members.
Count = Callable[[Party, By], None]
_counting: Registry[Count] = Registry()
counted = _counting.register


def notify_member_left(*, party: Party, person: Person, by: By) -> None:
    """Call the listeners of `follows`, in the transaction in which the person leaves the party.

    This function checks no permission, because the caller has checked it.
    """
    for follow in _following:
        follow(party, person, by)


def replace(*, party: Party, gone: Person, taker: Person) -> None:
    """Call the listeners of `replaced`, in the transaction in which `taker` gets the place of `gone`."""
    for listener in _replacing:
        listener(party, gone, taker)


def count(*, party: Party, by: By) -> None:
    """Call the listeners of `counted`, in the transaction that changed the members. The caller has locked the
    party."""
    for listener in _counting:
        listener(party, by)

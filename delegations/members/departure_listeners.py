"""Listeners that are called when a party's members change, in the same transaction.

- `follows`: a person left the party. Visa letters become void, and declarations are withdrawn.
- `replaced`: another person took the place of a member who left.
- `counted`: the number of the party's members changed. Its transferable passes are adjusted.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from delegations.parties.models.parties import Party
from summit.audit.services import By
from summit.core.registry import Registry
from summit.people.models import Person
from summit.users.models import User

# Called with the party, the person who left it, and the user who withdrew them. Returns how many things it ended.
Follow = Callable[[Party, Person, By], int]
# Called with the party, a person who is its member again, and the user who undid the withdrawal. Returns how many
# things the person has again.
Restore = Callable[[Party, Person, User], int]


@dataclass(frozen=True)
class Consequence:
    """What ends when a person leaves a party.

    `label` says how many such things there are ("2 visa support letters"). `restore` is called when the withdrawal is
    undone; without it, what ended is asked for anew. Unless `final` is False, somebody is asked before such a thing
    ends, because undoing doesn't bring it back.
    """

    name: str
    end: Follow
    label: Callable[[int], str]
    restore: Restore | None
    final: bool


_following: Registry[Consequence] = Registry()


def follows(
    place: int, name: str, label: Callable[[int], str], *, restore: Restore | None = None, final: bool = True
) -> Callable[[Follow], Follow]:
    """Return a decorator that registers a `Consequence`. Those with a lower `place` come first."""

    def add(end: Follow) -> Follow:
        _following.register(place)(Consequence(name, end, label, restore, final))
        return end

    return add


# Called with the party, the person who left, and the one who took their place.
Replace = Callable[[Party, Person, Person], None]
_replacing: Registry[Replace] = Registry()
replaced = _replacing.register

# Called with the party, which is locked, and the user who changed its members.
Count = Callable[[Party, By], None]
_counting: Registry[Count] = Registry()
counted = _counting.register


def notify_member_left(*, party: Party, person: Person, by: By) -> dict[str, int]:
    """Call the listeners of `follows`, in the transaction in which the person leaves the party.

    Returns how many things ended, by the consequence's name. This function checks no permission, because the caller
    has checked it.
    """
    ended = {each.name: each.end(party, person, by) for each in _following}
    return {name: number for name, number in ended.items() if number}


def final(ended: Mapping[str, int]) -> Iterator[str]:
    """Yield what undoing a withdrawal wouldn't bring back as it was, such as "1 badge"."""
    return (each.label(ended[each.name]) for each in _following if each.final and ended.get(each.name))


def restore(*, party: Party, person: Person, by: User, ended: Mapping[str, int]) -> list[str]:
    """Restore what ended when a person left, as far as possible. Return what isn't restored, such as "1 place".

    The caller has made the person a member again.
    """
    lost = []
    for each in _following:
        number = ended.get(each.name, 0)
        left = number - each.restore(party, person, by) if number and each.restore else number
        if left > 0:
            lost.append(each.label(left))
    return lost


def replace(*, party: Party, gone: Person, taker: Person) -> None:
    """Call the listeners of `replaced`, in the transaction in which `taker` gets the place of `gone`."""
    for listener in _replacing:
        listener(party, gone, taker)


def count(*, party: Party, by: By) -> None:
    """Call the listeners of `counted`, in the transaction that changed the members. The caller has locked the
    party."""
    for listener in _counting:
        listener(party, by)

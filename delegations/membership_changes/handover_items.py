"""What is a person's own in a summit, which the apps above know: a speech, a place in a session, a seat.

Each app registers its kinds. An item is known by its kind and a key; what it is called is asked for when somebody
reads, and for the reader: a session that they may not know of has no title for them. When a person leaves a party,
each item waits for protocol (delegations.membership_changes.services.handovers), since rank decides who takes it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from delegations.parties.models.parties import Party
from summit.core.registry import Registry
from summit.people.models import Person
from summit.summits.models import Summit
from summit.templatetags.marks import comma
from summit.users.models import User


class NotHeld(Exception):
    """The item isn't the giver's any more: somebody changed it meanwhile."""


@dataclass(frozen=True)
class Desk:
    """Somebody who reads at a desk: they know of what their role sees."""

    user: User


@dataclass(frozen=True)
class Delegation:
    """Somebody who reads for a party: they know of what its members and these people see."""

    party: Party
    people: tuple[Person, ...] = ()


Reader = Desk | Delegation


@dataclass(frozen=True)
class Told:
    """An item as it is told to a reader: `words` name it alone ("Opening, 9:30 London time"), `address` is its page,
    "" where the reader has none."""

    words: str
    address: str = ""


@dataclass(frozen=True)
class Kind:
    """A kind of item.

    `held` gives the keys of what a person holds and can still make use of. `tell` names items by their keys to a
    reader, with those left out of which the reader may not know; it takes as many queries for many. `pass_on` and
    `drop` change the item in the transaction of the decision; they ask nobody, since who may decide has been asked,
    and raise NotHeld. `dropped` says what follows when an item is dropped.
    """

    what: str
    label: Any
    held: Callable[[Person], Sequence[str]]
    tell: Callable[[Summit, Iterable[str], Reader], Mapping[str, Told]]
    pass_on: Callable[[str, Person, Person, User], None]
    drop: Callable[[str, Person, User], None]
    dropped: Any = ""


_kinds: Registry[Kind] = Registry()


def register(order: int, kind: Kind) -> Kind:
    """Register a kind at its place in the order. Raises ValueError where another is called so."""
    if any(known.what == kind.what for known in _kinds):
        raise ValueError(f"{kind.what} is a kind of item already")
    return _kinds.register(order)(kind)


def kinds() -> dict[str, Kind]:
    """Return the kinds by what they are called, in their order."""
    return {kind.what: kind for kind in _kinds}


def held(person: Person) -> list[tuple[str, str]]:
    """Return the kind and key of each item that is a person's own."""
    return [(kind.what, key) for kind in _kinds for key in kind.held(person)]


@dataclass(frozen=True)
class Item:
    """An item as a reader reads of it: `label` is its kind's, `told` None where they may not know which it is."""

    what: str
    key: str
    label: str
    told: Told | None = None

    @property
    def words(self) -> str:
        """What it is in words: its kind, and which where the reader may know."""
        return comma().join((self.label, self.told.words)) if self.told else self.label


def items(*, summit: Summit, keys: Iterable[tuple[str, str]], reader: Reader) -> list[Item]:
    """Return items of a summit as a reader reads of them, in the order of `keys`. The number of queries grows with
    the kinds alone."""
    wanted = list(keys)
    known = kinds()
    told = {
        what: known[what].tell(summit, [key for kind, key in wanted if kind == what], reader)
        for what in dict.fromkeys(what for what, _key in wanted)
        if what in known
    }
    return [
        Item(what, key, str(known[what].label) if what in known else what, told.get(what, {}).get(key))
        for what, key in wanted
    ]

"""Items that a person holds in a summit, such as a speech, a place in a session or a seat.

Other apps register the kinds of items. An item is identified by its kind and a key. Its title is looked up for each
reader: readers who may not see a session don't get its title. When a person leaves a party, each of their items waits
for protocol's decision (delegations.membership_changes.services.handovers), since it depends on rank who gets it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from delegations.parties.models.parties import Party
from summit.core.punctuation import comma
from summit.core.registry import Registry
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User


class ItemNotHeld(Exception):
    """The giver no longer holds the item: somebody changed it in the meantime."""


@dataclass(frozen=True)
class HandoverDesk:
    """A reader at a desk, who sees what their role may see."""

    user: User


@dataclass(frozen=True)
class Delegation:
    """A reader for a party, who sees what its members and `people` may see."""

    party: Party
    people: tuple[Person, ...] = ()


Reader = HandoverDesk | Delegation


@dataclass(frozen=True)
class ItemTitle:
    """The title of an item for a reader.

    `words` names it without its kind ("Opening, 9:30 London time"). `address` is the address of its page, or "" where
    the reader has none.
    """

    words: str
    address: str = ""


@dataclass(frozen=True)
class HandoverKind:
    """A kind of item.

    `held` returns the keys of the items that a person holds and can still use. `tell` returns the titles of items by
    key, without items that the reader may not see; the number of queries doesn't grow with the items. `pass_on` and
    `drop` change an item in the transaction of the decision and raise NotHeld. They check no permission, since the
    caller has checked it. `dropped` is a sentence that says what happens after an item is dropped.
    """

    what: str
    label: Any
    held: Callable[[Person], Sequence[str]]
    tell: Callable[[Summit, Iterable[str], Reader], Mapping[str, ItemTitle]]
    pass_on: Callable[[str, Person, Person, User], None]
    drop: Callable[[str, Person, User], None]
    dropped: Any = ""


_kinds: Registry[HandoverKind] = Registry()


def register(order: int, kind: HandoverKind) -> HandoverKind:
    """Register a kind at its place in the order and return it. Raises ValueError if another kind has the same
    name."""
    if any(known.what == kind.what for known in _kinds):
        raise ValueError(f"{kind.what} is a kind of item already")
    return _kinds.register(order)(kind)


def kinds() -> dict[str, HandoverKind]:
    """Return the kinds by name, in their order."""
    return {kind.what: kind for kind in _kinds}


def held(person: Person) -> list[tuple[str, str]]:
    """Return the kind and key of each item that a person holds."""
    return [(kind.what, key) for kind in _kinds for key in kind.held(person)]


@dataclass(frozen=True)
class HandoverItem:
    """An item with its title for a reader. `label` is the kind's name; `told` is None where the reader may not see
    the title."""

    what: str
    key: str
    label: str
    told: ItemTitle | None = None

    @property
    def words(self) -> str:
        """The kind of the item, and its title where the reader may see it."""
        return comma().join((self.label, self.told.words)) if self.told else self.label


def items(*, summit: Summit, keys: Iterable[tuple[str, str]], reader: Reader) -> list[HandoverItem]:
    """Return items of a summit with their titles for a reader, in the order of `keys`.

    The number of queries grows only with the number of kinds.
    """
    wanted = list(keys)
    known = kinds()
    told = {
        what: known[what].tell(summit, [key for kind, key in wanted if kind == what], reader)
        for what in dict.fromkeys(what for what, _key in wanted)
        if what in known
    }
    return [
        HandoverItem(what, key, str(known[what].label) if what in known else what, told.get(what, {}).get(key))
        for what, key in wanted
    ]

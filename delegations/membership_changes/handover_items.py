"""Items that a person holds in a summit, such as a speech, a place in a session or a seat.

Other apps register the kinds of items. An item is identified by its kind and a key. Its title is looked up for each
reader, because a reader who may not see a session must not get its title. When a person leaves a party, each of their
items waits for protocol's decision (delegations.membership_changes.services.handovers). Protocol decides because it
depends on rank who gets an item.
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
    """The giver no longer holds the item, because somebody changed it in the meantime."""


@dataclass(frozen=True)
class HandoverDesk:
    """A desk user as the reader of titles, who gets the titles that the user's role may see."""

    user: User


@dataclass(frozen=True)
class Delegation:
    """A party as the reader of titles, which gets the titles that its members and `people` may see."""

    party: Party
    people: tuple[Person, ...] = ()


Reader = HandoverDesk | Delegation


@dataclass(frozen=True)
class ItemTitle:
    """The title of an item for a reader.

    `words` is the title without the item's kind ("Opening, 9:30 London time"). `address` is the URL of the item's
    page, or "" if the reader has none.
    """

    words: str
    address: str = ""


@dataclass(frozen=True)
class HandoverKind:
    """A kind of item.

    `held` returns the keys of the items that a person holds and can still use. `tell` returns a dict from key to
    title, without items that the reader may not see; the number of queries doesn't grow with the items. `pass_on` and
    `drop` change an item in the transaction of the decision, and raise ItemNotHeld. They check no permission, because
    the caller has checked it. `dropped` is a sentence that says what happens after an item is dropped.
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
    """Register a kind of item at a place in the order and return it.

    Raises ValueError if another kind has the same name.
    """
    if any(registered.what == kind.what for registered in _kinds):
        raise ValueError(f"{kind.what} is a kind of item already")
    return _kinds.register(order)(kind)


def kinds() -> dict[str, HandoverKind]:
    """Return a dict of the kinds by name, in their order."""
    return {kind.what: kind for kind in _kinds}


def held(person: Person) -> list[tuple[str, str]]:
    """Return the items that a person holds, as (kind, key)."""
    return [(kind.what, key) for kind in _kinds for key in kind.held(person)]


@dataclass(frozen=True)
class HandoverItem:
    """An item with its title for a reader.

    `label` is the name of the item's kind. `told` is the title, or None if the reader may not see it.
    """

    what: str
    key: str
    label: str
    told: ItemTitle | None = None

    @property
    def words(self) -> str:
        """The name of the item's kind, followed by the title if the reader may see it."""
        return comma().join((self.label, self.told.words)) if self.told else self.label


def items(*, summit: Summit, keys: Iterable[tuple[str, str]], reader: Reader) -> list[HandoverItem]:
    """Return items of a summit with their titles for a reader, in the order of `keys`.

    The number of queries grows only with the number of kinds.
    """
    pairs = list(keys)
    kinds_by_name = kinds()
    titles_by_kind = {
        what: kinds_by_name[what].tell(summit, [key for kind, key in pairs if kind == what], reader)
        for what in dict.fromkeys(what for what, _key in pairs)
        if what in kinds_by_name
    }
    return [
        HandoverItem(
            what,
            key,
            str(kinds_by_name[what].label) if what in kinds_by_name else what,
            titles_by_kind.get(what, {}).get(key),
        )
        for what, key in pairs
    ]

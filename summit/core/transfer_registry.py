"""What of each model an archive holds. Each app declares its models in its `transfer_policy.py`; a test finds one
that isn't.

A model either moves with its summit, or stays behind for a reason, or belongs to the installation.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from django.db.models import Model, Q

from summit.core.registry import Registry

if TYPE_CHECKING:
    from summit.summits.models import Summit


class Names(Protocol):
    """Keys of rows as they stand inside of texts: numbers of the archive on the way out, new keys on the way in."""

    def row(self, label: str, key: str) -> str:
        """Return how a row is named there, of a model that has no public id, or an account. `label` is in lower case,
        `key` as the audit has it."""
        ...

    def page(self, label: str, key: str) -> str:
        """Return the key that the desk's address of a row has there, of any model."""
        ...


# Rewrites what a row's values say of other rows' keys, where that isn't said by columns.
Rewrite = Callable[[dict[str, Any], Names], None]
# Completes a row that is about to be stored elsewhere.
Arrive = Callable[[Any, "Summit"], None]


@dataclass(frozen=True)
class Moved:
    """A model whose rows move: without which fields, and only those that `where` picks. `named` are fields in which
    rows are named as the audit does. `rewrite` does what `named` can't, both on the way out and in."""

    label: str
    without: frozenset[str] = frozenset()
    where: Q | None = None
    named: tuple[str, ...] = ()
    rewrite: Rewrite | None = None
    arrive: Arrive | None = None


MOVED: dict[str, Moved] = {}
# Why rows stay behind, and why others are no summit's.
LEFT: dict[str, str] = {}
OWN: dict[str, str] = {}

# Accounts that are somebody's in one installation alone: elsewhere they hold no role and nobody signs in with them.
_programs: list[Q] = []
# What is made anew of a summit's rows after they arrived, in the same transaction.
arrived: Registry[Callable[["Summit"], object]] = Registry()


def moves(
    *labels: str,
    without: Iterable[str] = (),
    where: Q | None = None,
    named: Iterable[str] = (),
    rewrite: Rewrite | None = None,
    arrive: Arrive | None = None,
) -> None:
    """Declare models whose rows move with their summit. Raises ValueError for one that is declared already."""
    for label in labels:
        MOVED[_new(label)] = Moved(label, frozenset(without), where, tuple(named), rewrite, arrive)


def stays(*labels: str, why: str) -> None:
    """Declare models of summits whose rows stay behind. Raises ValueError as `moves` does."""
    for label in labels:
        LEFT[_new(label)] = why


def belongs(*labels: str, why: str) -> None:
    """Declare models that belong to the installation. Raises ValueError as `moves` does."""
    for label in labels:
        OWN[_new(label)] = why


def _new(label: str) -> str:
    if label in MOVED or label in LEFT or label in OWN:
        raise ValueError(f"{label} is declared twice")
    return label


def only_here(accounts: Q) -> None:
    """Declare accounts that are nobody elsewhere."""
    _programs.append(accounts)


def programs() -> Q:
    """Return the condition on an account that it is nobody elsewhere."""
    found = Q(pk__in=[])
    for each in _programs:
        found |= each
    return found


def moved_of(model: type[Model]) -> Moved:
    """Return what was declared of a model that moves. Raises KeyError for another."""
    return MOVED[model._meta.label]

"""Which models a summit's archive holds.

A model either moves with its summit, or stays behind for a reason, or belongs to the installation. Each app declares
its models in its `transfer_policy.py`; a test fails for a model that isn't declared.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from django.db.models import Model, Q

from summit.core.registry import Registry

if TYPE_CHECKING:
    from summit.summits.models import Summit


class Names(Protocol):
    """Translates keys of rows inside of texts: to the archive's numbers on export, to new keys on import."""

    def row(self, label: str, key: str) -> str:
        """Return the translated key of a row of a model without public ids, or of an account.

        `label` is the model's label in lower case, `key` the key by which the audit knows the row.
        """
        ...

    def page(self, label: str, key: str) -> str:
        """Return the translated key of a row of any model, as it is used in the address of its page in the admin."""
        ...


# Rewrites the keys of other rows in a row's values, where they aren't columns of their own.
Rewrite = Callable[[dict[str, Any], Names], None]
# Completes a row that is about to be stored in the importing installation.
Arrive = Callable[[Any, "Summit"], None]


@dataclass(frozen=True)
class Moved:
    """A model whose rows move with their summit.

    - `without`: the fields that aren't exported.
    - `where`: the condition on the rows that move; None for all rows.
    - `named`: the fields that name rows in the way of the audit.
    - `rewrite`: rewrites keys that `named` can't, on export and on import.
    - `arrive`: completes a row on import, before it is stored.
    """

    label: str
    without: frozenset[str] = frozenset()
    where: Q | None = None
    named: tuple[str, ...] = ()
    rewrite: Rewrite | None = None
    arrive: Arrive | None = None


MOVED: dict[str, Moved] = {}
# By label: why a summit's rows stay behind, and why a model belongs to the installation.
LEFT: dict[str, str] = {}
OWN: dict[str, str] = {}

# Conditions on accounts that belong to one installation: elsewhere they hold no role and nobody signs in with them.
_programs: list[Q] = []
# Functions that rebuild derived rows after a summit's import, in the same transaction.
arrived: Registry[Callable[["Summit"], object]] = Registry()


def moves(
    *labels: str,
    without: Iterable[str] = (),
    where: Q | None = None,
    named: Iterable[str] = (),
    rewrite: Rewrite | None = None,
    arrive: Arrive | None = None,
) -> None:
    """Declare models whose rows move with their summit (see `Moved`).

    Raises ValueError for a model that is declared already.
    """
    for label in labels:
        MOVED[_new(label)] = Moved(label, frozenset(without), where, tuple(named), rewrite, arrive)


def declare_excluded(*labels: str, why: str) -> None:
    """Declare models that belong to a summit but aren't exported, with the reason `why`.

    Raises ValueError for a model that is declared already.
    """
    for label in labels:
        LEFT[_new(label)] = why


def declare_installation_wide(*labels: str, why: str) -> None:
    """Declare models that belong to the installation, with the reason `why`.

    Raises ValueError for a model that is declared already.
    """
    for label in labels:
        OWN[_new(label)] = why


def _new(label: str) -> str:
    if label in MOVED or label in LEFT or label in OWN:
        raise ValueError(f"{label} is declared twice")
    return label


def only_here(accounts: Q) -> None:
    """Declare accounts that belong to this installation alone, such as those of programs."""
    _programs.append(accounts)


def programs() -> Q:
    """Return the condition that picks the accounts declared by `only_here`."""
    found = Q(pk__in=[])
    for each in _programs:
        found |= each
    return found


def moved_of(model: type[Model]) -> Moved:
    """Return the declaration of a model that moves. Raises KeyError for any other model."""
    return MOVED[model._meta.label]

"""The registry of models in a summit's archive.

A model moves with its summit, or is excluded for a reason, or belongs to the installation. Each app declares its
models in its `transfer_policy.py`. A test fails for a model that isn't declared.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from django.db.models import Model, Q

from summit.core.registry import Registry

if TYPE_CHECKING:
    from summit.summits.models import Summit


class Names(Protocol):
    """Translates the keys of rows inside texts: on export to the archive's numbers, on import to new keys."""

    def row(self, label: str, key: str) -> str:
        """Return the translated key of an account, or of a row of a model without public ids.

        `label` is the model's label in lower case. `key` is the row's key in the audit.
        """
        ...

    def page(self, label: str, key: str) -> str:
        """Return the translated key of a row of any model, as used in the URL of the row's admin page."""
        ...


# Rewrites keys of other rows inside a row's values, for keys that have no column of their own.
Rewrite = Callable[[dict[str, Any], Names], None]
# Completes a row that is about to be stored in the importing installation.
Arrive = Callable[[Any, "Summit"], None]


@dataclass(frozen=True)
class Moved:
    """A model whose rows move with their summit.

    - `without`: the fields that aren't exported.
    - `where`: the condition for the rows that move, or None for all rows.
    - `named`: the fields with names of rows in the form of the audit.
    - `rewrite`: a function that rewrites keys which `named` doesn't cover, on export and on import.
    - `arrive`: a function that completes a row on import, before it is stored.
    """

    label: str
    without: frozenset[str] = frozenset()
    where: Q | None = None
    named: tuple[str, ...] = ()
    rewrite: Rewrite | None = None
    arrive: Arrive | None = None


MOVED: dict[str, Moved] = {}
# From a model's label to the reason why its rows aren't exported, or why it belongs to the installation.
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
    """Declare models whose rows move with their summit. The other arguments are the fields of `Moved`.

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
    """Declare accounts that belong only to this installation, such as those of applications.

    In another installation they get no role, and nobody signs in with them.
    """
    _programs.append(accounts)


def programs() -> Q:
    """Return the condition that selects the accounts declared by `only_here`."""
    condition = Q(pk__in=[])
    for accounts in _programs:
        condition |= accounts
    return condition


def moved_of(model: type[Model]) -> Moved:
    """Return the declaration of a model that moves. Raises KeyError for any other model."""
    return MOVED[model._meta.label]

"""Registers of the words that describe audit entries.

The audit holds names of actions, kinds of row and keys. In its `audit_messages.py`, each app declares a sentence for
each of its actions, names for its rows, the rows they belong to, and names for actors without an account.
summit.audit.rendering combines them. A test fails where an action that the code records has no words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from summit.summits.models import Summit


# A sentence without its subject, in the past tense: "invited the party".
Sentence = str | Any


@dataclass(frozen=True)
class Facts:
    """The facts for an entry's sentence: the entry's detail, and the summit, in whose time zone times are shown."""

    detail: Mapping[str, Any]
    summit: Summit | None


@dataclass(frozen=True)
class ActionDescription:
    """The words for an action.

    `say` returns the sentence for an entry's facts. `fields_of` is the model of the fields that an entry names, where
    it isn't the object's model. `label` names the action where the sentence depends on the facts.
    """

    say: Callable[[Facts], str]
    fields_of: type[models.Model] | None = None
    label: Sentence = ""

    @property
    def name(self) -> str:
        """The action's name in lists of actions to choose from."""
        return str(self.label) or self.say(Facts({}, None))


@dataclass(frozen=True)
class ModelDescription:
    """How to name the rows of a model. `shown_on` returns the row with the page that shows them (None: their own)."""

    related: tuple[str, ...] = ()
    prefetch: tuple[str | models.Prefetch[Any], ...] = ()
    name: Callable[[Any], str] = str
    shown_on: Callable[[Any], models.Model] | None = None


@dataclass(frozen=True)
class HistoryPart:
    """Rows of `model` whose entries are part of another row's history; `find` returns them for that row."""

    model: type[models.Model]
    find: Callable[[Any], models.QuerySet[Any]]


ACTION_WORDS: dict[str, ActionDescription] = {}
MODEL_WORDS: dict[str, ModelDescription] = {}
PARTS: dict[str, list[HistoryPart]] = {}
# For actors without an account, by the prefix before the colon: a function from their keys to their names.
ACTORS: dict[str, Callable[[Iterable[str]], dict[str, str]]] = {}
# The fields that hold personal data, by model. The audit never stores their values; it records who sees them.
PERSONAL: dict[str, frozenset[str]] = {}


def describe_action(
    action: str,
    words: Sentence | Callable[[Facts], str],
    *,
    fields_of: type[models.Model] | None = None,
    label: Sentence = "",
) -> None:
    """Declare the words for an action: a sentence, or a function that returns one for an entry's facts.

    `label` names the action in lists to choose from, and `fields_of` is the model of the fields that its entries
    name, where it isn't the object's model. Raises ValueError where the action has words already.
    """
    if action in ACTION_WORDS:
        raise ValueError(f"{action} has words already")
    say = words if callable(words) else lambda facts: str(words)
    ACTION_WORDS[action] = ActionDescription(say, fields_of, label)


def describe_actions(label: str, *, add: Sentence, change: Sentence, remove: Sentence) -> None:
    """Declare the words for adding, changing and removing rows of a model, with the `label` of the model's rules."""
    describe_action(f"{label}.add", add)
    describe_action(f"{label}.change", change)
    describe_action(f"{label}.remove", remove)


def describe_model(
    model: type[models.Model],
    *,
    related: tuple[str, ...] = (),
    prefetch: tuple[str | models.Prefetch[Any], ...] = (),
    name: Callable[[Any], str] = str,
    shown_on: Callable[[Any], models.Model] | None = None,
) -> None:
    """Declare how to name the rows of a model.

    `name` returns a row's name, for which `related` is joined and `prefetch` prefetched. `shown_on` returns the row
    whose page shows them, where it isn't their own.
    """
    MODEL_WORDS[model._meta.label_lower] = ModelDescription(related, prefetch, name, shown_on)


def part(whole: type[models.Model], model: type[models.Model], find: Callable[[Any], models.QuerySet[Any]]) -> None:
    """Declare that the history of a row of `whole` includes the entries of its parts, which are rows of `model`.

    `find` returns the parts of a row of `whole`.
    """
    PARTS.setdefault(whole._meta.label_lower, []).append(HistoryPart(model, find))


def actor(prefix: str, names: Callable[[Iterable[str]], dict[str, str]]) -> None:
    """Declare the function that returns the names of actors "<prefix>:<key>" by their keys. At most one query."""
    ACTORS[prefix] = names


def personal(model: type[models.Model], *fields: str) -> None:
    """Declare which fields of a model hold personal data."""
    PERSONAL[model._meta.label_lower] = frozenset(fields)


@dataclass
class Wanted:
    """The keys of rows that need names, by the kind of row."""

    keys: dict[str, set[str]] = field(default_factory=dict)

    def add(self, label: str, key: str) -> None:
        """Add the key of a row."""
        self.keys.setdefault(label, set()).add(key)

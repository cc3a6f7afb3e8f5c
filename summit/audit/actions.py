"""What the audit records, in words.

The audit holds names of actions, kinds of row and keys. Each app declares here, in its `audit_messages.py`, the
sentence for each of its actions, what its rows are called and belong to, and who acts without an account;
summit.audit.rendering puts them together. A test fails where an action that the code records has no words.
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
    """What a sentence may speak of: the entry's detail, and the summit whose zone its times are told in."""

    detail: Mapping[str, Any]
    summit: Summit | None


@dataclass(frozen=True)
class ActionWords:
    """An action in words; `fields_of` is the model whose fields an entry names, where it isn't the object's own.
    `label` is what such actions are called together, where the sentence needs an entry's facts."""

    say: Callable[[Facts], str]
    fields_of: type[models.Model] | None = None
    label: Sentence = ""

    @property
    def name(self) -> str:
        """What such actions are called, where one chooses among them."""
        return str(self.label) or self.say(Facts({}, None))


@dataclass(frozen=True)
class ModelWords:
    """What rows of a model are called, and the row on whose page they are seen (None: on their own)."""

    related: tuple[str, ...] = ()
    prefetch: tuple[str | models.Prefetch[Any], ...] = ()
    name: Callable[[Any], str] = str
    shown_on: Callable[[Any], models.Model] | None = None


@dataclass(frozen=True)
class Part:
    """Rows whose entries stand in the history of another row."""

    model: type[models.Model]
    find: Callable[[Any], models.QuerySet[Any]]


ACTION_WORDS: dict[str, ActionWords] = {}
MODEL_WORDS: dict[str, ModelWords] = {}
PARTS: dict[str, list[Part]] = {}
# From the keys of those who acted without an account, by what stands before the colon, to their names.
ACTORS: dict[str, Callable[[Iterable[str]], dict[str, str]]] = {}
# The fields of models that hold personal data: no value of theirs gets into the audit, and who sees them does.
PERSONAL: dict[str, frozenset[str]] = {}


def describe_action(
    action: str,
    words: Sentence | Callable[[Facts], str],
    *,
    fields_of: type[models.Model] | None = None,
    label: Sentence = "",
) -> None:
    """Declare the words of an action: a sentence, or a function that makes one of an entry's facts, with what such
    actions are `label` where one chooses among them.

    Raises ValueError where the action has words already.
    """
    if action in ACTION_WORDS:
        raise ValueError(f"{action} has words already")
    say = words if callable(words) else lambda facts: str(words)
    ACTION_WORDS[action] = ActionWords(say, fields_of, label)


def describe_actions(label: str, *, add: Sentence, change: Sentence, remove: Sentence) -> None:
    """Declare the words for what the admin does with the rows of a model, `label` as in its rules."""
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
    """Declare what rows of a model are called: `related` is joined and `prefetch` fetched for it; `shown_on` gives
    the row on whose page they are seen."""
    MODEL_WORDS[model._meta.label_lower] = ModelWords(related, prefetch, name, shown_on)


def part(whole: type[models.Model], model: type[models.Model], find: Callable[[Any], models.QuerySet[Any]]) -> None:
    """Declare that entries of `model` stand in the history of a `whole`, those of the rows that `find` gives."""
    PARTS.setdefault(whole._meta.label_lower, []).append(Part(model, find))


def actor(prefix: str, names: Callable[[Iterable[str]], dict[str, str]]) -> None:
    """Declare who acts as "<prefix>:<key>", by a function from keys to names. At most one query."""
    ACTORS[prefix] = names


def personal(model: type[models.Model], *fields: str) -> None:
    """Declare which fields of a model hold personal data."""
    PERSONAL[model._meta.label_lower] = frozenset(fields)


@dataclass
class Wanted:
    """Keys of rows to be named, by the kind of row."""

    keys: dict[str, set[str]] = field(default_factory=dict)

    def add(self, label: str, key: str) -> None:
        """Ask for one more."""
        self.keys.setdefault(label, set()).add(key)

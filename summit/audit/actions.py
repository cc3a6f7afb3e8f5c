"""The audited actions, and the registries of the descriptions of audit entries.

An action is declared with its sentence at the top of the module that records it:

    ISSUE = audit_action("delegations.badge.issue", gettext_lazy("issued a badge"))
    ...
    audit.record(by=by, action=ISSUE, target=badge, summit=summit)

The audit holds names of actions, kinds of row and keys. The name of an action never changes, because entries have it.
In `audit_messages.py`, each package declares the names for its rows, the rows that these belong to, and the names for
actors without an account. summit.audit.rendering combines all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import models

if TYPE_CHECKING:
    from summit.summits.models import Summit


# A sentence without its subject, in the past tense: "invited the party".
Sentence = str | Any


@dataclass(frozen=True)
class Facts:
    """The arguments for an entry's sentence: the entry's detail, and its summit for the time zone.

    `names` has the present names of the rows that the entry refers to, by "app.model:key". A row that is gone, or
    whose data was erased, has none.
    """

    detail: Mapping[str, Any]
    summit: Summit | None
    names: Mapping[str, str] = field(default_factory=dict)

    def named(self, label: str) -> list[str]:
        """Return the names of the rows of a kind that are listed in the entry's detail."""
        found = [self.names.get(row, "") for row in self.detail.get("rows", []) if row.rpartition(":")[0] == label]
        return [name for name in found if name]

    def change(self, field_name: str) -> tuple[str, str] | None:
        """Return the names of the rows to which a field referred before and after, or None if one has no name."""
        pair = self.detail.get("values", {}).get(field_name, ())
        named = [self.names.get(value["row"], "") for value in pair if isinstance(value, dict)]
        return (named[0], named[1]) if len(named) == 2 and all(named) else None


class AuditAction(str):
    """The name of an action that is declared, and can therefore be recorded. Only `audit_action` makes new ones."""

    __slots__ = ()


class RowActions(NamedTuple):
    """The three actions on the rows of a list."""

    add: AuditAction
    change: AuditAction
    remove: AuditAction


@dataclass(frozen=True)
class ActionDescription:
    """The description of an action.

    `say` returns the sentence for an entry's facts. `fields_of` is the model of the entry's field names, if it isn't
    the object's model. `label` names the action without facts, if the sentence depends on them.
    """

    say: Callable[[Facts], str]
    fields_of: type[models.Model] | None = None
    label: Sentence = ""

    @property
    def name(self) -> str:
        """The name of the action in lists of choices."""
        return str(self.label) or self.say(Facts({}, None))


@dataclass(frozen=True)
class ModelDescription:
    """The description of a model's rows: how to load and name them, and which page shows them.

    `shown_on` returns the row with this page; None means the row itself. `deleted` returns what a deleted row was,
    from the facts of its entry, or "" if they don't say it.
    """

    related: tuple[str, ...] = ()
    prefetch: tuple[str | models.Prefetch[Any], ...] = ()
    name: Callable[[Any], str] = str
    shown_on: Callable[[Any], models.Model] | None = None
    deleted: Callable[[Facts], str] | None = None


@dataclass(frozen=True)
class HistoryPart:
    """Rows of `model` that are parts of another row: their entries are in its history.

    `find` returns the parts of such a row.
    """

    model: type[models.Model]
    find: Callable[[Any], models.QuerySet[Any]]


# A sentence, or the function that makes one of an entry's facts.
Words = Sentence | Callable[[Facts], str]
ACTION_WORDS: dict[str, ActionDescription] = {}
MODEL_WORDS: dict[str, ModelDescription] = {}
PARTS: dict[str, list[HistoryPart]] = {}
# For actors without an account: from the prefix before the colon to a function that returns names by keys.
ACTORS: dict[str, Callable[[Iterable[str]], dict[str, str]]] = {}


def audit_action(
    name: str,
    words: Words,
    *,
    fields_of: type[models.Model] | None = None,
    label: Sentence = "",
) -> AuditAction:
    """Declare an action with its sentence, or with a function that returns one for an entry's facts, and return it.

    `label` names the action in lists of choices. `fields_of` is the model of the field names in the action's entries,
    if it isn't the object's model. Raises ValueError if the action is declared already.
    """
    if name in ACTION_WORDS:
        raise ValueError(f"{name} is declared already")
    say = words if callable(words) else lambda facts: str(words)
    ACTION_WORDS[name] = ActionDescription(say, fields_of, label)
    return AuditAction(name)


def row_actions(label: str, *, add: Words, change: Words, remove: Words) -> RowActions:
    """Declare the actions of adding, changing and removing rows, and return them.

    `label` is the model's label in permissions. Raises ValueError if one of them is declared already.
    """
    sentences = {"add": add, "change": change, "remove": remove}
    return RowActions(**{verb: audit_action(f"{label}.{verb}", words) for verb, words in sentences.items()})


def action_named(name: str) -> AuditAction:
    """Return the declared action with a name, for callers that compose the name. Raises KeyError if there is none."""
    if name not in ACTION_WORDS:
        raise KeyError(name)
    return AuditAction(name)


def describe_model(
    model: type[models.Model],
    *,
    related: tuple[str, ...] = (),
    prefetch: tuple[str | models.Prefetch[Any], ...] = (),
    name: Callable[[Any], str] = str,
    shown_on: Callable[[Any], models.Model] | None = None,
    deleted: Callable[[Facts], str] | None = None,
) -> None:
    """Declare how to name the rows of a model.

    `name` returns the name of a row. Its query joins `related` and prefetches `prefetch`. `shown_on` returns the row
    with the page that shows a row of this model, if a row has no page of its own. `deleted` returns what a deleted
    row was, from the facts of its entry.
    """
    MODEL_WORDS[model._meta.label_lower] = ModelDescription(related, prefetch, name, shown_on, deleted)


def part(whole: type[models.Model], model: type[models.Model], find: Callable[[Any], models.QuerySet[Any]]) -> None:
    """Declare that the history of a row of `whole` includes the entries of its parts.

    The parts are rows of `model`. `find` returns the parts of a row of `whole`.
    """
    PARTS.setdefault(whole._meta.label_lower, []).append(HistoryPart(model, find))


def actor(prefix: str, names: Callable[[Iterable[str]], dict[str, str]]) -> None:
    """Declare the function for the names of actors "<prefix>:<key>". It returns a dict from key to name.

    It must make at most one query.
    """
    ACTORS[prefix] = names


@dataclass
class Wanted:
    """A collection of the keys of rows that need names, by the kind of row."""

    keys: dict[str, set[str]] = field(default_factory=dict)

    def add(self, label: str, key: str) -> None:
        """Add the key of a row of the kind `label`."""
        self.keys.setdefault(label, set()).add(key)

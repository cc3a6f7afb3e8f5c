"""The definitions of the kinds of files that can be imported: how each is read, planned, written and undone.

An upper app subclasses `ImportDefinition` once for each kind and registers an instance. Everything else is the same
for all kinds: `summit.imports.services` stores, previews, imports and undoes a file, and admin, API and commands
show the same report.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from summit.audit.services import By
from summit.imports.report import ImportReport
from summit.summits.models import Summit
from summit.uploads.budgets import Budget

Prepared = TypeVar("Prepared")


class ImportProblem(Exception):
    """A file can't be stored, previewed, imported or undone. The message says why and what to do.

    `offers` are (URL, label) pairs of exports that can be imported in the place of the file.
    """

    offers: Sequence[tuple[str, str]] = ()


# The value of a flag that is set.
YES = "yes"


@dataclass(frozen=True)
class ImportOption:
    """Something that is chosen when a file is uploaded, such as who may see its new sessions.

    `choices` returns the possible values with their labels, for a summit; one must be chosen. If there may be many,
    the desk finds them by typing: `found_by` is a model field with `FieldChoices` of the same values. A `flag` is YES
    or "". Otherwise any text is possible, which `clean` checks: it returns the value to store, and raises
    ImportProblem. An `internal` option is only for commands.
    """

    name: str
    label: Any
    choices: Callable[[Summit], Sequence[tuple[str, Any]]] | None = None
    found_by: Any = None
    default: str = ""
    help_text: Any = ""
    clean: Callable[[Summit, str], str] = lambda summit, value: value
    flag: bool = False
    internal: bool = False

    def allowed(self, summit: Summit) -> Collection[str] | None:
        """Return the possible values, or None if any text is possible."""
        if self.flag:
            return "", YES
        return None if self.choices is None else [str(value) for value, _label in self.choices(summit)]


@dataclass(frozen=True)
class Upload:
    """A file to be planned or imported: its `content` as `ImportDefinition.parse` returned it, and who imports it.

    `party_key` is the public id of the party for which a focal point imports it, or "" for a desk. `options` are the
    values of the definition's options, and `answers` the answers to the report's questions by the questions' keys.
    """

    summit: Summit
    content: bytes
    by: By
    party_key: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Parsed:
    """A file that can be imported: the content to store, and how many entries it has."""

    content: bytes
    rows: int


@dataclass(frozen=True)
class WrittenModel:
    """A model whose rows an import may write, so that undoing restores them.

    `summit_path` is the lookup from its rows to the summit. `counters` are the columns that only ever rise, such as
    revisions: an import and its undoing both raise them. `deletes` says that an import may delete rows, too; nobody
    else may delete them while it holds the definition's lock.
    """

    model: type[models.Model]
    summit_path: str
    counters: tuple[str, ...] = ()
    deletes: bool = False


class ImportDefinition(ABC, Generic[Prepared]):
    """A kind of files that can be imported.

    `kind` is its name as stored. `permission` is the action that a user needs in the summit. `budget` limits a file
    and says how many entries a worker imports in a transaction: all, if the outcome for an entry may depend on the
    entries above it.
    """

    kind: str
    label: Any
    permission: str
    budget: Budget
    options: tuple[ImportOption, ...] = ()
    # The models that an import may write, the referred ones first.
    writes: tuple[WrittenModel, ...] = ()
    # The title of the column with the numbers of the entries.
    number_label: Any = _("Row")
    about_label: Any = _("About")
    # A sentence about the files of this kind, for the upload page.
    introduction: Any = ""
    accepts: Any = ""

    @abstractmethod
    def check_permission(self, *, summit: Summit, party_key: str, by: By) -> None:
        """Raise PermissionDenied unless `by` may import such files, for themselves or for a party."""

    @abstractmethod
    def parse(self, *, summit: Summit, filename: str, content: bytes, party_key: str, by: By) -> Parsed:
        """Return the content to store. Raises ImportProblem if the file isn't one of this kind."""

    def parse_upload(self, *, summit: Summit, filename: str, content: bytes, party_key: str, by: By) -> Parsed:
        """Return what `parse` returns. An ImportProblem that it raises offers the exports that can be imported."""
        try:
            return self.parse(summit=summit, filename=filename, content=content, party_key=party_key, by=by)
        except ImportProblem as problem:
            problem.offers = self.exports(summit=summit, party_key=party_key, by=by)
            raise

    @abstractmethod
    def prepare(self, upload: Upload, rows: slice) -> Prepared:
        """Return what `write` needs, without writing anything. Raises ImportProblem."""

    @abstractmethod
    def preview(self, upload: Upload) -> ImportReport:
        """Return the report on what importing the whole file would do, and write nothing. Raises ImportProblem."""

    def exports(self, *, summit: Summit, party_key: str, by: By) -> list[tuple[str, str]]:
        """Return (URL, label) of each export that `by` may download, change and import again; by default none."""
        return []

    def subject(self, *, summit: Summit, party_key: str) -> models.Model:
        """Return the row whose history shows what is done with a file: the summit, unless a subclass says
        otherwise."""
        return summit

    def lock(self, upload: Upload) -> None:
        """Lock what an import writes, in the transaction of the import or of its undoing."""

    @abstractmethod
    def write(self, upload: Upload, prepared: Prepared) -> ImportReport:
        """Write the prepared entries in the caller's transaction, and return the report on them."""

    def undoing(self, upload: Upload) -> AbstractContextManager[object]:
        """Return a context in which rows are restored, for what must follow when they change."""
        return nullcontext()

    def notices(self, report: ImportReport) -> list[str]:
        """Return sentences about the whole file in the active language, from the report's facts."""
        return []


DEFINITIONS: dict[str, ImportDefinition[Any]] = {}


def register(definition: ImportDefinition[Any]) -> ImportDefinition[Any]:
    """Register a definition and return it. Raises ValueError if another one has its kind."""
    if DEFINITIONS.setdefault(definition.kind, definition) is not definition:
        raise ValueError(f"two definitions import {definition.kind}")
    return definition

"""The kinds of uploaded files that the system keeps. Each package declares its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models


def _nothing(row: Any) -> None:
    return None


def _itself(row: Any) -> models.Model:
    found: models.Model = row
    return found


def _no_scan(row: Any, scan: Any) -> None:
    return None


@dataclass(frozen=True, kw_only=True)
class KeptFile:
    """A model whose rows have the bytes of an uploaded file, in `field`.

    `summit` is the lookup from a row to its summit. `page` returns the path of the desk's page of a row, and
    `subject` the row whose history says that a file was refused. `lock` locks what `released` and
    `refused` change, before the row itself. `released` gets a row and its check once the file is found clean, and
    `refused` the row once a virus is found and the bytes are deleted; both run in the transaction that stores the
    result. `read` gets the same as `released` after that transaction: it is for what is slow, and isn't repeated if
    the worker is killed.
    """

    model: type[models.Model]
    field: str
    summit: str
    page: Callable[[Any], str]
    subject: Callable[[Any], models.Model] = _itself
    lock: Callable[[Any], object] = _nothing
    released: Callable[[Any, Any], object] = _no_scan
    read: Callable[[Any, Any], object] = _no_scan
    refused: Callable[[Any], object] = _nothing

    @property
    def name(self) -> str:
        """The label of the model, as checks store it."""
        return self.model._meta.label_lower


KINDS: dict[str, KeptFile] = {}


def declare(kind: KeptFile) -> KeptFile:
    """Register a kind of kept files and return it. Raises ValueError if its model has another one."""
    if KINDS.setdefault(kind.name, kind) is not kind:
        raise ValueError(f"two kinds of kept files are of {kind.name}")
    return kind


def kind_of(model: type[models.Model]) -> KeptFile:
    """Return the kind of files of a model or its proxy. Raises KeyError if its rows keep no uploaded file."""
    return KINDS[str(model._meta.concrete_model._meta.label_lower)]  # type: ignore[union-attr]

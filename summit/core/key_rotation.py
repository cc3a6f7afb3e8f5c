"""Re-encrypt stored values with the first of FIELD_KEYS, so that the other keys can be removed.

The columns of encrypted fields are found in the models. Other code that stores encrypted text registers with `also`.
Values that are already encrypted with the first key are skipped, so an interrupted run can be repeated.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models import ExpressionWrapper, F, Value

from summit.core.encrypted_fields import EncryptedBytesField, cipher
from summit.core.migration_operations import frozen_columns, thawed

BATCH = 50


@dataclass
class Progress:
    """The progress of one column: the number of rows seen, and the number of rows rewritten.

    `closed` has the primary keys of rows that none of FIELD_KEYS decrypts.
    """

    name: str
    seen: int = 0
    written: int = 0
    closed: tuple[int, ...] = ()


# Takes the size of a batch and yields progress. For encrypted text outside of encrypted columns, or data derived
# from it.
Also = Callable[[int], Iterator[Progress]]
_also: list[Also] = []


def also(function: Also) -> Also:
    """Register a function that re-encrypts values outside of the encrypted columns; a decorator."""
    _also.append(function)
    return function


def columns() -> list[tuple[type[models.Model], EncryptedBytesField]]:
    """Return (model, field) for every column of an encrypted field."""
    pairs = [(model, field) for model in apps.get_models() for field in model._meta.local_concrete_fields]
    return [(model, field) for model, field in pairs if isinstance(field, EncryptedBytesField)]


def renewed(token: bytes) -> bytes | None:
    """Return an encrypted value, re-encrypted with the first key.

    Returns None if the value is already encrypted with the first key, or is empty. Raises InvalidToken if none of
    FIELD_KEYS decrypts it.
    """
    if not token:
        return None
    try:
        Fernet(settings.FIELD_KEYS[0]).decrypt(token)
    except InvalidToken:
        return cipher().rotate(token)
    return None


def rotate(*, batch: int = BATCH) -> Iterator[Progress]:
    """Re-encrypt all values in batches of `batch` rows, and yield the progress after each batch.

    Each batch is one transaction.
    """
    for model, field in columns():
        yield from _column(model, field, batch)
    for function in _also:
        yield from function(batch)


def _column(model: type[models.Model], field: EncryptedBytesField, batch: int) -> Iterator[Progress]:
    progress = Progress(f"{model._meta.label_lower}.{field.name}")
    # As a BinaryField, the bytes are read without being decrypted.
    raw = ExpressionWrapper(F(field.name), output_field=models.BinaryField())
    rows = model._base_manager.annotate(raw=raw).order_by("pk")
    last = 0
    while True:
        with transaction.atomic():
            pairs = list(rows.filter(pk__gt=last, raw__isnull=False).values_list("pk", "raw")[:batch])
            tokens = {pk: bytes(stored) for pk, stored in pairs}
            progress.written += _write(rows, field, tokens, progress)
        progress.seen += len(tokens)
        yield progress
        if len(tokens) < batch:
            return
        last = max(tokens)


def _write(rows: Any, field: Any, tokens: dict[int, bytes], progress: Progress) -> int:
    changes: dict[int, bytes] = {}
    for pk, token in tokens.items():
        try:
            new = renewed(token)
        except InvalidToken:
            progress.closed = (*progress.closed, pk)
            continue
        if new is not None:
            changes[pk] = new
    with _allowed(field) if changes else nullcontext():
        # A value that was changed since it was read doesn't match: it was encrypted with the first key then.
        written = [
            rows.filter(pk=pk, raw=tokens[pk]).update(**{field.name: Value(new, output_field=models.BinaryField())})
            for pk, new in changes.items()
        ]
    return sum(written)


def _allowed(field: Any) -> AbstractContextManager[None]:
    table = field.model._meta.db_table
    return thawed(table) if field.column in frozen_columns().get(table, ()) else nullcontext()

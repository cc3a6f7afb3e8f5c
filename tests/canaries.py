"""Values that stand nowhere else, put where a person's data stands, and looked for in every table of the database."""

import json
from typing import Any

from cryptography.fernet import InvalidToken
from django.db import connection, models

from summit.core.encrypted_fields import cipher

MARK = "canary"


def dump() -> dict[str, list[str]]:
    """Return every value of every table as text, by "table.column": bytes are decrypted where a key of ours fits."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names of our own tables
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(columns, row, strict=True):
                    found.setdefault(f"{table}.{name}", []).append(plain(value))
    return found


def plain(value: Any) -> str:
    """Return a stored value as somebody with the keys could read it."""
    if isinstance(value, bytes | bytearray | memoryview):
        try:
            return cipher().decrypt(bytes(value)).decode("utf-8", "replace")
        except InvalidToken:
            return bytes(value).decode("utf-8", "replace")
    if isinstance(value, str):
        try:
            return f"{value} {json.dumps(json.loads(value), ensure_ascii=False)}"
        except ValueError:
            return value
    return json.dumps(value, ensure_ascii=False, default=str)


def where(mark: str = MARK) -> set[str]:
    """Return the columns of tables in which a mark stands."""
    return {name for name, values in dump().items() if any(mark in value.casefold() for value in values)}


def fill(row: models.Model, mark: str, **given: Any) -> models.Model:
    """Put a mark into every column of a row that takes a free text, encrypted or not, and return the row saved."""
    for column in row._meta.fields:
        if column.name in given or column.is_relation or column.choices or column.unique or column.primary_key:
            continue
        if isinstance(column, models.EmailField):
            setattr(row, column.name, f"{mark}@land.example")
        elif type(column).__name__ == "EncryptedBytesField":
            setattr(row, column.name, f"{mark}-{column.name}".encode())
        elif isinstance(column, models.CharField | models.TextField) or type(column).__name__ == "EncryptedTextField":
            length = getattr(column, "max_length", None) or 200
            setattr(row, column.name, f"{mark}-{column.name}"[:length])
    for name, value in given.items():
        setattr(row, name, value)
    row.save()
    return row

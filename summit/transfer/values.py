"""Convert values of columns to the JSON of an archive, and back."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

from django.apps import apps
from django.db.models import DateField, DateTimeField, Field, JSONField, Model, TimeField

from summit.core.encrypted_fields import EncryptedDateField
from summit.core.models import PublicModel
from summit.core.transfer_registry import Names

# The names of rows in the audit and in subjects of messages, and in URLs of the admin.
_ROW = re.compile(r"([a-z_]+\.[a-z_]+):([^:]+)(:.*)?\Z", re.DOTALL)
_PAGE = re.compile(r"/admin/([a-z_]+)/([a-z_]+)/([#~]?\d+)/(change/)?\Z")


def pack(value: Any) -> Any:
    """Return a column's value in the form in which JSON can hold it. Datetimes are in UTC.

    Raises TypeError for a value of an unknown type.
    """
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if value is None or isinstance(value, str | int | float | dict | list):
        return value
    raise TypeError(f"no value of an archive: {type(value).__name__}")


def unpacker(field: "Field[Any, Any]") -> Callable[[Any], Any]:
    """Return a function that converts an archive's JSON value to a field's value.

    The function raises ValueError or TypeError for a value that the field can't have.
    """
    if isinstance(field, DateTimeField):
        return _or_none(datetime.fromisoformat)
    if isinstance(field, DateField | EncryptedDateField):
        return _or_none(date.fromisoformat)
    if isinstance(field, TimeField):
        return _or_none(time.fromisoformat)
    if isinstance(field, JSONField):
        return lambda value: value
    return _plain


def _or_none(read: Callable[[str], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else read(value)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError("neither text nor number")


def by_number(label: str) -> bool:
    """Return whether the names of a model's rows in texts must be replaced by numbers in an archive.

    True for models without public ids, because their primary keys change. True for accounts too, because they may
    exist already in the other installation. False for a label that no model has.
    """
    try:
        model: type[Model] = apps.get_model(label)
    except (LookupError, ValueError):
        return False
    return label == "summit.user" or not issubclass(model, PublicModel)


def renamed(value: Any, names: Names) -> Any:
    """Return a JSON value in which `names` has replaced the names of rows in all texts."""
    if isinstance(value, dict):
        return {key: renamed(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [renamed(each, names) for each in value]
    if not isinstance(value, str):
        return value
    if (found := _ROW.match(value)) and by_number(found[1]):
        return f"{found[1]}:{names.row(found[1], found[2])}{found[3] or ''}"
    if found := _PAGE.match(value):
        return f"/admin/{found[1]}/{found[2]}/{names.page(f'{found[1]}.{found[2]}', found[3])}/{found[4] or ''}"
    return value

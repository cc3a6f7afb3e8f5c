"""Values of columns as an archive's JSON holds them, and back."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

from django.apps import apps
from django.db.models import DateField, DateTimeField, Field, JSONField, Model, TimeField

from summit.core.encrypted_fields import EncryptedDateField
from summit.core.models import PublicModel
from summit.core.transfer_registry import Names

# A row as the audit, subjects of messages and addresses of the desk name it.
_ROW = re.compile(r"([a-z_]+\.[a-z_]+):([^:]+)(:.*)?\Z", re.DOTALL)
_PAGE = re.compile(r"/admin/([a-z_]+)/([a-z_]+)/([^/]+)/change/\Z")


def pack(value: Any) -> Any:
    """Return what JSON can hold of a value: moments in UTC. Raises TypeError for what no column has."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if value is None or isinstance(value, str | int | float | dict | list):
        return value
    raise TypeError(f"no value of an archive: {type(value).__name__}")


def unpacker(field: "Field[Any, Any]") -> Callable[[Any], Any]:
    """Return what makes a field's value of what stands in an archive. It raises ValueError or TypeError for what is
    none."""
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
    """Return whether rows of a model are named by their keys, which are others elsewhere, or are accounts, which may
    be there already: those of a model that has no public id. False for what is no model."""
    try:
        model: type[Model] = apps.get_model(label)
    except (LookupError, ValueError):
        return False
    return label == "summit.user" or not issubclass(model, PublicModel)


def renamed(value: Any, names: Names) -> Any:
    """Return a text or what JSON holds with other names of rows in it."""
    if isinstance(value, dict):
        return {key: renamed(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [renamed(each, names) for each in value]
    if not isinstance(value, str):
        return value
    if (found := _ROW.match(value)) and by_number(found[1]):
        return f"{found[1]}:{names.row(found[1], found[2])}{found[3] or ''}"
    if found := _PAGE.match(value):
        return f"/admin/{found[1]}/{found[2]}/{names.page(f'{found[1]}.{found[2]}', found[3])}/change/"
    return value

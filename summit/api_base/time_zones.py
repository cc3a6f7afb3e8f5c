"""Checks that moments in request bodies have a time zone. Without one, a moment is ambiguous."""

from collections.abc import Iterable
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.utils.serializer_helpers import BindingDict


def lacking(data: Any, fields: Iterable[str]) -> dict[str, str]:
    """Return a dict from field name to error message for each moment without a time zone in a body.

    `fields` are the fields of a serializer. If they are plain names, nothing is checked.
    """
    if not isinstance(data, dict) or not isinstance(fields, BindingDict):
        return {}
    message = _("Enter a date and time with offset, such as 2025-03-31T14:30:00+01:00.")
    moments = [name for name, field in fields.items() if isinstance(field, serializers.DateTimeField)]
    return {name: message for name in moments if _without_zone(data.get(name))}


def _without_zone(value: Any) -> bool:
    try:
        moment = parse_datetime(value.strip()) if isinstance(value, str) else None
    except ValueError:
        # A text that is no moment is refused by its field.
        return False
    return moment is not None and moment.tzinfo is None

"""Moments in bodies are said with their zone: without one nobody knows which is meant."""

from collections.abc import Iterable
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.utils.serializer_helpers import BindingDict


def lacking(data: Any, fields: Iterable[str]) -> dict[str, str]:
    """Return what is wrong with those fields of a body that are moments without a zone, by their names. `fields` are
    a serializer's, or names alone of what takes none."""
    if not isinstance(data, dict) or not isinstance(fields, BindingDict):
        return {}
    said = _("Write a moment with its zone, such as 2025-03-31T14:30:00+01:00.")
    moments = [name for name, field in fields.items() if isinstance(field, serializers.DateTimeField)]
    return {name: said for name in moments if _without_zone(data.get(name))}


def _without_zone(said: Any) -> bool:
    try:
        found = parse_datetime(said.strip()) if isinstance(said, str) else None
    except ValueError:
        # What is no moment is refused by its field.
        return False
    return found is not None and found.tzinfo is None

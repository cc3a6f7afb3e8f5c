"""Changes of a row, stored together with their record."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import models

from summit.audit import services
from summit.users.models import User

if TYPE_CHECKING:
    from summit.summits.models import Summit

Values = Mapping[str, Any]


def apply_values(row: models.Model, values: Values) -> dict[str, tuple[Any, Any]]:
    """Put values into a row, and return those that it had otherwise, with what they were and are."""
    changed = {name: (getattr(row, name), value) for name, value in values.items() if getattr(row, name) != value}
    for name, (_was, value) in changed.items():
        setattr(row, name, value)
    return changed


def save_changes(
    row: models.Model,
    changed: dict[str, tuple[Any, Any]],
    *,
    by: User,
    action: str,
    summit: "Summit",
    part_of: models.Model | None = None,
) -> None:
    """Store what `put` changed, if anything, with its record, in the caller's transaction. Raises ValidationError
    for what can't stand in a field."""
    row.full_clean()
    if changed:
        row.save(update_fields=list(changed))
        told = services.values(type(row), changed)
        services.record(by=by, action=action, target=row, summit=summit, fields=changed, detail=told, part_of=part_of)

"""Change a row and store the changes together with their audit entry."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import models

from summit.audit import services
from summit.users.models import User

if TYPE_CHECKING:
    from summit.summits.models import Summit

Values = Mapping[str, Any]


def apply_values(row: models.Model, values: Values) -> dict[str, tuple[Any, Any]]:
    """Set values on a row without saving it, and return those that changed: (before, after) by field name."""
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
    """Save what `apply_values` changed, if anything, with its audit entry, in the caller's transaction.

    Raises ValidationError where a value isn't valid.
    """
    row.full_clean()
    if changed:
        row.save(update_fields=list(changed))
        told = services.values(type(row), changed)
        services.record(by=by, action=action, target=row, summit=summit, fields=changed, detail=told, part_of=part_of)

"""Change a row, and save the changes together with their audit entry."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import models

from summit.audit import services
from summit.audit.actions import AuditAction
from summit.users.models import User

if TYPE_CHECKING:
    from summit.summits.models import Summit

Values = Mapping[str, Any]


def apply_values(row: models.Model, values: Values) -> dict[str, tuple[Any, Any]]:
    """Set values on a row without saving it. Return a dict from each changed field to (before, after)."""
    changed = {name: (getattr(row, name), value) for name, value in values.items() if getattr(row, name) != value}
    for name, (_was, value) in changed.items():
        setattr(row, name, value)
    return changed


def save_changes(
    row: models.Model,
    changed: dict[str, tuple[Any, Any]],
    *,
    by: User,
    action: AuditAction,
    summit: "Summit",
    part_of: models.Model | None = None,
) -> None:
    """Validate a row and save the fields in `changed`, the result of `apply_values`, with an audit entry.

    Runs in the caller's transaction. Without changes, nothing is saved. Raises ValidationError if a value isn't
    valid.
    """
    row.full_clean()
    if changed:
        row.save(update_fields=list(changed))
        detail = services.values(type(row), changed)
        services.record(
            by=by, action=action, target=row, summit=summit, fields=changed, detail=detail, part_of=part_of
        )

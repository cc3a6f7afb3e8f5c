"""What a summit asks people to declare, as a desk sets it."""

from collections.abc import Mapping
from typing import Any

from delegations.core.services import rows
from delegations.travel.models.declarations import DeclarationKind
from summit.core.translated_names import tidy
from summit.permissions.rules import check
from summit.summits.models import Summit
from summit.users.models import User

CHANGE = "delegations.declarationkind.change"
FIELDS = ("name", "names", "asks", "permit", "until", "position")


def enter(*, summit: Summit, values: Mapping[str, Any], by: User) -> DeclarationKind:
    """Add a kind, after the others where no place is given. Raises PermissionDenied, ValidationError with what stops
    it by field."""
    check(by, CHANGE, summit)
    row = DeclarationKind(summit=summit)

    def ready(row: DeclarationKind) -> None:
        if "position" not in values:
            row.position = rows.last_place(DeclarationKind.objects.filter(summit=summit))

    rows.enter(row, tidy(values, row), FIELDS, by=by, action="delegations.declarationkind.add", ready=ready)
    return row


def change(*, kind: DeclarationKind, values: Mapping[str, Any], by: User) -> DeclarationKind:
    """Change a kind and return it as it is now; what was declared of it stays. Raises PermissionDenied,
    ValidationError with what stops it by field."""
    check(by, CHANGE, kind.summit)
    now: DeclarationKind
    now, _changed = rows.change(kind, tidy(values, kind), FIELDS, by=by, action=CHANGE)
    return now

"""Adding and changing the kinds of declaration of a summit."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy

from delegations.core.services import rows
from delegations.travel.models.declarations import DeclarationKind
from summit.audit.actions import row_actions
from summit.core.translated_names import tidy
from summit.permissions.rules import check
from summit.summits.models import Summit
from summit.users.models import User

CHANGE = "delegations.declarationkind.change"
FIELDS = ("name", "names", "asks", "permit", "until", "position")
DECLARATION_KIND_ACTIONS = row_actions(
    "delegations.declarationkind",
    add=gettext_lazy("added a declaration type"),
    change=gettext_lazy("changed a declaration type"),
    remove=gettext_lazy("removed a declaration type"),
)


def create(*, summit: Summit, values: Mapping[str, Any], by: User) -> DeclarationKind:
    """Add a kind of declaration and return it. Without `position`, it comes after the others.

    Raises PermissionDenied, and ValidationError with the problems by field.
    """
    check(by, CHANGE, summit)
    row = DeclarationKind(summit=summit)

    def ready(row: DeclarationKind) -> None:
        if "position" not in values:
            row.position = rows.last_place(DeclarationKind.objects.filter(summit=summit))

    rows.create(row, tidy(values, row), FIELDS, by=by, action=DECLARATION_KIND_ACTIONS.add, ready=ready)
    return row


def change(*, kind: DeclarationKind, values: Mapping[str, Any], by: User) -> DeclarationKind:
    """Change a kind of declaration and return it as it is now. Existing declarations of this kind are kept.

    Raises PermissionDenied, and ValidationError with the problems by field.
    """
    check(by, CHANGE, kind.summit)
    stored: DeclarationKind
    stored, _changed = rows.change(kind, tidy(values, kind), FIELDS, by=by, action=DECLARATION_KIND_ACTIONS.change)
    return stored

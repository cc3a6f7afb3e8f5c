"""What a summit asks people to declare, as a desk sets it."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from delegations.domain import rows
from delegations.models import DeclarationKind
from summit.models import Summit, User
from summit.permissions import check

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
        _check_names(row)

    rows.enter(row, values, FIELDS, by=by, action="delegations.declarationkind.add", ready=ready)
    return row


def change(*, kind: DeclarationKind, values: Mapping[str, Any], by: User) -> DeclarationKind:
    """Change a kind and return it as it is now; what was declared of it stays. Raises PermissionDenied,
    ValidationError with what stops it by field."""
    check(by, CHANGE, kind.summit)
    now: DeclarationKind
    now, _changed = rows.change(kind, values, FIELDS, by=by, action=CHANGE, ready=_check_names)
    return now


def _check_names(row: DeclarationKind) -> None:
    """Refuse names in languages that letters aren't written in, and those that can't be a name."""
    known, column = settings.INTERFACE_LANGUAGES, DeclarationKind._meta.get_field("name")
    for code, said in row.names.items():
        if code not in known:
            wrong = _("Write one of: %(known)s.") % {"known": ", ".join(known)}
            raise ValidationError({"names": wrong})
        try:
            column.clean(said, row)
        except ValidationError as error:
            raise ValidationError({"names": error.messages}) from None

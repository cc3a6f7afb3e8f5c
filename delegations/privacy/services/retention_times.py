"""Adding, changing and removing a summit's own retention times, for everybody or for one category of people."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.core.services import rows
from delegations.members.models.categories import Category
from delegations.privacy.models import Retention
from delegations.privacy.services.retention import CHANGE
from summit.audit import services as audit
from summit.audit.actions import row_actions
from summit.core.personal_data import PersonalDataKind
from summit.permissions.rules import check
from summit.summits.models import Summit
from summit.users.models import User

FIELDS = ("what", "category", "days")
# Data of the summit or of a party, not of a single person. A retention time for a category isn't possible.
OF_NOBODY = (PersonalDataKind.SCANS, PersonalDataKind.MAIL)
RETENTION_ACTIONS = row_actions(
    "delegations.retention",
    add=gettext_lazy("added a retention period"),
    change=gettext_lazy("changed a retention period"),
    remove=gettext_lazy("removed a retention period"),
)


def problems(*, summit: Summit, what: str, category: Category | None) -> dict[str, str]:
    """Return a dict from field to the reason why a retention time can't be set. It is empty if the time can be
    set."""
    if category is not None and category.summit_id != summit.pk:
        return {"category": _("This category belongs to another summit. Choose one of this summit.")}
    if category is not None and what in OF_NOBODY:
        return {
            "category": _(
                "This data does not belong to one person, so it has the same retention period for all. Leave the "
                "category blank."
            )
        }
    return {}


def create(*, summit: Summit, values: Mapping[str, Any], by: User) -> Retention:
    """Add a retention time and return it.

    Raises PermissionDenied, and ValidationError with the problems by field.
    """
    check(by, CHANGE, summit)
    row = Retention(summit=summit)
    rows.create(row, values, FIELDS, by=by, action=RETENTION_ACTIONS.add, ready=_check)
    return row


def change(*, time: Retention, values: Mapping[str, Any], by: User) -> Retention:
    """Change a retention time and return it as it is now.

    Raises PermissionDenied, and ValidationError with the problems by field.
    """
    check(by, CHANGE, time.summit)
    stored: Retention
    stored, _changed = rows.change(time, values, FIELDS, by=by, action=RETENTION_ACTIONS.change, ready=_check)
    return stored


def remove(*, time: Retention, by: User) -> None:
    """Delete a retention time. The summit's time for everybody then applies again, or else the default.

    Raises PermissionDenied.
    """
    check(by, CHANGE, time.summit)
    with transaction.atomic():
        detail = {"rows": audit.references(time)}
        audit.record(by=by, action=RETENTION_ACTIONS.remove, target=time, summit=time.summit, detail=detail)
        time.delete()


def _check(row: Retention) -> None:
    """Raise ValidationError if the retention time can't be set."""
    if errors := problems(summit=row.summit, what=row.what, category=row.category):
        raise ValidationError(errors)

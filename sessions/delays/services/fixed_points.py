"""Services for what can't move on the day."""

from django.db import transaction
from django.utils.translation import gettext_lazy

from sessions.delays.models import FixedPoint
from sessions.delays.permissions import check_can_change_fixed_points
from summit.audit import services as audit
from summit.audit.actions import row_actions
from summit.audit.row_changes import Values, apply_values, save_changes
from summit.summits.models import Summit
from summit.users.models import User

FIELDS = ("kind", "at", "party", "session", "booth", "minutes")
FIXED_POINT_ACTIONS = row_actions(
    "agenda.fixedpoint",
    add=gettext_lazy("added a fixed point"),
    change=gettext_lazy("changed a fixed point"),
    remove=gettext_lazy("deleted a fixed point"),
)


def create(*, by: User, summit: Summit, values: Values) -> FixedPoint:
    """Create a fixed point. Raises PermissionDenied, and ValidationError for invalid values."""
    check_can_change_fixed_points(by, summit)
    row = FixedPoint(summit=summit)
    apply_values(row, values)
    with transaction.atomic():
        row.full_clean()
        row.save(force_insert=True)
        audit.record(by=by, action=FIXED_POINT_ACTIONS.add, target=row, summit=summit, fields=values)
    return row


def change(*, by: User, point: FixedPoint, values: Values) -> FixedPoint:
    """Change a fixed point. Raises PermissionDenied, and ValidationError for invalid values."""
    check_can_change_fixed_points(by, point.summit)
    with transaction.atomic():
        row = FixedPoint.objects.select_for_update(of=("self",)).select_related("summit").get(pk=point.pk)
        changed = apply_values(row, values)
        save_changes(row, changed, by=by, action=FIXED_POINT_ACTIONS.change, summit=row.summit)
    return row


def remove(*, by: User, point: FixedPoint) -> None:
    """Delete a fixed point. Raises PermissionDenied."""
    check_can_change_fixed_points(by, point.summit)
    with transaction.atomic():
        audit.record(by=by, action=FIXED_POINT_ACTIONS.remove, target=point, summit=point.summit)
        point.delete()

"""Hold an embargo because of a change to its texts or speeches."""

from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from press.texts.models.embargoes import Embargo
from summit.audit import services as audit
from summit.audit.actions import AuditAction, audit_action
from summit.audit.services import By
from summit.users.models import User

HOLD = audit_action("press.hold", gettext_lazy("put it on hold"))


def hold_embargo(*, embargo: Embargo, reason: str, by: By) -> bool:
    """Hold an embargo because of a change to its texts or speeches. Return False if it is held already.

    `held_by` stays empty if `by` isn't a user. Only the first 300 characters of `reason` are stored. Call this inside
    the transaction of the change, while it holds the embargo's lock. No permission is checked.
    """
    rows = Embargo.objects.filter(pk=embargo.pk, held_at__isnull=True)
    holder = by if isinstance(by, User) else None
    if not rows.update(held_at=Now(), held_by=holder, hold_reason=reason[:300]):
        return False
    record_embargo(embargo, by=by, action=HOLD, fields=["held_at", "held_by", "hold_reason"])
    return True


def record_embargo(embargo: Embargo, *, by: By, action: AuditAction, fields: list[str]) -> None:
    """Write an audit record about an embargo, and reload the instance from the database."""
    audit.record(by=by, action=action, target=embargo, summit=embargo.summit, fields=fields)
    embargo.refresh_from_db()

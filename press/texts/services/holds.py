"""Holding what goes out, for what happened to what hangs on it."""

from django.db.models.functions import Now

from press.texts.models.embargoes import Lift
from summit.audit import services as audit
from summit.audit.services import By
from summit.users.models import User


def hold_for(*, lift: Lift, reason: str, by: By) -> bool:
    """Hold a lift for what happened to what hangs on it, whoever did that; return False where it is held already.
    Without an account nobody is named as holding it.

    To be called inside the transaction of what happened, under the lift's lock. Asks nobody's permission.
    """
    rows = Lift.objects.filter(pk=lift.pk, held_at__isnull=True)
    holder = by if isinstance(by, User) else None
    if not rows.update(held_at=Now(), held_by=holder, hold_reason=reason[:300]):
        return False
    record_embargo(lift, by=by, action="press.hold", fields=["held_at", "held_by", "hold_reason"])
    return True


def record_embargo(lift: Lift, *, by: By, action: str, fields: list[str]) -> None:
    """Record what was done to a lift, and bring the row up to date."""
    audit.record(by=by, action=action, target=lift, summit=lift.summit, fields=fields)
    lift.refresh_from_db()

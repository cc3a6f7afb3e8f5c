"""Holding what goes out, for what happened to what hangs on it."""

from django.db.models.functions import Now

from press.texts.models.embargoes import Embargo
from summit.audit import services as audit
from summit.audit.services import By
from summit.users.models import User


def hold_for(*, embargo: Embargo, reason: str, by: By) -> bool:
    """Hold an embargo for what happened to what hangs on it, whoever did that; return False where it is held already.
    Without an account nobody is named as holding it.

    To be called inside the transaction of what happened, under the embargo's lock. Asks nobody's permission.
    """
    rows = Embargo.objects.filter(pk=embargo.pk, held_at__isnull=True)
    holder = by if isinstance(by, User) else None
    if not rows.update(held_at=Now(), held_by=holder, hold_reason=reason[:300]):
        return False
    record_embargo(embargo, by=by, action="press.hold", fields=["held_at", "held_by", "hold_reason"])
    return True


def record_embargo(embargo: Embargo, *, by: By, action: str, fields: list[str]) -> None:
    """Record what was done to an embargo, and bring the row up to date."""
    audit.record(by=by, action=action, target=embargo, summit=embargo.summit, fields=fields)
    embargo.refresh_from_db()

"""When texts go out: moments, holds, and "when delivered"."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from press.embargoes.permissions import check_can_hold, check_can_schedule
from press.texts.errors import DecisionRefused
from press.texts.models.embargoes import Lift, LiftMode
from press.texts.models.visibility import published_lifts
from press.texts.selectors.publication_checks import check_remark
from press.texts.services import holds
from press.texts.services.locks import lock_lift
from summit.core.database_clock import db_now
from summit.users.models import User

# A moment entered by hand is a minute old when it arrives; anything older is a slip of the pen.
GRACE = timedelta(minutes=1)
NO_ALARM: dict[str, Any] = {"fallback_at": None, "alarmed_at": None}


def set_moment(*, lift: Lift, moment: datetime | None, by: User) -> None:
    """Set the moment at which the texts of a lift may be read; None takes it back.

    A moment of the last minute means now. Raises PermissionDenied; DecisionRefused for an older moment, and where
    the moment before has passed and the texts have been read.
    """
    check_can_schedule(by, lift.summit)
    with transaction.atomic():
        lock_lift(lift.pk)
        _check_unpublished(lift)
        now = db_now()
        if moment is not None and moment < now - GRACE:
            raise DecisionRefused(_("This moment has passed. Choose one to come, or “now”."))
        value = Now() if moment is not None and moment <= now else moment
        _change(
            lift,
            {"moment": value, "mode": LiftMode.MOMENT, "decided_by": by if moment else None} | NO_ALARM,
            by=by,
            action="press.set_moment",
        )


def release_now(*, lift: Lift, by: User) -> None:
    """Let the texts of a lift go out now, on the database's clock. Raises as `set_moment`."""
    check_can_schedule(by, lift.summit)
    with transaction.atomic():
        lock_lift(lift.pk)
        _check_unpublished(lift)
        values = {"moment": Now(), "mode": LiftMode.MOMENT, "decided_by": by} | NO_ALARM
        _change(lift, values, by=by, action="press.set_moment")


def wait_for_delivery(*, lift: Lift, by: User, fallback: datetime | None = None) -> None:
    """Let the texts of a lift wait until an officer says that the speech has been given.

    If nobody has by `fallback`, the desk is alarmed; nothing goes out by itself. Raises as `set_moment`.
    """
    check_can_schedule(by, lift.summit)
    with transaction.atomic():
        lock_lift(lift.pk)
        _check_unpublished(lift)
        if fallback is not None and fallback <= db_now():
            raise DecisionRefused(_("This time has passed. Choose a time to come for the alarm."))
        values = {"moment": None, "mode": LiftMode.DELIVERED, "decided_by": None} | NO_ALARM
        values["fallback_at"] = fallback
        _change(lift, values, by=by, action="press.wait_for_delivery")


def deliver(*, lift: Lift, by: User) -> None:
    """Say that the speech has been given: a lift that waits for it lifts now.

    Raises PermissionDenied, or DecisionRefused where the lift doesn't wait for a speech or has been released.
    """
    check_can_schedule(by, lift.summit)
    with transaction.atomic():
        lock_lift(lift.pk)
        rows = Lift.objects.filter(pk=lift.pk, mode=LiftMode.DELIVERED, moment__isnull=True)
        if not rows.update(moment=Now(), decided_by=by):
            raise DecisionRefused(_("This text doesn't wait for a speech, or its speech has been marked as given."))
        holds.record_embargo(lift, by=by, action="press.deliver", fields=["moment", "decided_by"])


def hold(*, lift: Lift, reason: str, by: User) -> None:
    """Hold the texts of a lift: nobody reads them until the hold is released, whatever their moment.

    Raises PermissionDenied, or DecisionRefused without a reason or where it is held already.
    """
    check_can_hold(by, lift.summit)
    if not reason.strip():
        raise DecisionRefused(_("Say why it is held: the desk sees the reason."))
    check_remark(reason)
    with transaction.atomic():
        lock_lift(lift.pk)
        rows = Lift.objects.filter(pk=lift.pk, held_at__isnull=True)
        if not rows.update(held_at=Now(), held_by=by, hold_reason=reason.strip()[:300]):
            raise DecisionRefused(_("This is held already."))
        holds.record_embargo(lift, by=by, action="press.hold", fields=["held_at", "held_by", "hold_reason"])


def unhold(*, lift: Lift, by: User) -> None:
    """Release a hold. What was never read and whose moment passed meanwhile goes out now, and says so.

    Raises PermissionDenied, or DecisionRefused where nothing is held.
    """
    check_can_hold(by, lift.summit)
    with transaction.atomic():
        current = lock_lift(lift.pk)
        values: dict[str, Any] = {"held_at": None, "held_by": None, "hold_reason": ""}
        passed = Lift.objects.filter(pk=lift.pk, moment__lte=Now()).exists()
        if passed and not published_lifts().filter(pk=lift.pk).exists():
            values |= {"moment": Now(), "decided_by": by}
        if current.held_at is None or not Lift.objects.filter(pk=lift.pk, held_at__isnull=False).update(**values):
            raise DecisionRefused(_("This isn't held."))
        holds.record_embargo(lift, by=by, action="press.unhold", fields=list(values))


def _check_unpublished(lift: Lift) -> None:
    if published_lifts().filter(pk=lift.pk).exists():
        raise DecisionRefused(
            _("This has been published: its moment has passed. Hold it, or withdraw the text, instead.")
        )


def _change(lift: Lift, values: dict[str, Any], *, by: User, action: str) -> None:
    Lift.objects.filter(pk=lift.pk).update(**values)
    holds.record_embargo(lift, by=by, action=action, fields=list(values))

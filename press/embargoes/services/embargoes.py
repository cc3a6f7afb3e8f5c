"""Set and change when texts are published: set moments, wait for speeches, mark speeches as delivered, and hold."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from press.embargoes.permissions import check_can_hold, check_can_schedule
from press.texts.errors import DecisionRefused
from press.texts.models.editions import Edition
from press.texts.models.embargoes import Embargo, EmbargoMode
from press.texts.models.visibility import published_embargoes
from press.texts.selectors.edition_validation import check_remark
from press.texts.services import decisions, holds
from press.texts.services.holds import HOLD
from press.texts.services.locks import lock_embargo, lock_text
from summit.audit.actions import AuditAction, audit_action
from summit.core.database_clock import db_now
from summit.users.models import User

# A user may need a minute to enter a moment and submit it. An older moment is a mistake.
GRACE = timedelta(minutes=1)
NO_ALARM: dict[str, Any] = {"fallback_at": None, "alarmed_at": None}
SET_MOMENT = audit_action("press.set_moment", gettext_lazy("scheduled the text"))
WAIT_FOR_DELIVERY = audit_action(
    "press.wait_for_delivery", gettext_lazy("set the text to be published when the speech is delivered")
)
DELIVER = audit_action("press.deliver", gettext_lazy("marked the speech as delivered and published the text"))
UNHOLD = audit_action("press.unhold", gettext_lazy("released the hold"))


def set_moment(*, embargo: Embargo, moment: datetime | None, by: User) -> None:
    """Set the moment at which the texts of an embargo are published. None removes the moment.

    A moment within the last minute means now. Raises PermissionDenied. Raises DecisionRefused for an older moment,
    and if the texts have been published already.
    """
    check_can_schedule(by, embargo.summit)
    with transaction.atomic():
        lock_embargo(embargo.pk)
        _check_unpublished(embargo)
        now = db_now()
        if moment is not None and moment < now - GRACE:
            raise DecisionRefused(_("This time has passed. Choose a later time, or “now”."))
        value = Now() if moment is not None and moment <= now else moment
        _change(
            embargo,
            {"moment": value, "mode": EmbargoMode.MOMENT, "decided_by": by if moment else None} | NO_ALARM,
            by=by,
            action=SET_MOMENT,
        )


def release_now(*, embargo: Embargo, by: User) -> None:
    """Publish the texts of an embargo now, by the database's clock.

    Raises PermissionDenied. Raises DecisionRefused if the texts have been published already.
    """
    check_can_schedule(by, embargo.summit)
    with transaction.atomic():
        lock_embargo(embargo.pk)
        _check_unpublished(embargo)
        values = {"moment": Now(), "mode": EmbargoMode.MOMENT, "decided_by": by} | NO_ALARM
        _change(embargo, values, by=by, action=SET_MOMENT)


def approve_and_publish(*, edition: Edition, note: str, by: User) -> None:
    """Approve an edition and publish its text now. `note` is a remark for the writer, or "".

    Raises DecisionRefused if the text `is_planned`: what others decided about its publication is kept. Raises
    PermissionDenied and DecisionRefused as `decisions.approve` and `release_now` do. Then nothing is changed.
    """
    with transaction.atomic():
        embargo = lock_text(edition.version.text_id)
        if is_planned(embargo):
            message = _(
                "Someone has scheduled this text, put it on hold or set it to be published with others. "
                "Reload the page."
            )
            raise DecisionRefused(message)
        decisions.approve(edition=edition, note=note, by=by)
        release_now(embargo=embargo, by=by)


def is_planned(embargo: Embargo) -> bool:
    """Return whether an embargo has a moment, is held, is tied, or waits for a speech."""
    waits = embargo.mode == EmbargoMode.DELIVERED or embargo.tied or embargo.held_at is not None
    return waits or embargo.moment is not None


def wait_for_delivery(*, embargo: Embargo, by: User, fallback: datetime | None = None) -> None:
    """Make the texts of an embargo wait until the press desk marks the speech as delivered.

    If nobody has marked it by `fallback`, the desk gets an alarm. Nothing is published automatically. Raises
    PermissionDenied. Raises DecisionRefused for a `fallback` that has passed, and if the texts have been published
    already.
    """
    check_can_schedule(by, embargo.summit)
    with transaction.atomic():
        lock_embargo(embargo.pk)
        _check_unpublished(embargo)
        if fallback is not None and fallback <= db_now():
            raise DecisionRefused(_("This time has passed. Choose a later time for the alert."))
        values = {"moment": None, "mode": EmbargoMode.DELIVERED, "decided_by": None} | NO_ALARM
        values["fallback_at"] = fallback
        _change(embargo, values, by=by, action=WAIT_FOR_DELIVERY)


def deliver(*, embargo: Embargo, by: User) -> None:
    """Mark the speech of an embargo as delivered, so that the texts that wait for the speech are published now.

    Raises PermissionDenied. Raises DecisionRefused if the embargo doesn't wait for a speech, or if the speech is
    marked already.
    """
    check_can_schedule(by, embargo.summit)
    with transaction.atomic():
        lock_embargo(embargo.pk)
        rows = Embargo.objects.filter(pk=embargo.pk, mode=EmbargoMode.DELIVERED, moment__isnull=True)
        if not rows.update(moment=Now(), decided_by=by):
            raise DecisionRefused(
                _("This text is not linked to a speech, or its speech is already marked as delivered.")
            )
        holds.record_embargo(embargo, by=by, action=DELIVER, fields=["moment", "decided_by"])


def hold(*, embargo: Embargo, reason: str, by: User) -> None:
    """Hold the texts of an embargo, published or not: they aren't public until the hold is released.

    Raises PermissionDenied. Raises DecisionRefused without a reason, for a reason that can't be shown, and if the
    embargo is held already.
    """
    check_can_hold(by, embargo.summit)
    if not reason.strip():
        raise DecisionRefused(_("Enter a reason for the hold. The press desk can see it."))
    check_remark(reason)
    with transaction.atomic():
        lock_embargo(embargo.pk)
        rows = Embargo.objects.filter(pk=embargo.pk, held_at__isnull=True)
        if not rows.update(held_at=Now(), held_by=by, hold_reason=reason.strip()[:300]):
            raise DecisionRefused(_("This is already on hold."))
        holds.record_embargo(embargo, by=by, action=HOLD, fields=["held_at", "held_by", "hold_reason"])


def unhold(*, embargo: Embargo, by: User) -> None:
    """Release the hold of an embargo.

    If the moment has passed and the texts were never published, they are published now, and the present time becomes
    the moment. Raises PermissionDenied. Raises DecisionRefused if the embargo isn't held.
    """
    check_can_hold(by, embargo.summit)
    with transaction.atomic():
        current = lock_embargo(embargo.pk)
        values: dict[str, Any] = {"held_at": None, "held_by": None, "hold_reason": ""}
        passed = Embargo.objects.filter(pk=embargo.pk, moment__lte=Now()).exists()
        if passed and not published_embargoes().filter(pk=embargo.pk).exists():
            values |= {"moment": Now(), "decided_by": by}
        if current.held_at is None or not Embargo.objects.filter(pk=embargo.pk, held_at__isnull=False).update(
            **values
        ):
            raise DecisionRefused(_("This is not on hold."))
        holds.record_embargo(embargo, by=by, action=UNHOLD, fields=list(values))


def _check_unpublished(embargo: Embargo) -> None:
    if published_embargoes().filter(pk=embargo.pk).exists():
        raise DecisionRefused(_("This is already published. Put it on hold or withdraw the text instead."))


def _change(embargo: Embargo, values: dict[str, Any], *, by: User, action: AuditAction) -> None:
    Embargo.objects.filter(pk=embargo.pk).update(**values)
    holds.record_embargo(embargo, by=by, action=action, fields=list(values))

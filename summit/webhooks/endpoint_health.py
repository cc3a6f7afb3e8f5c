"""The health of endpoints: record successes and failures, and turn an endpoint off after too many failures."""

from datetime import timedelta

from django.db.models import F
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.webhooks.messages import WEBHOOK_OFF, TurnedOff
from summit.webhooks.models.endpoints import Endpoint, OffWhy

# An endpoint is turned off if nothing gets through for this long.
PATIENCE = timedelta(days=3)
# An endpoint is turned off if it refuses this many deliveries in a row.
MOST_GIVEN_UP = 20
DISABLED = audit_action("webhooks.disabled", _("turned the webhook off because deliveries failed"))


def record_success(endpoint: Endpoint) -> None:
    """Record that a delivery got through: reset the endpoint's failures."""
    troubled = Endpoint.objects.filter(pk=endpoint.pk).exclude(failing_since__isnull=True, given_up=0)
    troubled.update(failing_since=None, given_up=0)


def failed(endpoint: Endpoint) -> None:
    """Record a failed attempt, and turn the endpoint off if nothing has got through for PATIENCE."""
    rows = Endpoint.objects.filter(pk=endpoint.pk)
    rows.update(failing_since=Coalesce("failing_since", Now()))
    _turn_off(endpoint, OffWhy.FAILING, failing_since__lte=Now() - PATIENCE)


def gave_up(endpoint: Endpoint, *, gone: bool) -> None:
    """Record that a delivery failed for good, and turn the endpoint off if there were too many failures.

    That is so if nothing has got through for PATIENCE, or if MOST_GIVEN_UP deliveries in a row failed for good. With
    `gone`, the receiver's response was a 410, and the endpoint is turned off at once.
    """
    rows = Endpoint.objects.filter(pk=endpoint.pk)
    rows.update(failing_since=Coalesce("failing_since", Now()), given_up=F("given_up") + 1)
    if gone:
        _turn_off(endpoint, OffWhy.GONE)
    else:
        _turn_off(endpoint, OffWhy.FAILING, failing_since__lte=Now() - PATIENCE)
        _turn_off(endpoint, OffWhy.REFUSING, given_up__gte=MOST_GIVEN_UP)


def _turn_off(endpoint: Endpoint, why: OffWhy, **where: object) -> None:
    """Turn an endpoint off if it is on and matches `where`, record that in the audit, and notify the organisers."""
    rows = Endpoint.objects.filter(pk=endpoint.pk, enabled=True, **where)
    if rows.update(enabled=False, off_why=why, off_at=Now()):
        detail = {"why": str(why)}
        audit.record(by=audit.SYSTEM, action=DISABLED, target=endpoint, summit=endpoint.summit, detail=detail)
        off_at = Endpoint.objects.values_list("off_at", flat=True).get(pk=endpoint.pk)
        assert off_at is not None  # noqa: S101 - it was turned off a moment ago
        WEBHOOK_OFF.send(TurnedOff(endpoint, why, off_at))

"""How an endpoint does: since when nothing got through, and when it is turned off."""

from datetime import timedelta

from django.db.models import F
from django.db.models.functions import Coalesce, Now

from summit.audit import services as audit
from summit.webhooks.models.endpoints import Endpoint, OffWhy
from summit.webhooks.notices import tell_organisers

# An endpoint to which nothing gets through for so long is turned off.
PATIENCE = timedelta(days=3)
# So is one that refuses so many in a row.
MOST_GIVEN_UP = 20


def got_through(endpoint: Endpoint) -> None:
    """Note that something got through."""
    troubled = Endpoint.objects.filter(pk=endpoint.pk).exclude(failing_since__isnull=True, given_up=0)
    troubled.update(failing_since=None, given_up=0)


def failed(endpoint: Endpoint) -> None:
    """Note that something did not get through, and turn the endpoint off where that has gone on for PATIENCE."""
    rows = Endpoint.objects.filter(pk=endpoint.pk)
    rows.update(failing_since=Coalesce("failing_since", Now()))
    _turn_off(endpoint, OffWhy.FAILING, failing_since__lte=Now() - PATIENCE)


def gave_up(endpoint: Endpoint, *, gone: bool) -> None:
    """Note that a delivery was given up; `gone` says that the receiver will never take any."""
    rows = Endpoint.objects.filter(pk=endpoint.pk)
    rows.update(failing_since=Coalesce("failing_since", Now()), given_up=F("given_up") + 1)
    if gone:
        _turn_off(endpoint, OffWhy.GONE)
    else:
        _turn_off(endpoint, OffWhy.FAILING, failing_since__lte=Now() - PATIENCE)
        _turn_off(endpoint, OffWhy.REFUSING, given_up__gte=MOST_GIVEN_UP)


def _turn_off(endpoint: Endpoint, why: OffWhy, **where: object) -> None:
    """Turn an endpoint off where a condition holds, record it and tell the organisers, once."""
    rows = Endpoint.objects.filter(pk=endpoint.pk, enabled=True, **where)
    if rows.update(enabled=False, off_why=why, off_at=Now()):
        detail = {"why": str(why)}
        audit.record(
            by=audit.SYSTEM, action="webhooks.disabled", target=endpoint, summit=endpoint.summit, detail=detail
        )
        tell_organisers(endpoint, why)

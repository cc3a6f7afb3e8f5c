"""The webhooks' gauges for /metrics."""

from collections.abc import Iterable

from django.db.models import Count, Min, Q
from django.db.models.functions import Now

from summit.core.database_clock import db_now
from summit.core.metrics import Gauge, source
from summit.webhooks.models.deliveries import Delivery, DeliveryState
from summit.webhooks.models.endpoints import Endpoint


@source
def hooks() -> Iterable[Gauge]:
    """Yield the gauges of webhooks.

    These are the number of deliveries by state, the seconds for which the oldest delivery has been due, and the
    number of bad endpoints. An endpoint is bad if it is off or failing. Only untried deliveries to endpoints that are
    on count as due.
    """
    rows = Delivery.objects.order_by().values_list("state").annotate(Count("pk"))
    counts = [({"state": state}, float(number)) for state, number in rows]
    yield "summit_webhook_deliveries", "Deliveries of events by state.", counts
    due = Delivery.objects.filter(
        state=DeliveryState.PENDING, endpoint__in=Endpoint.objects.on(), next_attempt_at__lte=Now(), attempts=0
    )
    oldest = due.aggregate(at=Min("next_attempt_at"))["at"]
    waited = max((db_now() - oldest).total_seconds(), 0.0) if oldest else 0.0
    yield "summit_webhook_oldest_due_seconds", "Seconds for which the oldest delivery has been due.", [({}, waited)]
    totals = Endpoint.objects.aggregate(
        off=Count("pk", filter=Q(enabled=False)),
        failing=Count("pk", filter=Q(enabled=True, failing_since__isnull=False)),
    )
    states = [({"state": name}, float(number)) for name, number in sorted(totals.items())]
    yield "summit_webhooks", "Webhooks that are off, and those that are on and to which nothing gets through.", states

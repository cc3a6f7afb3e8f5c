"""The outbox's gauges for /metrics."""

from collections.abc import Iterable

from django.db.models import Count, Min

from summit.core.database_clock import db_now
from summit.core.metrics import Gauge, source
from summit.outbox.models import Message, MessageState
from summit.summits.models import sends


@source
def outbox() -> Iterable[Gauge]:
    """Yield the number of messages by kind and state, and the seconds for which the oldest has been due."""
    now = db_now()
    # Without an order: the model's default order would split the groups.
    rows = Message.objects.order_by().values_list("kind", "state").annotate(Count("id"))
    counts = [({"kind": kind, "state": state}, float(number)) for kind, state, number in rows]
    yield "summit_outbox_messages", "Messages by kind and state.", counts
    oldest = Message.objects.filter(sends("summit_id"), state=MessageState.PENDING).aggregate(
        at=Min("next_attempt_at")
    )["at"]
    waited = max((now - oldest).total_seconds(), 0.0) if oldest else 0.0
    yield "summit_outbox_oldest_due_seconds", "Seconds for which the oldest message has been due.", [({}, waited)]

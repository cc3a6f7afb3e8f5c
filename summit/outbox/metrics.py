"""The outbox's gauges for /metrics."""

from collections.abc import Iterable

from django.db.models import Count, Min

from summit.core.database_clock import db_now
from summit.core.metrics import Gauge, source
from summit.maintenance.models import Heartbeat
from summit.outbox.models import Message, MessageState
from summit.summits.models import sends


@source
def outbox() -> Iterable[Gauge]:
    """Yield the gauges: the number of messages by kind and state, and two times in seconds.

    The times are how long the oldest message that is due has waited, and how long ago each sweep began.
    """
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
    beats = Heartbeat.objects.values_list("name", "at")
    since = [({"sweep": name}, max((now - at).total_seconds(), 0.0)) for name, at in beats]
    yield "summit_sweep_seconds", "Seconds since a sweep last ran: what tells of beat and the workers.", since

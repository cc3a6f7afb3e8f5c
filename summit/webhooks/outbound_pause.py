"""The deliveries of a paused summit: count those that wait, and cancel the old ones."""

from collections.abc import Iterable

from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from summit.outbox.failure_reasons import because, register
from summit.summits.models import Summit
from summit.summits.outbound_pause import OLDER, Channel, Waiting, channels
from summit.webhooks.models.deliveries import Delivery, DeliveryQuerySet, DeliveryState

CANCELLED = register("webhooks.older", OLDER)


def _waiting(summit: Summit) -> DeliveryQuerySet:
    return Delivery.objects.filter(endpoint__summit=summit, state=DeliveryState.PENDING)


def _older(summit: Summit) -> DeliveryQuerySet:
    return _waiting(summit).filter(created_at__lt=summit.paused_at)


def count_waiting(summit: Summit) -> Iterable[Waiting]:
    """Yield one row: how many waiting deliveries are sent and how many are cancelled when the summit is resumed.

    Deliveries to webhooks that are turned off are not in the number to send. Makes two queries.
    """
    outgoing = _waiting(summit).filter(Q(created_at__gte=F("endpoint__summit__paused_at")), endpoint__enabled=True)
    yield Waiting(gettext_lazy("webhook events"), outgoing.count(), _older(summit).count())


def cancel(summit: Summit) -> int:
    """Mark the waiting deliveries from before the summit's pause as failed, and return how many."""
    rows = Delivery.objects.filter(pk__in=_older(summit).values("pk"), state=DeliveryState.PENDING)
    return rows.update(state=DeliveryState.FAILED, problem=because(CANCELLED), lease_until=None, ended_at=Now())


channels.register(20)(Channel(count_waiting, cancel))

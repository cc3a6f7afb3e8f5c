"""Events of a summit that sends nothing: what is delivered once it is armed, and what is cancelled then."""

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
    return _waiting(summit).filter(created_at__lt=summit.disarmed_at)


def look(summit: Summit) -> Iterable[Waiting]:
    """Yield how many events wait; of those that go, the ones whose webhook is on. Two queries."""
    goes = _waiting(summit).filter(Q(created_at__gte=F("endpoint__summit__disarmed_at")), endpoint__enabled=True)
    yield Waiting(gettext_lazy("events for webhooks"), goes.count(), _older(summit).count())


def cancel(summit: Summit) -> int:
    """Give up the deliveries that are older than the summit's arrival; return how many."""
    rows = Delivery.objects.filter(pk__in=_older(summit).values("pk"), state=DeliveryState.PENDING)
    return rows.update(state=DeliveryState.FAILED, problem=because(CANCELLED), lease_until=None, ended_at=Now())


channels.register(20)(Channel(look, cancel))

"""Telling the deployment's WebSub hub which feeds have changed: deliveries as all others, to an endpoint of its own.

A ping says no more than which feed: the hub reads it. So a ping that waits and that no worker has tried stands for
all causes until it goes out, and hundreds of texts at once are a handful of pings.
"""

from collections.abc import Sequence

from django.conf import settings
from django.db import transaction

from summit.core.bulk_insert import insert_new
from summit.summits.models import Summit
from summit.webhooks.events import PING
from summit.webhooks.models.deliveries import Delivery, DeliveryState
from summit.webhooks.models.endpoints import Endpoint, EndpointKind


def ping(*, summit: Summit, feeds: Sequence[str], cause: str) -> int:
    """Store a ping for each feed, by its path, that none waits for yet; return how many. `cause` is what changed
    them. Raises RuntimeError outside a transaction."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("ping() belongs into the transaction that changes the feeds")
    endpoint = _endpoint(summit)
    if not endpoint.enabled:
        return 0
    waiting = _waiting(endpoint, feeds)
    rows = [
        Delivery(
            endpoint=endpoint,
            event=PING,
            subject_key=f"{feed} {cause}"[:300],
            data={"url": settings.BASE_URL + feed},
        )
        for feed in feeds
        if settings.BASE_URL + feed not in waiting
    ]
    return insert_new(rows) if rows else 0


def _endpoint(summit: Summit) -> Endpoint:
    """Return the summit's endpoint for the hub, made when it is first needed."""
    made = {"name": "WebSub", "url": settings.WEBSUB_HUB}
    row, _new = Endpoint.objects.get_or_create(summit=summit, kind=EndpointKind.HUB, defaults=made)
    if row.url != settings.WEBSUB_HUB:
        Endpoint.objects.filter(pk=row.pk).update(url=settings.WEBSUB_HUB)
    return row


def _waiting(endpoint: Endpoint, feeds: Sequence[str]) -> set[str]:
    """Return the addresses of feeds for which an untried ping waits, held until the transaction ends: no worker sends
    it before the hub can read what changed. Those that others hold count as gone."""
    skip = transaction.get_connection().features.has_select_for_update_skip_locked
    rows = Delivery.objects.free().filter(endpoint=endpoint, event=PING, attempts=0, state=DeliveryState.PENDING)
    held = rows.order_by("pk").select_for_update(skip_locked=bool(skip))
    return {row.data["url"] for row in held[:500]}

"""Notify the deployment's WebSub hub of changed feeds. A ping is a delivery to a summit's endpoint for the hub.

A ping names only the feed, which the hub then reads. So a waiting ping that no worker has tried yet is enough for all
later changes until it is sent. Hundreds of texts published at once need only a handful of pings.
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
    """Store a ping for each feed for which none waits yet, and return how many pings were stored.

    `feeds` are the paths of the feeds, and `cause` is the key of the object that changed them. Nothing is stored if
    the endpoint for the hub is off. Raises RuntimeError outside a transaction.
    """
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
    """Return the summit's endpoint for the hub. It is created at first use, and its URL follows WEBSUB_HUB."""
    defaults = {"name": "WebSub", "url": settings.WEBSUB_HUB}
    row, _new = Endpoint.objects.get_or_create(summit=summit, kind=EndpointKind.HUB, defaults=defaults)
    if row.url != settings.WEBSUB_HUB:
        Endpoint.objects.filter(pk=row.pk).update(url=settings.WEBSUB_HUB)
    return row


def _waiting(endpoint: Endpoint, feeds: Sequence[str]) -> set[str]:
    """Return the URLs of the feeds for which an untried ping waits, and lock these pings.

    The locks last until the transaction ends, so that no worker sends a ping before the hub can read the change.
    Pings that other transactions have locked count as sent.
    """
    can_skip_locked = transaction.get_connection().features.has_select_for_update_skip_locked
    rows = Delivery.objects.free().filter(endpoint=endpoint, event=PING, attempts=0, state=DeliveryState.PENDING)
    locked = rows.order_by("pk").select_for_update(skip_locked=bool(can_skip_locked))
    return {row.data["url"] for row in locked[:500]}

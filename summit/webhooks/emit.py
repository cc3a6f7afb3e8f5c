"""Store deliveries of events, inside the transaction that causes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from summit.core.bulk_insert import insert_new
from summit.summits.models import Summit
from summit.webhooks.events import EVENTS
from summit.webhooks.models.deliveries import Delivery
from summit.webhooks.models.endpoints import Endpoint, EndpointKind


@dataclass(frozen=True)
class Cause:
    """The cause of deliveries: an `event` and the object that it is about.

    `subject_key` names the object, such as "press.edition:k3…", and `version` is the object's version. `facts` is the
    data that a receiver gets: public ids, absolute URLs, choices and numbers. It must have neither personal data nor
    texts that may be withdrawn before the delivery arrives.
    """

    event: str
    subject_key: str
    version: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)


def emit(*, summit: Summit, event: str, subject_key: str, version: int = 0, facts: Mapping[str, Any]) -> int:
    """Store a delivery of an event for each endpoint that asked for the event, and return how many were new.

    Makes one query if no endpoint asked for it, otherwise two. Raises KeyError for an event that isn't declared, and
    RuntimeError outside a transaction.
    """
    return emit_many(summit=summit, causes=[Cause(event, subject_key, version, facts)])


def emit_many(*, summit: Summit, causes: Sequence[Cause]) -> int:
    """Store deliveries for many causes, in as many queries as for one, and return how many were new.

    A delivery that was stored before for the same cause and endpoint is left unchanged. Raises KeyError for an
    event that isn't declared. Raises RuntimeError outside a transaction, because a delivery and its cause must be
    stored together or not at all.
    """
    for cause in causes:
        EVENTS[cause.event]
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("emit() belongs into the transaction that causes the event")
    if not causes:
        return 0
    active = Endpoint.objects.filter(summit=summit, enabled=True, kind=EndpointKind.WEBHOOK).only("pk", "events")
    endpoints = list(active.order_by("pk"))
    rows = [
        Delivery(
            endpoint=endpoint,
            event=cause.event,
            subject_key=cause.subject_key,
            version=cause.version,
            data=dict(cause.facts),
        )
        for cause in causes
        for endpoint in endpoints
        if cause.event in endpoint.events
    ]
    return insert_new(rows) if rows else 0

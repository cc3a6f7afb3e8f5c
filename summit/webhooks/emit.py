"""Storing what is to be delivered, inside the transaction that causes it."""

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
    """What happened: the `event`, the thing that it is about ("press.edition:k3…") and that thing's version, and the
    `facts` that a receiver gets: public ids, absolute addresses, choices and numbers. Never words that somebody may
    take back before the delivery arrives, never data of a person."""

    event: str
    subject_key: str
    version: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)


def emit(*, summit: Summit, event: str, subject_key: str, version: int = 0, facts: Mapping[str, Any]) -> int:
    """Store a delivery for each endpoint that asked for the event; return how many were new. One query where nobody
    did, two otherwise. Raises as `emit_many` does."""
    return emit_many(summit=summit, causes=[Cause(event, subject_key, version, facts)])


def emit_many(*, summit: Summit, causes: Sequence[Cause]) -> int:
    """Store deliveries for many causes in as many queries as for one.

    What was stored before, for the same cause and endpoint, stays as it is. Raises KeyError for an event that nobody
    declared, and RuntimeError outside a transaction: a delivery and its cause are stored together or not at all.
    """
    for cause in causes:
        EVENTS[cause.event]
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("emit() belongs into the transaction that causes the event")
    if not causes:
        return 0
    known = Endpoint.objects.filter(summit=summit, enabled=True, kind=EndpointKind.WEBHOOK).only("pk", "events")
    wanted = list(known.order_by("pk"))
    rows = [
        Delivery(
            endpoint=endpoint,
            event=cause.event,
            subject_key=cause.subject_key,
            version=cause.version,
            data=dict(cause.facts),
        )
        for cause in causes
        for endpoint in wanted
        if cause.event in endpoint.events
    ]
    return insert_new(rows) if rows else 0

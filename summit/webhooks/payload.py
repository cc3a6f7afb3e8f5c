"""The content of requests: an event as JSON for a receiver (Standard Webhooks), or a changed feed's URL for a hub."""

import json
from datetime import UTC, datetime
from urllib.parse import urlencode

from django.conf import settings

from summit.webhooks import signing
from summit.webhooks.models.deliveries import Delivery
from summit.webhooks.models.endpoints import EndpointKind


def url_of(delivery: Delivery) -> str:
    """Return the URL to which a delivery is sent.

    For a hub it is the setting WEBSUB_HUB, not the stored URL. It is "" if the setting is empty.
    """
    if delivery.endpoint.kind == EndpointKind.HUB:
        return str(settings.WEBSUB_HUB)
    return delivery.endpoint.url


def body(delivery: Delivery) -> bytes:
    """Return the body of a delivery's requests, the same on every attempt."""
    if delivery.endpoint.kind == EndpointKind.HUB:
        return urlencode({"hub.mode": "publish", "hub.url": delivery.data["url"]}).encode()
    payload = {"type": delivery.event, "timestamp": _moment(delivery.created_at), "data": delivery.data}
    return json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def headers(delivery: Delivery, content: bytes, at: datetime) -> dict[str, str]:
    """Return the headers of an attempt with the body `content`.

    `at` is the moment of the attempt on the database's clock. Receivers refuse requests with an old moment.
    """
    agent = f"Summit/{settings.VERSION} (+{settings.BASE_URL})"
    endpoint = delivery.endpoint
    if endpoint.kind == EndpointKind.HUB:
        return {"User-Agent": agent, "Content-Type": "application/x-www-form-urlencoded"}
    known = [endpoint.secret]
    if endpoint.former_secret and endpoint.former_until is not None and endpoint.former_until > at:
        known.append(endpoint.former_secret)
    signed = signing.headers(key=delivery.public_id, at=at, body=content, known=known)
    return {"User-Agent": agent, "Content-Type": "application/json", **signed}

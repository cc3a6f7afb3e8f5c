"""What is sent: to receivers the event as JSON (Standard Webhooks), to a hub which feed has changed."""

import json
from datetime import UTC, datetime
from urllib.parse import urlencode

from django.conf import settings

from summit.webhooks import signing
from summit.webhooks.models.deliveries import Delivery
from summit.webhooks.models.endpoints import EndpointKind


def url_of(delivery: Delivery) -> str:
    """Return where a delivery goes: a hub is the deployment's alone, whatever a row says; "" where there is none."""
    if delivery.endpoint.kind == EndpointKind.HUB:
        return str(settings.WEBSUB_HUB)
    return delivery.endpoint.url


def body(delivery: Delivery) -> bytes:
    """Return the bytes of a delivery, the same on every attempt."""
    if delivery.endpoint.kind == EndpointKind.HUB:
        return urlencode({"hub.mode": "publish", "hub.url": delivery.data["url"]}).encode()
    said = {"type": delivery.event, "timestamp": _moment(delivery.created_at), "data": delivery.data}
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def headers(delivery: Delivery, content: bytes, at: datetime) -> dict[str, str]:
    """Return the headers of an attempt made `at` a moment of the database's clock: receivers refuse old ones."""
    agent = f"Summit/{settings.VERSION} (+{settings.BASE_URL})"
    endpoint = delivery.endpoint
    if endpoint.kind == EndpointKind.HUB:
        return {"User-Agent": agent, "Content-Type": "application/x-www-form-urlencoded"}
    known = [endpoint.secret]
    if endpoint.former_secret and endpoint.former_until is not None and endpoint.former_until > at:
        known.append(endpoint.former_secret)
    signed = signing.headers(key=delivery.public_id, at=at, body=content, known=known)
    return {"User-Agent": agent, "Content-Type": "application/json", **signed}

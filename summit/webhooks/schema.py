"""Describes the events in the OpenAPI document, under `webhooks`. All of it follows from their declarations."""

from types import NoneType
from typing import Annotated, Any, get_args, get_origin, is_typeddict

from summit.webhooks.events import EVENTS, Event
from summit.webhooks.payload_types import types_of

# The types of payloads that have no parts. A URL is an Annotated str.
_SIMPLE: dict[type, str] = {str: "string", bool: "boolean", int: "integer", NoneType: "null"}


def add_webhooks(result: dict[str, Any], generator: Any, request: Any, public: Any) -> dict[str, Any]:
    """Add the events to an OpenAPI document, by their names.

    This is a postprocessing hook of the description.
    """
    result["webhooks"] = {name: {"post": _operation(event)} for name, event in sorted(EVENTS.items())}
    return result


def body_schema(event: Event[Any]) -> dict[str, Any]:
    """Return the JSON schema of what a receiver of the event gets: its type, its moment and its data."""
    properties = {
        "type": {"type": "string", "const": event.name},
        "timestamp": {"type": "string", "format": "date-time"},
        "data": _schema(event.payload),
    }
    return _object(properties)


def _operation(event: Event[Any]) -> dict[str, Any]:
    return {
        "operationId": f"webhook_{event.name.replace('.', '_')}",
        "summary": f"Sent when {event.label}",
        "description": f"{event.payload.__doc__}\n\nWho may know of it: {event.known_to.words}.",
        "tags": ["webhooks"],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body_schema(event)}}},
        "responses": {"2XX": {"description": "Taken. Anything else is tried again."}},
    }


def _schema(kind: Any) -> dict[str, Any]:
    if is_typeddict(kind):
        parts = {name: _schema(part) for name, part in types_of(kind).items()}
        return _object(parts) | ({"description": kind.__doc__} if kind.__doc__ else {})
    if get_origin(kind) is Annotated:
        return {"type": "string", "format": "uri"}
    if options := get_args(kind):
        return {"anyOf": [_schema(option) for option in options]}
    return {"type": _SIMPLE[NoneType if kind is None else kind]}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": sorted(properties), "additionalProperties": False}

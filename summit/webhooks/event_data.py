"""The data that all events have: the summit and absolute URLs. Events have ids and URLs, and no texts."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from summit.summits.models import Summit


def absolute(name: str, *args: object) -> str:
    """Return the absolute URL of the route `name` with the arguments `args`."""
    return f"{settings.BASE_URL}{reverse(name, args=args)}"


def of_summit(summit: Summit) -> dict[str, Any]:
    """Return a dict with a summit's id, slug and API URL, for the data of an event."""
    return {"id": summit.public_id, "slug": summit.slug, "url": absolute("api-summit", summit.slug)}

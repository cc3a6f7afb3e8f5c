"""The data that all events have: the summit and absolute URLs. Events have ids and URLs, and no texts."""

from typing import TypedDict

from django.conf import settings
from django.urls import reverse

from summit.summits.models import Summit
from summit.webhooks.payload_types import Url


class SummitData(TypedDict):
    """A summit's id, slug and API URL."""

    id: str
    slug: str
    url: Url


def absolute(name: str, *args: object) -> Url:
    """Return the absolute URL of the route `name` with the arguments `args`."""
    return f"{settings.BASE_URL}{reverse(name, args=args)}"


def of_summit(summit: Summit) -> SummitData:
    """Return the data about a summit, for the payload of an event."""
    return {"id": summit.public_id, "slug": summit.slug, "url": absolute("api-summit", summit.slug)}

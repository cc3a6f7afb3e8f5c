"""What every event says: of which summit it is, and where a receiver looks further. Ids and addresses, no words."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from summit.summits.models import Summit


def absolute(name: str, *args: object) -> str:
    """Return the absolute address of a route."""
    return f"{settings.BASE_URL}{reverse(name, args=args)}"


def of_summit(summit: Summit) -> dict[str, Any]:
    """Return a summit as events name it."""
    return {"id": summit.public_id, "slug": summit.slug, "url": absolute("api-summit", summit.slug)}

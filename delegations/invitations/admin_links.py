"""URLs of the desk's pages about invitations."""

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from summit.summits.models import Summit


def call_sheet(summit: Summit, **narrowed: Any) -> str:
    """Return the URL of a summit's call sheet. `narrowed` holds its filters as query parameters."""
    query = urlencode({"summit": summit.slug, **narrowed})
    return f"{reverse('admin:delegations_invitation_calls')}?{query}"

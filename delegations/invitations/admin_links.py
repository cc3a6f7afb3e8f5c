"""Addresses of the desk's pages about invitations."""

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from summit.summits.models import Summit


def call_sheet(summit: Summit, **narrowed: Any) -> str:
    """Return the address of a summit's call sheet; `narrowed` are its filters."""
    query = urlencode({"summit": summit.slug, **narrowed})
    return f"{reverse('admin:delegations_invitation_calls')}?{query}"

"""Addresses of pages about invitations at the desk."""

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from summit.summits.models import Summit


def call_sheet(summit: Summit, **narrowed: Any) -> str:
    """Return the address of a summit's call sheet."""
    query = urlencode({"summit": summit.slug, **narrowed})
    return f"{reverse('admin:delegations_invitation_calls')}?{query}"

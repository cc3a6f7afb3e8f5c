"""Requests of the desk without their pages, for the functions that decide what a page shows."""

from typing import Any

from django.test import RequestFactory

from summit.users.models import User


def request_of(user: User, path: str = "/admin/", **query: Any) -> Any:
    """Return the request of an account for a page of the desk."""
    request: Any = RequestFactory().get(path, query)
    request.user = user
    return request

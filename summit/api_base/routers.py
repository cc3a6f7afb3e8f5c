"""Gives a viewset its URLs and its scope."""

from django.urls import URLPattern

from summit.api_base import scopes
from summit.api_base.actions import actions_of
from summit.api_base.viewsets import DeskViewSet


def register(viewset: type[DeskViewSet]) -> list[URLPattern]:
    """Declare the scope of a viewset, and return its URL patterns (`DeskViewSet.paths`)."""
    writes = bool(viewset.allowed_methods or not all(each.safe for each in actions_of(viewset)))
    scopes.declare(viewset.name, viewset.verbose_name, writes=writes)
    return viewset.paths()

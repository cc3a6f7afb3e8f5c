"""Addresses of the ground floor's working resources, below "api/v1/"."""

from django.urls import URLPattern, path

from summit.api.me import Me, OneToken, Tokens
from summit.api.own_summits import Summits
from summit.api.places import Rooms, Venues
from summit.api.working import working_api

urlpatterns: list[URLPattern] = [
    path("me/", working_api(Me.as_view()), name="api-me"),
    path("me/tokens/", working_api(Tokens.as_view()), name="api-my-tokens"),
    path("me/tokens/<slug:id>/", working_api(OneToken.as_view()), name="api-my-token"),
    *Summits.paths(),
    *Venues.paths(),
    *Rooms.paths(),
]

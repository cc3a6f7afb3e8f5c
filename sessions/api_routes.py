"""Declares the access rules of the agenda's API URLs that need sign-in, and the names of the agenda's API scopes."""

from django.utils.translation import gettext_lazy as _

from sessions.api_urls import RESOURCES
from summit.api_base import scopes
from summit.api_base.routers import register
from summit.permissions.route_table import Gate, declare

for _resource in RESOURCES:
    register(_resource)
scopes.declare("calendars", _("private calendars"))
declare("api-my-calendars", Gate.API, "GET POST")
for _action in ("end", "remind"):
    declare(f"api-my-calendar-{_action}", Gate.API, "POST", kind="own calendar")

"""Addresses of the ground floor's working resources, below "api/v1/"."""

from django.urls import URLPattern, path

from summit.api.accounts import Accounts
from summit.api.api_clients import Applications, ApplicationTokens
from summit.api.dashboard import Tasks
from summit.api.desk_summits import Summits
from summit.api.me import Me, OneToken, Tokens
from summit.api.outbound_pause import Arming
from summit.api.role_assignments import Audit, Roles
from summit.api.venues import Rooms, Venues
from summit.api_base.views import working_api
from summit.jobs.api import Jobs
from summit.outbox.api import Messages
from summit.webhooks.api import Deliveries, Webhooks

urlpatterns: list[URLPattern] = [
    path("me/", working_api(Me.as_view()), name="api-me"),
    path("me/tokens/", working_api(Tokens.as_view()), name="api-my-tokens"),
    path("me/tokens/<slug:id>/", working_api(OneToken.as_view()), name="api-my-token"),
    *Summits.paths(),
    *Venues.paths(),
    *Rooms.paths(),
    *Roles.paths(),
    *Accounts.paths(),
    *Audit.paths(),
    *Arming.paths(),
    *Tasks.paths(),
    *Applications.paths(),
    *ApplicationTokens.paths(),
    *Messages.paths(),
    *Jobs.paths(),
    *Webhooks.paths(),
    *Deliveries.paths(),
]

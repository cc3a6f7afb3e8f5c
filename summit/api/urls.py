"""The API's URLs of the app `summit`, below "api/v1/"."""

from django.urls import URLPattern, path

from summit.api.accounts import UserViewSet
from summit.api.api_clients import ApiClientTokenViewSet, ApiClientViewSet
from summit.api.dashboard import TaskViewSet
from summit.api.desk_summits import DeskSummitViewSet
from summit.api.me import Me, OneToken, Tokens
from summit.api.outbound_pause import OutboundPauseViewSet
from summit.api.role_assignments import AuditEntryViewSet, RoleAssignmentViewSet
from summit.api.venues import RoomViewSet, VenueViewSet
from summit.api_base.authenticated_views import working_api
from summit.api_base.routers import register
from summit.jobs.api import JobViewSet
from summit.outbox.api import MessageViewSet
from summit.webhooks.api import DeliveryViewSet, EndpointViewSet

urlpatterns: list[URLPattern] = [
    path("me/", working_api(Me.as_view()), name="api-me"),
    path("me/tokens/", working_api(Tokens.as_view()), name="api-my-tokens"),
    path("me/tokens/<slug:id>/", working_api(OneToken.as_view()), name="api-my-token"),
    *DeskSummitViewSet.paths(),
    *register(VenueViewSet),
    *register(RoomViewSet),
    *register(RoleAssignmentViewSet),
    *register(UserViewSet),
    *register(AuditEntryViewSet),
    *OutboundPauseViewSet.paths(),
    *register(TaskViewSet),
    *register(ApiClientViewSet),
    *register(ApiClientTokenViewSet),
    *register(MessageViewSet),
    *register(JobViewSet),
    *register(EndpointViewSet),
    *register(DeliveryViewSet),
]

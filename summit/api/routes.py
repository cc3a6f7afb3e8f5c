"""Declarations of who may use the API's URLs of the app `summit`.

They are users with a credential who may see the same rows at the desk.
"""

from typing import Any

from summit.api.accounts import UserViewSet
from summit.api.api_clients import ApiClientTokenViewSet, ApiClientViewSet
from summit.api.dashboard import TaskViewSet
from summit.api.role_assignments import AuditEntryViewSet, RoleAssignmentViewSet
from summit.api.venues import RoomViewSet, VenueViewSet
from summit.api_base import routers, scopes
from summit.permissions.route_table import Gate, declare

_API_CLIENT: dict[str, Any] = {"kind": "api.apiclient", "see": "api.apiclient.view"}
declare("admin:api_apiclient_tokens", Gate.DESK, "GET POST", post="api.apiclient.token", **_API_CLIENT)
declare("admin:api_apiclient_end", Gate.DESK, "POST", do="api.apiclient.change", **_API_CLIENT)
declare("api-me", Gate.API)
declare("api-my-tokens", Gate.API, "GET POST")
declare("api-my-token", Gate.API, "GET DELETE", kind="token")
declare("api-my-summits", Gate.API, "GET POST", post="summit.summit.add")
declare("api-desk", Gate.API, "GET PATCH", kind="desk", see="summit.summit.view", post="summit.summit.change")
scopes.declare(TaskViewSet.name, TaskViewSet.verbose_name, writes=False)
declare("api-desk-tasks", Gate.API, kind="desk", see="summit.summit.view")
_SENDS: dict[str, Any] = {"kind": "desk", "see": "summit.summit.view", "do": "summit.resume"}
declare("api-desk-arming", Gate.API, **_SENDS)
declare("api-desk-arming-arm", Gate.API, "POST", **_SENDS)
routers.register(VenueViewSet)
routers.register(RoomViewSet)
routers.register(RoleAssignmentViewSet)
routers.register(UserViewSet)
routers.register(AuditEntryViewSet)
routers.register(ApiClientViewSet)
routers.register(ApiClientTokenViewSet)

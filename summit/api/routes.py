"""Who opens the API's working addresses: whoever brings a credential and sees what the desk's rows say."""

from typing import Any

from summit.api.accounts import Accounts
from summit.api.api_clients import Applications, ApplicationTokens
from summit.api.dashboard import Tasks
from summit.api.role_assignments import Audit, Roles
from summit.api.venues import Rooms, Venues
from summit.api_base import routes, scopes
from summit.permissions.route_table import Gate, declare

_API_CLIENT: dict[str, Any] = {"kind": "api.apiclient", "see": "api.apiclient.view"}
declare("admin:api_apiclient_tokens", Gate.DESK, "GET POST", post="api.apiclient.token", **_API_CLIENT)
declare("admin:api_apiclient_end", Gate.DESK, "POST", do="api.apiclient.change", **_API_CLIENT)
declare("api-me", Gate.API)
declare("api-my-tokens", Gate.API, "GET POST")
declare("api-my-token", Gate.API, "GET DELETE", kind="token")
declare("api-my-summits", Gate.API, "GET POST", post="summit.summit.add")
declare("api-desk", Gate.API, "GET PATCH", kind="desk", see="summit.summit.view", post="summit.summit.change")
scopes.declare(Tasks.name, Tasks.called, writes=False)
declare("api-desk-tasks", Gate.API, kind="desk", see="summit.summit.view")
_SENDS: dict[str, Any] = {"kind": "desk", "see": "summit.summit.view", "do": "summit.arm"}
declare("api-desk-arming", Gate.API, **_SENDS)
declare("api-desk-arming-arm", Gate.API, "POST", **_SENDS)
routes.declare_resource(Venues)
routes.declare_resource(Rooms)
routes.declare_resource(Roles)
routes.declare_resource(Accounts)
routes.declare_resource(Audit)
routes.declare_resource(Applications)
routes.declare_resource(ApplicationTokens)

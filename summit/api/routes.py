"""Who opens the API's working addresses: whoever brings a credential and sees what the desk's rows say."""

from typing import Any

from summit.api import scopes
from summit.api.accounts import Accounts
from summit.api.actions import actions_of
from summit.api.contents import WithContent
from summit.api.places import Rooms, Venues
from summit.api.programs import Applications, ApplicationTokens
from summit.api.resources import Resource
from summit.api.tasks import Tasks
from summit.api.team import Audit, Roles
from summit.permissions.route_table import Gate, declare
from summit.permissions.rules import RULES


def declare_resource(resource: type[Resource]) -> None:
    """Declare a resource: its scope, and its addresses (`summit.api.resources.Resource.paths`) with who does what."""
    scopes.declare(
        resource.name,
        resource.called,
        writes=bool(resource.does or not all(each.reads for each in actions_of(resource))),
    )
    name, see = f"api-desk-{resource.name}", f"{resource.rule}.view"
    # Whoever sees their own rows alone finds their own summit's list.
    desk, row = "own desk" if RULES[see].own else "desk", f"{resource.name} at a desk"
    # What isn't offered needs no rule.
    deeds = {deed: resource.rule_of(deed) for deed in resource.does}
    on_row = {method: deeds[deed] for method, deed in (("PATCH", "change"), ("DELETE", "remove")) if deed in deeds}
    declare(name, Gate.API, "GET POST" if "add" in deeds else "GET", kind=desk, see=see, post=deeds.get("add", ""))
    if deeds.keys() - {"remove"}:
        declare(f"{name}-bulk", Gate.API, "POST", kind=desk, see=see, post=deeds.get("add") or deeds["change"])
    declare(f"{name}-row", Gate.API, " ".join(["GET", *on_row]), kind=row, see=see, posts=on_row)
    if issubclass(resource, WithContent):
        declare(f"{name}-row-content", Gate.API, kind=row, see=see)
    for each in actions_of(resource):
        kind, at = (desk, f"{name}-{each.name}") if each.on_list else (row, f"{name}-row-{each.name}")
        declare(at, Gate.API, "POST", kind=kind, see=see, post=each.rule)


_APPLICATION: dict[str, Any] = {"kind": "api.application", "see": "api.application.view"}
declare("admin:api_application_tokens", Gate.DESK, "GET POST", post="api.application.token", **_APPLICATION)
declare("admin:api_application_end", Gate.DESK, "POST", do="api.application.change", **_APPLICATION)
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
declare_resource(Venues)
declare_resource(Rooms)
declare_resource(Roles)
declare_resource(Accounts)
declare_resource(Audit)
declare_resource(Applications)
declare_resource(ApplicationTokens)

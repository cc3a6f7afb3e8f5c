"""Registers a viewset: its scope and the permissions of its URLs."""

from summit.api_base import scopes
from summit.api_base.actions import actions_of
from summit.api_base.file_contents import WithContent
from summit.api_base.viewsets import DeskViewSet
from summit.permissions.route_table import Gate, declare
from summit.permissions.rules import RULES


def register(viewset: type[DeskViewSet]) -> None:
    """Declare a viewset's scope and the permissions of its URLs.

    `DeskViewSet.paths` returns these URLs.
    """
    scopes.declare(
        viewset.name,
        viewset.verbose_name,
        writes=bool(viewset.allowed_methods or not all(each.safe for each in actions_of(viewset))),
    )
    name, see = f"api-desk-{viewset.name}", f"{viewset.permission}.view"
    # Users who see only their own rows may open the list of their own summit.
    desk, row = "own desk" if RULES[see].own else "desk", f"{viewset.name} at a desk"
    # Only the methods that are offered need a permission.
    actions = {action: viewset.permission_for(action) for action in viewset.allowed_methods}
    on_row = {
        method: actions[action] for method, action in (("PATCH", "change"), ("DELETE", "remove")) if action in actions
    }
    declare(
        name, Gate.API, "GET POST" if "add" in actions else "GET", kind=desk, see=see, post=actions.get("add", "")
    )
    if actions.keys() - {"remove"}:
        declare(f"{name}-bulk", Gate.API, "POST", kind=desk, see=see, post=actions.get("add") or actions["change"])
    declare(f"{name}-row", Gate.API, " ".join(["GET", *on_row]), kind=row, see=see, posts=on_row)
    if issubclass(viewset, WithContent):
        declare(f"{name}-row-content", Gate.API, kind=row, see=see)
    for each in actions_of(viewset):
        kind, route_name = (row, f"{name}-row-{each.name}") if each.detail else (desk, f"{name}-{each.name}")
        declare(route_name, Gate.API, "POST", kind=kind, see=see, post=each.permission)

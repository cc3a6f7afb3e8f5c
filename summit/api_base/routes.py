"""Declares the addresses of a resource, with who opens them."""

from summit.api_base import scopes
from summit.api_base.actions import actions_of
from summit.api_base.file_contents import WithContent
from summit.api_base.resources import Resource
from summit.permissions.route_table import Gate, declare
from summit.permissions.rules import RULES


def declare_resource(resource: type[Resource]) -> None:
    """Declare a resource: its scope, and its addresses (`summit.api_base.resources.Resource.paths`) with who does
    what."""
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

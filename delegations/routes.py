"""Declares the routes of the pages that upload and apply tables, whose views have no declaration attached."""

from summit.permissions.route_access import Gate
from summit.permissions.route_table import declare

_SEEN = "delegations.delegationimportfile.view"
declare("admin:delegations_delegationimportfile_upload", Gate.DESK, "GET POST", see=_SEEN, do="delegations.read_in")
declare("admin:delegations_delegationimportfile_blank", Gate.DESK, see=_SEEN, do="delegations.read_in")
for _verb in ("answer", "look", "take", "drop"):
    declare(
        f"admin:delegations_delegationimportfile_{_verb}",
        Gate.DESK,
        "POST",
        kind="delegations.delegationimportfile",
        see=_SEEN,
        do="delegations.read_in",
    )

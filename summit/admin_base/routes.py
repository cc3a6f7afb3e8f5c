"""Declares the routes of the pages that upload and apply tables, whose views have no declaration attached."""

from summit.permissions.route_access import Gate
from summit.permissions.route_table import declare

_SEEN, _FILLED = "summit.listimportfile.view", "summit.read_in_list"
declare("admin:summit_listimportfile_upload", Gate.DESK, "GET POST", see=_SEEN, do=_FILLED)
for _name in ("look", "take", "drop"):
    declare(
        f"admin:summit_listimportfile_{_name}", Gate.DESK, "POST", kind="summit.listimportfile", see=_SEEN, do=_FILLED
    )

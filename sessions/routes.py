"""Declares the routes of the pages that upload and apply schedules, whose views have no declaration attached."""

from summit.permissions.route_access import Gate
from summit.permissions.route_table import declare

_SEEN = "agenda.scheduleimportfile.view"
declare("admin:agenda_scheduleimportfile_upload", Gate.DESK, "GET POST", see=_SEEN, do="agenda.edit")
for _verb in ("look", "take", "drop"):
    declare(
        f"admin:agenda_scheduleimportfile_{_verb}",
        Gate.DESK,
        "POST",
        kind="agenda.scheduleimportfile",
        see=_SEEN,
        do="agenda.edit",
    )

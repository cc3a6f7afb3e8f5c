"""Long work on the admin's home: what is under way for the reader."""

from typing import Any

from django.http import HttpRequest

from summit.desk.site import desk_panel
from summit.models import Summit, User
from summit.work.models import UNFINISHED, Job
from summit.work.shown import shown


@desk_panel(90)
def under_way(request: HttpRequest, summit: Summit) -> tuple[str, dict[str, Any]] | None:
    """Show the reader's jobs that wait or run; nothing where there are none. One query."""
    if not isinstance(request.user, User):
        return None
    rows = list(Job.objects.filter(by=request.user, state__in=UNFINISHED)[:5])
    return ("admin/work/panel.html", {"jobs": [shown(job) for job in rows]}) if rows else None

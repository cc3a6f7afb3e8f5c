"""What the ground floor shows on the desk's home: the people."""

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest

from summit.desk.site import desk_panel
from summit.models import Person, Summit
from summit.permissions import allows


@desk_panel(15)
def people(request: HttpRequest, summit: Summit) -> tuple[str, dict[str, Any]] | None:
    """Show how many people there are, and how many can be reached; one query."""
    if not allows(request.user, "summit.person.view", summit):
        return None
    counts = Person.objects.filter(summit=summit).aggregate(
        people=Count("pk"), unnamed=Count("pk", filter=Q(name="")), reachable=Count("pk", filter=~Q(email=""))
    )
    return "admin/panels/people.html", {"summit": summit, **counts}

"""The map on the dashboard of the desks, and the metric of invitations."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count
from django.http import HttpRequest

from delegations.invitations.models.invitations import Invitation
from delegations.overview.world_map import world_map
from summit.admin_base.dashboard import Phase, desk_panel
from summit.core.metrics import Gauge, source
from summit.summits.models import Summit


@desk_panel(10, phases=(Phase.ANSWERS, Phase.COMPLETENESS))
def map_panel(request: HttpRequest, summit: Summit) -> tuple[str, dict[str, Any]] | None:
    """Return the panel with the map of who has answered, or None if the user may not see delegations."""
    found = world_map(request, summit)
    return ("admin/delegations/overview/world_map.html", {"map": found}) if found else None


@source
def gauges() -> Iterable[Gauge]:
    """Yield the metric `summit_invitations`: the number of invitations by summit and state."""
    rows = (
        Invitation.objects.filter(occasion="")
        .order_by()
        .values("party__summit__slug", "state")
        .annotate(n=Count("pk"))
    )
    yield (
        "summit_invitations",
        "Invitations by state",
        [({"summit": row["party__summit__slug"], "state": row["state"]}, float(row["n"])) for row in rows],
    )

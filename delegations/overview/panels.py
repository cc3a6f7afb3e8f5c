"""The delegations on the public home, the map on the dashboard of the desks, and the metric of invitations."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count
from django.http import HttpRequest

from delegations.invitations.models.invitations import Invitation
from delegations.overview.world_map import world_map
from delegations.participants.selectors import public_list
from delegations.parties.selectors import party_names
from summit.admin_base.dashboard import Phase, desk_panel
from summit.core.metrics import Gauge, source
from summit.public_base import home
from summit.summits.models import Summit


@home.panel(15)
def public_delegations(summit: Summit) -> tuple[str, dict[str, Any]] | None:
    """Return the panel of the public home with the delegations that take part, or None if the list isn't public.

    Makes at most four queries.
    """
    page = party_names.on_page(summit)
    delegations, organisations = public_list.groups(summit, page["names"])
    if not delegations and not organisations:
        return None
    lists = {"delegations": delegations, "organisations": organisations}
    return "public/delegations.html", {"summit": summit, **page, **lists}


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

"""What the desk's home and the metrics show of invitations and answers."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count
from django.http import HttpRequest

from delegations.domain import calls
from delegations.domain.overview import STANDINGS
from delegations.models import Invitation
from delegations.permissions import can_invite
from delegations.todo import CHANGE, INVITE, call_sheet, numbers
from summit.core.metrics import Gauge, source
from summit.desk.today import desk_panel, lately, now_of
from summit.permissions.rules import allows
from summit.summits.models import Summit


@desk_panel(10, works=(INVITE, CHANGE))
def invitations(request: HttpRequest, summit: Summit) -> tuple[str, dict[str, Any]] | None:
    """Show who is invited, who has answered what, and who hasn't."""
    if not allows(request.user, "delegations.party.view", summit):
        return None
    found = numbers(request, summit)
    late = found["open"] > 0 and summit.answer_by is not None and summit.answer_by <= now_of(request)
    may_invite = can_invite(request.user, summit) and found["uninvited"] > 0
    may_see_calls = allows(request.user, "delegations.callnote.view", summit)
    waiting = _waiting(request, summit) if may_see_calls and found["open"] else []
    return "admin/delegations/panel.html", {
        **{name: found[name] for name in STANDINGS},
        "late": late,
        "may_invite": may_invite,
        "may_see_calls": may_see_calls,
        "sheet": call_sheet(summit),
        "waiting": [(days, number, call_sheet(summit, days=days)) for days, number in waiting],
    }


def _waiting(request: HttpRequest, summit: Summit) -> list[tuple[int, int]]:
    return lately(request, ("waiting", summit.pk), lambda: calls.waiting(summit, now_of(request)))


@source
def gauges() -> Iterable[Gauge]:
    """Count invitations by summit and state."""
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

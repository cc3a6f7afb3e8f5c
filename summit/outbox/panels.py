"""The outbox on the admin's home."""

from typing import Any

from django.db.models import Count, Min, Q
from django.http import HttpRequest

from summit.desk.site import desk_panel
from summit.models import Summit
from summit.outbox.models import Message, MessageState
from summit.outbox.todo import SEND_AGAIN
from summit.permissions import allows


@desk_panel(80, works=(SEND_AGAIN,))
def outbox(request: HttpRequest, summit: Summit) -> tuple[str, dict[str, Any]] | None:
    """Show what waits, what failed and what went out; one query."""
    if not allows(request.user, "outbox.message.view", summit):
        return None
    waits, failed = Q(state=MessageState.PENDING), Q(state=MessageState.FAILED)
    counts = Message.objects.filter(summit=summit).aggregate(
        pending=Count("id", filter=waits),
        failed=Count("id", filter=failed),
        sent=Count("id", filter=Q(state=MessageState.SENT)),
        dropped=Count("id", filter=Q(state=MessageState.DROPPED)),
        oldest=Min("created_at", filter=waits),
    )
    return "admin/panels/outbox.html", counts

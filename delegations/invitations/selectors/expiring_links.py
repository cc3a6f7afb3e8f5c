"""Selects links that expire soon and whose invitation nobody has answered."""

from datetime import date, timedelta

from django.db.models import Count, QuerySet
from django.db.models.functions import Now, TruncDate

from delegations.invitations.models.invitations import InvitationLink, InvitationState
from summit.summits.models import Summit

# A link counts as expiring for this long before its end.
SOON = timedelta(days=7)


def ending_links() -> QuerySet[InvitationLink]:
    """Return the live links of unanswered invitations to a summit that expire within a week."""
    live = InvitationLink.objects.live()
    return live.filter(invitation__state=InvitationState.SENT, invitation__occasion="", expires_at__lte=Now() + SOON)


def ending_by_day(summit: Summit) -> dict[date, int]:
    """Return a dict from days at the venue to the number of a summit's `ending_links` that expire on that day.

    Makes one query, with a row for each day.
    """
    rows = ending_links().filter(invitation__party__summit=summit).order_by()
    days = rows.annotate(day=TruncDate("expires_at", tzinfo=summit.zone)).values("day")
    return dict(days.annotate(n=Count("pk")).values_list("day", "n"))

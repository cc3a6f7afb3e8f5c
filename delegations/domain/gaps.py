"""What parties lack, and which links end soon: the one definition behind the desk's tasks and its lists."""

from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now, TruncDate

from delegations.domain import overview
from delegations.models import (
    Capacity,
    FocalPoint,
    Invitation,
    InvitationLink,
    InvitationState,
    Membership,
    Party,
    PartyKind,
)
from summit.models import Summit

# How long before its end a link that nobody has answered by is told of.
SOON = timedelta(days=7)

_FOCAL = FocalPoint.objects.filter(party=OuterRef("pk"))

_HEAD = Membership.objects.filter(party=OuterRef("pk"), capacity=Capacity.HEAD)

# Conditions on parties that `with_gaps` has annotated.
GAPS: dict[str, Q] = {
    "mailbox": Q(is_host=False, mission_email="", has_address=False),
    "head": overview.STANDINGS["attending"]
    & ~Q(kind__in=[PartyKind.ORGANISATION, PartyKind.GUEST])
    & Q(has_head=False),
    "focal": overview.STANDINGS["attending"] & Q(has_focal=False),
}


def with_gaps(parties: QuerySet[Party]) -> QuerySet[Party]:
    """Annotate parties with where they stand and with whom they have named."""
    return overview.with_standing(parties).annotate(
        has_focal=Exists(_FOCAL), has_address=Exists(_FOCAL.exclude(person__email="")), has_head=Exists(_HEAD)
    )


def counts(summit: Summit) -> dict[str, int]:
    """Return how many parties of a summit lack what, by the names of GAPS. One query."""
    parties = with_gaps(Party.objects.filter(summit=summit)).order_by().distinct()
    numbers: dict[str, int] = parties.aggregate(
        **{name: Count("pk", filter=condition) for name, condition in GAPS.items()}
    )
    return numbers


def ending_links() -> QuerySet[InvitationLink]:
    """Return the live links of unanswered invitations that end within a week."""
    live = InvitationLink.objects.live()
    return live.filter(invitation__state=InvitationState.SENT, invitation__occasion="", expires_at__lte=Now() + SOON)


def ending_by_day(summit: Summit) -> dict[date, int]:
    """Return how many of these links of a summit end on which day at the venue. One query; its rows are days."""
    rows = ending_links().filter(invitation__party__summit=summit).order_by()
    days = rows.annotate(day=TruncDate("expires_at", tzinfo=summit.zone)).values("day")
    return dict(days.annotate(n=Count("pk")).values_list("day", "n"))


def declined_lately(summit: Summit) -> int:
    """Return how many parties declined within the last week. One query."""
    recent = Invitation.objects.filter(
        party__summit=summit, state=InvitationState.ANSWERED, answer="regrets", occasion=""
    )
    return recent.filter(answered_at__gte=Now() - SOON).count()

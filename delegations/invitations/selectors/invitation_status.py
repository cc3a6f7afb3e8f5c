"""Annotates parties with the state of their invitation. Lists, filters, panels and gauges all use this definition."""

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from delegations.invitations.models.invitations import COMING, IN_FORCE, OVER, Answer, Invitation, InvitationState
from delegations.parties.models.parties import Party
from summit.summits.models import Summit

_PREPARED = [InvitationState.DRAFT, InvitationState.APPROVED]

# Conditions for parties annotated by `with_standing`.
STANDINGS: dict[str, Q] = {
    "uninvited": Q(is_host=False) & (Q(standing__isnull=True) | Q(standing__in=_PREPARED)),
    "invited": Q(standing__in=IN_FORCE),
    "open": Q(standing=InvitationState.SENT),
    "answered": Q(standing=InvitationState.ANSWERED),
    "attending": Q(standing=InvitationState.ANSWERED, replied__in=COMING),
    "regrets": Q(standing=InvitationState.ANSWERED, replied=Answer.REGRETS),
}


def with_standing(parties: QuerySet[Party]) -> QuerySet[Party]:
    """Return parties annotated with the state of their invitation to the summit.

    `standing` is the state of the invitation, `replied` the answer, and `comes_at` the level of the answer. All are
    None if there is no invitation. A party has at most one (invitation_once).
    """
    invitations = (
        Invitation.objects.filter(party=OuterRef("pk")).exclude(state__in=OVER).order_by().filter(occasion="")
    )
    return parties.annotate(
        standing=Subquery(invitations.values("state")[:1]),
        replied=Subquery(invitations.values("answer")[:1]),
        comes_at=Subquery(invitations.values("level")[:1]),
    )


def numbers(summit: Summit) -> dict[str, int]:
    """Return the number of a summit's parties in each of STANDINGS, and under "" the number of all.

    Makes one query.
    """
    counts = {name: Count("pk", filter=condition) for name, condition in STANDINGS.items()}
    found: dict[str, int] = with_standing(Party.objects.filter(summit=summit)).aggregate(total=Count("pk"), **counts)
    return {"": found.pop("total"), **found}

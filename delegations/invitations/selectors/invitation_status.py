"""Where the parties of a summit stand: the one definition behind list, filter, panel and gauges."""

from django.db.models import OuterRef, Q, QuerySet, Subquery

from delegations.invitations.models.invitations import COMING, OVER, Answer, Invitation, InvitationState
from delegations.parties.models.parties import Party

_PREPARED = [InvitationState.DRAFT, InvitationState.APPROVED]
_INVITED = [InvitationState.SENT, InvitationState.ANSWERED]

# Conditions on parties that `with_standing` has annotated.
STANDINGS: dict[str, Q] = {
    "uninvited": Q(is_host=False) & (Q(standing__isnull=True) | Q(standing__in=_PREPARED)),
    "invited": Q(standing__in=_INVITED),
    "open": Q(standing=InvitationState.SENT),
    "answered": Q(standing=InvitationState.ANSWERED),
    "attending": Q(standing=InvitationState.ANSWERED, replied__in=COMING),
    "regrets": Q(standing=InvitationState.ANSWERED, replied=Answer.REGRETS),
}


def with_standing(parties: QuerySet[Party]) -> QuerySet[Party]:
    """Annotate parties with `standing`, the state of its invitation to the summit, `replied`, its answer, and
    `comes_at`, the level of that; all None where there is none. A party has one at most (invitation_once)."""
    theirs = Invitation.objects.filter(party=OuterRef("pk")).exclude(state__in=OVER).order_by().filter(occasion="")
    return parties.annotate(
        standing=Subquery(theirs.values("state")[:1]),
        replied=Subquery(theirs.values("answer")[:1]),
        comes_at=Subquery(theirs.values("level")[:1]),
    )

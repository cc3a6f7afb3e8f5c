"""What is missing for parties, such as a mailbox or a head of delegation.

The desk's tasks and the filters of lists use the same definitions.
"""

import functools

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Now
from django.utils.translation import ngettext

from delegations.badges.models.badges import Badge
from delegations.focal_points.models import FocalPointRequest, RequestState
from delegations.invitations.models.invitations import Invitation, InvitationState
from delegations.invitations.selectors import invitation_status
from delegations.invitations.selectors.expiring_links import SOON
from delegations.members.models.categories import Capacity
from delegations.members.models.focal_points import FocalPoint
from delegations.members.models.members import Membership
from delegations.members.models.particulars import Particulars
from delegations.membership_changes.models import Handover, HandoverState
from delegations.parties.models.parties import Party, PartyKind
from delegations.travel.models.declarations import Declaration, DeclarationState
from summit.summits.models import Summit

_FOCAL = FocalPoint.objects.filter(party=OuterRef("pk"))
_HEAD = Membership.objects.filter(party=OuterRef("pk"), capacity=Capacity.HEAD)
_MEMBERS = Membership.objects.filter(party=OuterRef("pk"))
_BADGE = Badge.objects.live().filter(person=OuterRef("person"))
# An empty text is stored as no bytes, so nothing is decrypted to find it.
_PASSPORT = Particulars.objects.filter(person=OuterRef("person")).exclude(passport_number="")
# Kinds of parties that needn't have a head.
WITHOUT_HEAD = (PartyKind.ORGANISATION, PartyKind.GUEST)
# Conditions on parties annotated by `with_gaps`.
GAPS: dict[str, Q] = {
    "mailbox": Q(is_host=False, mission_email="", has_address=False),
    "head": invitation_status.STANDINGS["attending"] & ~Q(kind__in=WITHOUT_HEAD) & Q(has_head=False),
    "focal": invitation_status.STANDINGS["attending"] & Q(has_focal=False),
    "badge": invitation_status.STANDINGS["attending"] & Q(lacks_badge=True),
    "passport": invitation_status.STANDINGS["attending"] & Q(lacks_passport=True),
    "decision": Q(lacks_decision=True),
    "handover": Q(lacks_handover=True),
}
# The name under which `counts` returns the open requests for a focal point, which aren't parties.
REQUESTS = "requests"


def complete(summit: Summit) -> int:
    """Return how many of the parties that attend have nothing missing. Makes one query."""
    rows = with_gaps(Party.objects.filter(summit=summit)).filter(invitation_status.STANDINGS["attending"])
    for condition in GAPS.values():
        rows = rows.exclude(condition)
    return rows.count()


def with_gaps(parties: QuerySet[Party]) -> QuerySet[Party]:
    """Annotate parties with the state of their invitation, and with the values that the conditions in GAPS use."""
    return invitation_status.with_standing(parties).annotate(
        has_focal=Exists(_FOCAL),
        has_address=Exists(_FOCAL.exclude(person__email="")),
        has_head=Exists(_HEAD),
        lacks_badge=Exists(_MEMBERS.filter(~Exists(_BADGE))),
        lacks_passport=Exists(_MEMBERS.filter(~Exists(_PASSPORT), category__vetted=True)),
        lacks_decision=Exists(Declaration.objects.filter(party=OuterRef("pk"), state=DeclarationState.DECLARED)),
        lacks_handover=Exists(Handover.objects.filter(party=OuterRef("pk"), state=HandoverState.OPEN)),
    )


def sentence(name: str, number: int) -> str:
    """Return a sentence that says for how many parties an item is missing; `name` is a key of GAPS."""
    sentences: dict[str, str] = {
        "mailbox": ngettext(
            "%(n)d delegation has no email address and gets no letters.",
            "%(n)d delegations have no email address and get no letters.",
            number,
        ),
        "head": ngettext(
            "%(n)d attending delegation has no head.",
            "%(n)d attending delegations have no head.",
            number,
        ),
        "focal": ngettext(
            "%(n)d attending delegation has no focal point.",
            "%(n)d attending delegations have no focal point.",
            number,
        ),
        "badge": ngettext(
            "%(n)d attending delegation has people without a badge.",
            "%(n)d attending delegations have people without a badge.",
            number,
        ),
        "passport": ngettext(
            "%(n)d attending delegation has people to vet without a passport number.",
            "%(n)d attending delegations have people to vet without a passport number.",
            number,
        ),
        "decision": ngettext(
            "%(n)d delegation is waiting for a decision on its declarations.",
            "%(n)d delegations are waiting for a decision on their declarations.",
            number,
        ),
        "handover": ngettext(
            "%(n)d delegation has handovers to decide.",
            "%(n)d delegations have handovers to decide.",
            number,
        ),
    }
    return sentences[name] % {"n": number}


def counts(summit: Summit) -> dict[str, int]:
    """Return the numbers of a summit's parties by state of invitation and by what is missing. Makes one query.

    The keys are those of `invitation_status.STANDINGS` and GAPS. REQUESTS is the number of open requests for a focal
    point.
    """
    numbers: dict[str, int] = (
        _counted()
        .filter(summit=summit)
        .aggregate(
            **{
                name: Count("pk", filter=condition)
                for name, condition in (invitation_status.STANDINGS | GAPS).items()
            },
            **{REQUESTS: Coalesce(Sum("asked"), 0)},
        )
    )
    return numbers


@functools.cache
def _counted() -> QuerySet[Party]:
    """Return the queryset that `counts` aggregates, for the parties of all summits.

    It is built once in a process.
    """
    open_requests = FocalPointRequest.objects.filter(party=OuterRef("pk"), state=RequestState.OPEN).order_by()
    request_count = Subquery(open_requests.values("party").annotate(n=Count("pk")).values("n"))
    # With distinct(), each annotation is computed once for a row, not once for each condition that uses it.
    return with_gaps(Party.objects.all()).annotate(asked=request_count).order_by().distinct()


def declined_lately(summit: Summit) -> QuerySet[Invitation]:
    """Return the invitations that parties declined within the last week."""
    recent = Invitation.objects.filter(
        party__summit=summit, state=InvitationState.ANSWERED, answer="regrets", occasion=""
    )
    return recent.filter(answered_at__gte=Now() - SOON)

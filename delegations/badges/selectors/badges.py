"""Selects the members who have no badge and those who can get one, and says why a badge was ended."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.badges.models.badges import Badge
from delegations.members.models.members import FormerMember, Membership
from delegations.members.selectors import deadlines
from delegations.parties.models.policy import Policy
from delegations.parties.permissions import standing_parties
from summit.summits.models import Summit

# The system's own reasons for ending a badge. A desk writes its reason in its own words.
LEFT, LOST, ERASED, MERGED = "left", "lost", "erased", "merged"
WHY = {
    LEFT: gettext_lazy("The person left the delegation."),
    LOST: gettext_lazy("It was lost, and another was issued in its place."),
    ERASED: gettext_lazy("The person’s data were erased."),
    MERGED: gettext_lazy("The person was entered twice and has another badge."),
}


def end_reason(badge: Badge) -> str:
    """Return why a badge was ended. A reason of the system's own is in the active language."""
    return str(WHY.get(badge.why, badge.why))


def without(summit: Summit) -> QuerySet[Membership]:
    """Return the members of a summit's standing parties who have no live badge, in the parties' order. One query.

    They are joined with everything that `why_not` reads.
    """
    live = Badge.objects.live().filter(person=OuterRef("person"))
    rows = Membership.objects.filter(~Exists(live), party__in=standing_parties().filter(summit=summit))
    return rows.select_related("person", "party", "category").order_by("party__sort_key", "party", "position", "pk")


def able(summit: Summit, policy: Policy) -> QuerySet[Membership]:
    """Return those of `without` who can get a badge now. One query."""
    return without(summit).exclude(_waits(policy))


def waiting(summit: Summit, policy: Policy) -> QuerySet[Membership]:
    """Return those of `without` who must be confirmed first. One query."""
    return without(summit).filter(_waits(policy))


def _waits(policy: Policy) -> Q:
    """Return the condition for members that `why_not` finds unconfirmed."""
    unconfirmed = Q(confirmed_at__isnull=True)
    return unconfirmed if policy.confirm_by else unconfirmed & Q(category__confirm_by__isnull=False)


def why_not(member: Membership, policy: Policy) -> str:
    """Return, as a sentence, why a member of a standing party can't get a badge yet; "" if they can. No query."""
    if member.confirmed_at is None and deadlines.deadline(member.category, policy) is not None:
        message = _("%(person)s is not confirmed yet. The delegation or protocol confirms who comes.")
        return message % {"person": member.person.label}
    return ""


def ended_with(former: FormerMember) -> Badge | None:
    """Return the badge that ended when a member left, or None if they had none. One query."""
    rows = Badge.objects.filter(party=former.party_id, person=former.person_id, why=LEFT)
    return rows.filter(issued_at__gte=former.named_at).first()

"""Who has a badge, who can have one, and why one was ended."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.badges.models.badges import Badge
from delegations.members.models.members import FormerMember, Membership
from delegations.members.selectors import deadlines
from delegations.parties.models.policy import Policy
from delegations.parties.permissions import standing_parties
from summit.summits.models import Summit

# Why a badge is dead, where the system says it; a desk writes its own words.
LEFT, LOST, ERASED, MERGED = "left", "lost", "erased", "merged"
WHY = {
    LEFT: gettext_lazy("The person left the delegation."),
    LOST: gettext_lazy("It was lost, and another was issued in its place."),
    ERASED: gettext_lazy("The person’s data were erased."),
    MERGED: gettext_lazy("The person was entered twice and has another badge."),
}


def why_words(badge: Badge) -> str:
    """Return why a badge is dead, in the reader's language where the system says it."""
    return str(WHY.get(badge.why, badge.why))


def without(summit: Summit) -> QuerySet[Membership]:
    """Return the members of a summit's parties who have no live badge, in the order of parties, with all that
    `why_not` reads. One query."""
    live = Badge.objects.live().filter(person=OuterRef("person"))
    rows = Membership.objects.filter(~Exists(live), party__in=standing_parties().filter(summit=summit))
    return rows.select_related("person", "party", "category").order_by("party__sort_key", "party", "position", "pk")


def able(summit: Summit, policy: Policy) -> QuerySet[Membership]:
    """Return those of `without` who get a badge at once. One query."""
    return without(summit).exclude(_waits(policy))


def waiting(summit: Summit, policy: Policy) -> QuerySet[Membership]:
    """Return those of `without` who are to be confirmed first. One query."""
    return without(summit).filter(_waits(policy))


def _waits(policy: Policy) -> Q:
    """The condition of which `why_not` tells."""
    unconfirmed = Q(confirmed_at__isnull=True)
    return unconfirmed if policy.confirm_by else unconfirmed & Q(category__confirm_by__isnull=False)


def why_not(member: Membership, policy: Policy) -> str:
    """Return in a sentence why a member of a standing party gets no badge yet, "" where they do. No query."""
    if member.confirmed_at is None and deadlines.deadline(member.category, policy) is not None:
        said = _("%(person)s is not confirmed yet. The delegation or protocol confirms who comes.")
        return said % {"person": member.person.label}
    return ""


def ended_with(former: FormerMember) -> Badge | None:
    """Return the badge that died when a member left, None where they had none. One query."""
    rows = Badge.objects.filter(party=former.party_id, person=former.person_id, why=LEFT)
    return rows.filter(issued_at__gte=former.named_at).first()

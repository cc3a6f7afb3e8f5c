"""Selects the members who have no badge and those who can get one, and says why a badge was ended."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.badges.models.badges import Badge
from delegations.invitations.selectors.taking_part import has_left
from delegations.members.models.members import FormerMember, Membership
from delegations.members.selectors import deadlines
from delegations.parties.models.policy import Policy
from delegations.parties.permissions import standing_parties
from summit.summits.models import Summit

# The reasons for which the system itself ends a badge. Desk users enter their reason as text.
LEFT, LOST, ERASED, MERGED = "left", "lost", "erased", "merged"
WHY = {
    LEFT: gettext_lazy("The person has left the delegation."),
    LOST: gettext_lazy("The badge was lost and replaced."),
    ERASED: gettext_lazy("The person’s data was erased."),
    MERGED: gettext_lazy("The person was a duplicate and has another badge."),
}


def end_reason(badge: Badge) -> str:
    """Return why a badge was ended. If the system ended it, the reason is in the active language."""
    return str(WHY.get(badge.why, badge.why))


def without(summit: Summit) -> QuerySet[Membership]:
    """Return the members without a live badge, of all parties that haven't declined or been revoked. Makes one query.

    The members are sorted by party and place, and joined with all rows that `why_not` reads.
    """
    live = Badge.objects.live().filter(person=OuterRef("person"))
    parties = standing_parties().filter(summit=summit).exclude(pk__in=has_left().values("pk"))
    rows = Membership.objects.filter(~Exists(live), party__in=parties)
    return rows.select_related("person", "party", "category").order_by("party__sort_key", "party", "position", "pk")


def able(summit: Summit, policy: Policy) -> QuerySet[Membership]:
    """Return the members without a live badge (see `without`) who can get one now. Makes one query."""
    return without(summit).exclude(_waits(policy))


def waiting(summit: Summit, policy: Policy) -> QuerySet[Membership]:
    """Return the members without a live badge (see `without`) who must be confirmed first. Makes one query."""
    return without(summit).filter(_waits(policy))


def _waits(policy: Policy) -> Q:
    """Return the condition for members who must be confirmed before they get a badge. `why_not` follows the same
    rule."""
    unconfirmed = Q(confirmed_at__isnull=True)
    return unconfirmed if policy.confirm_by else unconfirmed & Q(category__confirm_by__isnull=False)


def why_not(member: Membership, policy: Policy) -> str:
    """Return the sentence why a member can't get a badge yet, or "" if they can. Makes no query.

    The member's party must still be in the summit.
    """
    if member.confirmed_at is None and deadlines.deadline(member.category, policy) is not None:
        message = _("%(person)s is not confirmed yet. The delegation or protocol must confirm them first.")
        return message % {"person": member.person.label}
    return ""


def ended_with(former: FormerMember) -> Badge | None:
    """Return the badge that ended when a member left, or None if they had none. Makes one query."""
    rows = Badge.objects.filter(party=former.party_id, person=former.person_id, why=LEFT)
    return rows.filter(issued_at__gte=former.named_at).first()

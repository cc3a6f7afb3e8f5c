"""Looks up what the badge with a given number opens, for the staff at a door."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from delegations.badges.models.badges import Badge
from delegations.badges.selectors import badges
from delegations.members.models.categories import Category
from delegations.members.models.members import FormerMember, Membership
from delegations.parties.permissions import standing_parties
from delegations.zones.models import Zone
from summit.permissions.rules import check, summits_for
from summit.summits.models import Summit
from summit.users.models import User

SEE = "delegations.badge.view"
# Letters that no number contains, and the digits that they are mistaken for (Crockford's base 32).
_MISREAD = str.maketrans({"o": "0", "i": "1", "l": "1"})


@dataclass(frozen=True)
class Checked:
    """The result of checking a badge's number.

    `badge` is None if no badge that the user may see has this number. `since` is when the badge was issued, or ended.
    It is None if there is no badge, or if the badge only opens nothing because its party left. `why` is the reason
    why the badge opens nothing, or "".
    """

    number: str
    badge: Badge | None = None
    opens: bool = False
    since: datetime | None = None
    why: str = ""
    category: Category | None = None
    zones: tuple[Zone, ...] = ()


def normal(typed: str) -> str:
    """Return the stored form of a badge's number that somebody typed or scanned.

    Spaces, dashes and capitals don't matter. The letters O, I and L are read as the digits that they resemble.
    """
    return "".join(letter for letter in typed.casefold() if letter.isalnum()).translate(_MISREAD)


def spaced(number: str) -> str:
    """Return a number in groups of four, as people read it."""
    return " ".join(number[place : place + 4] for place in range(0, len(number), 4))


def check_badge(*, typed: str, by: User, summit: Summit | None = None) -> Checked:
    """Return what the badge with the number `typed` opens. With `summit`, only this summit's badges are found.

    Raises PermissionDenied if `by` may not see badges.
    """
    check(by, SEE, summit)
    number = normal(typed)
    rows = Badge.objects.filter(public_id=number).select_related("party__summit", "person__photo")
    rows = rows if summit is None else rows.filter(party__summit=summit)
    visible_summits = summits_for(by, SEE)
    badge = (rows if visible_summits is None else rows.filter(party__summit__in=visible_summits)).first()
    if badge is None:
        return Checked(number, why=_("No badge has this number. Type the number exactly as printed on the badge."))
    return state(badge)


def party_left_reason() -> str:
    """Return the reason why a badge opens nothing although it wasn't ended: its party left the summit.

    Such a party is no longer among `standing_parties`.
    """
    return _("The delegation’s invitation was revoked.")


def state(badge: Badge) -> Checked:
    """Return what a badge opens. Makes three queries, if the badge is joined with its party."""
    category = _category(badge)
    if badge.ended_at is not None:
        return Checked(badge.public_id, badge, since=badge.ended_at, why=badges.end_reason(badge), category=category)
    if not standing_parties().filter(pk=badge.party_id).exists():
        return Checked(badge.public_id, badge, why=party_left_reason(), category=category)
    zones = tuple(category.zones.all()) if category else ()
    return Checked(badge.public_id, badge, True, badge.issued_at, category=category, zones=zones)


def _category(badge: Badge) -> Category | None:
    """Return the category in which the person is, or last was, a member of the badge's party. Return None if there is
    none."""
    lookup = {"party": badge.party_id, "person": badge.person_id}
    row = (
        Membership.objects.filter(**lookup).select_related("category").first()
        or FormerMember.objects.filter(**lookup).select_related("category").first()
    )
    return row.category if row else None

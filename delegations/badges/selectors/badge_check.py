"""What a badge opens, for whoever stands at a door: asked by its number, answered in words."""

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
# Letters that no number has, and the digits they are read for (Crockford's base 32).
_MISREAD = str.maketrans({"o": "0", "i": "1", "l": "1"})


@dataclass(frozen=True)
class Checked:
    """What a number came to. `badge` is None where no badge that the reader may see has it; `since` is when it was
    issued, or since when it opens nothing; `why` says why it opens nothing."""

    number: str
    badge: Badge | None = None
    opens: bool = False
    since: datetime | None = None
    why: str = ""
    category: Category | None = None
    zones: tuple[Zone, ...] = ()


def normal(typed: str) -> str:
    """Return a number as it is stored, from what somebody typed or a machine read: spaces, dashes and capitals don't
    matter, nor does the letter O for the digit."""
    return "".join(letter for letter in typed.casefold() if letter.isalnum()).translate(_MISREAD)


def spaced(number: str) -> str:
    """Return a number as it is read: in groups of four."""
    return " ".join(number[place : place + 4] for place in range(0, len(number), 4))


def look(*, typed: str, by: User, summit: Summit | None = None) -> Checked:
    """Return what a badge opens, by what was typed of its number; with `summit` at that one alone. Raises
    PermissionDenied."""
    check(by, SEE, summit)
    number = normal(typed)
    rows = Badge.objects.filter(public_id=number).select_related("party__summit", "person__photo")
    rows = rows if summit is None else rows.filter(party__summit=summit)
    mine = summits_for(by, SEE)
    badge = (rows if mine is None else rows.filter(party__summit__in=mine)).first()
    if badge is None:
        return Checked(number, why=_("No badge has this number. Type it as it stands on the badge."))
    return state(badge)


def left() -> str:
    """Say why a badge opens nothing that nobody ended: its party isn't among `standing_parties`."""
    return _("Its party has left the summit: the invitation was revoked.")


def state(badge: Badge) -> Checked:
    """Return what a badge opens. Three queries; fetch it with its party."""
    category = _category(badge)
    if badge.ended_at is not None:
        return Checked(badge.public_id, badge, since=badge.ended_at, why=badges.why_words(badge), category=category)
    if not standing_parties().filter(pk=badge.party_id).exists():
        return Checked(badge.public_id, badge, why=left(), category=category)
    zones = tuple(category.zones.all()) if category else ()
    return Checked(badge.public_id, badge, True, badge.issued_at, category=category, zones=zones)


def _category(badge: Badge) -> Category | None:
    """The category in which the person is, or was last, a member of the party."""
    kept = {"party": badge.party_id, "person": badge.person_id}
    row = (
        Membership.objects.filter(**kept).select_related("category").first()
        or FormerMember.objects.filter(**kept).select_related("category").first()
    )
    return row.category if row else None

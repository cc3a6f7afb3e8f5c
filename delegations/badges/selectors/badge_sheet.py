"""Collects the contents of printed badges, in the first language of each badge's summit."""

from base64 import b64encode
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, cast

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import override

from delegations.badges.models.badges import Badge
from delegations.badges.permissions import check_can_issue_badges
from delegations.badges.selectors import badge_check
from delegations.members.models.members import Membership
from delegations.members.selectors.kept_photos import kept_back
from delegations.parties.selectors import party_names
from summit.audit import access_log
from summit.quarantine.selectors import content_of
from summit.summits.emblem import emblem_png
from summit.summits.models import Summit
from summit.users.models import User

# The most badges in one PDF. Each page holds a photograph, so more are printed in several files.
MOST = 200
FIELDS = ("badge_name", "name", "office", "photo")


class TooManyBadges(ValueError):
    """Raised if more badges were chosen than one PDF holds. The message is a sentence for the user."""


@dataclass(frozen=True)
class Card:
    """The contents of a printed badge.

    `language` is the language of the party's name and of its footnote. `flag` is "" for none (NamedParty). `photo` is
    "" if there is no photograph; the box for it then stays empty. `colour` is the category's, and `emblem` a PNG or
    b"".
    """

    number: str
    summit: str
    summit_language: str
    place: str
    name: str
    office: str
    party: str
    language: str
    category: str
    colour: str
    flag: str = ""
    footnote: str = ""
    emblem: bytes = b""
    # The codes of the zones that it opens, in their order.
    zones: tuple[str, ...] = ()
    # The JPEG in base64, as the Typst template expects it.
    photo: str = ""

    @property
    def spaced(self) -> str:
        """The badge's number in groups of four."""
        return badge_check.spaced(self.number)


def cards(*, badges: Iterable[Badge], by: User) -> list[Card]:
    """Return the contents of live badges, sorted by party and place. The access log records that `by` saw the
    photographs and names.

    The number of queries grows only with the number of summits. Raises PermissionDenied, and TooManyBadges for more
    than MOST badges.
    """
    badge_by_person = {row.person_id: row for row in badges}
    rows = Membership.objects.filter(person__in=badge_by_person).select_related(
        "person__photo", "category", "party__summit"
    )
    members = list(
        rows.prefetch_related("category__zones").order_by("party__sort_key", "party", "position", "pk")[: MOST + 1]
    )
    if len(members) > MOST:
        raise TooManyBadges(_("A document holds at most %(most)d badges. Select fewer.") % {"most": MOST})
    found: list[Card] = []
    for summit in sorted({member.party.summit for member in members}, key=lambda summit: summit.pk):
        check_can_issue_badges(by, summit)
        summit_members = [member for member in members if member.party.summit_id == summit.pk]
        people = [(summit.pk, member.person.public_id) for member in summit_members]
        access_log.record_list(by=by, label="summit.person", rows=people, fields=FIELDS)
        found += _of(summit, summit_members, badge_by_person)
    return found


def _of(summit: Summit, members: list[Membership], badges: dict[int, Badge]) -> list[Card]:
    book = party_names.book(summit, summit.language)
    emblem = emblem_png(summit) or b""
    back = kept_back(members)
    with override(summit.language):
        return [_card(member, badges[member.person_id], book, emblem, back) for member in members]


def _card(member: Membership, badge: Badge, book: party_names.Book, emblem: bytes, back: Collection[int]) -> Card:
    summit, person = member.party.summit, cast(Any, member.person)
    named_party, photo = book.of(member.party_id), getattr(person, "photo", None)
    picture = content_of(photo, among=back) if photo is not None else None
    return Card(
        number=badge.public_id,
        summit=summit.name,
        summit_language=summit.language,
        place=summit.place,
        # A person without a name is called by their office.
        name=person.badge_name or person.name or person.office,
        office=person.office if person.badge_name or person.name else "",
        party=named_party.name if named_party else "",
        language=named_party.language if named_party else summit.language,
        category=capfirst(str(member.category)),
        colour=member.category.badge_colour,
        flag=named_party.flag if named_party else "",
        footnote=" ".join(named_party.footnote.split()) if named_party else "",
        emblem=emblem,
        zones=tuple(zone.code for zone in member.category.zones.all()),
        photo=b64encode(picture or b"").decode(),
    )

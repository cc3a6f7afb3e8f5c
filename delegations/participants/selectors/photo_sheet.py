"""The people on a sheet of photographs. Those who receive arriving guests recognise them by it."""

from base64 import b64encode
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from delegations.members.models.members import Membership
from delegations.members.selectors.kept_photos import kept_back
from delegations.parties.selectors import footnotes, party_names
from summit.audit import access_log
from summit.people.models import Person
from summit.permissions.rules import check
from summit.quarantine.selectors import content_of
from summit.summits.models import Summit
from summit.users.models import User

SEE = "delegations.photo_sheet"
# A larger sheet is impractical to carry and to read.
MOST = 200
FIELDS = ("form_of_address", "name", "office", "photo")


class TooManyPhotos(ValueError):
    """There are more people than a sheet can hold. The message is a sentence for the user."""


@dataclass(frozen=True)
class Face:
    """A person on the sheet. `photo` is "" if the person has no photograph.

    `language` is the language of the party's name.
    """

    key: str
    name: str
    address: str
    office: str
    party: str
    language: str
    # The JPEG in base64, as the PDF template expects it.
    photo: str = ""
    # The party's footnote, in the language of its name, and its mark on the sheet.
    footnote: str = ""
    mark: str = ""


def arrival_days(summit: Summit) -> list[date]:
    """Return the days on which somebody arrives, in the venue's time zone. Makes one query."""
    rows = Membership.objects.filter(party__summit=summit, person__particulars__arrives_at__isnull=False)
    moments = rows.order_by().values_list("person__particulars__arrives_at", flat=True)
    return sorted({moment.astimezone(summit.zone).date() for moment in moments if moment})


def members(summit: Summit, *, parties: Iterable[int] = (), day: date | None = None) -> QuerySet[Membership]:
    """Return the members on a sheet, in protocol order.

    With `parties` (primary keys), only members of these parties are returned. With `day`, only members who arrive at
    the venue on that day are returned.
    """
    rows = Membership.objects.filter(party__summit=summit)
    keys = list(parties)
    if keys:
        rows = rows.filter(party__in=keys)
    if day is not None:
        start = datetime.combine(day, time(), summit.zone)
        end = datetime.combine(day + timedelta(days=1), time(), summit.zone)
        rows = rows.filter(person__particulars__arrives_at__gte=start, person__particulars__arrives_at__lt=end)
    rank = F("party__protocol_order").asc(nulls_last=True)
    return rows.order_by(rank, "party__sort_key", "party", "position", "category__position", "pk")


def faces(
    *, summit: Summit, by: User, language: str, parties: Iterable[int] = (), day: date | None = None
) -> list[Face]:
    """Return the people on a sheet, and log the access. The number of queries is constant.

    `parties` and `day` select the people, as in `members`. Raises PermissionDenied, and TooManyPhotos for more than
    MOST people.
    """
    check(by, SEE, summit)
    memberships = list(members(summit, parties=parties, day=day).select_related("person__photo", "party")[: MOST + 1])
    if len(memberships) > MOST:
        raise TooManyPhotos(
            _("A sheet holds %(most)d people. Choose fewer delegations, or an arrival date.") % {"most": MOST}
        )
    book = party_names.book(summit, language)
    rows = [(summit.pk, member.person.public_id) for member in memberships]
    if rows:
        access_log.record_list(by=by, label=Person._meta.label_lower, rows=rows, fields=FIELDS)
    notes = footnotes.Footnotes()
    back = kept_back(memberships)
    return [
        _face(member, book, notes, back) for member in sorted(memberships, key=lambda member: _place(member, book))
    ]


def _place(member: Membership, book: party_names.Book) -> tuple[Any, ...]:
    """Return a sort key for a member: the party's rank, or else the party's name in the sheet's alphabetical order.

    Sorting by it keeps the order of a party's members.
    """
    order, named = member.party.protocol_order, book.of(member.party_id)
    alphabet = named.alphabetical if named else ("", "")
    return (order is None, order or 0, *alphabet, member.party_id)


def _face(member: Membership, book: party_names.Book, notes: footnotes.Footnotes, back: Collection[int]) -> Face:
    person: Any = member.person
    named = book.of(member.party_id)
    photo = getattr(person, "photo", None)
    picture = content_of(photo, among=back) if photo is not None else None
    return Face(
        key=person.public_id,
        name=person.name,
        address=person.form_of_address,
        office=person.office,
        party=named.name if named else "",
        language=named.language if named else book.language,
        photo=b64encode(picture or b"").decode(),
        footnote=named.footnote if named else "",
        mark=notes.mark(named),
    )

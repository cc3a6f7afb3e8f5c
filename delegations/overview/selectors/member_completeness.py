"""The data and decisions that are missing for the members of a party, and their deadlines. Nothing is decrypted."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Value, When

from delegations.members.models.members import Membership
from delegations.members.models.particulars import Particulars, Photo
from delegations.members.selectors import deadlines
from delegations.parties.models.parties import Party
from delegations.parties.models.policy import Policy
from delegations.travel.models.visas import VisaLetter, VisaState

# The items that may be missing for a member, in the order in which they are listed.
CONFIRMATION, PASSPORT, PHOTO, ARRIVAL, VISA = "confirmation", "passport", "photo", "arrival", "visa"
# The passport fields that vetting needs.
VETTED_BY = ("passport_name", "birth_date", "nationality", "passport_number", "passport_expiry")


def roll(party: Party) -> QuerySet[Membership]:
    """Return a party's members in their order, annotated for `lacking` (by `with_lacks`). Makes one query."""
    rows = Membership.objects.filter(party=party).select_related("person", "category")
    return with_lacks(rows).order_by("position", "pk")


def numbers_missing(parties: Collection[int]) -> Counter[int]:
    """Return the number of missing items for each party of these primary keys. Makes one query."""
    if not parties:
        return Counter()
    rows = with_lacks(Membership.objects.filter(party__in=parties).select_related("category"))
    return Counter({party: sum(len(lacking(row)) for row in rows if row.party_id == party) for party in parties})


def with_lacks(members: QuerySet[Membership]) -> QuerySet[Membership]:
    """Annotate members with the booleans `lacks_passport`, `lacks_photo`, `lacks_arrival` and `visa_refused`.

    `visa_refused` is True if a visa letter was refused and no other one is asked for or issued.
    """
    particulars = Particulars.objects.filter(person=OuterRef("person"))
    complete = Q(*[~Q(**{name: ""}) for name in VETTED_BY])
    letters = VisaLetter.objects.filter(person=OuterRef("person"), party=OuterRef("party"))
    valid_letters = letters.filter(state__in=(VisaState.ASKED, VisaState.ISSUED))
    refused = letters.filter(state=VisaState.REFUSED)
    return members.annotate(
        lacks_passport=~Exists(particulars.filter(complete)),
        lacks_photo=~Exists(Photo.objects.filter(person=OuterRef("person"))),
        lacks_arrival=~Exists(particulars.filter(arrives_at__isnull=False)),
        visa_refused=_both(Exists(refused), ~Exists(valid_letters)),
    )


def _both(first: Any, second: Any) -> Case:
    return Case(When(Q(first) & Q(second), then=Value(True)), default=Value(False), output_field=BooleanField())


@dataclass(frozen=True)
class Missing:
    """An item that is missing for a member. `until` is the deadline, or None if there is none."""

    member: Membership
    what: str
    until: datetime | None
    late: bool


def lacking(row: Any) -> list[str]:
    """Return the names of the items that are missing for a member, such as PASSPORT. The row is from `with_lacks`."""
    checks = {
        CONFIRMATION: row.confirmed_at is None,
        PASSPORT: row.category.vetted and row.lacks_passport,
        PHOTO: row.lacks_photo,
        ARRIVAL: row.lacks_arrival,
        VISA: row.visa_refused,
    }
    return [what for what, missing in checks.items() if missing]


def missing(members: Iterable[Membership], policy: Policy, now: datetime) -> list[Missing]:
    """Return everything that is missing for members from `roll`, the earliest deadline first.

    Items without a deadline come last.
    """
    found = list(_missing(members, policy, now))
    return sorted(found, key=lambda each: (each.until is None, each.until or now))


def _missing(members: Iterable[Membership], policy: Policy, now: datetime) -> Iterator[Missing]:
    for row in members:
        until = deadlines.deadline(row.category, policy)
        for what in lacking(row):
            due = until if what != VISA else None
            yield Missing(row, what, due, late=due is not None and due <= now)

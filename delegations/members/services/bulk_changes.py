"""Confirming, moving and withdrawing many members of a summit's parties at once.

If a member can't be changed, the reason is listed, both on the preview and in the result.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from delegations.members import departure_listeners
from delegations.members.models.categories import Category
from delegations.members.models.members import Membership
from delegations.members.permissions import check_can_act
from delegations.members.selectors import quotas
from delegations.members.selectors.naming_rules import NamingRefused, check_category, count_member, is_desk
from delegations.members.selectors.quotas import Meter, QuotaFull
from delegations.members.services import members
from delegations.parties.models.parties import Party
from summit.users.models import User

# At most this many members are changed in one transaction. Users who choose more have to filter the list.
MOST = 5_000


class EndsForGood(Exception):
    """Raised if a withdrawal would end what undoing doesn't bring back. `ended` says what: "2 badges"."""

    def __init__(self, ended: Sequence[str]) -> None:
        super().__init__(*ended)
        self.ended = ended


@dataclass
class BulkChangeTargets:
    """The members to whom a bulk change applies (`to`), and the other members with the reasons (`skipped`)."""

    to: list[Membership] = field(default_factory=list)
    skipped: list[tuple[Membership, str]] = field(default_factory=list)


def _standing(memberships: Iterable[Membership], by: User, action: str) -> list[Membership]:
    """Return the first MOST memberships as they are stored now, ordered by party.

    Raises PermissionDenied unless `by` may do `action` for all their parties.
    """
    keys = [row.pk for row in memberships][:MOST]
    related = ("party__summit", "person", "category")
    stored = list(Membership.objects.filter(pk__in=keys).select_related(*related).order_by("party", "position", "pk"))
    for party in {row.party_id: row.party for row in stored}.values():
        check_can_act(by, action, party)
    return stored


def _lock(memberships: Sequence[Membership]) -> None:
    """Lock the parties of these members, so that their members can't change until the transaction ends.

    Parties are always locked in the same order.
    """
    keys = {row.party_id for row in memberships}
    list(Party.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk", flat=True))


def to_confirm(*, memberships: Iterable[Membership], by: User) -> BulkChangeTargets:
    """Return which members `confirm` would confirm, and the others with the reasons. Raises PermissionDenied."""
    targets = BulkChangeTargets()
    for row in _standing(memberships, by, "delegations.name"):
        if row.confirmed_at is None:
            targets.to.append(row)
        else:
            targets.skipped.append((row, _("is already confirmed")))
    return targets


def confirm(*, memberships: Sequence[Membership], by: User) -> BulkChangeTargets:
    """Confirm members. Return which were confirmed, and the others with the reasons.

    The number of queries doesn't grow with the number of members. Raises PermissionDenied.
    """
    with transaction.atomic():
        _lock(memberships)
        targets = to_confirm(memberships=memberships, by=by)
        Membership.objects.filter(pk__in=[row.pk for row in targets.to]).update(confirmed_at=Now())
        members.record_confirmed(targets.to, by)
    return targets


def to_move(*, memberships: Iterable[Membership], category: Category, by: User) -> BulkChangeTargets:
    """Return which members `move` would put into a category, and the others with the reasons.

    Members are moved up to the free places of each party. Raises PermissionDenied.
    """
    current = _standing(memberships, by, "delegations.name")
    targets = BulkChangeTargets()
    same_summit = [row for row in current if row.party.summit_id == category.summit_id]
    parties = {row.party_id: row.party for row in same_summit}
    meters_by_party = {key: _by_category(meters) for key, meters in quotas.meters_of(parties.values()).items()}
    desk = {key: is_desk(by, party) for key, party in parties.items()}
    for row in current:
        if row.party_id not in parties:
            targets.skipped.append((row, _("belongs to a different summit from the category")))
        elif row.category_id == category.pk:
            targets.skipped.append((row, _("is already in this category")))
        else:
            try:
                check_category(row.party, category, meters_by_party[row.party_id], desk[row.party_id])
                count_member(row.party, category, meters_by_party[row.party_id], total=not row.category.counts)
            except (NamingRefused, QuotaFull) as problem:
                targets.skipped.append((row, str(problem)))
            else:
                targets.to.append(row)
    return targets


def _by_category(meters: Iterable[Meter]) -> dict[int | None, Meter]:
    return {meter.category.pk if meter.category else None: meter for meter in meters}


def move(*, memberships: Sequence[Membership], category: Category, by: User) -> BulkChangeTargets:
    """Put members into a category as far as there are free places.

    Return which were moved, and the others with the reasons. The number of queries doesn't grow with the number of
    members. Raises PermissionDenied.
    """
    with transaction.atomic():
        _lock(memberships)
        targets = to_move(memberships=memberships, category=category, by=by)
        before = [row.category for row in targets.to]
        for row in targets.to:
            row.category, row.capacity = category, category.capacity
        Membership.objects.bulk_update(targets.to, ["category", "capacity"])
        members.record_moved(list(zip(targets.to, before, strict=True)), by)
    return targets


def to_withdraw(*, memberships: Iterable[Membership], by: User) -> BulkChangeTargets:
    """Return which members `withdraw` would withdraw. Raises PermissionDenied."""
    return BulkChangeTargets(to=_standing(memberships, by, "delegations.withdraw"))


def withdraw(*, memberships: Sequence[Membership], by: User, confirmed: bool = True) -> BulkChangeTargets:
    """Withdraw members in one transaction and return them.

    Their badges, visa letters and declarations end with it. Unless the user has `confirmed` that, raises EndsForGood,
    and nobody is withdrawn, if anything would end that undoing doesn't bring back. Raises PermissionDenied.
    """
    ended: Counter[str] = Counter()
    with transaction.atomic():
        _lock(memberships)
        targets = to_withdraw(memberships=memberships, by=by)
        for row in targets.to:
            ended.update(members.withdraw_and_count(membership=row, by=by)[1])
        final = list(departure_listeners.final(ended))
        if final and not confirmed:
            raise EndsForGood(final)
    return targets

"""Naming people in a party's categories, and confirming, moving, withdrawing and replacing them.

A party's row is locked while its members change. If two people are named for the last place at once, only one gets
it.
"""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.core.services import rows
from delegations.members import listeners
from delegations.members.models.categories import Category
from delegations.members.models.members import Ended, FormerMember, Membership
from delegations.members.permissions import check_can_act
from delegations.members.selectors import quotas
from delegations.members.selectors.naming_rules import (
    NamingRefused,
    belonging,
    check_category,
    check_person,
    count_member,
    is_desk,
    own_people,
)
from delegations.members.selectors.quotas import Meter, QuotaFull
from delegations.parties.models.parties import Party
from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.audit.services import By
from summit.people.models import Person

NAME = audit_action("delegations.name", gettext_lazy("named a member"))
CONFIRM = audit_action("delegations.confirm", gettext_lazy("confirmed the member"))
MOVE = audit_action("delegations.move", gettext_lazy("put the member into another category"))
WITHDRAW = audit_action("delegations.withdraw", gettext_lazy("withdrew a member"))
REPLACE = audit_action("delegations.replace", gettext_lazy("put another person in a member’s place"))
REORDER = audit_action("delegations.reorder", gettext_lazy("changed the order of the members"))


def _lock(party: Party) -> None:
    """Lock the party's members against other changes until the transaction ends.

    SQLite runs only one writing transaction at a time anyway.
    """
    Party.objects.select_for_update().get(pk=party.pk)


def name(*, party: Party, person: Person, category: Category, by: By) -> Membership:
    """Name a person in a category of a party, and return the membership.

    Raises PermissionDenied, NamingRefused, QuotaFull.
    """
    check_can_act(by, "delegations.name", party)
    with transaction.atomic():
        (row, problem) = _name(party, [(person, category)], by)[0]
        if row is None:
            raise problem or NamingRefused()
    return row


def name_many(
    *, party: Party, people: Sequence[tuple[Person, Category]], by: By
) -> list[tuple[Membership | None, Exception | None]]:
    """Name people in their order, as far as places are free, and return the result for each person.

    A result is (membership, None), or (None, exception) with NamingRefused or QuotaFull. The number of queries
    doesn't grow with the number of people. Raises PermissionDenied.
    """
    check_can_act(by, "delegations.name", party)
    with transaction.atomic():
        return _name(party, people, by)


def _name(
    party: Party, people: Sequence[tuple[Person, Category]], by: By
) -> list[tuple[Membership | None, Exception | None]]:
    _lock(party)
    desk = is_desk(by, party)
    meters: dict[int | None, Meter] = {
        meter.category.pk if meter.category else None: meter for meter in quotas.meters(party=party)
    }
    taken = belonging(person for person, _category in people)
    known = own_people(party, [person for person, _category in people])
    last = party.memberships.aggregate(last=Max("position"))["last"]
    position = 0 if last is None else last + 1
    results: list[tuple[Membership | None, Exception | None]] = []
    for person, category in people:
        try:
            check_person(party, person, taken, known, desk)
            check_category(party, category, meters, desk)
            count_member(party, category, meters)
        except (NamingRefused, QuotaFull) as problem:
            results.append((None, problem))
            continue
        taken[person.pk] = party.name
        row = Membership(party=party, person=person, category=category, capacity=category.capacity, position=position)
        position += 1
        results.append((row, None))
    created = [row for row, _problem in results if row is not None]
    Membership.objects.bulk_create(created)
    audit.record_many([_entry(row, by) for row in created])
    if created:
        listeners.count(party=party, by=by)
    return results


def _entry(row: Membership, by: By) -> Any:
    detail = {"category": row.category.code, "person": row.person.public_id}
    return audit.entry(
        by=by,
        action=NAME,
        target=row,
        summit=row.party.summit,
        fields=["category", "party", "person"],
        detail=detail,
        part_of=row.party,
    )


def confirm(*, party: Party, people: Collection[int], by: By) -> int:
    """Confirm members of a party, and return how many of them were unconfirmed.

    `people` holds the primary keys of their memberships. Raises PermissionDenied.
    """
    check_can_act(by, "delegations.name", party)
    with transaction.atomic():
        unconfirmed = list(
            party.memberships.select_for_update(of=("self",))
            .filter(pk__in=people, confirmed_at__isnull=True)
            .select_related("person")
        )
        Membership.objects.filter(pk__in=[row.pk for row in unconfirmed]).update(confirmed_at=Now())
        audit.record_many(
            [
                audit.entry(
                    by=by,
                    action=CONFIRM,
                    target=row,
                    summit=party.summit,
                    fields=["confirmed_at"],
                    part_of=party,
                )
                for row in unconfirmed
            ]
        )
    return len(unconfirmed)


def move(*, membership: Membership, category: Category, by: By) -> None:
    """Put a member into another category. Raises PermissionDenied, NamingRefused, QuotaFull."""
    party = membership.party
    check_can_act(by, "delegations.name", party)
    with transaction.atomic():
        _lock(party)
        row = _standing(membership)
        if row.category_id == category.pk:
            return
        meters: dict[int | None, Meter] = {
            meter.category.pk if meter.category else None: meter for meter in quotas.meters(party=party)
        }
        check_category(party, category, meters, is_desk(by, party))
        # A member who counts towards the total already takes no further place in it.
        count_member(party, category, meters, total=not row.category.counts)
        detail = {"category": category.code, "before": row.category.code}
        row.category = category
        row.save(update_fields=["category"])
        audit.record(
            by=by,
            action=MOVE,
            target=row,
            summit=party.summit,
            fields=["category"],
            detail=detail,
            part_of=party,
        )


def withdraw(*, membership: Membership, by: By) -> FormerMember:
    """Withdraw a member and return the former member.

    The member's badges, visa letters and declarations end in the same transaction. Raises PermissionDenied, and
    NamingRefused if the member was withdrawn before.
    """
    party = membership.party
    check_can_act(by, "delegations.withdraw", party)
    with transaction.atomic():
        _lock(party)
        row = _standing(membership)
        former = _end(row, by, why=Ended.WITHDRAWN)
        audit.record(
            by=by,
            action=WITHDRAW,
            target=row,
            summit=party.summit,
            detail={
                "person": row.person.public_id,
                "category": row.category.code,
                "rows": [audit.name_of(row.person)],
            },
            part_of=party,
        )
        row.delete()
        listeners.count(party=party, by=by)
    return former


def replace(*, membership: Membership, person: Person, by: By) -> Membership:
    """Put a person in a member's place, with the same category and position, and return the person's membership.

    The member's badge ends at once, and their items wait for protocol. Naming deadlines and quotas don't apply,
    because the number of members stays the same. The person may be a member of the party in another category, such as
    the alternate head. Their former place then becomes free, and they keep their badge, letters and declarations.
    Raises PermissionDenied, NamingRefused.
    """
    party = membership.party
    check_can_act(by, "delegations.withdraw", party)
    with transaction.atomic():
        _lock(party)
        row = _standing(membership)
        existing = Membership.objects.select_related("category").filter(party=party, person=person).first()
        if existing is None:
            check_person(party, person, belonging([person]), own_people(party, [person]), is_desk(by, party))
        elif existing.category_id == row.category_id:
            facts = {"person": person.label, "category": str(row.category)}
            raise NamingRefused(_("%(person)s comes as “%(category)s” already. Choose somebody else.") % facts)
        _end(row, by, why=Ended.REPLACED, successor=person)
        previous = row.person
        row.delete()
        listeners.replace(party=party, gone=previous, taker=person)
        detail = {"person": person.public_id, "before": previous.public_id, "category": row.category.code}
        if existing is not None:
            detail["left"] = existing.category.code
        fresh = existing or Membership(party=party, person=person)
        fresh.category, fresh.position = row.category, row.position
        fresh.save()
        audit.record(
            by=by,
            action=REPLACE,
            target=fresh,
            summit=party.summit,
            fields=["person"] if existing is None else ["category", "position"],
            detail=detail,
            part_of=party,
        )
        if existing is not None:
            listeners.count(party=party, by=by)
    return fresh


def _standing(membership: Membership) -> Membership:
    """Return the membership as it is stored now. The party must be locked.

    Raises NamingRefused if the membership no longer exists.
    """
    row = Membership.objects.select_related("person", "category", "party__summit").filter(pk=membership.pk).first()
    if row is None:
        raise NamingRefused(_("This person was taken off a moment ago. Look at the list as it is now."))
    return row


def _end(row: Membership, by: By, *, why: Ended, successor: Person | None = None) -> FormerMember:
    former = FormerMember.objects.create(
        party=row.party,
        person=row.person,
        category=row.category,
        named_at=row.created_at,
        why=why,
        successor=successor,
    )
    listeners.notify_member_left(party=row.party, person=row.person, by=by)
    return former


def reorder(*, party: Party, order: Sequence[int], by: By, expected: str = "") -> None:
    """Put a party's members in the order of these primary keys. Members not in `order` follow in their old order.

    `expected` is the `rows.mark` of the order that the user saw. Raises PermissionDenied, and OrderChanged if
    somebody else saved another order since.
    """
    check_can_act(by, "delegations.name", party)
    with transaction.atomic():
        _lock(party)
        current = list(party.memberships.order_by("position", "pk"))
        if rows.arrange(current, order, expected):
            audit.record(by=by, action=REORDER, target=party, summit=party.summit, fields=["memberships"])


__all__ = ["NamingRefused", "QuotaFull", "confirm", "move", "name", "name_many", "reorder", "replace", "withdraw"]

"""Naming people in a party's categories, and confirming, moving, withdrawing and replacing them.

A party's row is locked while its members change. If two people are named for the last place at once, only one gets
it.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.core.services import rows
from delegations.members import departure_listeners
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
from summit.audit.actions import Facts, audit_action
from summit.audit.services import By
from summit.people.models import Person
from summit.undo import services as undo
from summit.users.models import User


def _named(facts: Facts) -> str:
    category = facts.named("delegations.category")
    return _("named a member as “%(category)s”") % {"category": category[0]} if category else _("named a member")


def _moved(facts: Facts) -> str:
    categories = facts.change("category")
    if categories is None:
        return _("moved the member to another category")
    before, after = categories
    return _("moved the member from “%(before)s” to “%(after)s”") % {"before": before, "after": after}


def _replaced(facts: Facts) -> str:
    previous = facts.named("summit.person")
    if not previous:
        return _("replaced a member with another person")
    return _("put another person in the place of %(previous)s") % {"previous": previous[0]}


NAME = audit_action("delegations.name", _named, label=gettext_lazy("named a member"))
CONFIRM = audit_action("delegations.confirm", gettext_lazy("confirmed the member"))
MOVE = audit_action("delegations.move", _moved, label=gettext_lazy("moved the member to another category"))
WITHDRAW = audit_action("delegations.withdraw", gettext_lazy("withdrew a member"))
REPLACE = audit_action("delegations.replace", _replaced, label=gettext_lazy("replaced a member with another person"))
REINSTATE = audit_action("delegations.reinstate", gettext_lazy("made the person a member again"))
UNCONFIRM = audit_action("delegations.unconfirm", gettext_lazy("took back the confirmation of the member"))
REORDER = audit_action("delegations.reorder", gettext_lazy("reordered the members"))


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
        departure_listeners.count(party=party, by=by)
    return results


def _entry(row: Membership, by: By) -> Any:
    rows_named = [audit.name_of(row.category), audit.name_of(row.person)]
    detail = {"category": row.category.code, "person": row.person.public_id, "rows": rows_named}
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
            .select_related("person", "party__summit")
        )
        Membership.objects.filter(pk__in=[row.pk for row in unconfirmed]).update(confirmed_at=Now())
        record_confirmed(unconfirmed, by)
    return len(unconfirmed)


def record_confirmed(rows: Sequence[Membership], by: By) -> None:
    """Record that members are confirmed, in the caller's transaction, and offer to undo it."""
    entries = [
        audit.entry(
            by=by,
            action=CONFIRM,
            target=row,
            summit=row.party.summit,
            fields=["confirmed_at"],
            part_of=row.party,
        )
        for row in rows
    ]
    audit.record_many(entries)
    undo.offer_many([(entry, {"membership": row.pk}) for entry, row in zip(entries, rows, strict=True)])


def unconfirm(*, membership: Membership, by: By) -> bool:
    """Take the confirmation of a member back. Return False, without changes, if there is none.

    Raises PermissionDenied.
    """
    party = membership.party
    check_can_act(by, "delegations.name", party)
    with transaction.atomic():
        rows = Membership.objects.filter(pk=membership.pk, confirmed_at__isnull=False)
        changed = rows.update(confirmed_at=None)
        if changed:
            audit.record(
                by=by,
                action=UNCONFIRM,
                target=membership,
                summit=party.summit,
                fields=["confirmed_at"],
                part_of=party,
            )
    return bool(changed)


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
        before, row.category = row.category, category
        row.save(update_fields=["category"])
        record_moved([(row, before)], by)


def record_moved(rows: Sequence[tuple[Membership, Category]], by: By) -> None:
    """Record that members were moved from these categories, in the caller's transaction, and offer to undo it."""
    entries = [
        audit.entry(
            by=by,
            action=MOVE,
            target=row,
            summit=row.party.summit,
            fields=["category"],
            detail={
                "category": row.category.code,
                "before": before.code,
                **audit.values(Membership, {"category": (before, row.category)}),
            },
            part_of=row.party,
        )
        for row, before in rows
    ]
    audit.record_many(entries)
    undo.offer_many(
        [
            (entry, {"membership": row.pk, "before": before.pk, "after": row.category_id})
            for entry, (row, before) in zip(entries, rows, strict=True)
        ]
    )


def withdraw(*, membership: Membership, by: By) -> FormerMember:
    """Withdraw a member and return the former member.

    The member's badges, visa letters and declarations end in the same transaction. Raises PermissionDenied, and
    NamingRefused if the member was withdrawn before.
    """
    return withdraw_and_count(membership=membership, by=by)[0]


def withdraw_and_count(*, membership: Membership, by: By) -> tuple[FormerMember, dict[str, int]]:
    """Withdraw a member as `withdraw` does. Return the former member, and how many things ended (`listeners`)."""
    party = membership.party
    check_can_act(by, "delegations.withdraw", party)
    with transaction.atomic():
        _lock(party)
        row = _standing(membership)
        former, ended = _end(row, by, why=Ended.WITHDRAWN)
        entry = audit.record(
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
        confirmed_at = row.confirmed_at.isoformat() if row.confirmed_at else None
        known = {"membership": row.pk, "position": row.position, "confirmed_at": confirmed_at}
        undo.offer(entry, {**known, "former": former.pk, "ended": ended})
        row.delete()
        departure_listeners.count(party=party, by=by)
    return former, ended


def reinstate(
    *, former: FormerMember, key: int, position: int, confirmed_at: str | None, ended: Mapping[str, int], by: User
) -> list[str]:
    """Make a withdrawn person a member again, as they were, and return what isn't restored of what `ended`.

    `key` is the membership's former primary key, under which its history stands. A place must be free; deadlines
    don't apply. Raises PermissionDenied, NamingRefused, QuotaFull.
    """
    party, person, category = former.party, former.person, former.category
    check_can_act(by, "delegations.withdraw", party)
    with transaction.atomic():
        _lock(party)
        desk = is_desk(by, party)
        meters: dict[int | None, Meter] = {
            meter.category.pk if meter.category else None: meter for meter in quotas.meters(party=party)
        }
        check_person(party, person, belonging([person]), own_people(party, [person]), desk)
        check_category(party, category, meters, desk, late=False)
        count_member(party, category, meters)
        row = Membership(pk=key, party=party, person=person, category=category, position=position)
        row.save(force_insert=True)
        Membership.objects.filter(pk=key).update(created_at=former.named_at, confirmed_at=confirmed_at)
        former.delete()
        audit.record(
            by=by,
            action=REINSTATE,
            target=row,
            summit=party.summit,
            detail={"person": person.public_id, "category": category.code, "rows": [audit.name_of(person)]},
            part_of=party,
        )
        departure_listeners.count(party=party, by=by)
        return departure_listeners.restore(party=party, person=person, by=by, ended=ended)


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
            raise NamingRefused(_("%(person)s is already in “%(category)s”. Choose someone else.") % facts)
        _end(row, by, why=Ended.REPLACED, successor=person)
        previous = row.person
        row.delete()
        departure_listeners.replace(party=party, gone=previous, taker=person)
        detail: dict[str, Any] = {"person": person.public_id, "before": previous.public_id}
        detail |= {"category": row.category.code, "rows": [audit.name_of(previous)]}
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
            departure_listeners.count(party=party, by=by)
    return fresh


def _standing(membership: Membership) -> Membership:
    """Return the membership as it is stored now. The party must be locked.

    Raises NamingRefused if the membership no longer exists.
    """
    row = Membership.objects.select_related("person", "category", "party__summit").filter(pk=membership.pk).first()
    if row is None:
        raise NamingRefused(_("This person has just been removed. Reload the list."))
    return row


def _end(
    row: Membership, by: By, *, why: Ended, successor: Person | None = None
) -> tuple[FormerMember, dict[str, int]]:
    former = FormerMember.objects.create(
        party=row.party,
        person=row.person,
        category=row.category,
        named_at=row.created_at,
        why=why,
        successor=successor,
    )
    return former, departure_listeners.notify_member_left(party=row.party, person=row.person, by=by)


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

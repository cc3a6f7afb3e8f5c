"""Adding, changing, ordering and deleting a summit's categories of people."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from delegations.core.services import rows
from delegations.members.models.categories import Capacity, Category
from delegations.members.models.members import FormerMember, Membership
from delegations.members.models.quotas import Quota
from delegations.parties.permissions import SET_DEFAULT_QUOTAS
from delegations.parties.services import parties
from delegations.zones import services as zones_services
from summit.audit import services as audit
from summit.audit.actions import audit_action, row_actions
from summit.core.punctuation import pair, semicolon
from summit.permissions.rules import allows, check, refusal
from summit.summits import services as summits_services
from summit.summits.models import Summit
from summit.users.models import User

CHANGE = "delegations.category.change"
FIELDS = ("code", "capacity", "names", "quota", "counts", "vetted", "name_by", "confirm_by", "offered", "colour")
zones_services.opens_zones(10, Category)
# An error message names at most this many parties.
NAMED = 5
CATEGORY_ACTIONS = row_actions(
    "delegations.category",
    add=gettext_lazy("added a category of people"),
    change=gettext_lazy("changed a category of people"),
    remove=gettext_lazy("deleted a category of people"),
)
ARRANGE = audit_action("delegations.category.arrange", gettext_lazy("reordered the categories"))


def of(summit: Summit) -> list[Category]:
    """Return a summit's categories in their order, after adding the usual ones that the summit doesn't have yet."""
    return sorted(Category.objects.of(summit).values(), key=lambda row: (row.position, row.pk))


@summits_services.beginning.register(10)
def begin(summit: Summit) -> None:
    """Add the usual categories to a new summit.

    An older summit gets missing ones when its categories are first read. This also holds for categories that a later
    version of the program adds.
    """
    Category.objects.of(summit)


def is_used(category: Category) -> bool:
    """Return whether anybody is or was named in a category. Makes at most two queries."""
    return (
        Membership.objects.filter(category=category).exists()
        or FormerMember.objects.filter(category=category).exists()
    )


def is_usual(category: Category) -> bool:
    """Return whether a category is one of the usual ones, which every summit has."""
    return category.code in Capacity.values


def can_set_quota(by: Any, summit: Summit | None) -> bool:
    """Return whether `by` may set how many people can be named in a category."""
    return allows(by, SET_DEFAULT_QUOTAS, summit)


def above(category: Category, number: int) -> list[tuple[str, int]]:
    """Return (party's name, number of members) for parties with more than `number` members in a category.

    The largest number comes first. Parties with their own quota are left out. Makes one query.
    """
    excluded = Quota.objects.filter(category=category).values("party")
    memberships = (
        Membership.objects.filter(category=category).exclude(party__in=excluded).order_by().values("party__name")
    )
    counts = memberships.annotate(n=Count("pk")).filter(n__gt=number).order_by("-n", "party__name")
    return list(counts.values_list("party__name", "n"))


def problems(category: Category, values: Mapping[str, Any]) -> dict[str, str]:
    """Return a dict from field to the reason why a stored category can't get its new value. It is empty if all values
    fit."""
    found: dict[str, str] = {}
    stored = Category.objects.get(pk=category.pk)
    if values.get("code", stored.code) != stored.code:
        found["code"] = _("Imported files use this code, so it cannot change. Add another category instead.")
    if values.get("capacity", stored.capacity) != stored.capacity:
        found["capacity"] = _(
            "This category has people in it, so its capacity cannot change. Add another category instead."
        )
    quota = values.get("quota", stored.quota)
    over = above(stored, quota) if quota is not None and quota != stored.quota else []
    if over:
        found["quota"] = _too_few(over)
    return found


def _too_few(over: list[tuple[str, int]]) -> str:
    labels = [pair(party, n) for party, n in over[:NAMED]]
    if remaining := len(over) - len(labels):
        others = ngettext("%(n)d other delegation", "%(n)d other delegations", remaining)
        labels.append(others % {"n": remaining})
    message = _(
        "These delegations have already named more people: %(parties)s. Set a separate quota for each, withdraw "
        "people, or enter a higher number."
    )
    return message % {"parties": semicolon().join(labels)}


def create(*, summit: Summit, values: Mapping[str, Any], by: User) -> Category:
    """Add a category after the others and return it.

    Users who may not set quotas must give a quota of 0; an organiser raises it later. Raises PermissionDenied, and
    ValidationError with the problems by field.
    """
    check(by, CHANGE, summit)
    row = Category(summit=summit)

    def ready(row: Category) -> None:
        if row.quota != 0 and not can_set_quota(by, summit):
            raise PermissionDenied(refusal(SET_DEFAULT_QUOTAS))
        row.position = rows.last_place(Category.objects.filter(summit=summit))

    rows.create(row, values, FIELDS, by=by, action=CATEGORY_ACTIONS.add, ready=ready)
    return row


def change(*, category: Category, values: Mapping[str, Any], by: User) -> Category:
    """Change a category and return it as it is now. Only values that differ are recorded in the audit.

    Raises PermissionDenied, and ValidationError with the problems by field.
    """
    summit = category.summit
    check(by, CHANGE, summit)
    with transaction.atomic():
        rows.lock(summit)
        if {"quota", "capacity"} & set(values):
            parties.lock_all(summit)
        row = Category.objects.get(pk=category.pk)
        if stopped := problems(row, values):
            raise ValidationError(stopped)
        if values.get("quota", row.quota) != row.quota:
            check(by, SET_DEFAULT_QUOTAS, summit)
        stored: Category
        stored, _changed = rows.change(category, values, FIELDS, by=by, action=CATEGORY_ACTIONS.change)
    return stored


def stops_removal(category: Category) -> str:
    """Return why a category can't be deleted and what to do instead, or "" if it can."""
    if is_usual(category):
        return _(
            "Every summit has “%(category)s”. To stop people being named in it, untick “available to delegations”."
        ) % {"category": category}
    number = Membership.objects.filter(category=category).count()
    if number:
        message = ngettext(
            "%(n)d person is in “%(category)s”. Move them to another category first.",
            "%(n)d people are in “%(category)s”. Move them to another category first.",
            number,
        )
        return message % {"n": number, "category": category}
    if is_used(category):
        return _(
            "The records of people who have left still name “%(category)s”. To stop people being named in it, "
            "untick “available to delegations”."
        ) % {"category": category}
    return ""


def remove(*, category: Category, by: User) -> None:
    """Delete a category in which nobody was ever named, with the parties’ own quotas for it.

    Raises PermissionDenied, and ValidationError with the reason why it can't be deleted.
    """
    summit = category.summit
    check(by, CHANGE, summit)
    with transaction.atomic():
        rows.lock(summit)
        parties.lock_all(summit)
        if stopped := stops_removal(category):
            raise ValidationError(stopped)
        detail = {"category": category.code}
        audit.record(by=by, action=CATEGORY_ACTIONS.remove, target=category, summit=summit, detail=detail)
        category.delete()


def arrange(*, summit: Summit, order: Sequence[int], by: User, expected: str = "") -> None:
    """Put a summit's categories in the order of these primary keys.

    `expected` is the `rows.mark` of the order that the user saw. Raises PermissionDenied, and OrderChanged if
    somebody else saved another order since.
    """
    check(by, CHANGE, summit)
    with transaction.atomic():
        rows.lock(summit)
        if moved := rows.arrange(of(summit), order, expected):
            detail = {"moved": moved}
            audit.record(by=by, action=ARRANGE, target=summit, summit=summit, detail=detail)


def with_numbers(categories: Any) -> Any:
    """Annotate categories with `named` and `unconfirmed`.

    These are the number of members, and how many of the members aren't confirmed.
    """
    return categories.annotate(
        named=Count("memberships"), unconfirmed=Count("memberships", filter=Q(memberships__confirmed_at__isnull=True))
    )

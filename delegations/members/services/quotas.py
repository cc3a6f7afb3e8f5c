"""Setting and removing quotas for single parties."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from delegations.core.errors import FieldProblem
from delegations.members.models.categories import Category
from delegations.members.models.quotas import Quota
from delegations.members.permissions import check_can_raise_quota, quota_refusal
from delegations.members.selectors import quotas
from delegations.parties.models.parties import Party
from delegations.parties.models.policy import Policy
from delegations.parties.permissions import SET_DEFAULT_QUOTAS
from summit.audit import services as audit
from summit.audit.actions import Facts, audit_action
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.users.models import User


def _changed(facts: Facts) -> dict[str, Any] | None:
    """Return of whom the places are, and their numbers before and after, or None if the entry doesn't have all."""
    category = facts.named("delegations.category")
    if not category and facts.detail.get("category", "?"):
        return None
    before, number = (facts.detail.get(name) for name in ("before", "number"))
    limits = {"before": before, "number": number}
    said = {name: _("no limit") if value is None else str(value) for name, value in limits.items()}
    return {"category": category[0] if category else _("total"), **said}


def _raised(facts: Facts) -> str:
    changed = _changed(facts)
    if changed is None:
        return _("set the delegation’s places")
    return _("changed the places of the delegation (%(category)s) from %(before)s to %(number)s") % changed


def _dropped(facts: Facts) -> str:
    changed = _changed(facts)
    if changed is None:
        return _("restored the default places of the delegation")
    message = _("restored the default places of the delegation (%(category)s): from %(before)s to %(number)s")
    return message % changed


RAISE_QUOTA = audit_action("delegations.raise_quota", _raised, label=gettext_lazy("set the delegation’s places"))
DROP_QUOTA = audit_action(
    "delegations.drop_quota", _dropped, label=gettext_lazy("restored the default places of the delegation")
)


class QuotaProblem(FieldProblem):
    """A quota can't be set or removed. `field` names the form field to correct, and the message says what to do."""


def set_quota(*, party: Party, category: Category | None, number: int, reason: str, by: User) -> Quota:
    """Set a party's own quota for a category, or for the total if `category` is None, and return it.

    The number can't be smaller than the number of people named already. Protocol can give as many additional places
    as the summit's policy says (`quotas.additional_places`). Raises PermissionDenied, QuotaProblem.
    """
    summit: Summit = party.summit
    check_can_raise_quota(by, summit)
    reason = " ".join(reason.split())
    if not reason:
        raise QuotaProblem("reason", _("Enter a reason. It is shown with the number."))
    if number < 0 or number > 10_000:
        raise QuotaProblem("number", _("Enter a number between 0 and 10,000."))
    with transaction.atomic():
        places = _lock_places(summit, by)
        given = 0 if places is None else quotas.additional_places(summit)
        Party.objects.select_for_update().get(pk=party.pk)
        meter = next((row for row in quotas.meters(party=party) if row.category == category), None)
        if meter is not None and number < meter.named:
            message = ngettext(
                "%(n)d person is already named. Withdraw them first, or enter a higher number.",
                "%(n)d people are already named. Withdraw some of them first, or enter a higher number.",
                meter.named,
            )
            raise QuotaProblem("number", message % {"n": meter.named})
        before = meter.allowed if meter is not None else None
        values = {"number": number, "reason": reason, "set_by": by}
        row, _made = Quota.objects.update_or_create(party=party, category=category, defaults=values)
        if places is not None and quotas.additional_places(summit) > max(places, given):
            raise QuotaProblem("number", _too_many(places, given))
        detail = {"number": number, "before": before, **_of(category)}
        audit.record(by=by, action=RAISE_QUOTA, target=party, summit=summit, fields=["quotas"], detail=detail)
    return row


def _lock_places(summit: Summit, by: User) -> int | None:
    """Return how many additional places `by` can give in a summit, or None if there is no limit.

    The policy is locked, so that two users don't give the same places.
    """
    if allows(by, SET_DEFAULT_QUOTAS, summit):
        return None
    policy = Policy.objects.select_for_update().get(summit=summit)
    if policy.protocol_places is None:
        raise PermissionDenied(quota_refusal(summit))
    return policy.protocol_places


def _too_many(places: int, given: int) -> str:
    message = ngettext(
        "Protocol can give %(places)d additional place in all; %(given)d is given. Ask an organiser for more.",
        "Protocol can give %(places)d additional places in all; %(given)d are given. Ask an organiser for more.",
        places,
    )
    return message % {"places": places, "given": given}


def _of(category: Category | None) -> dict[str, Any]:
    """Return what an entry's detail says of the category of a quota, or of the total for None."""
    if category is None:
        return {"category": ""}
    return {"category": category.code, "rows": [audit.name_of(category)]}


def remove_quota(*, party: Party, category: Category | None, by: User) -> bool:
    """Remove a party's own quota, so that the general quota applies again. Return whether there was one.

    If more people are named than the general quota allows, the quota isn't removed. Raises PermissionDenied,
    QuotaProblem.
    """
    check_can_raise_quota(by, party.summit)
    with transaction.atomic():
        Party.objects.select_for_update().get(pk=party.pk)
        row = Quota.objects.filter(party=party, category=category).first()
        if row is None:
            return False
        meter = next((each for each in quotas.meters(party=party) if each.category == category), None)
        usual = category.quota if category is not None else Policy.objects.of(party.summit).total
        if meter is not None and usual is not None and usual < meter.named:
            message = _(
                "The default quota is %(usual)d, but %(named)d people are named here. Withdraw some of them first."
            )
            raise QuotaProblem("number", message % {"usual": usual, "named": meter.named})
        detail = {"before": row.number, "number": usual, **_of(category)}
        audit.record(
            by=by,
            action=DROP_QUOTA,
            target=party,
            summit=party.summit,
            fields=["quotas"],
            detail=detail,
        )
        row.delete()
    return True

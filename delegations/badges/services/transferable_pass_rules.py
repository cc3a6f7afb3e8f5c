"""Adds, changes and deletes the rules that say how many transferable passes a party gets and what they open."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy, ngettext

from delegations.badges.models.transferable_passes import TransferablePass, TransferablePassRule
from delegations.badges.services import transferable_passes
from delegations.core.services import rows
from delegations.parties.services import parties
from delegations.zones import services as zones_services
from summit.audit import services as audit
from summit.audit.actions import row_actions
from summit.permissions.rules import check
from summit.summits.models import Summit
from summit.users.models import User

CHANGE = "delegations.transferablepassrule.change"
FIELDS = ("name", "passes", "people", "most")

zones_services.opens_zones(20, TransferablePassRule)
PASS_RULE_ACTIONS = row_actions(
    "delegations.transferablepassrule",
    add=gettext_lazy("added a transferable pass type"),
    change=gettext_lazy("changed a transferable pass type"),
    remove=gettext_lazy("deleted a transferable pass type"),
)


def create(*, summit: Summit, values: Mapping[str, Any], by: User) -> TransferablePassRule:
    """Add a kind of transferable pass and return it. Raises PermissionDenied, and ValidationError by field."""
    check(by, CHANGE, summit)
    row = TransferablePassRule(summit=summit)
    with transaction.atomic():
        rows.create(row, values, FIELDS, by=by, action=PASS_RULE_ACTIONS.add)
        transferable_passes.settle_summit(summit=summit, by=by)
    return row


def change(*, rule: TransferablePassRule, values: Mapping[str, Any], by: User) -> TransferablePassRule:
    """Change a kind of transferable pass and return the stored row. The passes of all parties are adjusted to the
    change.

    Raises PermissionDenied, and ValidationError by field.
    """
    check(by, CHANGE, rule.summit)
    stored: TransferablePassRule
    with transaction.atomic():
        stored, changed = rows.change(rule, values, FIELDS, by=by, action=PASS_RULE_ACTIONS.change)
        if changed:
            transferable_passes.settle_summit(summit=rule.summit, by=by)
    return stored


def stops_removal(rule: TransferablePassRule) -> str:
    """Return why a kind of transferable pass can't be deleted and what to do instead; "" if it can be deleted."""
    number = TransferablePass.objects.filter(rule=rule, holder__isnull=False).count()
    if not number:
        return ""
    message = ngettext(
        "%(n)d pass of type “%(rule)s” is in use. Take it back first.",
        "%(n)d passes of type “%(rule)s” are in use. Take them back first.",
        number,
    )
    return message % {"n": number, "rule": rule}


def remove(*, rule: TransferablePassRule, by: User) -> None:
    """Delete a kind of transferable pass that nobody carries.

    Raises PermissionDenied, and ValidationError if somebody carries such a pass.
    """
    summit = rule.summit
    check(by, CHANGE, summit)
    with transaction.atomic():
        rows.lock(summit)
        parties.lock_all(summit)
        if reason := stops_removal(rule):
            raise ValidationError(reason)
        audit.record(by=by, action=PASS_RULE_ACTIONS.remove, target=rule, summit=summit)
        rule.delete()

"""How many passes that change hands a party gets for its people, and what they open, as a desk sets it."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import ngettext

from delegations.domain import overpasses, rows
from delegations.models import Overpass, OverpassRule
from summit.domain import audit
from summit.models import Summit, User
from summit.permissions import check

CHANGE = "delegations.overpassrule.change"
FIELDS = ("name", "passes", "people", "most")


def enter(*, summit: Summit, values: Mapping[str, Any], by: User) -> OverpassRule:
    """Add a kind of overpass. Raises PermissionDenied, ValidationError with what stops it by field."""
    check(by, CHANGE, summit)
    given = dict(values)
    zones = rows.check_zones(summit, given.pop("zones", ()))
    row = OverpassRule(summit=summit)
    rows.put(row, given, FIELDS)
    with transaction.atomic():
        rows.lock(summit)
        row.full_clean()
        row.save()
        row.zones.set(zones)
        overpasses.settle_summit(summit=summit, by=by)
        audit.record(by=by, action="delegations.overpassrule.add", target=row, summit=summit, fields=sorted(values))
    return row


def change(*, rule: OverpassRule, values: Mapping[str, Any], by: User) -> OverpassRule:
    """Change a kind of overpass and return it as it is now; what parties have of it follows. Raises
    PermissionDenied, ValidationError with what stops it by field."""
    summit = rule.summit
    check(by, CHANGE, summit)
    given = dict(values)
    zones = given.pop("zones", None)
    with transaction.atomic():
        rows.lock(summit)
        row = OverpassRule.objects.select_related("summit").get(pk=rule.pk)
        changed, fields = rows.write(row, given, FIELDS, zones=zones)
        if fields:
            audit.record(
                by=by,
                action="delegations.overpassrule.change",
                target=row,
                summit=summit,
                fields=fields,
                detail=audit.values(OverpassRule, changed),
            )
        if changed:
            overpasses.settle_summit(summit=summit, by=by)
    return row


def stops_removal(rule: OverpassRule) -> str:
    """Return why a kind of overpass can't be deleted and what to do instead, "" where it can."""
    number = Overpass.objects.filter(rule=rule, holder__isnull=False).count()
    if not number:
        return ""
    said = ngettext(
        "%(n)d pass of “%(rule)s” is carried by somebody. Take it back first.",
        "%(n)d passes of “%(rule)s” are carried by somebody. Take them back first.",
        number,
    )
    return said % {"n": number, "rule": rule}


def remove(*, rule: OverpassRule, by: User) -> None:
    """Delete a kind of overpass of which nobody carries any. Raises PermissionDenied, ValidationError with what
    stops it."""
    summit = rule.summit
    check(by, CHANGE, summit)
    with transaction.atomic():
        rows.lock(summit)
        rows.lock_parties(summit)
        if stopped := stops_removal(rule):
            raise ValidationError(stopped)
        audit.record(by=by, action="delegations.overpassrule.remove", target=rule, summit=summit)
        rule.delete()

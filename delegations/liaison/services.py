"""Entering liaison officers, and assigning them to parties."""

from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.core.services import rows
from delegations.liaison.models import LiaisonOfficer
from delegations.members.services import people
from delegations.members.services.people import PossibleDuplicate
from delegations.parties.models.parties import Party
from summit.audit import services as audit
from summit.audit.actions import Facts, audit_action, row_actions
from summit.core.punctuation import comma
from summit.people.models import Person
from summit.permissions.rules import check
from summit.summits.models import Summit
from summit.users.models import User

CHANGE = "delegations.liaisonofficer.change"
# The fields of the officer's person that are entered with the officer.
PERSON_FIELDS = ("name", "office", "phone", "email")
OWN_FIELDS = ("hours",)
FIELDS = ("person", *PERSON_FIELDS, *OWN_FIELDS)
LIAISON_OFFICER_ACTIONS = row_actions(
    "delegations.liaisonofficer",
    add=gettext_lazy("added a liaison officer"),
    change=gettext_lazy("changed a liaison officer"),
    remove=gettext_lazy("removed a liaison officer"),
)


def _assigned(facts: Facts) -> str:
    """Return who became a liaison officer and who no longer is, as far as their rows still exist."""
    number, listed = facts.detail.get("chosen"), facts.detail.get("rows", [])
    people = [facts.names.get(row, "") for row in listed]
    if number is None or not all(people):
        return _("chose the delegation’s liaison officers")
    new, old = comma().join(people[:number]), comma().join(people[number:])
    if not old:
        return _("assigned %(new)s as liaison officer") % {"new": new}
    if not new:
        return _("removed %(old)s as liaison officer") % {"old": old}
    return _("assigned %(new)s as liaison officer in place of %(old)s") % {"new": new, "old": old}


ASSIGN = audit_action(
    "delegations.liaisonofficer.assign", _assigned, label=gettext_lazy("chose the delegation’s liaison officers")
)


def create(*, summit: Summit, values: Mapping[str, Any], by: User) -> LiaisonOfficer:
    """Enter a liaison officer and return the row.

    `values` has the `person`, or the PERSON_FIELDS of somebody who isn't entered yet. It may have `hours` and
    `parties`. Raises PermissionDenied, and ValidationError with the problems by field.
    """
    check(by, CHANGE, summit)
    own, of_person = _apart(values)
    with transaction.atomic():
        rows.lock(summit)
        person = values.get("person") or _enter(summit, of_person, by)
        if person.summit_id != summit.pk:
            raise ValidationError({"person": _("This person belongs to another summit. Add them to this one first.")})
        if values.get("person"):
            _change_person(person, {name: value for name, value in of_person.items() if value}, by)
        row = LiaisonOfficer(summit=summit, person=person)
        rows.create(row, own, OWN_FIELDS, by=by, action=LIAISON_OFFICER_ACTIONS.add)
    return row


def change(*, officer: LiaisonOfficer, values: Mapping[str, Any], by: User) -> LiaisonOfficer:
    """Change a liaison officer, and the data of the officer's person, and return the row as it is now.

    The person stays the same. If `values` has `parties`, they replace the stored ones. Raises PermissionDenied, and
    ValidationError with the problems by field.
    """
    check(by, CHANGE, officer.summit)
    own, of_person = _apart(values)
    with transaction.atomic():
        stored: LiaisonOfficer
        stored, _changed = rows.change(officer, own, OWN_FIELDS, by=by, action=LIAISON_OFFICER_ACTIONS.change)
        _change_person(stored.person, of_person, by)
    return stored


def stops_removal(officer: LiaisonOfficer) -> str:
    """Return "", because nothing prevents the removal of an officer. The person stays."""
    return ""


def remove(*, officer: LiaisonOfficer, by: User) -> None:
    """Remove a liaison officer. The person stays. Raises PermissionDenied."""
    summit = officer.summit
    check(by, CHANGE, summit)
    with transaction.atomic():
        detail = {"rows": audit.references(officer)}
        audit.record(by=by, action=LIAISON_OFFICER_ACTIONS.remove, target=officer, summit=summit, detail=detail)
        officer.delete()


def assign(*, party: Party, officers: Collection[LiaisonOfficer], by: User) -> None:
    """Make exactly these officers the liaison officers of a party. Raises PermissionDenied, ValidationError."""
    check(by, CHANGE, party.summit)
    if any(row.summit_id != party.summit_id for row in officers):
        raise ValidationError({"officers": _("One of these belongs to another summit. Choose from this summit.")})
    with transaction.atomic():
        Party.objects.select_for_update().get(pk=party.pk)
        before = set(LiaisonOfficer.objects.filter(parties=party))
        differing = before.symmetric_difference(officers)
        for row in differing:
            if row in before:
                row.parties.remove(party)
            else:
                row.parties.add(party)
        if differing:
            # Who is chosen now stands first, before those who no longer are.
            new, old = (sorted(map(audit.name_of, rows)) for rows in (differing - before, differing & before))
            detail = {"rows": [*new, *old], "chosen": len(new)}
            audit.record(by=by, action=ASSIGN, target=party, summit=party.summit, detail=detail)


def _apart(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return two dicts: the values of the officer, and those of the officer's person."""
    of_person = {name: value for name, value in values.items() if name in PERSON_FIELDS}
    return {name: value for name, value in values.items() if name not in (*of_person, "person")}, of_person


def _enter(summit: Summit, values: Mapping[str, Any], by: User) -> Person:
    if not (values.get("name") or values.get("office")):
        raise ValidationError({"name": _("Choose a person, or enter a name.")})
    try:
        return people.create_without_party(summit=summit, values=values, by=by)
    except PossibleDuplicate as seems:
        labels = comma().join(hit.person.label for hit in seems.hits)
        raise ValidationError(
            {"person": _("Possible duplicate: %(people)s. Choose the existing person here.") % {"people": labels}}
        ) from seems


def _change_person(person: Person, values: Mapping[str, Any], by: User) -> None:
    if values:
        people.change(person=person, values=values, by=by)
        person.refresh_from_db(fields=PERSON_FIELDS)

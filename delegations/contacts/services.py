"""Adding, changing and removing contacts, by a desk or by whoever acts for the party."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy

from delegations.contacts.models import Contact
from delegations.core.services.rows import set_values
from delegations.members.permissions import check_can_act
from delegations.parties.models.parties import Party
from summit.audit import services as audit
from summit.audit.actions import row_actions
from summit.audit.services import By

CHANGE = "delegations.contact.change"
FIELDS = ("role", "name", "office", "phone", "email", "note")
CONTACT_ACTIONS = row_actions(
    "delegations.contact",
    add=gettext_lazy("added a contact"),
    change=gettext_lazy("changed a contact"),
    remove=gettext_lazy("removed a contact"),
)


def create(*, party: Party, values: Mapping[str, Any], by: By) -> Contact:
    """Add a contact to a party and return it. The keys of `values` are among FIELDS.

    Raises PermissionDenied, and ValidationError with the problems by field.
    """
    check_can_act(by, CHANGE, party)
    row = Contact(party=party)
    set_values(row, values, FIELDS)
    with transaction.atomic():
        _lock(party)
        row.full_clean()
        row.save()
        audit.record(
            by=by, action=CONTACT_ACTIONS.add, target=row, summit=party.summit, fields=list(values), part_of=party
        )
    return row


def change(*, contact: Contact, values: Mapping[str, Any], by: By) -> Contact:
    """Change some fields of a contact and return it as it is now.

    Raises PermissionDenied, and ValidationError with the problems by field.
    """
    party = contact.party
    check_can_act(by, CHANGE, party)
    with transaction.atomic():
        _lock(party)
        row = Contact.objects.select_related("party__summit").get(pk=contact.pk)
        changed = set_values(row, values, FIELDS)
        if changed:
            row.full_clean()
            row.save(update_fields=list(changed))
            audit.record(
                by=by,
                action=CONTACT_ACTIONS.change,
                target=row,
                summit=party.summit,
                fields=list(changed),
                detail=audit.values(Contact, changed),
                part_of=party,
            )
    return row


def remove(*, contact: Contact, by: By) -> None:
    """Remove a contact. Raises PermissionDenied."""
    party = contact.party
    check_can_act(by, CHANGE, party)
    with transaction.atomic():
        _lock(party)
        audit.record(
            by=by,
            action=CONTACT_ACTIONS.remove,
            target=contact,
            summit=party.summit,
            detail={"rows": audit.references(contact)},
            part_of=party,
        )
        Contact.objects.filter(pk=contact.pk).delete()


def _lock(party: Party) -> None:
    """Lock the party, so that two users don't enter the same contact at once."""
    Party.objects.select_for_update().get(pk=party.pk)

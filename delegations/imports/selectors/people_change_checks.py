"""Checks which values of existing people a table may not change."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from delegations.members.person_field_groups import PARTICULARS, label, others
from delegations.parties.models.parties import Party
from delegations.parties.selectors.party_kinds import Unreadable
from summit.people.models import Person


def refuse(*, person: Person, changed: Mapping[str, Any], party: Party, acts: bool) -> None:
    """Raise Unreadable if the table of a focal point changes a value that the focal point may not change.

    These are values that others than the party entered, and the mailbox of a person who acts for a party (`acts`).
    Makes no query if particulars and photograph are joined.
    """
    barred = next((name for name in PARTICULARS if name in changed and name in others(person, party)), None)
    contact = party.summit.contact_email
    if barred:
        message = _("“%(field)s” was not entered by your delegation. To change it, write to %(contact)s.")
        raise Unreadable(message % {"field": label(barred), "contact": contact})
    if acts and "email" in changed:
        message = _("%(person)s is a focal point. To change their email address, write to protocol: %(contact)s.")
        raise Unreadable(message % {"person": person.label, "contact": contact})

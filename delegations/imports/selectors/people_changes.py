"""What of somebody who is there already a table may not change."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from delegations.members.field_access import PARTICULARS, label, others
from delegations.parties.models.parties import Party
from delegations.parties.selectors.party_kinds import Unreadable
from summit.people.models import Person


def refuse(*, person: Person, changed: Mapping[str, Any], party: Party, acts: bool) -> None:
    """Refuse what a focal point of a party may not change of one of its people: what others entered, and the mailbox
    of whoever acts for a party. Raises Unreadable. No query, where particulars and photograph are joined."""
    barred = next((name for name in PARTICULARS if name in changed and name in others(person, party)), None)
    contact = party.summit.contact_email
    if barred:
        said = _("“%(field)s” was entered by others than your party. Write to %(contact)s to have it changed.")
        raise Unreadable(said % {"field": label(barred), "contact": contact})
    if acts and "email" in changed:
        said = _("%(person)s acts as a focal point: protocol changes this mailbox. Write to %(contact)s.")
        raise Unreadable(said % {"person": person.label, "contact": contact})

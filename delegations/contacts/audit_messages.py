"""Registers the audit's texts for contacts."""

from delegations.contacts.models import Contact
from delegations.parties.models.parties import Party
from summit.audit.actions import describe_model, part

describe_model(Contact, related=("party",), name=lambda row: row.label, shown_on=lambda row: row.party)
part(Party, Contact, lambda row: Contact.objects.filter(party=row))

"""The contacts of a delegation, as an inline on its page."""

from typing import Any

from django.http import HttpRequest

from delegations.contacts import services
from delegations.contacts.forms import ContactForm
from delegations.contacts.models import Contact
from delegations.parties.admin.party_names import FewRows
from delegations.parties.models.parties import Party
from summit.admin_base.service_admin import save_rows, user_of


class ContactInline(FewRows):
    """The inline of a party's contacts. It has one empty row, because its section is edited without the scripts that
    add rows."""

    model = Contact
    summit_path = "party__summit"
    form = ContactForm
    fields = services.FIELDS
    extra = 1
    in_place = True
    show_change_link = False


def save_contacts(request: HttpRequest, party: Party, formset: Any) -> None:
    """Store the contacts of a formset on a party's page by their services."""
    by = user_of(request)
    save_rows(
        formset,
        create=lambda values: services.create(party=party, values=values, by=by),
        change=lambda row, values: services.change(contact=row, values=values, by=by),
        remove=lambda row: services.remove(contact=row, by=by),
    )

"""The pages of a delegation's contacts: the list, and the forms to add, change and remove one."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import pgettext_lazy

from delegations.contacts import selectors, services
from delegations.contacts.forms import ContactForm
from delegations.contacts.models import Contact, ContactRole
from delegations.liaison import selectors as liaison
from portal.delegation_access import DelegationDesk, delegation_page, see_other
from portal.views.delegation.people import add_errors


@delegation_page("delegations.contact.view", "GET POST")
def contacts(request: HttpRequest, delegation: DelegationDesk) -> HttpResponse:
    """Show the delegation's liaison officers, focal points and contacts. A POST adds a contact."""
    form = _form(request, Contact(party=delegation.party))
    if form.is_bound and form.is_valid():
        try:
            services.create(party=delegation.party, values=form.cleaned_data, by=delegation.by)
        except ValidationError as problem:
            add_errors(form, problem)
        else:
            return see_other("contacts", delegation.party.public_id)
    context = delegation.context(
        form=form,
        lines=selectors.lines(delegation.party),
        officers=liaison.of_party(delegation.party),
    )
    return render(request, "portal/delegation/contacts.html", context, status=422 if form.is_bound else 200)


@delegation_page("delegations.contact.change", "GET POST", row="delegations.contact")
def contact(request: HttpRequest, delegation: DelegationDesk, pk: int) -> HttpResponse:
    """Show the form of a contact. A POST saves it. Raises Http404 if there is no such contact."""
    row = _row(delegation, pk)
    form = _form(request, row)
    if form.is_bound and form.is_valid():
        values = {name: form.cleaned_data[name] for name in form.changed_data}
        try:
            services.change(contact=_row(delegation, pk), values=values, by=delegation.by)
        except ValidationError as problem:
            add_errors(form, problem)
        else:
            return see_other("contacts", delegation.party.public_id)
    context = delegation.context(form=form, row=row)
    return render(request, "portal/delegation/contacts/edit.html", context, status=422 if form.is_bound else 200)


@delegation_page("delegations.contact.change", "POST", row="delegations.contact")
def remove(request: HttpRequest, delegation: DelegationDesk, pk: int) -> HttpResponse:
    """Remove a contact (POST). Raises Http404 if there is no such contact."""
    services.remove(contact=_row(delegation, pk), by=delegation.by)
    return see_other("contacts", delegation.party.public_id)


def _row(delegation: DelegationDesk, pk: int) -> Contact:
    row = Contact.objects.filter(party=delegation.party, pk=pk).first()
    if row is None:
        raise Http404
    row.party = delegation.party
    return row


def _form(request: HttpRequest, row: Contact) -> Any:
    form = ContactForm(request.POST if request.method == "POST" else None, instance=row)
    for name in ("name", "office", "note"):
        form.fields[name].widget.attrs["dir"] = "auto"
    for name in ("phone", "email"):
        form.fields[name].widget.attrs["dir"] = "ltr"
    form.fields["role"].choices = [("", pgettext_lazy("contact", "Choose a role")), *ContactRole.choices]  # type: ignore[attr-defined]
    # One of the two is required: neither is labelled as optional.
    form.fields["phone"].depends = form.fields["email"].depends = True  # type: ignore[attr-defined]
    return form

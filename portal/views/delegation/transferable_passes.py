"""The pages of a delegation's transferable passes: the number of passes, the holders, and handing a pass on."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.badges.models.transferable_passes import TransferablePass
from delegations.badges.services.transferable_passes import TransferablePassRefused, pass_on, shares
from delegations.members.models.members import Membership
from portal.delegation_access import DelegationDesk, delegation_page, saved
from summit.people.models import Person


class HandForm(forms.Form):
    """The form to choose the next holder of a pass. `seen` is the holder when the page was rendered."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    person = forms.ChoiceField(
        label=gettext_lazy("New holder"),
        error_messages={
            "required": gettext_lazy("Choose a person."),
            "invalid_choice": gettext_lazy("This person is no longer in the delegation. Choose someone else."),
        },
    )

    def __init__(self, members: list[Membership], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(row.person.public_id, row.person.label) for row in members]
        self.fields["person"].choices = [("", _("Choose a person")), *choices]  # type: ignore[attr-defined]


@delegation_page("delegations.transferablepass.view")
def transferable_passes(request: HttpRequest, delegation: DelegationDesk) -> HttpResponse:
    """Show the delegation's passes of each kind, and the holder of each."""
    context = delegation.context(shares=shares(delegation.party))
    return render(request, "portal/delegation/transferable_passes.html", context)


@delegation_page("delegations.hand_transferable_pass", "GET POST", row="delegations.transferablepass")
def transferable_pass(request: HttpRequest, delegation: DelegationDesk, pk: int) -> HttpResponse:
    """Show the form to hand a pass on. A POST hands the pass on or returns it."""
    rows = TransferablePass.objects.filter(party=delegation.party, pk=pk).select_related("rule", "holder__person")
    row = rows.first()
    if row is None:
        raise Http404
    row.party = delegation.party
    members = list(
        Membership.objects.filter(party=delegation.party).select_related("person").order_by("position", "pk")
    )
    people = {member.person.public_id: member.person for member in members}
    holder = row.holder.person if row.holder else None
    if request.method != "POST":
        form = HandForm(_others(members, holder), initial={"seen": holder.public_id if holder else ""})
        return _page(request, delegation, row, holder, form)
    seen = people.get(request.POST.get("seen", ""))
    form = HandForm(_others(members, holder), request.POST)
    back = "back" in request.POST
    if back or form.is_valid():
        try:
            taker = None if back else people[form.cleaned_data["person"]]
            pass_on(transferable_pass=row, seen=seen, taker=taker, by=delegation.by)
        except TransferablePassRefused as refused:
            # `seen` of the new form is the present holder, so that the user can decide again.
            initial = {"seen": holder.public_id if holder else "", "person": request.POST.get("person", "")}
            form = HandForm(_others(members, holder), initial=initial)
            return _page(request, delegation, row, holder, form, refused=str(refused), status=409)
        message = _("The pass now has no holder.")
        if taker:
            message = _("%(person)s now holds the pass.") % {"person": taker.label}
        return saved(request, message, "transferable_passes", delegation.party.public_id)
    return _page(request, delegation, row, holder, form, status=422)


def _others(members: list[Membership], holder: Person | None) -> list[Membership]:
    return [member for member in members if member.person != holder]


def _page(
    request: HttpRequest,
    delegation: DelegationDesk,
    row: TransferablePass,
    holder: Person | None,
    form: HandForm,
    *,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    context = delegation.context(row=row, holder=holder, form=form, refused=refused)
    return render(request, "portal/delegation/transferable_pass.html", context, status=status)

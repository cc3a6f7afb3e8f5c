"""The pages of a delegation's visa support letters: request a letter, see the decisions, and download PDFs."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.members.models.members import Membership
from delegations.parties.models.policy import Policy
from delegations.travel import access_log, visa_letter_pdf
from delegations.travel.models.visas import VisaLetter, VisaState
from delegations.travel.selectors.visa_letter_text import reference
from delegations.travel.services import visas
from portal.delegation_access import DelegationDesk, delegation_page, saved
from summit.core.file_names import disposition
from summit.pdf import missing_fonts
from summit.pdf.fonts import MissingFontError

SIGNS = {VisaState.ASKED: "wait", VisaState.ISSUED: "good", VisaState.REFUSED: "bad", VisaState.VOID: "off"}


class AskForm(forms.Form):
    """The form to request a visa support letter: the person, and the embassy at which the person applies."""

    person = forms.ChoiceField(
        label=gettext_lazy("Applicant"),
        error_messages={
            "required": gettext_lazy("Choose a person."),
            "invalid_choice": gettext_lazy("This person is no longer in the delegation. Choose someone else."),
        },
    )
    embassy = forms.CharField(
        label=gettext_lazy("Place of application"),
        help_text=gettext_lazy("The host’s embassy or consulate, such as “British Embassy in Tunis”."),
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto", "maxlength": visas.EMBASSY_LENGTH, "aria-required": "true"}),
    )
    # Required, but not by the form: the service refuses a missing value with a sentence.
    embassy.depends = True  # type: ignore[attr-defined]

    def __init__(self, members: list[Membership], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(row.person.public_id, row.person.label) for row in members]
        self.fields["person"].choices = [("", _("Choose a person")), *choices]  # type: ignore[attr-defined]


@delegation_page("delegations.ask_visa", "GET POST")
def letters(request: HttpRequest, delegation: DelegationDesk) -> HttpResponse:
    """Show the visa support letters. A POST requests a letter."""
    members = list(Membership.objects.filter(party=delegation.party).select_related("person"))
    listed = list(VisaLetter.objects.filter(party=delegation.party).select_related("person"))
    holders = {row.person_id for row in listed if row.state in visas.STANDING}
    free = [row for row in members if row.person_id not in holders]
    if request.method != "POST":
        initial = {"person": request.GET.get("person", "")}
        return _page(request, delegation, listed, AskForm(free, initial=initial), bool(free))
    # All members are choices. So if a person has got a letter meanwhile, the page can say so.
    form = AskForm(members, request.POST)
    lacking = None
    if form.is_valid():
        member = next(row for row in members if row.person.public_id == form.cleaned_data["person"])
        try:
            visas.ask(
                party=delegation.party, person=member.person, embassy=form.cleaned_data["embassy"], by=delegation.by
            )
        except visas.VisaProblem as problem:
            form.add_error(problem.field, str(problem))
        except visas.VisaRefused as refused:
            form.add_error("person", str(refused))
            lacking = member if refused.lacking else None
        else:
            return saved(request, _("Request sent to protocol."), "visas", delegation.party.public_id)
    return _page(request, delegation, listed, form, True, lacking=lacking, status=422)


def _page(
    request: HttpRequest,
    delegation: DelegationDesk,
    listed: list[VisaLetter],
    form: AskForm,
    asks: bool,
    *,
    lacking: Membership | None = None,
    status: int = 200,
) -> HttpResponse:
    policy = Policy.objects.of(delegation.summit)
    rows = [
        {
            "letter": row,
            "sign": SIGNS[VisaState(row.state)],
            "reference": reference(policy, row.number),
            "printed": row.state == VisaState.ISSUED,
            "waits": row.state == VisaState.ASKED,
        }
        for row in listed
    ]
    context = delegation.context(rows=rows, form=form, asks=asks, lacking=lacking)
    return render(request, "portal/delegation/visas.html", context, status=status)


def _letter(delegation: DelegationDesk, public_id: str) -> VisaLetter:
    rows = VisaLetter.objects.filter(party=delegation.party, public_id=public_id)
    row = rows.select_related("person", "party__summit", "summit").first()
    if row is None:
        raise Http404
    return row


@delegation_page("delegations.ask_visa", "POST", row="delegations.visaletter")
def withdraw(request: HttpRequest, delegation: DelegationDesk, letter: str) -> HttpResponse:
    """Withdraw a request for a visa support letter (POST). Raises Http404 if there is no such letter."""
    row = _letter(delegation, letter)
    try:
        visas.take_back(letter=row, by=delegation.by)
    except visas.VisaRefused as refused:
        return _refused(request, delegation, str(refused))
    return saved(request, _("Request withdrawn."), "visas", delegation.party.public_id)


@delegation_page("delegations.visaletter.view", row="delegations.visaletter")
def paper(request: HttpRequest, delegation: DelegationDesk, letter: str) -> HttpResponse:
    """Return an issued letter as PDF. The access to the passport data is logged.

    Raises Http404 if the letter isn't issued.
    """
    row = _letter(delegation, letter)
    if row.state != VisaState.ISSUED:
        raise Http404
    try:
        content = visa_letter_pdf.write(row)
    except MissingFontError as problem:
        return _refused(request, delegation, f"{missing_fonts.missing(problem)} {missing_fonts.remedy(problem)}")
    access_log.record_visa_letter(by=delegation.by, letter=row)
    response = HttpResponse(content, content_type="application/pdf")
    # The file name contains no personal data.
    response["Content-Disposition"] = disposition(visa_letter_pdf.name_of(row), attached=False)
    return response


def _refused(request: HttpRequest, delegation: DelegationDesk, message: str) -> HttpResponse:
    context = delegation.context(said=message, back=reverse("portal:visas", args=[delegation.party.public_id]))
    return render(request, "portal/delegation/action_refused.html", context, status=409)

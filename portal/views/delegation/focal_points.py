"""The pages of a delegation's focal points: request a new one, see protocol's decisions, and leave the role."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.focal_points.models import FocalPointRequest, RequestState
from delegations.focal_points.services import focal_points as focal_points_services
from delegations.focal_points.services import requests
from delegations.focal_points.services.focal_points import ActingRefused
from delegations.members.models.focal_points import FocalPoint
from portal.delegation_access import DelegationDesk, delegation_page, saved

SIGNS = {
    RequestState.OPEN: "wait",
    RequestState.APPROVED: "good",
    RequestState.REFUSED: "bad",
    RequestState.WITHDRAWN: "off",
}
_TYPED = {"dir": "auto", "maxlength": requests.NAME_LENGTH}


class FocalForm(forms.Form):
    """The form to request a new focal point, in addition to the others or in place of one of them.

    The service, not the form, refuses missing values.
    """

    name = forms.CharField(
        label=gettext_lazy("Name"), required=False, widget=forms.TextInput(attrs={**_TYPED, "aria-required": "true"})
    )
    office = forms.CharField(label=gettext_lazy("Office held"), required=False, widget=forms.TextInput(attrs=_TYPED))
    email = forms.CharField(
        label=gettext_lazy("Email"),
        help_text=gettext_lazy("Used to sign in to the portal and for the host’s letters."),
        required=False,
        widget=forms.EmailInput(attrs={"dir": "ltr", "maxlength": 254, "aria-required": "true"}),
    )
    language = forms.ChoiceField(label=gettext_lazy("Letter language"))
    instead_of = forms.ChoiceField(
        label=gettext_lazy("Add or replace"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("This person is no longer a focal point. Choose again.")},
    )
    # Required, but not by the form: the service refuses a missing value with a sentence.
    name.depends = email.depends = instead_of.depends = True  # type: ignore[attr-defined]

    def __init__(self, points: list[FocalPoint], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = settings.LANGUAGES  # type: ignore[attr-defined]
        self.points = {row.person.public_id: row for row in points}
        places = [(key, _("Replace %(person)s") % {"person": row.person.label}) for key, row in self.points.items()]
        choices = [("", _("Add to the current focal points")), *places]
        self.fields["instead_of"].choices = choices  # type: ignore[attr-defined]


@delegation_page("delegations.focalpoint.view", "GET POST")
def focal_points(request: HttpRequest, delegation: DelegationDesk) -> HttpResponse:
    """Show the focal points, and protocol's decisions on requests. A POST requests a new focal point."""
    points = list(FocalPoint.objects.filter(party=delegation.party).select_related("person").order_by("pk"))
    if request.method != "POST":
        return _page(request, delegation, points, FocalForm(points, initial={"language": delegation.party.language}))
    form = FocalForm(points, request.POST)
    if form.is_valid():
        point = form.points.get(form.cleaned_data.pop("instead_of"))
        instead = point.person if point else None
        try:
            requests.ask(party=delegation.party, instead_of=instead, by=delegation.by, **form.cleaned_data)
        except requests.FocalProblem as problem:
            form.add_error(problem.field, str(problem))
        except ActingRefused as refused:
            form.add_error("email", str(refused))
        else:
            message = _("Request sent to protocol.")
            return saved(request, message, "focal_points", delegation.party.public_id)
    return _page(request, delegation, points, form, status=422)


def _page(
    request: HttpRequest, delegation: DelegationDesk, points: list[FocalPoint], form: FocalForm, *, status: int = 200
) -> HttpResponse:
    requested = FocalPointRequest.objects.filter(party=delegation.party).select_related("instead_of")
    rows = [{"row": row, "sign": SIGNS[RequestState(row.state)], "waits": row.state == "open"} for row in requested]
    # Open requests come first.
    rows.sort(key=lambda entry: not entry["waits"])
    own_point = focal_points_services.own(delegation.party, delegation.by)
    context = delegation.context(
        points=points, rows=rows, form=form, mine=own_point.pk if own_point else None, leaves=len(points) > 1
    )
    return render(request, "portal/delegation/focal_points.html", context, status=status)


@delegation_page("delegations.ask_focal_point", "POST", row="delegations.focalpointrequest")
def withdraw(request: HttpRequest, delegation: DelegationDesk, pk: int) -> HttpResponse:
    """Withdraw a request for a focal point (POST). Raises Http404 if there is no such request."""
    row = FocalPointRequest.objects.filter(party=delegation.party, pk=pk).select_related("party__summit").first()
    if row is None:
        raise Http404
    try:
        requests.withdraw(request=row, by=delegation.by)
    except ActingRefused as refused:
        return _refused(request, delegation, str(refused))
    return saved(request, _("Request withdrawn."), "focal_points", delegation.party.public_id)


@delegation_page("delegations.ask_focal_point", "GET POST")
def leave(request: HttpRequest, delegation: DelegationDesk) -> HttpResponse:
    """Show the consequences of leaving. A POST ends the user's role as a focal point."""
    try:
        if request.method != "POST":
            focal_points_services.leaving(delegation.party, delegation.by)
        else:
            focal_points_services.leave(party=delegation.party, by=delegation.by)
            # The user may have lost access to this page. The portal's home shows what is left.
            return saved(request, _("You are no longer a focal point of this delegation."), "home")
    except ActingRefused as refused:
        return _refused(request, delegation, str(refused))
    return render(request, "portal/delegation/focal_points/leave.html", delegation.context())


def _refused(request: HttpRequest, delegation: DelegationDesk, message: str) -> HttpResponse:
    context = delegation.context(said=message, back=reverse("portal:focal_points", args=[delegation.party.public_id]))
    return render(request, "portal/delegation/action_refused.html", context, status=409)

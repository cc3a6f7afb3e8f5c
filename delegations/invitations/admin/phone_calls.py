"""The admin pages of the call sheet: the parties to telephone, and the outcome of each call."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from delegations.invitations import access_log
from delegations.invitations.admin_urls import call_sheet
from delegations.invitations.models.invitations import Invitation
from delegations.invitations.models.letters import CallNote, CallOutcome
from delegations.invitations.permissions import can_answer_for, can_call
from delegations.invitations.services import phone_calls
from delegations.invitations.services.phone_calls import Narrowed
from delegations.parties.selectors import party_names, regions
from summit.admin_base.model_pages import model_page
from summit.admin_base.service_admin import user_of
from summit.admin_base.summit_scope import chosen_summit, summits_of
from summit.core.database_clock import db_now
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.users.models import User

ON_PAGE = 100


class CallForm(forms.Form):
    """The form of a call's outcome."""

    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=CallOutcome.choices, required=False, widget=forms.RadioSelect()
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        widget=forms.TextInput({"dir": "auto"}),
        help_text=_("Who said what, in one line."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["outcome"]
        field.depends = True
        # With this, arrow keys choose the outcome, Tab leads to the note and Enter stores.
        field.widget.attrs["autofocus"] = True


class NarrowForm(forms.Form):
    """The form that filters the call sheet."""

    group = forms.ChoiceField(label=_("Group"), required=False)
    days = forms.ChoiceField(label=_("Waiting for"), required=False)
    last = forms.ChoiceField(label=_("Last call"), required=False)

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spans = [
            (days, ngettext("%(n)d day or more", "%(n)d days or more", days) % {"n": days})
            for days in phone_calls.WAITS
        ]
        for name, choices in (
            ("group", regions.choices(summit)),
            ("days", spans),
            ("last", [("never", _("never called")), *CallOutcome.choices]),
        ):
            field: Any = self.fields[name]
            field.choices = [("", _("all")), *choices]
            field.depends = True

    def narrowed(self) -> Narrowed:
        """Return the chosen filters. A value that isn't among the choices is ignored."""
        self.is_valid()
        chosen = self.cleaned_data
        return Narrowed(chosen.get("group", ""), int(chosen.get("days") or 0), chosen.get("last", ""))


class CallsMixin:
    """Adds the pages of the call sheet to the admin of invitations."""

    admin_site: Any
    opts: Any

    @model_page("calls/", "calls", "GET", see="delegations.callnote.view")
    def calls_view(self, request: HttpRequest) -> HttpResponse:
        """Show the parties to telephone. Parties that have waited longest come first.

        Raises Http404 if there is no summit, or if the user may not see its call sheet.
        """
        summit = chosen_summit(request, summits_of(request))
        if summit is None or not allows(request.user, "delegations.callnote.view", summit):
            raise Http404
        now = db_now()
        form = NarrowForm(request.GET, summit=summit)
        rows = phone_calls.sheet(summit=summit, now=now, narrowed=form.narrowed())
        page = Paginator(rows, ON_PAGE).get_page(request.GET.get("page"))
        for row in page:
            _set_display_values(row, summit, now)
        access_log.record_contacts(by=user_of(request), summit=summit, rows=list(page))
        number = page.paginator.count
        message = ngettext("%(n)d delegation to call", "%(n)d delegations to call", number)
        context = {
            **self.admin_site.each_context(request),
            **party_names.on_page(summit),
            "opts": self.opts,
            "title": message % {"n": number} if number else gettext("No delegations to call"),
            "summit": summit,
            "page": page,
            "form": form,
            "may_call": can_call(request.user, summit),
        }
        return TemplateResponse(request, "admin/delegations/invitations/phone_calls.html", context)

    @model_page("<int:pk>/call/", "call", do="delegations.callnote.change")
    def call_view(self, request: HttpRequest, row: Invitation) -> HttpResponse:
        """Show the form of a call; on POST, store the call's outcome. If the party answered, the next page records
        that answer."""
        summit, user = row.party.summit, user_of(request)
        form = CallForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            call = _record_call(form, row, user)
            if call is not None:
                params = {"party": party_names.to_reader(row.party).name}
                messages.success(request, gettext("Call to %(party)s recorded.") % params)
                return redirect(_on(row, call, summit))
        if request.method != "POST":
            access_log.record_contacts(by=user, summit=summit, rows=[row])
        _set_display_values(row, summit, db_now())
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Call %(party)s") % {"party": party_names.to_reader(row.party).name},
            "summit": summit,
            "row": row,
            "form": form,
            "calls": list(CallNote.objects.filter(invitation=row).select_related("by")),
            "can_answer": can_answer_for(user, summit),
            "back": call_sheet(summit),
        }
        return TemplateResponse(
            request, "admin/delegations/invitations/phone_call.html", context, status=422 if form.errors else 200
        )


def _record_call(form: CallForm, row: Invitation, user: User) -> CallNote | None:
    values = form.cleaned_data
    try:
        return phone_calls.record(invitation=row, outcome=values["outcome"], text=values["note"], by=user)
    except phone_calls.CallProblem as problem:
        form.add_error(problem.field or None, str(problem))
    return None


def _on(row: Invitation, call: CallNote, summit: Summit) -> str:
    """Return the URL of the next page: the form of an answer if the party answered, otherwise the next party on the
    call sheet."""
    if call.outcome == CallOutcome.ANSWERED:
        answer = reverse("admin:delegations_invitation_answer", args=[row.pk])
        return f"{answer}?{urlencode({'channel': 'telephone', 'from': 'calls'})}"
    next_invitation = phone_calls.next_after(summit=summit, now=db_now(), invitation=row)
    return call_sheet(summit) + (f"#party-{next_invitation.pk}" if next_invitation else "")


def _set_display_values(row: Any, summit: Summit, now: Any) -> None:
    """Set on an invitation what the pages show of it: days waited, focal points, and the last call's outcome."""
    row.waited = phone_calls.days_since(row.sent_at, summit=summit, now=now) if row.sent_at else 0
    row.focal = [point.person for point in row.party.focal_points.all()]
    outcome = getattr(row, "last_outcome", "")
    row.last_word = CallOutcome(outcome).label if outcome else ""

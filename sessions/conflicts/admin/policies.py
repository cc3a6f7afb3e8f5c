"""The admin page on which a summit decides which conflicts it blocks, warns of or ignores."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions.conflicts.models import ConflictAction, WarningKind
from sessions.conflicts.selectors.policies import Policies, policies
from sessions.conflicts.selectors.warnings import RULES
from sessions.conflicts.services import policies as policy_services
from summit.admin_base.menu_places import MenuGroup, MenuPlace
from summit.admin_base.summit_pages import SummitPage, summit_page, summit_pages
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.users.models import User

WAY = "way_minutes"


class PoliciesForm(forms.Form):
    """A form with a choice for each kind of conflict, and the minutes between venues."""

    def __init__(self, *args: Any, stored: Policies, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, rule in RULES.items():
            self.fields[kind.value] = forms.ChoiceField(
                label=str(rule.label), choices=ConflictAction.choices, initial=stored.action(kind).value
            )
            if kind == WarningKind.ROOM:
                self.fields[kind.value].help_text = _(
                    "If blocked, the database holds each room for one session, with set-up and clear-down."
                )
        self.fields[WAY] = forms.IntegerField(
            label=_("Minutes between venues"), min_value=0, max_value=240, initial=stored.way_minutes
        )

    def actions(self) -> dict[WarningKind, ConflictAction]:
        """Return the chosen actions by kind."""
        return {kind: ConflictAction(self.cleaned_data[kind.value]) for kind in RULES}


@summit_page(
    "agenda/conflicts/<slug:slug>/",
    "agenda_conflict_policies",
    do="agenda.conflictpolicy.view",
    post="agenda.conflictpolicy.change",
)
def page(request: HttpRequest, summit: Summit, user: User) -> HttpResponse:
    """Show what happens at each kind of conflict; a POST changes it."""
    form = PoliciesForm(request.POST or None, stored=policies(summit))
    may_change = allows(user, "agenda.conflictpolicy.change", summit)
    if not may_change:
        for field in form.fields.values():
            field.disabled = True
    if request.method == "POST" and form.is_valid():
        try:
            policy_services.change(summit=summit, actions=form.actions(), way_minutes=form.cleaned_data[WAY], by=user)
        except ValidationError as refused:
            form.add_error(WarningKind.ROOM.value, refused.messages)
        else:
            messages.success(request, _("Conflict rules saved."))
            return redirect("admin:agenda_conflict_policies", summit.slug)
    context = {
        **admin.site.each_context(request),
        "title": _("Conflict rules"),
        "summit": summit,
        "form": form,
        "may_change": may_change,
    }
    status = 400 if form.errors else 200
    return TemplateResponse(request, "admin/agenda/conflicts/policies.html", context, status=status)


summit_pages.register(20)(
    SummitPage(
        gettext_lazy("Conflict rules"),
        "agenda_conflict_policies",
        "agenda.conflictpolicy.view",
        MenuPlace.SETTINGS,
        MenuGroup.PROGRAMME,
    )
)

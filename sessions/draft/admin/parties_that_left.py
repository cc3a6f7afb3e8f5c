"""The page of the delegations that declined and are still in sessions, which removes them there."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from delegations.parties.selectors import party_names
from sessions.draft.selectors.parties_that_left import still_listed
from sessions.draft.services import planning
from summit.admin_base.model_pages import model_page
from summit.admin_base.row_keys import keys_of
from summit.admin_base.service_admin import user_of
from summit.summits.models import Summit


class PartiesThatLeftMixin:
    """Adds the page to the admin of draft sessions."""

    admin_site: Any
    opts: Any

    @model_page("declined/<slug:slug>/", "declined", do="agenda.edit")
    def declined_view(self, request: HttpRequest, summit: Summit) -> HttpResponse:
        """Show the delegations with their sessions. On POST, remove those with the primary keys `party`."""
        listed = still_listed(summit)
        if request.method == "POST":
            keys = keys_of(request.POST.getlist("party"))
            chosen = [each.party for each in listed if each.party.pk in keys]
            try:
                number = planning.remove_parties(summit=summit, parties=chosen, by=user_of(request))
            except ValidationError as refused:
                messages.warning(request, " ".join(refused.messages))
            else:
                message = ngettext(
                    "Removed from %(n)d session. Release the agenda to tell the others.",
                    "Removed from %(n)d sessions. Release the agenda to tell the others.",
                    number,
                )
                messages.success(request, message % {"n": number})
            return redirect("admin:agenda_session_declined", summit.slug)
        context = {
            **self.admin_site.each_context(request),
            **party_names.on_page(summit),
            "title": _("Declined, still in sessions"),
            "opts": self.opts,
            "summit": summit,
            "listed": listed,
            "back": f"{reverse('admin:agenda_session_changelist')}?summit__id__exact={summit.pk}",
        }
        return TemplateResponse(request, "admin/agenda/draft/parties_that_left.html", context)

"""The page that adds several delegations to a session at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from delegations.invitations.selectors import invitation_status
from delegations.parties.models.parties import Party
from delegations.parties.selectors import party_names, regions
from sessions.draft.admin.session_pages import FrameMixin
from sessions.draft.models.participants import Attendance
from sessions.draft.models.sessions import Session
from sessions.draft.services import planning
from summit.admin_base.model_pages import model_page
from summit.admin_base.row_keys import keys_of
from summit.admin_base.service_admin import user_of
from summit.summits.models import Summit

# The choice of the parties that have accepted their invitation, beside the groups.
ACCEPTED = "accepted"


class LevelForm(forms.Form):
    """Who comes of each delegation."""

    level = forms.ChoiceField(
        label=pgettext_lazy("attendance", "Participants"),
        choices=[("", gettext_lazy("the whole delegation")), *Attendance.choices],
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # One of the choices is always ticked: the label doesn't mark the field as optional.
        self.fields["level"].depends = True  # type: ignore[attr-defined]


class AddParticipantsMixin(FrameMixin):
    """Adds the page that adds several delegations to the admin of draft sessions."""

    @model_page("<int:pk>/participants/", "participants", do="agenda.edit")
    def participants_view(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Show the delegations that don't take part yet. On POST, add those with the primary keys `party`.

        On GET, `group` narrows the list to a group of parties.
        """
        form = LevelForm(request.POST or None)
        rows = _absent(session)
        if request.method == "POST" and form.is_valid():
            chosen = list(rows.filter(pk__in=keys_of(request.POST.getlist("party"))))
            try:
                number = planning.add_parties(
                    session=session, parties=chosen, level=form.cleaned_data["level"], by=user_of(request)
                )
            except ValidationError as refused:
                messages.warning(request, " ".join(refused.messages))
            else:
                message = ngettext("%(n)d delegation added", "%(n)d delegations added", number)
                messages.success(request, message % {"n": number})
                return redirect("admin:agenda_session_detail", session.pk)
        group = request.GET.get("group", "")
        choices = _groups(session.summit)
        if group in dict(choices):
            rows = rows.filter(_within(group))
        context = {
            **self.frame(request, session, _("Add delegations")),
            **party_names.on_page(session.summit),
            "parties": list(rows),
            "groups": choices,
            "group": group,
            "form": form,
        }
        return TemplateResponse(request, "admin/agenda/draft/add_participants.html", context)


def _absent(session: Session) -> QuerySet[Party]:
    """Return the parties that don't take part in a session, in the alphabetical order of the user's language."""
    present = session.participants.filter(party__isnull=False).values("party")
    rows = invitation_status.with_standing(Party.objects.filter(summit=session.summit_id).exclude(pk__in=present))
    return party_names.in_order(rows, get_language() or "")


def _groups(summit: Summit) -> list[tuple[str, Any]]:
    return [(ACCEPTED, _("delegations attending")), *regions.choices(summit)]


def _within(group: str) -> Any:
    return invitation_status.STANDINGS["attending"] if group == ACCEPTED else regions.within(group)

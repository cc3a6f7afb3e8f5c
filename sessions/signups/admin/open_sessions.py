"""The desk's list of sessions that are open for sign-up, and the page that opens one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions.draft.models.sessions import Session
from sessions.draft.models.signups import SignUp
from sessions.draft.services import planning
from sessions.signups.permissions import can_see_sign_ups
from sessions.signups.selectors import can_open, open_sessions
from summit.admin_base.autocomplete import FieldChoices, find_by_typing, register_choices
from summit.admin_base.model_pages import model_page
from summit.admin_base.service_admin import user_of
from summit.admin_base.summit_scope import chosen_summit, summits_of
from summit.core.database_clock import db_now
from summit.core.punctuation import comma
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.templatetags.moments import day_clock

OPEN = "agenda.session.change"


def _labels(rows: Iterable[Session]) -> dict[Any, str]:
    """Return what sessions are called where one of them is chosen: the title and the start."""
    return {row.pk: comma().join([row.title, day_clock(row.starts_at, row.summit)]) for row in rows}


register_choices(
    SignUp._meta.get_field("session"),
    FieldChoices(
        permission=OPEN,
        rows=lambda summit: can_open(summit, db_now()).select_related("summit"),
        text=("title",),
        labels=_labels,
    ),
)


class OpenForm(forms.Form):
    """The session to open for sign-up, and its number of places."""

    session = forms.ModelChoiceField(
        Session.objects.none(),
        label=gettext_lazy("Session"),
        help_text=gettext_lazy("Only sessions visible to all delegations can be opened for sign-up."),
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose a session.")),
    )
    capacity = forms.IntegerField(
        label=gettext_lazy("Places"),
        required=False,
        min_value=1,
        help_text=gettext_lazy("Leave blank to keep the places of the session, or else the seats of its room."),
    )

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = can_open(summit, db_now())
        find_by_typing(self, "session", SignUp._meta.get_field("session"), summit=summit, rows=rows)


class OpenSessionsMixin:
    """Adds the sessions that are open for sign-up to the list of sign-ups, and the page that opens one."""

    admin_site: Any
    opts: Any

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the open sessions with their places, and all sign-ups below."""
        summit = chosen_summit(request, summits_of(request))
        if summit is not None:
            extra_context = {
                "open_sessions": open_sessions(summit, db_now()),
                "open_of": summit,
                "leads_on": can_see_sign_ups(request.user, summit),
                **(extra_context or {}),
            }
        response: HttpResponse = super().changelist_view(request, extra_context)  # type: ignore[misc]
        return response

    @model_page("open/", "open", do=OPEN)
    def open_view(self, request: HttpRequest) -> HttpResponse:
        """Ask on GET for a session of the chosen summit. On POST, open it for sign-up and redirect to its sign-ups.

        Raises Http404 if no summit is chosen, or the user may not change its draft.
        """
        summit = chosen_summit(request, summits_of(request))
        if summit is None or not allows(request.user, OPEN, summit):
            raise Http404
        form = OpenForm(request.POST or None, summit=summit)
        if request.method == "POST" and form.is_valid() and (session := _open(request, form)) is not None:
            return redirect("admin:agenda_session_sign_ups", session.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Open a session for sign-up"),
            "opts": self.opts,
            "summit": summit,
            "form": form,
        }
        return TemplateResponse(request, "admin/agenda/signups/open.html", context)


def _open(request: HttpRequest, form: OpenForm) -> Session | None:
    """Open the chosen session for sign-up and return it, or add to the form why it is refused and return None."""
    values: dict[str, Any] = {"sign_up": True}
    if form.cleaned_data["capacity"] is not None:
        values["capacity"] = form.cleaned_data["capacity"]
    try:
        session = planning.change(by=user_of(request), session=form.cleaned_data["session"], values=values)
    except ValidationError as refused:
        form.add_error(None, refused.messages)
        return None
    said = _("“%(session)s” opens for sign-up with the next release.")
    messages.success(request, said % {"session": session.title})
    return session

"""Confirmation pages for cancelling and reinstating a session."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from sessions.draft.admin.session_pages import FrameMixin
from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move
from summit.admin_base.model_pages import model_page
from summit.admin_base.service_admin import user_of


class DecidingMixin(FrameMixin):
    """Adds the pages that cancel and reinstate a session to the admin of draft sessions."""

    @model_page("<int:pk>/cancel/", "cancel", do="agenda.edit")
    def cancel_view(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Ask for confirmation, then cancel a session in the draft."""
        return self._decide(request, session, reinstates=False)

    @model_page("<int:pk>/reinstate/", "reinstate", do="agenda.edit")
    def reinstate_view(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Ask for confirmation, then reinstate a cancelled session."""
        return self._decide(request, session, reinstates=True)

    def _decide(self, request: HttpRequest, session: Session, *, reinstates: bool) -> HttpResponse:
        by = user_of(request)
        if request.method == "POST":
            if reinstates:
                cancel_and_move.reinstate(session=session, by=by)
                message = _("“%(title)s” stands again in the draft. It is announced with the next release.")
            else:
                cancel_and_move.cancel(session=session, by=by)
                message = _(
                    "“%(title)s” is cancelled in the draft. Those who take part are told with the next release."
                )
            messages.success(request, message % {"title": session.title})
            return redirect("admin:agenda_session_detail", session.pk)
        title = _("Reinstate session") if reinstates else _("Cancel session")
        context = {**self.frame(request, session, title), "reinstates": reinstates}
        return TemplateResponse(request, "admin/agenda/draft/cancellation.html", context)

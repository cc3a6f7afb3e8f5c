"""Confirmation pages for cancelling and reinstating a session."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _

from sessions.draft.admin.session_pages import FrameMixin
from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move


class DecidingMixin(FrameMixin):
    """Adds the pages that cancel and reinstate a session to the admin of draft sessions."""

    def get_urls(self) -> list[URLPattern]:
        """Return the admin's URLs with the URLs of both pages before them."""
        pages = [
            ("<int:key>/cancel/", "session_cancel", self.cancel_view),
            ("<int:key>/reinstate/", "session_reinstate", self.reinstate_view),
        ]
        return [*self.framed(pages), *super().get_urls()]  # type: ignore[misc]

    def cancel_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """Ask for confirmation, then cancel a session in the draft."""
        return self._decide(request, key, reinstates=False)

    def reinstate_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """Ask for confirmation, then reinstate a cancelled session."""
        return self._decide(request, key, reinstates=True)

    def _decide(self, request: HttpRequest, key: int, *, reinstates: bool) -> HttpResponse:
        session: Session = self.admit(request, "view", key)  # type: ignore[attr-defined]
        by = self.editor(request, session)
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
            return redirect("admin:agenda_session_change", session.pk)
        title = _("Reinstate session") if reinstates else _("Cancel session")
        context = {**self.frame(request, session, title), "reinstates": reinstates}
        return TemplateResponse(request, "admin/agenda/draft/cancellation.html", context)

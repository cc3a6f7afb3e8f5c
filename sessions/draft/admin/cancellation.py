"""Cancelling and reinstating a session. Both can be undone, so that nothing is asked first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move
from summit.admin_base.messages import add_undoable
from summit.admin_base.model_pages import model_page
from summit.admin_base.service_admin import user_of
from summit.undo import services as undo


class DecidingMixin:
    """Adds the addresses that cancel and reinstate a session to the admin of draft sessions."""

    @model_page("<int:pk>/cancel/", "cancel", "POST", do="agenda.edit")
    def cancel_view(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Cancel a session in the draft, and lead back to its page."""
        with undo.grouped() as act:
            cancel_and_move.cancel(session=session, by=user_of(request))
        message = _("“%(title)s” cancelled in the draft. The next release notifies participants.")
        return _back(request, session, message, act)

    @model_page("<int:pk>/reinstate/", "reinstate", "POST", do="agenda.edit")
    def reinstate_view(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Reinstate a cancelled session in the draft, and lead back to its page."""
        with undo.grouped() as act:
            cancel_and_move.reinstate(session=session, by=user_of(request))
        message = _("“%(title)s” reinstated in the draft. The next release announces it.")
        return _back(request, session, message, act)


def _back(request: HttpRequest, session: Session, message: str, act: undo.UndoGroup) -> HttpResponse:
    add_undoable(request, message % {"title": session.title}, act)
    return redirect("admin:agenda_session_detail", session.pk)

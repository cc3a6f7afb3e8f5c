"""Cancelling and reinstating a session. The page asks the reason, in each language in which people are written to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.mailboxes.selectors import written_languages
from sessions.draft.admin.session_pages import FrameMixin
from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move, planning
from summit.admin_base.messages import add_undoable
from summit.admin_base.model_pages import model_page
from summit.admin_base.service_admin import user_of
from summit.admin_base.translated_names import add_languages, texts_of
from summit.core.validators import validate_printable
from summit.summits.translated_names import NOTE_LENGTH
from summit.undo import services as undo


class CancellationForm(forms.Form):
    """Why a session is cancelled."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=NOTE_LENGTH,
        required=False,
        validators=[validate_printable],
        help_text=gettext_lazy(
            "Messages to participants include it, each in their language. Leave blank to give none."
        ),
        widget=forms.TextInput({"dir": "auto"}),
    )


class DecidingMixin(FrameMixin):
    """Adds the pages that cancel and reinstate a session to the admin of draft sessions."""

    @model_page("<int:pk>/cancel/", "cancel", do="agenda.edit")
    def cancel_view(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Ask why a session is cancelled, and cancel it in the draft. Of a cancelled one, change the reason."""
        languages = written_languages(session.summit)
        others = session.cancellation_reasons or {}
        initial = {"reason": session.cancellation_reason, **{f"reason_{code}": text for code, text in others.items()}}
        form = CancellationForm(request.POST if request.method == "POST" else None, initial=initial)
        add_languages(form, "reason", languages)
        if request.method == "POST" and form.is_valid():
            reason, reasons = form.cleaned_data["reason"], texts_of(form, "reason", languages)
            if session.cancelled_at is not None:
                values = {"cancellation_reason": reason, "cancellation_reasons": reasons or None}
                planning.change(by=user_of(request), session=session, values=values)
                messages.success(request, _("Reason saved."))
                return redirect("admin:agenda_session_detail", session.pk)
            with undo.grouped() as act:
                cancel_and_move.cancel(session=session, by=user_of(request), reason=reason, reasons=reasons)
            message = _("“%(title)s” cancelled in the draft. The next release notifies participants.")
            return _back(request, session, message, act)
        title = _("Cancel session") if session.cancelled_at is None else _("Reason for the cancellation")
        context: dict[str, Any] = {**self.frame(request, session, title), "form": form}
        return TemplateResponse(request, "admin/agenda/draft/cancel.html", context)

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

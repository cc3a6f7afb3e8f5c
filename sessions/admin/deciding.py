"""The pages that ask before a session is cancelled or reinstated."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from sessions.domain import edits
from sessions.models import Session
from sessions.permissions import check_can_edit
from summit.models import User


class DecidingMixin:
    """Adds both pages to the desk of the draft."""

    admin_site: Any
    opts: Any

    def get_urls(self) -> list[URLPattern]:
        """Add the pages."""
        pages = [("cancel", self.cancel_view), ("reinstate", self.reinstate_view)]
        own = [
            path(f"<int:key>/{name}/", self.admin_site.admin_view(view), name=f"programme_session_{name}")
            for name, view in pages
        ]
        return [*own, *super().get_urls()]  # type: ignore[misc]

    def cancel_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """Ask, then cancel a session in the draft."""
        return self._decide(request, key, reinstates=False)

    def reinstate_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """Ask, then take a cancellation back."""
        return self._decide(request, key, reinstates=True)

    def _decide(self, request: HttpRequest, key: int, *, reinstates: bool) -> HttpResponse:
        session: Session = self.admit(request, "view", key)  # type: ignore[attr-defined]
        check_can_edit(request.user, session)
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        if request.method == "POST":
            if reinstates:
                edits.reinstate(session=session, by=request.user)
                said = _("“%(title)s” stands again in the draft. It is announced with the next release.")
            else:
                edits.cancel(session=session, by=request.user)
                said = _("“%(title)s” is cancelled in the draft. Those who take part are told with the next release.")
            messages.success(request, said % {"title": session.title})
            return redirect("admin:programme_session_change", session.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Reinstate session") if reinstates else _("Cancel session"),
            "opts": self.opts,
            "session": session,
            "summit": session.summit,
            "reinstates": reinstates,
            "back": reverse("admin:programme_session_change", args=[session.pk]),
        }
        return TemplateResponse(request, "admin/programme/session/decide.html", context)

"""Common parts of a session's further admin pages: documents, speakers' list and cancellation."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from sessions.draft.models.sessions import Session
from sessions.draft.permissions import check_can_edit
from summit.users.models import User

Part = TypeVar("Part", bound=models.Model)


def like_url(session: Session) -> str:
    """Return the URL of the form for a new session that takes place after a session, and is like it."""
    query = urlencode({"summit": session.summit.slug, "like": session.public_id})
    return f"{reverse('admin:agenda_session_add')}?{query}"


class FrameMixin:
    """Base of mixins that add pages about a session. It must precede `SummitModelAdmin` for sessions."""

    admin_site: Any
    opts: Any

    def frame(self, request: HttpRequest, session: Session, title: str) -> dict[str, Any]:
        """Return the common template context of a session's pages. `back` is the URL of the session's own page."""
        return {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "session": session,
            "summit": session.summit,
            "back": reverse("admin:agenda_session_detail", args=[session.pk]),
        }

    def part(self, request: HttpRequest, model: type[Part], pk: int, *related: str) -> Part:
        """Return the object of class `model` with this primary key.

        Its session, its summit and the relations `related` are loaded in the same query.

        Raises Http404 if there is none, or if the user may not see its session.
        """
        model_admin: Any = self
        if not model_admin.has_module_permission(request):
            raise Http404
        rows = model._default_manager.filter(session__in=model_admin.get_queryset(request).order_by())
        row = rows.select_related("session__summit", *related).filter(pk=pk).first()
        if row is None:
            raise Http404
        return row

    @staticmethod
    def editor(request: HttpRequest, session: Session) -> User:
        """Return the user if they may change the draft; otherwise raise PermissionDenied."""
        check_can_edit(request.user, session)
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        return request.user

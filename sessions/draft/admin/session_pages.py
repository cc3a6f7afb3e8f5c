"""What the pages beside a session's own have in common: its documents, its speakers' list, its cancellation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse

from sessions.draft.models.sessions import Session
from sessions.draft.permissions import check_can_edit
from summit.users.models import User

Part = TypeVar("Part", bound=models.Model)


class FrameMixin:
    """Stands before `SummitModelAdmin`, whose rows are the sessions."""

    admin_site: Any
    opts: Any

    def framed(self, pages: Iterable[tuple[str, str, Callable[..., HttpResponse]]]) -> list[URLPattern]:
        """Return addresses, each a route, the rest of its name and its view."""
        return [path(route, self.admin_site.admin_view(view), name=f"agenda_{name}") for route, name, view in pages]

    def frame(self, request: HttpRequest, session: Session, title: str) -> dict[str, Any]:
        """Return what every page of a session shows: `back` leads to the session."""
        return {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "session": session,
            "summit": session.summit,
            "back": reverse("admin:agenda_session_change", args=[session.pk]),
        }

    def part(self, request: HttpRequest, model: type[Part], pk: int, *related: str) -> Part:
        """Return what hangs on a session that the reader may see, with its session and summit. Raises Http404."""
        mixed: Any = self
        if not mixed.has_module_permission(request):
            raise Http404
        rows = model._default_manager.filter(session__in=mixed.get_queryset(request).order_by())
        row = rows.select_related("session__summit", *related).filter(pk=pk).first()
        if row is None:
            raise Http404
        return row

    @staticmethod
    def editor(request: HttpRequest, session: Session) -> User:
        """Return the reader, who may change the draft. Raises PermissionDenied."""
        check_can_edit(request.user, session)
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        return request.user

"""What the audit says of one object, where Django shows its own log."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from summit.domain import audit
from summit.models import AuditEntry, Summit
from summit.permissions import allows

PER_PAGE = 50


class HistoryMixin:
    """The page "History" of an object: its entries in the audit, for whoever may read the audit of its summit."""

    opts: Any
    admin_site: Any
    summit_path: str | None

    def _may_see_history(self, request: HttpRequest, obj: models.Model) -> bool:
        summit: Summit | None = None if self.summit_path is None else self._summit(obj)  # type: ignore[attr-defined]
        return allows(request.user, "summit.auditentry.view", summit)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show who did what to the object, the newest first. Raises Http404, PermissionDenied."""
        row = self.get_object(request, unquote(object_id))  # type: ignore[attr-defined]
        if row is None:
            raise Http404
        if not self.has_view_permission(request, row):  # type: ignore[attr-defined]
            raise PermissionDenied
        if not self._may_see_history(request, row):
            raise PermissionDenied(_("Organisers see who changed what."))
        entries = AuditEntry.objects.filter(object_type=row._meta.label_lower, object_key=audit.key_of(row))
        page = Paginator(entries.select_related("by"), PER_PAGE).get_page(request.GET.get("p"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("History"),
            "opts": self.opts,
            "object": row,
            "summit": None if self.summit_path is None else self._summit(row),  # type: ignore[attr-defined]
            "page": page,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/history.html", context)

    def render_change_form(self, request: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Tell the page whether it leads to the history, and of which summit it is."""
        row = kwargs.get("obj")
        if row is not None:
            context["shows_history"] = self._may_see_history(request, row)
            if self.summit_path is not None:
                context.setdefault("summit", self._summit(row))  # type: ignore[attr-defined]
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]

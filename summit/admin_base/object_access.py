"""What a reader of the admin may not see isn't there, and what they see and may not do says who can.

Django's own pages lead from a missing row to the index, refuse a row that isn't the reader's, and say neither who
can. Here both are one 404, by one path: the row is looked for among those that the reader may see, in one query, and
found or not.
"""

from __future__ import annotations

from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from summit.admin_base.summit_scope import belongs_to
from summit.permissions.route_table import NOBODY
from summit.permissions.rules import refusal


class AdmitMixin:
    """Looks at who asks before any page of a model does."""

    model: Any
    # Where a row is deleted that is not on a page of its own.
    deleted_where: Any = ""

    def admit(self, request: HttpRequest, verb: str, object_id: object = None) -> Any:
        """Return the row that an address picks, None where it picks none, for whoever may "view", "add", "change" or
        "delete" here. Raises Http404 for what the reader may not see or isn't there, PermissionDenied for what they
        see and may not do."""
        mixed: Any = self
        row = None
        if not mixed.has_module_permission(request):
            raise Http404
        if object_id is not None:
            row = self.get_object(request, unquote(str(object_id)))
            if row is None or not mixed.has_view_permission(request, row):
                raise Http404
            if mixed.summit_path is not None:
                belongs_to(request, mixed._summit(row))
        if not getattr(mixed, f"has_{verb}_permission")(request, row):
            action = mixed.permission_for(verb)
            raise PermissionDenied(self._by_nobody(verb) if action == NOBODY else refusal(action))
        return row

    def _by_nobody(self, verb: str) -> str:
        mixed: Any = self
        if verb == "delete" and mixed.permission_for("change") != NOBODY:
            return str(self.deleted_where) or _(
                "This is not deleted here. Change it, or end it where that is offered."
            )
        return _("The system writes this itself: nobody adds, changes or deletes it by hand.")

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return a row of those that the reader may see, or None; looked for once a request."""
        found = request.__dict__.setdefault("desk_rows", {})
        key = (self.model, object_id, from_field)
        if key not in found:
            found[key] = super().get_object(request, object_id, from_field)  # type: ignore[misc]
        return found[key]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list to whoever sees any of its rows."""
        self.admit(request, "view")
        shown: HttpResponse = super().changelist_view(request, extra_context)  # type: ignore[misc]
        return shown

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show the page of a row, or of a new one."""
        verb = "add" if object_id is None else "change" if request.method == "POST" else "view"
        self.admit(request, verb, object_id)
        shown: HttpResponse = super().changeform_view(request, object_id, *args, **kwargs)  # type: ignore[misc]
        return shown

    def delete_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask before deleting a row, and delete it."""
        self.admit(request, "delete", object_id)
        shown: HttpResponse = super().delete_view(request, object_id, *args, **kwargs)  # type: ignore[misc]
        return shown

"""Checks access to admin pages. A row that the user may not see gives a 404.

If the user may see a row but not do something with it, the page says who can. Django's own pages redirect from a
missing row to the index, refuse a row that isn't the user's, and never say who can. Here a missing row and another
user's row give the same 404, after the same single query for the row among those that the user may see.
"""

from __future__ import annotations

from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from summit.admin_base.summit_scope import set_request_summit
from summit.permissions.route_access import NOBODY
from summit.permissions.rules import refusal


class AdmitMixin:
    """Checks the user's access before any page of a model is shown."""

    model: Any
    # A sentence about where rows are deleted, if not on a page of their own.
    deleted_where: Any = ""

    def admit(self, request: HttpRequest, verb: str, object_id: object = None) -> Any:
        """Check that the user may do `verb`, and return the row with the key `object_id`, or None without a key.

        `verb` is "view", "add", "change" or "delete". Raises Http404 if the row doesn't exist or the user may not see
        it. Raises PermissionDenied if the user may see the row but not do `verb`.
        """
        model_admin: Any = self
        row = None
        if not model_admin.has_module_permission(request):
            raise Http404
        if object_id is not None:
            row = self.get_object(request, unquote(str(object_id)))
            if row is None or not model_admin.has_view_permission(request, row):
                raise Http404
            if model_admin.summit_path is not None:
                set_request_summit(request, model_admin._summit(row))
        if not getattr(model_admin, f"has_{verb}_permission")(request, row):
            action = model_admin.permission_for(verb)
            raise PermissionDenied(self._by_nobody(verb) if action == NOBODY else refusal(action))
        return row

    def _by_nobody(self, verb: str) -> str:
        model_admin: Any = self
        if verb == "delete" and model_admin.permission_for("change") != NOBODY:
            return str(self.deleted_where) or _("You can’t delete this here. Change it, or end it where possible.")
        return _("The system creates this record. You can’t add, change or delete it.")

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the row with a key among those that the user may see, or None.

        Each row is queried once a request.
        """
        rows = request.__dict__.setdefault("desk_rows", {})
        key = (self.model, object_id, from_field)
        if key not in rows:
            rows[key] = super().get_object(request, object_id, from_field)  # type: ignore[misc]
        return rows[key]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list. Raises Http404 if the user may not see any of its rows."""
        self.admit(request, "view")
        response: HttpResponse = super().changelist_view(request, extra_context)  # type: ignore[misc]
        return response

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show the page of a row or of a new row, if the user may see, change or add it."""
        verb = "add" if object_id is None else "change" if request.method == "POST" else "view"
        self.admit(request, verb, object_id)
        response: HttpResponse = super().changeform_view(request, object_id, *args, **kwargs)  # type: ignore[misc]
        return response

    def delete_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask before deleting a row, and delete it once the user has confirmed."""
        self.admit(request, "delete", object_id)
        response: HttpResponse = super().delete_view(request, object_id, *args, **kwargs)  # type: ignore[misc]
        return response

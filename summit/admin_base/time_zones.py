"""Times in the admin are displayed and entered in the time zone of the page's summit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, tzinfo
from typing import Any

from django.contrib.admin.utils import unquote
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from summit.admin_base.summit_scope import chosen_summit, summits_of
from summit.summits.models import Summit


class ZoneMixin:
    """Displays and reads the times of lists and forms in the summit's time zone."""

    opts: Any

    def _zone(self, request: HttpRequest, row: models.Model | None) -> tzinfo:
        summit: Summit | None = None
        if row is not None and self.summit_path is not None:  # type: ignore[attr-defined]
            summit = self._summit(row)  # type: ignore[attr-defined]
        summit = summit or chosen_summit(request, summits_of(request))
        return UTC if summit is None else summit.zone

    def _has_times(self) -> bool:
        return any(isinstance(field, models.DateTimeField) for field in self.opts.fields)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Show the list, with times in the zone of the summit that the page's header names."""
        if not self._has_times():
            return super().changelist_view(request, extra_context)  # type: ignore[misc]
        with timezone.override(self._zone(request, None)):
            return _rendered(super().changelist_view(request, extra_context))  # type: ignore[misc]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show and process the form, with times in the zone of its row's summit."""
        view: Callable[..., HttpResponse] = super().changeform_view  # type: ignore[misc]
        if not self._has_times():
            return view(request, object_id, form_url, extra_context)
        row = None if object_id is None else self.get_object(request, unquote(object_id))  # type: ignore[attr-defined]
        with timezone.override(self._zone(request, row)):
            return _rendered(view(request, object_id, form_url, extra_context))


def _rendered(response: HttpResponse) -> HttpResponse:
    if hasattr(response, "render"):
        response.render()
    return response

"""A mixin for admin pages that show personal data: it records who saw them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse

from summit.audit import access_log
from summit.audit import services as audit
from summit.summits.models import Summit
from summit.users.models import User

# Query parameters that aren't filters: text that somebody typed, the order and the page.
NOT_FILTERS = {"q", "p", "o", "e", "_changelist_filters"}


def filters_of(request: HttpRequest) -> dict[str, str]:
    """Return a dict from the name of each filter in a list's query string to its value.

    Typed text, the order and the page are left out.
    """
    return {name: request.GET[name] for name in request.GET if name not in NOT_FILTERS}


class AccessLogMixin:
    """Records in the access log who saw personal data on an object's page and in the list."""

    # The fields with personal data that the page and the list show; empty if they show none.
    page_shows: tuple[str, ...] = ()
    list_shows: tuple[str, ...] = ()
    # The foreign key from a row to the person that it is about; "" if there is none.
    of_person = ""
    model: type[models.Model]
    summit_path: str | None

    def fields_on_page(self, request: HttpRequest, row: Any) -> tuple[str, ...]:
        """Return the names of the fields with personal data that the page of a row shows to the user."""
        return self.page_shows

    def people_on_page(self, row: Any) -> Iterable[str]:
        """Return the public ids of the persons whom the page of a row shows; () if the row is a person itself."""
        return [getattr(row, self.of_person).public_id] if self.of_person else ()

    def people_in_list(self, rows: list[Any]) -> Iterable[str]:
        """Return the public ids of the persons whom a list's rows are about.

        Return () if the rows are persons themselves.
        """
        return [getattr(row, self.of_person).public_id for row in rows] if self.of_person else ()

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page, and record in the access log that the user saw the row's personal data."""
        response: HttpResponse = super().change_view(request, *args, **kwargs)  # type: ignore[misc]
        row = (getattr(response, "context_data", None) or {}).get("original")
        if self.page_shows and row is not None and request.method == "GET" and isinstance(request.user, User):
            access_log.record_page(
                by=request.user,
                target=row,
                summit=self._summit_of(row),
                fields=self.fields_on_page(request, row),
                people=lambda: self.people_on_page(row),
            )
        return response

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Show the list, and record in the access log which rows the user saw."""
        response = super().changelist_view(request, *args, **kwargs)  # type: ignore[misc]
        changelist = (getattr(response, "context_data", None) or {}).get("cl")
        if changelist is not None and isinstance(request.user, User):
            self.log_access(request.user, list(changelist.result_list), filters_of(request))
        return response

    def log_access(self, by: User, rows: list[Any], filters: dict[str, str]) -> None:
        """Record that the user `by` saw or exported rows of the list, if the list shows personal data."""
        if self.list_shows and rows:
            access_log.record_list(
                by=by,
                label=self.model._meta.label_lower,
                rows=[(getattr(self._summit_of(row), "pk", None), audit.key_of(row)) for row in rows],
                fields=self.list_shows,
                filters=filters,
                people=self.people_in_list(rows),
            )

    def _summit_of(self, row: models.Model) -> Summit | None:
        return None if self.summit_path is None else self._summit(row)  # type: ignore[attr-defined]

"""The file pages of an admin list: one exports the list, the other imports rows from an uploaded table.

import_export provides both pages (`summit.import_export.export_admin`) and registers them here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode

from summit.admin_base.model_pages import model_page
from summit.core.registry import Registry

# The query parameters of a list that don't affect which rows it shows.
_ASIDE = ("p", "e", "lang", "summit", "_changelist_filters")

# Takes a ModelAdmin and the request; returns the page that exports its list.
ExportPage = Callable[[Any, HttpRequest], HttpResponseBase]
_pages: Registry[ExportPage] = Registry()
export_page = _pages.register
# Takes the request and the label of a model; returns (URL, name) of each page where a table for its list is
# uploaded.
Uploads = Callable[[HttpRequest, str], list[tuple[str, str]]]
_uploads: Registry[Uploads] = Registry()
list_upload = _uploads.register


class ExportMixin:
    """Adds the page that exports a list.

    `leads` are columns that hold only links. `told_too` are fields that an export has besides the columns of the
    list; none of these fields is personal.
    """

    leads: tuple[str, ...] = ()
    told_too: tuple[str, ...] = ()
    # The columns of numbers that are added up on paper.
    totals: tuple[str, ...] = ()
    # What an uploaded table holds, if other files of the list (`further_files`) can be uploaded again.
    uploads = ""
    admin_site: Any
    opts: Any

    def make_ready(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        """Load related data for the columns of `rows`, all of which are shown or exported together.

        Subclasses override this method; by default it does nothing.
        """

    def printed_notes(self, rows: Sequence[Any]) -> list[str]:
        """Return the notes that belong under a printed list of `rows` (see `make_ready`); by default none."""
        return []

    def filling(self, request: HttpRequest) -> list[tuple[str, str]]:
        """Return (URL, name) of each page where the user may upload a table for the list."""
        return [address for find in _uploads for address in find(request, self.opts.label_lower)]

    def aside(self) -> set[str]:
        """Return the query parameters of the list that don't affect which rows it shows."""
        return set(_ASIDE) - {getattr(self, "scope_key", "")}

    def export_address(self, request: HttpRequest) -> str:
        """Return the URL of the export page, with the filters and the order of the list."""
        aside = self.aside()
        query = [(name, value) for name in request.GET for value in request.GET.getlist(name) if name not in aside]
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_table")
        return f"{address}?{urlencode(query)}" if query else address

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Return the list with its rows prepared.

        Its `tools` are the pages for uploads. Its `export` is the URL of the export page, or "" without rows or in a
        pop-up.
        """
        changelist: Any = super().get_changelist_instance(request)  # type: ignore[misc]
        self.make_ready(request, changelist.result_list)
        changelist.tools = self.filling(request)
        changelist.export = (
            self.export_address(request) if changelist.result_count and not changelist.is_popup else ""
        )
        return changelist

    def further_files(self, request: HttpRequest) -> list[tuple[str, str]]:
        """Return (URL, name) of each other export of the same rows; by default none."""
        return []

    def further_headings(self) -> list[list[str]]:
        """Return the headings of the other exports in the active language, and those that are names for programs."""
        return []

    def listed_rows(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the rows that the list shows, on all its pages, in its order. Raises IncorrectLookupParameters."""
        rows: models.QuerySet[Any] = self.get_changelist_instance(request).queryset
        return rows

    @model_page("table/", "table")
    def table_view(self, request: HttpRequest) -> HttpResponseBase:
        """Return the page that exports the list."""
        return next(iter(_pages))(self, request)

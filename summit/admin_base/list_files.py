"""What a list of the admin has of files: the page that exports it, and the one that fills it from a table.

Both pages are import_export's (`summit.import_export.export_admin`), which registers them here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode

from summit.core.registry import Registry

# What an address of a list says besides which rows it shows.
_ASIDE = ("p", "e", "lang", "summit", "_changelist_filters")

# Answers the page that exports a list, by its ModelAdmin.
ExportPage = Callable[[Any, HttpRequest], HttpResponseBase]
_pages: Registry[ExportPage] = Registry()
export_page = _pages.register
# Returns where a table is uploaded that fills the list of a model, by its label: addresses with what they are called.
Uploads = Callable[[HttpRequest, str], list[tuple[str, str]]]
_uploads: Registry[Uploads] = Registry()
list_upload = _uploads.register


class ExportMixin:
    """Adds the page that exports a list. `leads` are columns that only lead somewhere, `told_too` fields that a file
    tells besides what the list has room for; nothing personal."""

    leads: tuple[str, ...] = ()
    told_too: tuple[str, ...] = ()
    # What an uploaded table holds, where other files of the list (`further_files`) can be uploaded again.
    uploads = ""
    admin_site: Any
    opts: Any

    def get_urls(self) -> list[URLPattern]:
        """Add the page."""
        view = self.admin_site.admin_view(self.table_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_table"
        return [path("table/", view, name=name), *super().get_urls()]  # type: ignore[misc]

    def make_ready(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        """Give rows that are shown or exported together what their columns need, by queries for all of them."""

    def filling(self, request: HttpRequest) -> list[tuple[str, str]]:
        """Return where a table is uploaded that fills the list, for whoever may, as addresses with what they are
        called."""
        return [address for find in _uploads for address in find(request, self.opts.label_lower)]

    def aside(self) -> set[str]:
        """Return what of an address says nothing of which rows are shown."""
        return set(_ASIDE) - {getattr(self, "scope_key", "")}

    def export_address(self, request: HttpRequest) -> str:
        """Return the address of the page, for what the list shows."""
        aside = self.aside()
        kept = [(name, value) for name in request.GET for value in request.GET.getlist(name) if name not in aside]
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_table")
        return f"{address}?{urlencode(kept)}" if kept else address

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Make a page of rows ready; let the list lead to the page that exports it, where it has rows and isn't one
        to choose from."""
        found: Any = super().get_changelist_instance(request)  # type: ignore[misc]
        self.make_ready(request, found.result_list)
        found.tools = self.filling(request)
        found.export = self.export_address(request) if found.result_count and not found.is_popup else ""
        return found

    def further_files(self, request: HttpRequest) -> list[tuple[str, str]]:
        """Return other files of the same rows, as addresses with what they are called."""
        return []

    def listed_rows(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the rows that the list shows, on all its pages, in its order. Raises IncorrectLookupParameters."""
        found: models.QuerySet[Any] = self.get_changelist_instance(request).queryset
        return found

    def table_view(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the page that exports the list."""
        return next(iter(_pages))(self, request)

"""Exporting what a list of the admin shows: all its rows with these filters, in this order, as a file.

Few rows come at once; many are made by long work, and the file is kept for some days for whoever asked for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from summit.desk.scope import chosen_summit, summits_of
from summit.desk.seen import filters_of
from summit.import_export import writers
from summit.import_export.querysets import MOST, Listed
from summit.import_export.registry import INTAKES
from summit.jobs import exported_files
from summit.permissions.rules import allows
from summit.users.models import User

AT_ONCE = 500
# What an address of a list says besides which rows it shows.
_ASIDE = ("p", "e", "lang", "summit", "_changelist_filters")


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
        label = self.opts.label_lower
        intake = INTAKES.get(label)
        if intake is None or not allows(request.user, intake.resource.rule_of("change"), None):
            return []
        summit = chosen_summit(request, summits_of(request))
        asked = {"list": label, **({"summit": summit.slug} if summit else {})}
        return [(f"{reverse('admin:summit_giventable_upload')}?{urlencode(asked)}", _("Upload a table"))]

    def _aside(self) -> set[str]:
        """Return what of an address says nothing of which rows are shown."""
        return set(_ASIDE) - {getattr(self, "scope_key", "")}

    def export_address(self, request: HttpRequest) -> str:
        """Return the address of the page, for what the list shows."""
        aside = self._aside()
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
        """Ask for the format; a POST gives the file, or begins to make it."""
        self.admit(request, "view")  # type: ignore[attr-defined]
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        asked = request.GET.copy()
        for name in self._aside():
            asked.pop(name, None)
        request.GET = asked  # type: ignore[assignment]
        try:
            rows = self.listed_rows(request)
        except IncorrectLookupParameters:
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        keys = list(dict.fromkeys(rows.values_list("pk", flat=True)[: MOST + 1]))
        ending = request.POST.get("ending", "")
        if request.method == "POST" and ending in writers.MEDIA_TYPES and len(keys) <= MOST:
            return self._give_table(request, request.user, rows, keys, ending)
        return self._ask_format(request, request.user, len(keys))

    def _ask_format(self, request: HttpRequest, user: User, number: int) -> HttpResponse:
        listed = Listed(self, request)
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"
        words = {writers.XLSX: _("Spreadsheet (XLSX)"), writers.CSV: "CSV", writers.JSON: _("JSON, for programs")}
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Export: %(list)s") % {"list": capfirst(str(self.opts.verbose_name_plural))},
            "listed": f"{reverse(name)}?{request.GET.urlencode()}",
            "narrowed": bool(request.GET),
            "number": number,
            "most": MOST if number > MOST else 0,
            "later": number > AT_ONCE,
            "columns": [column.heading for column in listed.columns()],
            "formats": words.items(),
            "personal": bool(self.list_shows),  # type: ignore[attr-defined]
            "further": self.further_files(request),
            "again": self.uploads,
            "filling": self.filling(request),
            "kept": exported_files.mine(user, self.opts.label_lower),
            "days": exported_files.KEPT.days,
        }
        return TemplateResponse(request, "admin/table.html", context)

    def _give_table(
        self, request: HttpRequest, user: User, found: models.QuerySet[Any], keys: list[int], ending: str
    ) -> HttpResponseBase:
        language = exported_files.MACHINES if ending == writers.JSON else get_language() or exported_files.MACHINES
        listed = Listed(self, request)
        if len(keys) > AT_ONCE:
            job = exported_files.ask(
                by=user,
                label=self.opts.label_lower,
                ending=ending,
                language=language,
                keys=keys,
                columns=listed.names(),
                filters=filters_of(request),
                summits=self._summits_listed(found),
                personal=bool(self.list_shows),  # type: ignore[attr-defined]
            )
            return redirect("admin:work_job", job.public_id)
        with override(language):
            rows = listed.page(keys)
            part = writers.part(listed.columns(), rows, ending=ending, first=True)
            # Whole before its first byte leaves: what fails on the way must not look like a shorter list.
            content = list(writers.whole([part], ending=ending))
        self.note_seen(user, rows, filters_of(request))  # type: ignore[attr-defined]
        return as_file(content, f"{self.opts.model_name}.{ending}", ending)

    def _summits_listed(self, rows: models.QuerySet[Any]) -> set[int]:
        where: str | None = self.summit_path  # type: ignore[attr-defined]
        if where is None:
            return set()
        return set(rows.order_by().values_list(where or "pk", flat=True).distinct()) - {None}


def as_file(content: Any, name: str, ending: str) -> StreamingHttpResponse:
    """Return the bytes of a table as a file that is sent as it is made."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(content, content_type=writers.MEDIA_TYPES[ending], headers=headers)

"""Export the rows of an admin list, with its filters and its order, as a file.

A short list is exported in the request. The file of a longer list is written by a job. It is stored for some days
for the user who asked for it.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _

from summit.admin_base.access_log_mixin import filters_of
from summit.admin_base.list_files import export_page, list_upload
from summit.admin_base.summit_scope import chosen_summit, summits_of
from summit.core.database_clock import db_now
from summit.core.file_names import disposition
from summit.core.punctuation import pair
from summit.import_export import export_services, list_pdf, table_file_writers
from summit.import_export.batched_querysets import MOST, Listed
from summit.import_export.list_import import list_imports
from summit.pdf import missing_fonts
from summit.pdf.fonts import MissingFontError
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.templatetags.desk import active_filters
from summit.users.models import User

# Longer lists are written by a job, and have no PDF.
AT_ONCE = 500


@export_page(10)
def table_view(desk: Any, request: HttpRequest) -> HttpResponseBase:
    """Show the page that asks for the format. On POST, return the file of a list.

    If the list has more than AT_ONCE rows, start the job that writes the file instead.
    """
    desk.admit(request, "view")
    assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
    query = request.GET.copy()
    for name in desk.aside():
        query.pop(name, None)
    request.GET = query  # type: ignore[assignment]
    try:
        rows = desk.listed_rows(request)
    except IncorrectLookupParameters:
        return redirect(f"admin:{desk.opts.app_label}_{desk.opts.model_name}_changelist")
    keys = list(dict.fromkeys(rows.values_list("pk", flat=True)[: MOST + 1]))
    ending = request.POST.get("ending", "")
    if request.method == "POST" and ending == list_pdf.PDF and len(keys) <= AT_ONCE:
        return _give_pdf(desk, request, keys)
    if request.method == "POST" and ending in table_file_writers.MEDIA_TYPES and len(keys) <= MOST:
        return _give_table(desk, request, rows, keys, ending)
    return _ask_format(desk, request, request.user, len(keys))


def _ask_format(desk: Any, request: HttpRequest, user: User, number: int) -> HttpResponse:
    listed = Listed(desk, request)
    name = f"admin:{desk.opts.app_label}_{desk.opts.model_name}_changelist"
    format_labels = {
        table_file_writers.XLSX: _("Spreadsheet (XLSX)"),
        table_file_writers.CSV: "CSV",
        **({list_pdf.PDF: _("PDF with the list’s columns")} if number <= AT_ONCE else {}),
        table_file_writers.JSON: _("JSON, for software"),
    }
    context = {
        **desk.admin_site.each_context(request),
        "opts": desk.opts,
        "title": _("Export: %(list)s") % {"list": capfirst(str(desk.opts.verbose_name_plural))},
        "listed": f"{reverse(name)}?{request.GET.urlencode()}",
        "narrowed": bool(request.GET),
        "number": number,
        "most": MOST if number > MOST else 0,
        "later": number > AT_ONCE,
        "columns": [column.heading for column in listed.columns()],
        "formats": format_labels.items(),
        "personal": bool(desk.list_shows),
        "further": desk.further_files(request),
        "again": desk.uploads,
        "filling": desk.filling(request),
        "kept": export_services.mine(user, desk.opts.label_lower),
        "days": export_services.KEPT.days,
    }
    return TemplateResponse(request, "admin/import_export/export.html", context)


def _give_table(
    desk: Any, request: HttpRequest, queryset: models.QuerySet[Any], keys: list[int], ending: str
) -> HttpResponseBase:
    user: Any = request.user
    language = (
        export_services.MACHINES if ending == table_file_writers.JSON else get_language() or export_services.MACHINES
    )
    listed = Listed(desk, request)
    if len(keys) > AT_ONCE:
        job = export_services.ask(
            by=user,
            label=desk.opts.label_lower,
            ending=ending,
            language=language,
            keys=keys,
            columns=listed.names(),
            filters=filters_of(request),
            summits=_summits_listed(desk, queryset),
            personal=bool(desk.list_shows),
        )
        return redirect("admin:jobs_job", job.public_id)
    with override(language):
        rows = listed.page(keys)
        part = table_file_writers.part(listed.columns(), rows, ending=ending, first=True)
        # Build the whole file before the first byte is sent: an export that fails must not look like a shorter list.
        content = list(table_file_writers.whole([part], ending=ending))
    desk.log_access(user, rows, filters_of(request))
    name = export_services.file_name_of(desk.opts.label_lower, _summit_of(desk, request), ending)
    return as_file(content, name, ending)


def _give_pdf(desk: Any, request: HttpRequest, keys: list[int]) -> HttpResponseBase:
    """Return the columns that the list shows as a PDF.

    If a letter has no font, redirect to the page that asks for the format, with a warning.
    """
    user: Any = request.user
    listed, narrowed = Listed(desk, request), active_filters(desk.get_changelist_instance(request))
    rows, number, summit = listed.page(keys), len(keys), _summit_of(desk, request)
    try:
        content = list_pdf.write(
            listed.shown_columns(),
            rows,
            title=capfirst(str(desk.opts.verbose_name_plural)),
            counted=_counted(desk, number),
            filters=[pair(title, value) for title, value, _without in narrowed],
            notes=desk.printed_notes(rows),
            totals=desk.totals,
            summit=summit,
            now=db_now(),
        )
    except MissingFontError as problem:
        messages.warning(request, f"{missing_fonts.missing(problem)} {missing_fonts.remedy(problem)}")
        return redirect(request.get_full_path())
    desk.log_access(user, rows, filters_of(request))
    name = export_services.file_name_of(desk.opts.label_lower, summit, list_pdf.PDF)
    headers = {"Content-Disposition": disposition(name), "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type=list_pdf.MEDIA_TYPE, headers=headers)


def _counted(desk: Any, number: int) -> str:
    """Return the number of rows in words, such as "46 delegations"."""
    params = {"one": desk.opts.verbose_name, "many": desk.opts.verbose_name_plural, "number": number_format(number)}
    return ngettext("%(number)s %(one)s", "%(number)s %(many)s", number) % params


def _summit_of(desk: Any, request: HttpRequest) -> Summit | None:
    """Return the summit whose rows a list has, or None if it isn't one summit's."""
    return chosen_summit(request, summits_of(request)) if desk.summit_path is not None else None


def _summits_listed(desk: Any, rows: models.QuerySet[Any]) -> set[int]:
    summit_path: str | None = desk.summit_path
    if summit_path is None:
        return set()
    return set(rows.order_by().values_list(summit_path or "pk", flat=True).distinct()) - {None}


@list_upload(10)
def upload_address(request: HttpRequest, label: str) -> list[tuple[str, str]]:
    """Return the URL and the label of a list's upload button, as a list of one pair.

    The list is empty if the list can't be imported or the user may not change it.
    """
    definition = list_imports().get(label)
    if definition is None or not allows(request.user, definition.importable.viewset.permission_for("change"), None):
        return []
    summit = chosen_summit(request, summits_of(request))
    query = {"kind": label, **({"summit": summit.slug} if summit else {})}
    return [(f"{reverse('admin:summit_listimportfile_upload')}?{urlencode(query)}", _("Upload file"))]


def as_file(content: Any, name: str, ending: str) -> StreamingHttpResponse:
    """Return a streaming response that sends `content`, the bytes of a table, as an attachment called `name`."""
    headers = {"Content-Disposition": disposition(name)}
    return StreamingHttpResponse(content, content_type=table_file_writers.MEDIA_TYPES[ending], headers=headers)

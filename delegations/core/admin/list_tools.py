"""What a list of parties, people or invitations offers beside its rows: a table to upload, and files to take."""

from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from delegations.core import table_files
from summit.admin_base.access_log import NOT_FILTERS
from summit.admin_base.summit_scope import chosen_summit, summits_of
from summit.audit import access_log
from summit.import_export.exported_files import MACHINES
from summit.permissions.rules import allows
from summit.users.models import User

# By this an address says which file it asks for; the rest of it are the list's own filters.
ASKS = "take"


class ToolsMixin:
    """Gives a list its tools: addresses with what they are called."""

    # The purpose of tables that are uploaded here and what leads to the page; "" where none is.
    uploads = ""
    upload_label: Any = ""
    admin_site: Any
    opts: Any

    def table(self, rows: models.QuerySet[Any], by: User) -> table_files.ExportedTable:
        """Return the rows of the list as a table for this reader."""
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern]:
        """Add the file of the list."""
        view = self.admin_site.admin_view(self.export_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        found: list[URLPattern] = super().get_urls()  # type: ignore[misc]
        return [path("export/", view, name=name), *found]

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """Return the rows that the list shows with these filters, all pages of it, as a file; who took it has seen
        them."""
        self.admit(request, "view")  # type: ignore[attr-defined]
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        asked = request.GET.copy()
        ending = table_files.ending_of((asked.pop(ASKS, None) or [""])[-1])
        # What an address says besides the list's filters, as the list itself takes it.
        for name in ("lang", "summit"):
            asked.pop(name, None)
        request.GET = asked  # type: ignore[assignment]
        try:
            rows = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters:
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        # Programs are told everything in one language, whoever asks.
        named = ending == table_files.JSON
        with override(MACHINES if named else get_language()):
            made = self.table(rows, request.user)
        content = table_files.write(table_files.cells(made, named=named), ending=ending)
        if made.people:
            label = self.opts.label_lower
            filters = {name: str(asked[name]) for name in asked if name not in NOT_FILTERS}
            access_log.note_list(by=request.user, label=label, rows=made.people, fields=made.fields, filters=filters)
        headers = {"Content-Disposition": f'attachment; filename="{self.opts.model_name}.{ending}"'}
        return HttpResponse(content, content_type=table_files.MEDIA_TYPES[ending], headers=headers)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Let the list know its tools."""
        found: Any = super().get_changelist_instance(request)  # type: ignore[misc]
        found.tools = [*self.pages(request), *self._uploading(request)]
        return found

    def pages(self, request: HttpRequest) -> list[tuple[str, str]]:
        """Return other pages to which the list leads, as addresses with what they are called."""
        return []

    def _uploading(self, request: HttpRequest) -> list[tuple[str, str]]:
        if not self.uploads or not allows(request.user, "delegations.read_in", None):
            return []
        summit = chosen_summit(request, summits_of(request))
        asked = {"purpose": self.uploads, **({"summit": summit.slug} if summit else {})}
        return [
            (f"{reverse('admin:delegations_delegationimportfile_upload')}?{urlencode(asked)}", str(self.upload_label))
        ]

    def further_files(self, request: HttpRequest) -> list[tuple[str, str]]:
        """Return the files with all that is known of each row, not only what the list has room for."""
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_export")
        words = {
            table_files.XLSX: _("Take as XLSX"),
            table_files.CSV: _("Take as CSV"),
            table_files.JSON: _("Take as JSON"),
        }
        kept = [
            (name, value) for name in request.GET for value in request.GET.getlist(name) if name not in ("p", "e")
        ]
        return [(f"{address}?{urlencode([*kept, (ASKS, ending)])}", said) for ending, said in words.items()]

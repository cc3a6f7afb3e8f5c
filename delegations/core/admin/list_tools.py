"""A mixin for the admin's lists of parties, people and invitations, with a link to upload a table and an export."""

from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from delegations.core import table_writers
from summit.admin_base.access_log_mixin import NOT_FILTERS
from summit.admin_base.model_pages import model_page
from summit.admin_base.summit_scope import chosen_summit, summits_of
from summit.audit import access_log
from summit.audit.services import SYSTEM, By
from summit.core.file_names import disposition
from summit.import_export.export_services import MACHINES, file_name_of
from summit.permissions.rules import allows
from summit.users.models import User

# The query parameter that names the format of the file. All other parameters are the list's own filters.
ASKS = "take"


class ToolsMixin:
    """Adds an export view and links to other pages to a changelist."""

    # The kind of the import files that can be uploaded from this list ("" for none), and the label of the link.
    uploads = ""
    upload_label: Any = ""
    admin_site: Any
    opts: Any

    def table(self, rows: models.QuerySet[Any], by: By) -> table_writers.ExportedTable:
        """Return the rows as a table with the columns that `by` may see. Subclasses must override it."""
        raise NotImplementedError

    @model_page("export/", "export", "GET")
    def export_view(self, request: HttpRequest) -> HttpResponse:
        """Return a file with all rows that match the request's filters, from all pages of the list.

        The parameter `take` names the format. If a filter is invalid, redirect to the list. The access log records
        that the user has seen the people in the file.
        """
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        params = request.GET.copy()
        ending = table_writers.ending_of((params.pop(ASKS, None) or [""])[-1])
        # These parameters are no filters: the changelist would refuse them.
        for name in ("lang", "summit"):
            params.pop(name, None)
        request.GET = params  # type: ignore[assignment]
        try:
            rows = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters:
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        # JSON is for programs: its language doesn't depend on the user's.
        for_programs = ending == table_writers.JSON
        with override(MACHINES if for_programs else get_language()):
            table = self.table(rows, request.user)
        content = table_writers.write(table_writers.cells(table, named=for_programs), ending=ending)
        if table.people:
            label = self.opts.label_lower
            filters = {name: str(params[name]) for name in params if name not in NOT_FILTERS}
            access_log.record_list(
                by=request.user, label=label, rows=table.people, fields=table.fields, filters=filters
            )
        name = file_name_of(self.opts.label_lower, chosen_summit(request, summits_of(request)), ending)
        headers = {"Content-Disposition": disposition(name)}
        return HttpResponse(content, content_type=table_writers.MEDIA_TYPES[ending], headers=headers)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Return the changelist. Its attribute `tools` holds links to other pages as (URL, label) pairs."""
        changelist: Any = super().get_changelist_instance(request)  # type: ignore[misc]
        changelist.tools = [*self.pages(request), *self._uploading(request)]
        return changelist

    def pages(self, request: HttpRequest) -> list[tuple[str, str]]:
        """Return links to further pages as (URL, label) pairs. There are none by default."""
        return []

    def _uploading(self, request: HttpRequest) -> list[tuple[str, str]]:
        if not self.uploads or not allows(request.user, "delegations.read_in", None):
            return []
        summit = chosen_summit(request, summits_of(request))
        query = {"kind": self.uploads, **({"summit": summit.slug} if summit else {})}
        return [
            (f"{reverse('admin:delegations_delegationimportfile_upload')}?{urlencode(query)}", str(self.upload_label))
        ]

    def further_headings(self) -> list[list[str]]:
        """Return the headings of the export of all columns, and their names for programs."""
        table = self.table(self.opts.model._default_manager.none(), SYSTEM)
        return [table.headings, list(table.names)]

    def further_files(self, request: HttpRequest) -> list[tuple[str, str]]:
        """Return links to the list's export in each format, as (URL, label) pairs. The links contain the request's
        filters."""
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_export")
        labels = {
            table_writers.XLSX: _("Export as XLSX"),
            table_writers.CSV: _("Export as CSV"),
            table_writers.JSON: _("Export as JSON"),
        }
        filters = [
            (name, value) for name in request.GET for value in request.GET.getlist(name) if name not in ("p", "e")
        ]
        return [(f"{address}?{urlencode([*filters, (ASKS, ending)])}", label) for ending, label in labels.items()]

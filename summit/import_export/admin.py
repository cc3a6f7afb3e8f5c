"""Import files for lists, in the admin: upload a table, check it row by row, then apply it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.admin_base.model_admin import SUMMIT_PATHS
from summit.core.punctuation import comma
from summit.import_export import import_job, import_services, parsers
from summit.import_export.importer import UnreadableError
from summit.import_export.models import ListImportFile
from summit.import_export.registry import INTAKES, ImportDefinition
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.uploads.admin import UploadForm, UploadsAdmin
from summit.uploads.report_page import of_rows
from summit.users.models import User

SUMMIT_PATHS.update({ListImportFile: "summit"})


class ListImportFileForm(UploadForm):
    """The form for uploading an import file: it asks for the summit, the list and the file."""

    field_order = ("summit", "list", "file")
    list = forms.ChoiceField(label=gettext_lazy("Which list it fills"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["list"]
        field.choices = [
            (label, capfirst(str(intake.model._meta.verbose_name_plural))) for label, intake in INTAKES.items()
        ]
        self.fields["file"].help_text = _("XLSX, CSV or JSON as the list is exported, of %(n)d rows at most.") % {
            "n": import_services.MOST_ROWS
        }
        self.fields["file"].error_messages["required"] = _("Choose the file that holds the table.")


@admin.register(ListImportFile)
class ListImportFileAdmin(UploadsAdmin):
    """The admin of the files that desk users uploaded to import rows into a list."""

    place = 8
    list_display = ["filename", "filled", "summit", "uploaded", "uploaded_by", "taken"]
    list_filter = ["summit"]
    list_select_related = ["summit", "uploaded_by"]
    nothing_yet = gettext_lazy("No table has been uploaded yet.")
    action = import_services.READ_IN
    upload_form = ListImportFileForm
    upload_word = gettext_lazy("Upload a table")
    words = of_rows(
        about=gettext_lazy("Which it is"),
        notices="admin/import_export/notices.html",
        about_row="admin/import_export/about_row.html",
    )
    file_template = "admin/import_export/file.html"
    upload_template = "admin/import_export/upload.html"
    reading = import_job.READ_IN_LIST
    # PermissionDenied too: a user who may not change the list gets its message on the upload page.
    problems = (import_services.ListImportFileError, UnreadableError, PermissionDenied)

    @admin.display(description=gettext_lazy("list"), ordering="label")
    def filled(self, row: ListImportFile) -> str:
        """Return the name of the list that the import file is for."""
        return _called(row.label)

    def keep(self, summit: Summit, form: UploadForm, by: User) -> ListImportFile:
        """Store an uploaded table and return its import file. Raises ListImportFileError, PermissionDenied."""
        file, label = form.cleaned_data["file"], form.cleaned_data["list"]
        if file.size > parsers.MOST_BYTES:
            raise import_services.ListImportFileError(parsers.too_large())
        return import_services.store(summit=summit, label=label, filename=file.name, content=file.read(), by=by)

    def rows_of(self, row: ListImportFile) -> int:
        """Return the number of rows of an import file that isn't applied yet."""
        return len(import_services.table_of(row).rows)

    def remove(self, row: ListImportFile, by: User) -> None:
        """Delete an import file."""
        import_services.discard(given=row, by=by)

    def onward(self, row: ListImportFile) -> tuple[str, str]:
        """Return the URL and the label of a link to the list that was filled.

        If the list can't be imported any more, the link goes to the import files.
        """
        intake = INTAKES.get(row.label)
        if intake is None:
            return self.address("changelist"), _("Show the tables")
        opts = intake.model._meta
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist"), _("Show the list")

    def more(self, row: ListImportFile) -> dict[str, Any]:
        """Return the template's variables: the list's name, and a URL to upload another table for the same list."""
        query = urlencode({"list": row.label, "summit": row.summit.slug})
        return {"upload": f"{self.address('upload')}?{query}", "filled": _called(row.label)}

    def first(self, request: HttpRequest) -> dict[str, Any]:
        """Return the form's initial values: the list named in the request's query string."""
        return {"list": request.GET.get("list", "")}

    def more_to_upload(self, request: HttpRequest, offered: list[Summit]) -> dict[str, Any]:
        """Return the template's variable `exports`: the lists that the user may change.

        The page offers to export each list, so that the user can fill in the exported file.
        """
        may = [each for each in INTAKES.values() if allows(request.user, each.viewset.permission_for("change"), None)]
        return {"exports": [_described(each) for each in may]}


def _described(intake: ImportDefinition) -> tuple[str, str, str]:
    """Return the URL of a list's export, the list's name, and the names of the columns that can be imported."""
    opts = intake.model._meta
    columns = [
        fill.column.heading if fill.column else capfirst(str(opts.get_field(name).verbose_name))  # type: ignore[union-attr]
        for name, fill in intake.fills().items()
    ]
    address = reverse(f"admin:{opts.app_label}_{opts.model_name}_table")
    return address, _called(intake.label), comma().join(columns)


def _called(label: str) -> str:
    intake = INTAKES.get(label)
    return capfirst(str(intake.model._meta.verbose_name_plural)) if intake else label

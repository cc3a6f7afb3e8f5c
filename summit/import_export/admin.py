"""Import files for lists, in the admin: upload a table, check it row by row, then import it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.admin_base.menu_places import MenuGroup
from summit.admin_base.model_admin import SUMMIT_PATHS
from summit.core.punctuation import comma
from summit.import_export.list_import import READ_IN, ListImport, list_imports
from summit.import_export.models import ListImportFile
from summit.imports import jobs
from summit.imports.admin import ImportFileAdmin
from summit.imports.models import ImportFile
from summit.permissions.rules import allows
from summit.summits.models import Summit

SUMMIT_PATHS.update({ListImportFile: "summit"})
jobs.show_on("summit_listimportfile")


@admin.register(ListImportFile)
class ListImportFileAdmin(ImportFileAdmin):
    """The admin of the files that desk users uploaded to import rows into a list."""

    place = 8
    menu_group = MenuGroup.SYSTEMS
    list_display = ["filename", "holds", "summit", "uploaded", "uploaded_by", "imported"]
    action = READ_IN
    upload_label = gettext_lazy("Upload file")
    upload_template = "admin/import_export/upload.html"

    def definitions(self) -> list[Any]:
        """Return the definitions of all lists that can be imported."""
        return list(list_imports().values())

    def onward(self, file: ImportFile) -> tuple[str, str]:
        """Return the URL and the label of a link to the list that was filled.

        If the list can't be imported any more, the link goes to the import files.
        """
        definition = list_imports().get(file.kind)
        if definition is None:
            return self.address("changelist"), _("Show files")
        opts = definition.model._meta
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist"), _("Show list")

    def upload_context(self, request: HttpRequest, offered: list[Summit]) -> dict[str, Any]:
        """Return the template's variable `exports`: the lists that the user may change.

        The page offers to export each list, so that the user can fill in the exported file.
        """
        may = [
            each
            for each in list_imports().values()
            if allows(request.user, each.importable.viewset.permission_for("change"), None)
        ]
        return {"exports": [_described(each) for each in may]}


def _described(definition: ListImport) -> tuple[str, str, str]:
    """Return the URL of a list's export, the list's name, and the names of the columns that can be imported."""
    opts = definition.model._meta
    columns = [
        fill.column.heading if fill.column else capfirst(str(opts.get_field(name).verbose_name))  # type: ignore[union-attr]
        for name, fill in definition.importable.fills().items()
    ]
    address = reverse(f"admin:{opts.app_label}_{opts.model_name}_table")
    return address, str(definition.label), comma().join(columns)

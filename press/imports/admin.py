"""The admin of archives of speeches: upload, preview file by file, and import as drafts."""

from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from press.imports.definitions import SESSION, sessions_to_speak_in
from press.imports.models import SPEECHES, SpeechImportFile
from summit.admin_base.autocomplete import FieldChoices, register_choices
from summit.admin_base.model_admin import SUMMIT_PATHS
from summit.imports import jobs
from summit.imports.admin import ImportFileAdmin
from summit.imports.definitions import DEFINITIONS
from summit.imports.models import ImportFile

SUMMIT_PATHS.update({SpeechImportFile: "summit"})
jobs.show_on("press_speechimportfile", SPEECHES)
register_choices(
    SESSION,
    FieldChoices(permission="press.write", rows=sessions_to_speak_in, key="public_id"),
)


@admin.register(SpeechImportFile)
class SpeechImportFileAdmin(ImportFileAdmin):
    """The admin of the archives that press officers have uploaded."""

    place = 7
    list_display = ["filename", "summit", "uploaded", "uploaded_by", "imported"]
    action = "press.write"
    upload_label = gettext_lazy("Upload speeches")
    upload_template = "admin/press/imports/upload.html"

    def definitions(self) -> list[Any]:
        """Return the definition of the import of speeches."""
        return [DEFINITIONS[SPEECHES]]

    def onward(self, file: ImportFile) -> tuple[str, str]:
        """Return the URL and label of the link to the texts."""
        return f"{reverse('admin:press_text_changelist')}?summit__id__exact={file.summit_id}", _("Show the texts")

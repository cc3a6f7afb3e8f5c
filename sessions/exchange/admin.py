"""The admin of schedules of other conferences: upload, preview event by event, and import into the draft."""

from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions.exchange.models import SCHEDULE, ScheduleImportFile
from summit.admin_base.menu_places import MenuGroup
from summit.admin_base.model_admin import SUMMIT_PATHS
from summit.imports import jobs
from summit.imports.admin import ImportFileAdmin
from summit.imports.definitions import DEFINITIONS
from summit.imports.models import ImportFile

SUMMIT_PATHS.update({ScheduleImportFile: "summit"})
jobs.show_on("agenda_scheduleimportfile", SCHEDULE)


@admin.register(ScheduleImportFile)
class ScheduleImportFileAdmin(ImportFileAdmin):
    """The admin of the schedules that desk users have uploaded."""

    place = 8
    menu_group = MenuGroup.MORE
    list_display = ["filename", "summit", "uploaded", "uploaded_by", "imported"]
    action = "agenda.edit"
    upload_label = gettext_lazy("Upload schedule")

    def definitions(self) -> list[Any]:
        """Return the definition of the import of schedules."""
        return [DEFINITIONS[SCHEDULE]]

    def onward(self, file: ImportFile) -> tuple[str, str]:
        """Return the URL and label of the link to the draft."""
        changelist_url = reverse("admin:agenda_session_changelist")
        return f"{changelist_url}?summit__id__exact={file.summit_id}", _("Show draft")

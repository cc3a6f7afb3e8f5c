"""The admin of schedules of other conferences: upload, report on each event, and import into the draft."""

from typing import Any

from django import forms
from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions.exchange import import_job
from sessions.exchange.models import ScheduleImportFile
from sessions.exchange.selectors.plain_text import Unreadable
from sessions.exchange.services import import_files
from sessions.visibility.models import Visibility
from summit.admin_base.model_admin import SUMMIT_PATHS
from summit.summits.models import Summit
from summit.uploads import services as uploads_services
from summit.uploads.admin import UploadForm, UploadsAdmin
from summit.uploads.report_page import ReportLabels
from summit.users.models import User

SUMMIT_PATHS.update({ScheduleImportFile: "summit"})


class ScheduleForm(UploadForm):
    """The form to upload a schedule for a summit, with the visibility of its new sessions."""

    visibility = forms.ChoiceField(
        label=gettext_lazy("Who may know of new sessions"),
        choices=Visibility.choices,
        initial=Visibility.PARTICIPANTS,
        help_text=gettext_lazy("Sessions that are here already stay as visible as they are."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = _(
            "schedule.json or schedule.xml as frab or pretalx give it, of 20 MB at most."
        )
        self.fields["file"].error_messages["required"] = _("Choose the file that holds the schedule.")


@admin.register(ScheduleImportFile)
class ScheduleImportFileAdmin(UploadsAdmin):
    """The admin of the schedules that desk users have uploaded."""

    place = 6
    list_display = ["filename", "summit", "uploaded", "uploaded_by", "taken"]
    list_filter = ["summit"]
    list_select_related = ["summit", "uploaded_by"]
    nothing_yet = gettext_lazy("No schedule has been uploaded yet.")
    action = "agenda.edit"
    upload_form = ScheduleForm
    upload_word = gettext_lazy("Upload a schedule")
    file_template = "admin/agenda/exchange/file.html"
    upload_template = "admin/agenda/exchange/upload.html"
    reading = import_job.READ
    problems = (Unreadable,)
    words = ReportLabels(
        all=gettext_lazy("Events of the schedule"),
        row=gettext_lazy("Event"),
        about=gettext_lazy("Title"),
        each=gettext_lazy("Event by event"),
        some=gettext_lazy("Some of the events"),
        show_all=gettext_lazy("Show all events"),
        caption=gettext_lazy("What becomes of each event"),
        notices="admin/agenda/exchange/notices.html",
        about_row="admin/agenda/exchange/about_row.html",
    )

    def keep(self, summit: Summit, form: UploadForm, by: User) -> ScheduleImportFile:
        """Save an uploaded schedule. Raises Unreadable."""
        file, shown_to = form.cleaned_data["file"], form.cleaned_data["visibility"]
        import_files.check_size(file.size)
        return import_files.store(summit=summit, filename=file.name, content=file.read(), visibility=shown_to, by=by)

    def rows_of(self, row: ScheduleImportFile) -> int:
        """Return the number of events of a schedule that hasn't been imported."""
        return import_files.events_of(row)

    def remove(self, row: ScheduleImportFile, by: User) -> None:
        """Delete a schedule."""
        import_files.discard(row=row, by=by)

    def applied_message(self, number: int) -> str:
        """Return the message that this number of events has been imported."""
        return import_job.imported_message(number)

    def deleted_message(self) -> str:
        """Return the message that the schedule has been deleted."""
        return _("The uploaded schedule is deleted. What was taken over of it stays.")

    def onward(self, row: ScheduleImportFile) -> tuple[str, str]:
        """Return the URL and label of the link to the draft."""
        changelist_url = reverse("admin:agenda_session_changelist")
        return f"{changelist_url}?summit__id__exact={row.summit_id}", _("Show the draft")

    def more(self, row: ScheduleImportFile) -> dict[str, Any]:
        """Return the page's context with the number of days for which a schedule is stored."""
        return {"waits": uploads_services.WAITS.days}

"""Schedules of other conferences in the admin: uploaded, looked at event by event, taken over into the draft."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_POST

from delegations import shown_report
from sessions import reading
from sessions.admin.draft import summits_to_edit
from sessions.domain.incoming import uploads
from sessions.domain.incoming.reading import MOST_EVENTS, Unreadable
from sessions.models import ScheduleFile, Visibility
from summit.desk.base import SUMMIT_PATHS, ReadOnlyAdmin
from summit.desk.header import chosen_summit
from summit.desk.shelves import Shelf
from summit.domain import seen
from summit.models import Summit, User
from summit.permissions import allows, check
from summit.templatetags.moments import short_clock
from summit.work.domain import jobs

SUMMIT_PATHS.update({ScheduleFile: "summit"})
EDIT = "sessions.edit"


class UploadForm(forms.Form):
    """Which schedule, for which summit, and who is to see what is new in it."""

    summit = forms.ChoiceField(label=pgettext_lazy("label", "Summit"))
    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,
        help_text=gettext_lazy("schedule.json or schedule.xml as frab or pretalx give it, of 20 MB at most."),
        error_messages={"required": gettext_lazy("Choose the file that holds the schedule.")},
    )
    visibility = forms.ChoiceField(
        label=gettext_lazy("Who may know of new sessions"),
        choices=Visibility.choices,
        initial=Visibility.PARTICIPANTS,
        help_text=gettext_lazy("Sessions that are here already stay as visible as they are."),
    )

    def __init__(self, *args: Any, offered: list[Summit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["summit"]
        field.choices = [(summit.slug, summit.reads_as.short_name) for summit in offered]
        if len(offered) == 1:
            field.widget = forms.HiddenInput()
            field.initial = offered[0].slug


@admin.register(ScheduleFile)
class ScheduleFileAdmin(ReadOnlyAdmin):
    """The schedules that desks uploaded."""

    place = 6
    shelf = Shelf.RECORDS
    list_display = ["filename", "summit", "uploaded", "uploaded_by", "taken"]
    list_filter = ["summit"]
    list_select_related = ["summit", "uploaded_by"]
    page_shows = ("report",)
    change_list_template = "admin/programme/schedulefile/change_list.html"
    nothing_yet = gettext_lazy("No schedule has been uploaded yet.")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the schedules, without reading what is in them."""
        rows: models.QuerySet[Any] = super().get_queryset(request).defer("content", "report")
        return rows

    @admin.display(description=gettext_lazy("uploaded"), ordering="uploaded_at")
    def uploaded(self, row: ScheduleFile) -> str:
        """Show the moment in the venue's zone, with its name."""
        return short_clock(row.uploaded_at, row.summit)

    @admin.display(description=gettext_lazy("taken over"), ordering="applied_at", empty_value="–")
    def taken(self, row: ScheduleFile) -> str | None:
        """Show the moment in the venue's zone, with its name."""
        return short_clock(row.applied_at, row.summit) if row.applied_at else None

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the schedules, with a way to upload one."""
        more = {"may_upload": allows(request.user, EDIT, None)}
        shown: HttpResponse = super().changelist_view(request, {**more, **(extra_context or {})})
        return shown

    def get_urls(self) -> list[URLPattern]:
        """Add uploading, and what is done with a schedule."""
        wrap = self.admin_site.admin_view
        return [
            path("upload/", wrap(self.upload), name="programme_schedulefile_upload"),
            path("<int:pk>/look/", wrap(require_POST(self.look)), name="programme_schedulefile_look"),
            path("<int:pk>/take/", wrap(require_POST(self.take)), name="programme_schedulefile_take"),
            path("<int:pk>/drop/", wrap(require_POST(self.drop)), name="programme_schedulefile_drop"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show what would become of each event, or what became of it."""
        row: ScheduleFile = self.admit(request, "change" if request.method == "POST" else "view", object_id)
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        report = uploads.report_of(row)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": row.filename,
            "file": row,
            "report": report,
            "writes": report.writes if report else 0,
            "waits": uploads.WAITS.days,
            "events": 0 if report or not row.content else uploads.events_of(row),
            **(shown_report.context(report, request.GET) if report else {}),
        }
        if report and request.method == "GET":
            seen.note_page(by=request.user, target=row, summit=row.summit, fields=self.page_shows)
        return TemplateResponse(request, "admin/programme/schedulefile/file.html", context)

    def upload(self, request: HttpRequest) -> HttpResponse:
        """Ask for a file; keep it, and lead to what would become of its events."""
        self.admit(request, "view")
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        check(request.user, EDIT, None)
        offered = list(summits_to_edit(request))
        first = {"summit": getattr(chosen_summit(request, offered), "slug", "")}
        data = (request.POST, request.FILES) if request.method == "POST" else ()
        form = UploadForm(*data, offered=offered, initial=first)
        if request.method == "POST" and form.is_valid():
            summit = next(each for each in offered if each.slug == form.cleaned_data["summit"])
            try:
                row = _store(request.user, summit, form)
            except Unreadable as problem:
                form.add_error("file", str(problem))
            else:
                if not row.report:
                    return _work(request.user, row, reading.LOOK)
                return redirect("admin:programme_schedulefile_change", row.pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Upload a schedule"),
            "form": form,
            "most": MOST_EVENTS,
        }
        return TemplateResponse(request, "admin/programme/schedulefile/upload.html", context)

    def _mine(self, request: HttpRequest, pk: int) -> tuple[ScheduleFile, User]:
        row: ScheduleFile = self.admit(request, "view", pk)
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        check(request.user, EDIT, row.summit)
        return row, request.user

    def look(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let a worker look at a schedule of many events."""
        row, user = self._mine(request, pk)
        return _work(user, row, reading.LOOK)

    def take(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take a schedule over, once; many events by a worker."""
        row, user = self._mine(request, pk)
        report = uploads.report_of(row)
        if not row.applied_at and report and len(report.lines) > uploads.AT_ONCE:
            return _work(user, row, reading.TAKE)
        try:
            number = uploads.take(row=row, by=user).writes
        except Unreadable as problem:
            messages.warning(request, str(problem))
        else:
            said = ngettext(
                "%(number)d event is taken over into the draft.",
                "%(number)d events are taken over into the draft.",
                number,
            )
            messages.success(request, said % {"number": number})
        return redirect("admin:programme_schedulefile_change", pk)

    def drop(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Delete a schedule; what was taken over stays."""
        row, user = self._mine(request, pk)
        uploads.drop(row=row, by=user)
        messages.success(request, _("The uploaded schedule is deleted. What was taken over of it stays."))
        return redirect("admin:programme_schedulefile_changelist")


def _store(user: User, summit: Summit, form: UploadForm) -> ScheduleFile:
    file, shown_to = form.cleaned_data["file"], form.cleaned_data["visibility"]
    uploads.look_at_size(file.size)
    return uploads.store(summit=summit, filename=file.name, content=file.read(), visibility=shown_to, by=user)


def _work(user: User, row: ScheduleFile, deed: str) -> HttpResponse:
    params = {"file": row.public_id, "deed": deed}
    job = jobs.start(kind=reading.NAME, by=user, summit=row.summit, params=params)
    return redirect("admin:work_job", job.public_id)

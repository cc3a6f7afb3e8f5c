"""The base of the admin pages for uploaded files: upload a file, preview it row by row, then apply or delete it.

A subclass for each kind of file defines what its rows are.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from summit.admin_base.menu import MenuGroup
from summit.admin_base.model_admin import ReadOnlyAdmin
from summit.admin_base.summit_scope import chosen_summit
from summit.audit import access_log
from summit.jobs.models.jobs import Job
from summit.permissions.rules import allows, check, summits_for
from summit.summits.models import Summit
from summit.templatetags.moments import short_clock
from summit.uploads import report_page
from summit.uploads.import_jobs import LOOK, TAKE, Reading, rows_applied
from summit.uploads.report import UploadReport
from summit.users.models import User


class UploadForm(forms.Form):
    """The form for uploading a file. It asks for the file and for the summit, one of `offered`."""

    summit = forms.ChoiceField(label=pgettext_lazy("label", "Summit"))
    file = forms.FileField(label=gettext_lazy("File"), allow_empty_file=True)

    def __init__(self, *args: Any, offered: list[Summit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["summit"]
        field.choices = [(summit.slug, summit.reads_as.short_name) for summit in offered]
        if len(offered) == 1:
            field.widget = forms.HiddenInput()
            field.initial = offered[0].slug


class UploadsAdmin(ReadOnlyAdmin):
    """The admin of one kind of files that desks upload. Subclasses set the attributes and override the hooks."""

    shelf = MenuGroup.RECORDS
    page_shows = ("report",)
    change_list_template = "admin/uploads/change_list.html"
    # The permission that a user needs in a summit to upload files for it.
    action: str
    upload_form: type[UploadForm]
    upload_word: Any
    words: report_page.ReportLabels
    file_template: str
    upload_template: str
    reading: Reading
    # The exceptions raised if a file can't be stored or applied. Their messages are shown.
    problems: tuple[type[Exception], ...]

    def keep(self, summit: Summit, form: UploadForm, by: User) -> Any:
        """Store an uploaded file and return its row. Raises one of `problems`."""
        raise NotImplementedError

    def rows_of(self, row: Any) -> int:
        """Return the number of rows of a file that isn't applied yet."""
        raise NotImplementedError

    def remove(self, row: Any, by: User) -> None:
        """Delete a file."""
        raise NotImplementedError

    def applied_message(self, number: int) -> str:
        """Return the message that is shown after a file was applied, with the number of written rows."""
        return rows_applied(number)

    def deleted_message(self) -> str:
        """Return the message that is shown after a file was deleted."""
        return _("The table is deleted. What was taken over of it stays.")

    def onward(self, row: Any) -> tuple[str, str]:
        """Return the URL of the page with the imported rows, and the label of the button for it."""
        raise NotImplementedError

    def more(self, row: Any) -> dict[str, Any]:
        """Return further template variables for the page of a file."""
        return {}

    def more_to_upload(self, request: HttpRequest, offered: list[Summit]) -> dict[str, Any]:
        """Return further template variables for the upload page."""
        return {}

    def first(self, request: HttpRequest) -> dict[str, Any]:
        """Return the upload form's initial values apart from the summit."""
        return {}

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the files without loading their contents and reports."""
        rows: models.QuerySet[Any] = super().get_queryset(request).defer("content", "report")
        return rows

    @admin.display(description=gettext_lazy("uploaded"), ordering="uploaded_at")
    def uploaded(self, row: Any) -> str:
        """Show when the file was uploaded, in the summit's time zone."""
        return short_clock(row.uploaded_at, row.summit)

    @admin.display(description=gettext_lazy("taken over"), ordering="applied_at", empty_value="–")
    def taken(self, row: Any) -> str | None:
        """Show when the file was applied, in the summit's time zone, or nothing if it wasn't."""
        return short_clock(row.applied_at, row.summit) if row.applied_at else None

    def address(self, name: str, *args: Any) -> str:
        """Return the URL of a page of this kind of file, such as "upload" or "change"."""
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}", args=args)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list of files, with an upload button if the user may upload."""
        may = allows(request.user, self.action, None)
        more = {"upload": self.address("upload") if may else "", "upload_word": self.upload_word}
        response: HttpResponse = super().changelist_view(request, {**more, **(extra_context or {})})
        return response

    def get_urls(self) -> list[URLPattern]:
        """Return the URL patterns of the admin, with those of the upload page and of the actions on a file."""
        wrap, name = self.admin_site.admin_view, f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            path("upload/", wrap(self.upload), name=f"{name}_upload"),
            path("<int:pk>/look/", wrap(require_POST(self.look)), name=f"{name}_look"),
            path("<int:pk>/take/", wrap(require_POST(self.take)), name=f"{name}_take"),
            path("<int:pk>/drop/", wrap(require_POST(self.drop)), name=f"{name}_drop"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the report on a file: the outcome for each row that applying the file would have, or has had."""
        row = self.admit(request, "change" if request.method == "POST" else "view", object_id)
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        report: UploadReport[Any] | None = self.reading.reads.report_of(row)
        onward, word = self.onward(row)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": row.filename,
            "file": row,
            "report": report,
            "writes": report.writes if report else 0,
            "rows": 0 if report or not row.content else self.rows_of(row),
            "listed": self.address("changelist"),
            "upload": self.address("upload"),
            **{f"to_{action}": self.address(action, row.pk) for action in (LOOK, TAKE, "drop")},
            "onward": onward,
            "onward_word": word,
            **self.more(row),
            **(report_page.context(report, request.GET, self.words) if report else {}),
        }
        if report and request.method == "GET":
            access_log.record_page(by=request.user, target=row, summit=row.summit, fields=self.page_shows)
        return TemplateResponse(request, self.file_template, context)

    def upload(self, request: HttpRequest) -> HttpResponse:
        """Show the upload form. On POST, store the file and redirect to its preview.

        If the file has many rows, redirect to the job that makes the preview.
        """
        self.admit(request, "view")
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        check(request.user, self.action, None)
        summits = self.offered(request)
        initial = {"summit": getattr(chosen_summit(request, summits), "slug", ""), **self.first(request)}
        data = (request.POST, request.FILES) if request.method == "POST" else ()
        form = self.upload_form(*data, offered=summits, initial=initial)
        if request.method == "POST" and form.is_valid():
            summit = next(each for each in summits if each.slug == form.cleaned_data["summit"])
            try:
                row = self.keep(summit, form, request.user)
            except self.problems as problem:
                form.add_error("file", str(problem))
            else:
                job = None if row.report else self.reading.start(row=row, action=LOOK, by=request.user)
                return self._after(row.pk, job)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": self.upload_word,
            "form": form,
            "listed": self.address("changelist"),
            **self.more_to_upload(request, summits),
        }
        return TemplateResponse(request, self.upload_template, context)

    def offered(self, request: HttpRequest) -> list[Summit]:
        """Return the summits for which the user may upload files."""
        summit_ids = summits_for(request.user, self.action)
        return list(Summit.objects.all() if summit_ids is None else Summit.objects.filter(pk__in=summit_ids))

    def _after(self, pk: int, job: Job | None) -> HttpResponse:
        """Redirect to the job's page, or to the file's page if there is no job."""
        return redirect(self.address("change", pk)) if job is None else redirect("admin:jobs_job", job.public_id)

    def _mine(self, request: HttpRequest, pk: int) -> tuple[Any, User]:
        row = self.admit(request, "view", pk)
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        check(request.user, self.action, row.summit)
        return row, request.user

    def look(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Preview a file again and redirect to its page. If it has many rows, start a job and redirect to the job."""
        row, user = self._mine(request, pk)
        try:
            job = self.reading.look(row=row, by=user)
        except self.problems as problem:
            messages.warning(request, str(problem))
            job = None
        return self._after(pk, job)

    def take(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Apply a file and redirect to its page. If it has many rows, start a job and redirect to the job.

        A file is applied only once.
        """
        row, user = self._mine(request, pk)
        try:
            done = self.reading.take(row=row, by=user)
        except self.problems as problem:
            messages.warning(request, str(problem))
            return self._after(pk, None)
        if isinstance(done, Job):
            return self._after(pk, done)
        messages.success(request, self.applied_message(done.writes))
        return self._after(pk, None)

    def drop(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Delete a file, and redirect to the list. Rows that were imported from it stay."""
        row, user = self._mine(request, pk)
        self.remove(row, user)
        messages.success(request, self.deleted_message())
        return redirect(self.address("changelist"))

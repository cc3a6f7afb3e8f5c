"""The base of the desk's pages for import files: upload, preview entry by entry, import, undo, delete.

An app subclasses it for a proxy model of `ImportFile` with its kinds of files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from summit.admin_base.autocomplete import find_by_typing
from summit.admin_base.menu_places import MenuGroup
from summit.admin_base.model_admin import ReadOnlyAdmin
from summit.admin_base.model_pages import ModelPage, model_page
from summit.admin_base.row_sources import RowSource
from summit.admin_base.service_admin import user_of
from summit.admin_base.summit_scope import chosen_summit
from summit.audit import access_log
from summit.imports import jobs, report_page, services
from summit.imports.definitions import YES, ImportDefinition, ImportOption, ImportProblem
from summit.imports.models import ImportFile
from summit.imports.report import ALL
from summit.jobs.models.jobs import Job
from summit.permissions.route_access import Access
from summit.permissions.rules import allows, summits_for
from summit.quarantine.selectors import check_of
from summit.summits.models import Summit
from summit.templatetags.moments import short_clock
from summit.users.models import User

BLANK = ("", "---------")
ENTER_ALL = f"{ALL} enter"
# Who may upload files may still not change what a file holds: the message says who can.
PROBLEMS = (ImportProblem, PermissionDenied)


class UploadForm(forms.Form):
    """The form for uploading a file: the summit, what the file holds, the file, and the options of its kind."""

    summit = forms.ChoiceField(label=pgettext_lazy("label", "Summit"))
    kind = forms.ChoiceField(label=gettext_lazy("File contents"))
    file = forms.FileField(label=gettext_lazy("File"), allow_empty_file=True)

    def __init__(
        self, *args: Any, offered: list[Summit], definitions: list[ImportDefinition[Any]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._choose("summit", [(summit.slug, summit.reads_as.short_name) for summit in offered])
        self._choose("kind", [(definition.kind, definition.label) for definition in definitions])
        accepts = list(dict.fromkeys(str(definition.accepts) for definition in definitions))
        self.fields["file"].help_text = " ".join(accepts)
        self.fields["file"].error_messages["required"] = _("Choose a file.")
        summit = next((each for each in offered if each.slug == self._given("summit")), None)
        definition = next((each for each in definitions if each.kind == self._given("kind")), None)
        offered_options = definition.options if definition is not None else ()
        self.options = [option for option in offered_options if not option.internal]
        for option in self.options:
            self.fields[option.name] = _option_field(option, summit)
            if option.found_by is not None and summit is not None:
                find_by_typing(self, option.name, option.found_by, summit=summit)

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices
        if len(choices) == 1:
            field.widget = forms.HiddenInput()
            field.initial = choices[0][0]
            self.initial.setdefault(name, choices[0][0])
            self.initial[name] = self.initial[name] or choices[0][0]

    def _given(self, name: str) -> str:
        return str(self.data.get(name) or self.initial.get(name) or "")

    @property
    def chosen_options(self) -> dict[str, str]:
        """The cleaned values of the options, by name."""
        given = {option.name: self.cleaned_data[option.name] for option in self.options}
        return {name: YES if value is True else value or "" for name, value in given.items()}


def _option_field(option: ImportOption, summit: Summit | None) -> forms.Field:
    texts = {"label": option.label, "help_text": option.help_text, "required": False, "initial": option.default}
    if option.flag:
        return forms.BooleanField(**texts)
    if option.choices is None:
        return forms.CharField(**texts)
    choices = list(option.choices(summit)) if summit else []
    if any(value == "" for value, _label in choices):
        return forms.ChoiceField(choices=choices, **texts)
    # Without a default somebody chooses: the first of a list is right by chance only.
    return forms.ChoiceField(choices=choices if option.default else [BLANK, *choices], **{**texts, "required": True})


def offers_of(problem: Exception) -> Sequence[tuple[str, str]]:
    """Return (URL, label) of each export that can be imported in the place of a refused file."""
    return problem.offers if isinstance(problem, ImportProblem) else ()


class ImportFileAdmin(ReadOnlyAdmin):
    """The admin of the import files that desk users uploaded. Subclasses set the attributes and override the
    hooks."""

    menu_group = MenuGroup.MORE
    page_shows = ("report",)
    change_list_template = "admin/imports/change_list.html"
    file_template = "admin/imports/file.html"
    upload_template = "admin/imports/upload.html"
    list_filter = ["summit"]
    list_select_related = ["summit", "uploaded_by"]
    nothing_yet = gettext_lazy("No files uploaded yet.")
    row_source = RowSource(gettext_lazy("Each uploaded file is listed here."))
    upload_label: Any = gettext_lazy("Upload file")
    # The permission that a user needs in a summit to upload files for it.
    action: str

    def definitions(self) -> list[ImportDefinition[Any]]:
        """Return the definitions of the kinds of files that are uploaded here."""
        raise NotImplementedError

    def onward(self, file: ImportFile) -> tuple[str, str]:
        """Return the URL of the page with the imported rows, and the label of the button for it."""
        raise NotImplementedError

    def answer_address(self, file: ImportFile) -> str:
        """Return the URL to which answers to a file's questions are posted, or "" if such files ask nothing."""
        return ""

    def upload_context(self, request: HttpRequest, offered: list[Summit]) -> dict[str, Any]:
        """Return further template variables for the upload page."""
        return {}

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the files that desks uploaded, without loading their contents, reports and journals."""
        rows: models.QuerySet[Any] = super().get_queryset(request)
        return rows.filter(party_key="").defer("content", "report", "journal")

    @admin.display(description=gettext_lazy("contents"), ordering="kind")
    def holds(self, file: ImportFile) -> str:
        """Show what the file holds, such as "people"."""
        definition = next((each for each in self.definitions() if each.kind == file.kind), None)
        return str(definition.label) if definition else file.kind

    @admin.display(description=gettext_lazy("uploaded"), ordering="uploaded_at")
    def uploaded(self, file: ImportFile) -> str:
        """Show when the file was uploaded, in the summit's time zone."""
        return short_clock(file.uploaded_at, file.summit)

    @admin.display(description=gettext_lazy("imported"), ordering="applied_at", empty_value="–")
    def imported(self, file: ImportFile) -> str | None:
        """Show when the file was imported, in the summit's time zone, or nothing if it wasn't or was undone."""
        return short_clock(file.applied_at, file.summit) if file.applied_at and not file.undone_at else None

    def address(self, name: str, *args: Any) -> str:
        """Return the URL of a page of these files, such as "upload" or "change"."""
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}", args=args)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list of files, with an upload button if the user may upload."""
        may = allows(request.user, self.action, None)
        more = {"upload": self.address("upload") if may else "", "upload_label": self.upload_label}
        response: HttpResponse = super().changelist_view(request, {**more, **(extra_context or {})})
        return response

    def _access_of(self, page: ModelPage) -> Access:
        """Return the declaration of a page. All but the list as a file need the permission `action`."""
        return super()._access_of(page if page.name == "table" else replace(page, do=self.action))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the report on a file: what importing would do with each entry, or has done."""
        file = self.admit(request, "change" if request.method == "POST" else "view", object_id)
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        report = services.report_of(file)
        definition = services.definition_of(file.kind)
        onward, onward_label = self.onward(file)
        query = urlencode({"kind": file.kind, "summit": file.summit.slug})
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": file.filename,
            "file": file,
            "report": report,
            "unread": services.is_unread(file),
            "check": check_of(file),
            "writes": report.writes if report else 0,
            "can_undo": services.can_undo(file),
            "waits": services.WAITS.days,
            "listed": self.address("changelist"),
            "upload": f"{self.address('upload')}?{query}",
            **{f"to_{action}": self.address(action, file.pk) for action in ("look", "take", "undo", "drop")},
            "to_answer": "" if file.next_row else self.answer_address(file),
            "onward": onward,
            "onward_label": onward_label,
            "not_listed": _not_listed(file, report),
            "enters_all": ENTER_ALL in file.answers and not file.next_row,
            **(report_page.context(report, request.GET, definition) if report else {}),
        }
        if report and request.method == "GET":
            access_log.record_page(by=request.user, target=file, summit=file.summit, fields=self.page_shows)
        return TemplateResponse(request, self.file_template, context)

    @model_page("upload/", "upload")
    def upload(self, request: HttpRequest) -> HttpResponse:
        """Show the upload form. On POST, store the file and redirect to its preview.

        If the file has many entries, redirect to the job that makes the preview.
        """
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        summits = self.offered(request)
        chosen = chosen_summit(request, summits)
        initial = {"summit": getattr(chosen, "slug", ""), "kind": request.GET.get("kind", "")}
        offers: Sequence[tuple[str, str]] = ()
        data = (request.POST, request.FILES) if request.method == "POST" else ()
        form = UploadForm(*data, offered=summits, definitions=self.definitions(), initial=initial)
        if request.method == "POST" and form.is_valid():
            summit = next(each for each in summits if each.slug == form.cleaned_data["summit"])
            try:
                file = self._store(summit, form, request.user)
            except PROBLEMS as problem:
                form.add_error("file", str(problem))
                offers = offers_of(problem)
            else:
                return self.redirect_to(file.pk, jobs.preview_long(file=file, by=request.user))
        definitions = self.definitions()
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": self.upload_label,
            "form": form,
            "offers": offers,
            "introductions": list(dict.fromkeys(str(each.introduction) for each in definitions if each.introduction)),
            "listed": self.address("changelist"),
            **self.upload_context(request, summits),
        }
        return TemplateResponse(request, self.upload_template, context)

    def _store(self, summit: Summit, form: UploadForm, by: User) -> ImportFile:
        kind, file = form.cleaned_data["kind"], form.cleaned_data["file"]
        services.check_size(kind, file.size)
        return services.store(
            summit=summit,
            kind=kind,
            filename=file.name,
            content=file.read(),
            by=by,
            options=form.chosen_options,
        )

    def offered(self, request: HttpRequest) -> list[Summit]:
        """Return the summits for which the user may upload files."""
        summit_ids = summits_for(request.user, self.action)
        return list(Summit.objects.all() if summit_ids is None else Summit.objects.filter(pk__in=summit_ids))

    def redirect_to(self, pk: int, job: Job | None) -> HttpResponse:
        """Redirect to the job's page, or to the file's page if there is no job."""
        return redirect(self.address("change", pk)) if job is None else redirect("admin:jobs_job", job.public_id)

    @model_page("<int:pk>/look/", "look", "POST")
    def look(self, request: HttpRequest, file: ImportFile) -> HttpResponse:
        """Preview a file again and redirect to its page. If it is long, start a job and redirect to the job."""
        user = user_of(request)
        return self.redirect_to(file.pk, self.preview(request, file, user))

    def preview(self, request: HttpRequest, file: ImportFile, user: User) -> Job | None:
        """Preview a file, or start a job that does and return it. What can't be done is shown as a message."""
        try:
            return jobs.preview(file=file, by=user)
        except PROBLEMS as problem:
            links = format_html_join("", ' <a href="{}">{}</a>', offers_of(problem))
            messages.warning(request, format_html("{}{}", problem, links))
            return None

    @model_page("<int:pk>/take/", "take", "POST")
    def take(self, request: HttpRequest, file: ImportFile) -> HttpResponse:
        """Import a file and redirect to its page. If it is long, start a job and redirect to the job.

        A file is imported only once.
        """
        user = user_of(request)
        try:
            done = jobs.apply(file=file, by=user)
        except PROBLEMS as problem:
            messages.warning(request, str(problem))
            return self.redirect_to(file.pk, None)
        if isinstance(done, Job):
            return self.redirect_to(file.pk, done)
        messages.success(request, jobs.imported_message(done.writes))
        return self.redirect_to(file.pk, None)

    @model_page("<int:pk>/undo/", "undo", "POST")
    def undo(self, request: HttpRequest, file: ImportFile) -> HttpResponse:
        """Undo the import of a file as a whole, and redirect to its page."""
        user = user_of(request)
        try:
            services.undo(file=file, by=user)
        except PROBLEMS as problem:
            messages.warning(request, str(problem))
        else:
            messages.success(request, _("Import undone. Everything is as it was before."))
        return self.redirect_to(file.pk, None)

    @model_page("<int:pk>/drop/", "drop", "POST")
    def drop(self, request: HttpRequest, file: ImportFile) -> HttpResponse:
        """Delete a file, and redirect to the list. What was imported from it stays."""
        user = user_of(request)
        try:
            services.discard(file=file, by=user)
        except PROBLEMS as problem:
            messages.warning(request, str(problem))
            return self.redirect_to(file.pk, None)
        messages.success(request, _("File deleted. Imported data stays."))
        return redirect(self.address("changelist"))


def _not_listed(file: ImportFile, report: Any) -> int:
    """Return the number of entries with an open question whether to enter a party that isn't on the list."""
    questions = report.questions.values() if report and not file.next_row else ()
    return sum(question.key.endswith(" enter") and not question.chosen for question in questions)

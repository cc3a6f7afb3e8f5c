"""Tables of parties and people in the admin: uploaded, looked at row by row, taken over."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_POST

from delegations import reading, shown_report
from delegations.domain import sheets
from delegations.domain.incoming.values import Unreadable
from delegations.fields import GROUPS
from delegations.models import Category, Policy, Sheet, SheetPurpose
from delegations.printed import blank
from summit.desk.base import SUMMIT_PATHS, ReadOnlyAdmin
from summit.desk.header import chosen_summit
from summit.desk.shelves import Shelf
from summit.domain import seen
from summit.models import Summit, User
from summit.permissions import allows, check, summits_for
from summit.templatetags.moments import short_clock
from summit.work.domain import jobs

SUMMIT_PATHS.update({Sheet: "summit"})
READ_IN = "delegations.read_in"


class UploadForm(forms.Form):
    """Which table, of what, for which summit."""

    summit = forms.ChoiceField(label=pgettext_lazy("label", "Summit"))
    purpose = forms.ChoiceField(
        label=gettext_lazy("What the rows are"),
        choices=SheetPurpose.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("A table of people may name parties too: those that aren’t there yet are entered."),
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,
        help_text=gettext_lazy("XLSX or CSV, of 10 MB and 20,000 rows at most."),
        error_messages={"required": gettext_lazy("Choose the file that holds the table.")},
    )

    def __init__(self, *args: Any, offered: list[Summit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["summit"]
        field.choices = [(summit.slug, summit.reads_as.short_name) for summit in offered]
        if len(offered) == 1:
            field.widget = forms.HiddenInput()
            field.initial = offered[0].slug


@admin.register(Sheet)
class SheetAdmin(ReadOnlyAdmin):
    """The tables that desks uploaded; those of focal points are theirs."""

    place = 4
    shelf = Shelf.RECORDS
    list_display = ["filename", "purpose", "summit", "uploaded", "uploaded_by", "taken"]
    list_filter = ["summit", "purpose"]
    list_select_related = ["summit", "uploaded_by"]
    page_shows = ("report",)
    change_list_template = "admin/delegations/sheet/change_list.html"
    nothing_yet = gettext_lazy("No table has been uploaded yet.")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the desks' tables, without reading what is in them."""
        return super().get_queryset(request).filter(party=None).defer("content", "report")

    @admin.display(description=gettext_lazy("uploaded"), ordering="uploaded_at")
    def uploaded(self, row: Sheet) -> str:
        """Show the moment in the venue's zone, with its name."""
        return short_clock(row.uploaded_at, row.summit)

    @admin.display(description=gettext_lazy("taken over"), ordering="applied_at", empty_value="–")
    def taken(self, row: Sheet) -> str | None:
        """Show the moment in the venue's zone, with its name."""
        return short_clock(row.applied_at, row.summit) if row.applied_at else None

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the tables, with a way to upload one."""
        more = {"may_upload": allows(request.user, READ_IN, None)}
        shown: HttpResponse = super().changelist_view(request, {**more, **(extra_context or {})})
        return shown

    def get_urls(self) -> list[URLPattern]:
        """Add uploading, the empty tables, and what is done with one."""
        wrap = self.admin_site.admin_view
        return [
            path("upload/", wrap(self.upload), name="delegations_sheet_upload"),
            path("empty/", wrap(self.blank), name="delegations_sheet_blank"),
            path("<int:pk>/look/", wrap(require_POST(self.look)), name="delegations_sheet_look"),
            path("<int:pk>/take/", wrap(require_POST(self.take)), name="delegations_sheet_take"),
            path("<int:pk>/drop/", wrap(require_POST(self.drop)), name="delegations_sheet_drop"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show what would become of each row, or what became of it."""
        row: Sheet = self.admit(request, "change" if request.method == "POST" else "view", object_id)
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        report = sheets.report_of(row)
        people = row.purpose == SheetPurpose.PEOPLE
        listed = reverse("admin:summit_person_changelist" if people else "admin:delegations_party_changelist")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": row.filename,
            "sheet": row,
            "report": report,
            "writes": report.writes if report else 0,
            "rows": 0 if report or not row.content else len(sheets.table_of(row).rows),
            "upload": _upload_address(row.summit, row.purpose),
            "back": listed,
            "back_word": _("Show the people") if people else _("Show the parties"),
            **(shown_report.context(report, request.GET) if report else {}),
        }
        if report and request.method == "GET":
            seen.note_page(by=request.user, target=row, summit=row.summit, fields=self.page_shows)
        return TemplateResponse(request, "admin/delegations/sheet/sheet.html", context)

    def upload(self, request: HttpRequest) -> HttpResponse:
        """Ask for a file; keep it, and lead to what would become of its rows."""
        self.admit(request, "view")
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        check(request.user, READ_IN, None)
        offered = _offered(request)
        first = {"summit": getattr(chosen_summit(request, offered), "slug", ""), "purpose": _purpose(request)}
        data = (request.POST, request.FILES) if request.method == "POST" else ()
        form = UploadForm(*data, offered=offered, initial=first)
        if request.method == "POST" and form.is_valid():
            summit = next(each for each in offered if each.slug == form.cleaned_data["summit"])
            try:
                row = self._store(request.user, summit, form)
            except sheets.SheetProblem as problem:
                form.add_error("file", str(problem))
            else:
                if not row.report:
                    return self._work(request.user, row, reading.LOOK)
                return redirect("admin:delegations_sheet_change", row.pk)
        chosen = chosen_summit(request, offered)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Upload a table"),
            "form": form,
            "blanks": _blanks(chosen) if chosen else [],
        }
        return TemplateResponse(request, "admin/delegations/sheet/upload.html", context)

    def _store(self, user: User, summit: Summit, form: UploadForm) -> Sheet:
        file = form.cleaned_data["file"]
        sheets.look_at_size(file.size)
        return sheets.store(
            summit=summit,
            purpose=form.cleaned_data["purpose"],
            filename=file.name,
            content=file.read(),
            by=user,
        )

    def _work(self, user: User, row: Sheet, deed: str) -> HttpResponse:
        params = {"sheet": row.public_id, "deed": deed}
        job = jobs.start(kind=reading.NAME, by=user, summit=row.summit, params=params)
        return redirect("admin:work_job", job.public_id)

    def _mine(self, request: HttpRequest, pk: int) -> tuple[Sheet, User]:
        row: Sheet = self.admit(request, "view", pk)
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        check(request.user, READ_IN, row.summit)
        return row, request.user

    def look(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let a worker look at a table of many rows."""
        row, user = self._mine(request, pk)
        return self._work(user, row, reading.LOOK)

    def take(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take a table over, once; many rows by a worker."""
        row, user = self._mine(request, pk)
        report = sheets.report_of(row)
        if not row.applied_at and report and len(report.lines) > sheets.AT_ONCE:
            return self._work(user, row, reading.TAKE)
        try:
            number = sheets.take(sheet=row, by=user).writes
        except (sheets.SheetProblem, Unreadable) as problem:
            messages.warning(request, str(problem))
        else:
            said = ngettext("%(number)d row is taken over.", "%(number)d rows are taken over.", number)
            messages.success(request, said % {"number": number})
        return redirect("admin:delegations_sheet_change", pk)

    def drop(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Delete a table; what was taken over stays."""
        row, user = self._mine(request, pk)
        sheets.drop(sheet=row, by=user)
        messages.success(request, _("The table is deleted. What was taken over of it stays."))
        return redirect("admin:delegations_sheet_changelist")

    def blank(self, request: HttpRequest) -> HttpResponse:
        """Return an empty table, as `?purpose=`, `?summit=` and `?ending=` ask for it."""
        self.admit(request, "view")
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        check(request.user, READ_IN, None)
        summit = chosen_summit(request, _offered(request))
        if summit is None:
            raise Http404
        purpose, ending = _purpose(request), request.GET.get("ending", "")
        ending = ending if ending in blank.MEDIA_TYPES else blank.XLSX
        allowed = [
            name for group in GROUPS.values() if allows(request.user, group.change, summit) for name in group.fields
        ]
        content = blank.write(
            blank.names(purpose, allowed=allowed),
            ending=ending,
            categories=Category.objects.filter(summit=summit).order_by("position", "pk"),
            says_country=Policy.objects.of(summit).says_country,
        )
        headers = {"Content-Disposition": f'attachment; filename="{purpose}.{ending}"'}
        return HttpResponse(content, content_type=blank.MEDIA_TYPES[ending], headers=headers)


def _offered(request: HttpRequest) -> list[Summit]:
    """The summits into which the reader may read tables."""
    mine = summits_for(request.user, READ_IN)
    return list(Summit.objects.all() if mine is None else Summit.objects.filter(pk__in=mine))


def _purpose(request: HttpRequest) -> str:
    asked = request.GET.get("purpose", "")
    return asked if asked in SheetPurpose.values else str(SheetPurpose.PEOPLE.value)


def _upload_address(summit: Summit, purpose: str) -> str:
    asked = urlencode({"purpose": purpose, "summit": summit.slug})
    return f"{reverse('admin:delegations_sheet_upload')}?{asked}"


def _blanks(summit: Summit) -> list[tuple[str, str]]:
    words = {
        (SheetPurpose.PARTIES, "xlsx"): _("Parties, as a spreadsheet (XLSX)"),
        (SheetPurpose.PARTIES, "csv"): _("Parties, as CSV"),
        (SheetPurpose.PEOPLE, "xlsx"): _("People, as a spreadsheet (XLSX)"),
        (SheetPurpose.PEOPLE, "csv"): _("People, as CSV"),
    }
    address = reverse("admin:delegations_sheet_blank")
    return [
        (f"{address}?{urlencode({'purpose': purpose, 'ending': ending, 'summit': summit.slug})}", said)
        for (purpose, ending), said in words.items()
    ]

"""The admin of import files: upload a table, review its rows, and apply it."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from delegations.imports import blank_files, import_job
from delegations.imports.models import DelegationImportFile, ImportPurpose
from delegations.imports.services import import_files
from delegations.imports.verbose_names import WORDS
from delegations.parties.selectors.party_kinds import Unreadable
from summit.admin_base.model_admin import SUMMIT_PATHS
from summit.admin_base.summit_scope import chosen_summit
from summit.permissions.rules import check
from summit.summits.models import Summit
from summit.uploads.admin import UploadForm, UploadsAdmin
from summit.uploads.report import ALL
from summit.users.models import User

SUMMIT_PATHS.update({DelegationImportFile: "summit"})
ENTER_ALL = f"{ALL} enter"


class ImportFileForm(UploadForm):
    """The form that uploads a table: the summit, what the rows are, and the file."""

    field_order = ("summit", "purpose", "file")
    purpose = forms.ChoiceField(
        label=gettext_lazy("What the rows are"),
        choices=ImportPurpose.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("A table of people may name parties too: those that aren’t there yet are entered."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = _("XLSX, CSV or JSON, of 10 MB and 20,000 rows at most.")
        self.fields["file"].error_messages["required"] = _("Choose the file that holds the table.")


@admin.register(DelegationImportFile)
class ImportFileAdmin(UploadsAdmin):
    """The admin of the import files that desk users uploaded. Import files of focal points are only in the portal."""

    place = 4
    list_display = ["filename", "purpose", "summit", "uploaded", "uploaded_by", "taken"]
    list_filter = ["summit", "purpose"]
    list_select_related = ["summit", "uploaded_by"]
    nothing_yet = gettext_lazy("No table has been uploaded yet.")
    action = "delegations.read_in"
    upload_form = ImportFileForm
    upload_word = gettext_lazy("Upload a table")
    words = WORDS
    file_template = "admin/delegations/imports/file.html"
    upload_template = "admin/delegations/imports/upload.html"
    reading = import_job.READ_IN
    problems = (import_files.ImportFileProblem, Unreadable)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the import files that desk users uploaded."""
        return super().get_queryset(request).filter(party=None)

    def get_urls(self) -> list[URLPattern]:
        """Return the URL patterns of the empty tables and of the answers, followed by the inherited ones."""
        wrap = self.admin_site.admin_view
        return [
            path("empty/", wrap(self.blank), name="delegations_delegationimportfile_blank"),
            path("<int:pk>/answer/", wrap(require_POST(self.answer)), name="delegations_delegationimportfile_answer"),
            *super().get_urls(),
        ]

    def answer(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Store the user's answers to the report's questions, and make the report again."""
        row, user = self._mine(request, pk)
        report = import_files.report_of(row)
        questions = report.questions if report else {}
        # One answer may be for all questions of a kind, beside the answers for single rows.
        kinds = {f"{ALL} {key.partition(' ')[2]}" for key in questions}
        answers = {key: str(request.POST[key]) for key in request.POST if key in questions or key in kinds}
        try:
            import_files.answer(sheet=row, answers=answers, by=user)
            job = self.reading.look(row=row, by=user)
        except self.problems as problem:
            messages.warning(request, str(problem))
            job = None
        return self._after(pk, job)

    def keep(self, summit: Summit, form: UploadForm, by: User) -> DelegationImportFile:
        """Store an uploaded table and return it. Raises ImportFileProblem."""
        file, purpose = form.cleaned_data["file"], form.cleaned_data["purpose"]
        import_files.check_size(file.size)
        return import_files.store(summit=summit, purpose=purpose, filename=file.name, content=file.read(), by=by)

    def rows_of(self, row: DelegationImportFile) -> int:
        """Return the number of rows of a table that isn't applied yet."""
        return len(import_files.table_of(row).rows)

    def remove(self, row: DelegationImportFile, by: User) -> None:
        """Delete an import file."""
        import_files.discard(sheet=row, by=by)

    def onward(self, row: DelegationImportFile) -> tuple[str, str]:
        """Return the URL and label of the link to the list that the table fills: people or parties."""
        if row.purpose == ImportPurpose.PEOPLE:
            return reverse("admin:summit_person_changelist"), _("Show the people")
        return reverse("admin:delegations_party_changelist"), _("Show the parties")

    def more(self, row: DelegationImportFile) -> dict[str, Any]:
        """Return further values for the template. `upload` is the URL that uploads another table of the same kind."""
        query = urlencode({"purpose": row.purpose, "summit": row.summit.slug})
        return {
            "upload": f"{self.address('upload')}?{query}",
            "not_listed": _not_listed(row),
            "enters_all": ENTER_ALL in row.answers and not row.applied_at,
            "to_answer": "" if row.applied_at else self.address("answer", row.pk),
        }

    def first(self, request: HttpRequest) -> dict[str, Any]:
        """Return the initial values of the upload form, from the request's parameters."""
        return {"purpose": _purpose(request)}

    def more_to_upload(self, request: HttpRequest, offered: list[Summit]) -> dict[str, Any]:
        """Return further values for the upload page: the links to empty tables of the chosen summit."""
        chosen = chosen_summit(request, offered)
        return {"blanks": _blanks(chosen) if chosen else []}

    def blank(self, request: HttpRequest) -> HttpResponse:
        """Return an empty table for the parameters `?purpose=`, `?summit=` and `?ending=`. Raises Http404 if there is
        no summit."""
        self.admit(request, "view")
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        check(request.user, self.action, None)
        summit = chosen_summit(request, self.offered(request))
        if summit is None:
            raise Http404
        purpose, ending = _purpose(request), request.GET.get("ending", "")
        ending = ending if ending in blank_files.MEDIA_TYPES else blank_files.XLSX
        content = blank_files.for_desk(summit=summit, purpose=purpose, ending=ending, by=request.user)
        headers = {"Content-Disposition": f'attachment; filename="{purpose}.{ending}"'}
        return HttpResponse(content, content_type=blank_files.MEDIA_TYPES[ending], headers=headers)


def _not_listed(row: DelegationImportFile) -> int:
    """Return the number of rows with an open question whether to enter a party that isn't on the list."""
    report = None if row.applied_at else import_files.report_of(row)
    questions = report.questions.values() if report else ()
    return sum(question.key.endswith(" enter") and not question.chosen for question in questions)


def _purpose(request: HttpRequest) -> str:
    purpose = request.GET.get("purpose", "")
    return purpose if purpose in ImportPurpose.values else str(ImportPurpose.PEOPLE.value)


def _blanks(summit: Summit) -> list[tuple[str, str]]:
    labels = {
        (ImportPurpose.PARTIES, "xlsx"): _("Parties, as a spreadsheet (XLSX)"),
        (ImportPurpose.PARTIES, "csv"): _("Parties, as CSV"),
        (ImportPurpose.PEOPLE, "xlsx"): _("People, as a spreadsheet (XLSX)"),
        (ImportPurpose.PEOPLE, "csv"): _("People, as CSV"),
    }
    address = reverse("admin:delegations_delegationimportfile_blank")
    return [
        (f"{address}?{urlencode({'purpose': purpose, 'ending': ending, 'summit': summit.slug})}", label)
        for (purpose, ending), label in labels.items()
    ]

"""The admin of import files of parties and people."""

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.imports import blank_files
from delegations.imports.definitions import LABELS, PARTIES, PEOPLE
from delegations.imports.models import DelegationImportFile, TableKind
from summit.admin_base.model_admin import SUMMIT_PATHS
from summit.admin_base.model_pages import model_page
from summit.admin_base.service_admin import user_of
from summit.admin_base.summit_scope import chosen_summit
from summit.imports import jobs, services
from summit.imports.admin import PROBLEMS, ImportFileAdmin
from summit.imports.models import ImportFile
from summit.imports.report import ALL
from summit.summits.models import Summit
from summit.users.models import User

SUMMIT_PATHS.update({DelegationImportFile: "summit"})
jobs.show_on("delegations_delegationimportfile", *TableKind.values)


@admin.register(DelegationImportFile)
class DelegationImportFileAdmin(ImportFileAdmin):
    """The admin of the tables that desk users uploaded. Tables of focal points are only in the portal."""

    place = 4
    list_display = ["filename", "holds", "summit", "uploaded", "uploaded_by", "imported"]
    list_filter = ["summit", "kind"]
    action = "delegations.read_in"
    upload_label = gettext_lazy("Upload file")
    upload_template = "admin/delegations/imports/upload.html"

    def definitions(self) -> list[Any]:
        """Return the definitions of the imports of people and of parties."""
        return [PEOPLE, PARTIES]

    @model_page("<int:pk>/answer/", "answer", "POST")
    def answer(self, request: HttpRequest, file: ImportFile) -> HttpResponse:
        """Store the user's answers to the report's questions, and preview the file again."""
        user = user_of(request)
        report = services.report_of(file)
        questions = report.questions if report else {}
        # One answer may be for all questions of a kind, beside the answers for single entries.
        kinds = {f"{ALL} {key.partition(' ')[2]}" for key in questions}
        answers = {key: str(request.POST[key]) for key in request.POST if key in questions or key in kinds}
        try:
            services.answer(file=file, answers=answers, by=user)
        except PROBLEMS as problem:
            messages.warning(request, str(problem))
            return self.redirect_to(file.pk, None)
        return self.redirect_to(file.pk, self.preview(request, file, user))

    def answer_address(self, file: ImportFile) -> str:
        """Return the URL to which the answers are posted."""
        return self.address("answer", file.pk)

    def onward(self, file: ImportFile) -> tuple[str, str]:
        """Return the URL and label of the link to the list that the table fills: people or parties."""
        if file.kind == TableKind.PEOPLE:
            return reverse("admin:summit_person_changelist"), _("Show people")
        return reverse("admin:delegations_party_changelist"), _("Show delegations")

    def upload_context(self, request: HttpRequest, offered: list[Summit]) -> dict[str, Any]:
        """Return further values for the upload page: links to empty tables of the chosen summit and its exports."""
        chosen = chosen_summit(request, offered)
        if chosen is None:
            return {"blanks": []}
        kept = [each.exports(summit=chosen, party_key="", by=user_of(request)) for each in self.definitions()]
        return {"blanks": _blanks(chosen), "exports": [link for links in kept for link in links]}

    @model_page("empty/", "blank", "GET")
    def blank(self, request: HttpRequest) -> HttpResponse:
        """Return an empty table for the parameters `?kind=`, `?summit=` and `?ending=`. Raises Http404 if there is
        no summit."""
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        summit = chosen_summit(request, self.offered(request))
        if summit is None:
            raise Http404
        kind, ending = request.GET.get("kind", ""), request.GET.get("ending", "")
        kind = kind if kind in TableKind.values else str(TableKind.PEOPLE.value)
        ending = ending if ending in blank_files.MEDIA_TYPES else blank_files.XLSX
        content = blank_files.for_desk(summit=summit, kind=kind, ending=ending, by=request.user)
        headers = {"Content-Disposition": f'attachment; filename="{kind}.{ending}"'}
        return HttpResponse(content, content_type=blank_files.MEDIA_TYPES[ending], headers=headers)


def _blanks(summit: Summit) -> list[tuple[str, str]]:
    address = reverse("admin:delegations_delegationimportfile_blank")
    return [
        (f"{address}?{urlencode({'kind': kind, 'ending': ending, 'summit': summit.slug})}", str(label))
        for (kind, ending), label in LABELS.items()
    ]

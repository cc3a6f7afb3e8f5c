"""Name many people of a delegation from a table: upload it, check its rows, and import them."""

from collections.abc import Sequence

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from delegations.core import table_writers
from delegations.imports import blank_files
from delegations.imports.definitions import PEOPLE
from delegations.members.selectors import exports
from portal.delegation_access import DelegationDesk, delegation_page, see_other
from summit.audit import access_log
from summit.imports import report_page, services
from summit.imports.definitions import ImportProblem
from summit.imports.models import ImportFile
from summit.people.models import Person
from summit.quarantine.selectors import check_of

READ_IN = "delegations.read_in"


class TableForm(forms.Form):
    """The form to upload a table of the delegation's people."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,
        help_text=gettext_lazy("XLSX or CSV, with only your own people."),
        error_messages={"required": gettext_lazy("Choose a file.")},
    )


@delegation_page(READ_IN, "GET POST")
def upload(request: HttpRequest, delegation: DelegationDesk) -> HttpResponse:
    """Show the upload form. A POST stores the table and redirects to the preview of its rows."""
    offers: Sequence[tuple[str, str]] = ()
    form = TableForm(request.POST, request.FILES) if request.method == "POST" else TableForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            services.check_size(PEOPLE.kind, file.size)
            row = services.store(
                summit=delegation.summit,
                kind=PEOPLE.kind,
                party_key=delegation.party.public_id,
                filename=file.name,
                content=file.read(),
                by=delegation.by,
            )
        except ImportProblem as problem:
            form.add_error("file", str(problem))
            offers = problem.offers
        else:
            return see_other("people_sheet", delegation.party.public_id, row.public_id)
    waiting = ImportFile.objects.filter(party_key=delegation.party.public_id, next_row=0).defer("content", "report")
    exports = PEOPLE.exports(summit=delegation.summit, party_key=delegation.party.public_id, by=delegation.by)
    context = delegation.context(form=form, waiting=list(waiting), offers=offers, exports=exports)
    return render(request, "portal/delegation/import_people.html", context, status=422 if form.errors else 200)


@delegation_page(READ_IN)
def blank_table(request: HttpRequest, delegation: DelegationDesk) -> HttpResponse:
    """Return an empty table as a spreadsheet, or in the format of `?ending=`."""
    requested = request.GET.get("ending", "")
    ending = requested if requested in blank_files.MEDIA_TYPES else blank_files.XLSX
    content = blank_files.for_party(party=delegation.party, ending=ending)
    headers = {"Content-Disposition": f'attachment; filename="people.{ending}"'}
    return HttpResponse(content, content_type=blank_files.MEDIA_TYPES[ending], headers=headers)


@delegation_page("delegations.membership.view")
def export(request: HttpRequest, delegation: DelegationDesk) -> HttpResponse:
    """Return the delegation's people as a spreadsheet, or in the format of `?take=`. The access is logged."""
    ending = table_writers.ending_of(request.GET.get("take", ""))
    exported = exports.own_people(delegation.party, by=delegation.by)
    content = table_writers.write(table_writers.cells(exported, named=ending == table_writers.JSON), ending=ending)
    if exported.people:
        access_log.record_list(
            by=delegation.by, label=Person._meta.label_lower, rows=exported.people, fields=exported.fields
        )
    headers = {"Content-Disposition": f'attachment; filename="people.{ending}"'}
    return HttpResponse(content, content_type=table_writers.MEDIA_TYPES[ending], headers=headers)


def _file(delegation: DelegationDesk, public_id: str) -> ImportFile:
    """Return the delegation's table with this public id. Makes one query. Raises Http404 if there is none."""
    file = ImportFile.objects.filter(party_key=delegation.party.public_id, public_id=public_id).first()
    if file is None:
        raise Http404
    file.summit = delegation.summit
    return file


def _shown(request: HttpRequest, delegation: DelegationDesk, file: ImportFile, refused: str = "") -> HttpResponse:
    """Return the page with the report on a table. `refused` is the reason why something can't be done."""
    report = services.report_of(file)
    context = delegation.context(file=file, refused=refused, own=True, can_undo=services.can_undo(file))
    context |= {"unread": services.is_unread(file), "check": check_of(file)}
    if report is not None:
        context |= {"writes": report.writes, **report_page.context(report, request.GET, PEOPLE)}
    return render(request, "portal/delegation/import_people/preview.html", context, status=409 if refused else 200)


@delegation_page(READ_IN, "GET POST", row="delegations.delegationimportfile")
def sheet(request: HttpRequest, delegation: DelegationDesk, sheet: str) -> HttpResponse:
    """Show the outcome for each row of a table, before or after the import. A POST imports the table, once.

    If a virus scanner had to see the table first, a POST has its rows read until they are.
    """
    file = _file(delegation, sheet)
    if request.method != "POST":
        return _shown(request, delegation, file)
    try:
        if services.is_unread(file):
            services.refresh_preview(file=file, by=delegation.by)
            return see_other("people_sheet", delegation.party.public_id, file.public_id)
        services.apply(file=file, by=delegation.by)
    except ImportProblem as problem:
        return _shown(request, delegation, _file(delegation, sheet), str(problem))
    return see_other("people_sheet", delegation.party.public_id, file.public_id)


@delegation_page(READ_IN, "POST", row="delegations.delegationimportfile")
def undo(request: HttpRequest, delegation: DelegationDesk, sheet: str) -> HttpResponse:
    """Undo the import of a table as a whole (POST)."""
    file = _file(delegation, sheet)
    try:
        services.undo(file=file, by=delegation.by)
    except ImportProblem as problem:
        return _shown(request, delegation, _file(delegation, sheet), str(problem))
    return see_other("people_sheet", delegation.party.public_id, file.public_id)


@delegation_page(READ_IN, "POST", row="delegations.delegationimportfile")
def discard(request: HttpRequest, delegation: DelegationDesk, sheet: str) -> HttpResponse:
    """Delete a table (POST). People who were imported from it stay."""
    services.discard(file=_file(delegation, sheet), by=delegation.by)
    return see_other("people_table", delegation.party.public_id)

"""The kind of job that previews, imports or undoes a file with many entries."""

from enum import StrEnum

from django.core.exceptions import PermissionDenied
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from summit.imports import services
from summit.imports.definitions import DEFINITIONS, ImportProblem
from summit.imports.models import ImportFile
from summit.imports.report import ImportReport
from summit.jobs import services as jobs_services
from summit.jobs.job_kinds import JobKind, JobStep, Result, register
from summit.jobs.models.jobs import Job
from summit.permissions.rules import Actor, allows
from summit.quarantine.kept_files import KeptFile, declare
from summit.quarantine.models import FileScan
from summit.quarantine.services import uploader_of
from summit.summits.models import Summit
from summit.users.models import User

NAME = "import"


class ImportAction(StrEnum):
    """What a job does with a file."""

    PREVIEW = "preview"
    APPLY = "apply"


GONE, REFUSED = "gone", "refused"
# By the kind of file, or "*": the name of the desk's page that shows a file, without "_change".
_pages: dict[str, str] = {}


def show_on(page: str, *kinds: str) -> None:
    """Declare the desk's page that shows files of these kinds; without kinds, of all others."""
    for kind in kinds or ("*",):
        _pages[kind] = page


def start(*, file: ImportFile, action: ImportAction, by: User) -> Job:
    """Start a job that previews or imports a file, and return it. Raises PermissionDenied."""
    params = {"file": file.public_id, "action": str(action)}
    return jobs_services.start(kind=NAME, by=by, summit=file.summit, params=params)


def _page(file: ImportFile) -> str:
    """Return the path of a file's page at the desk, or of the desk's home for a file of a party."""
    try:
        return reverse(f"admin:{page_of(file.kind)}_change", args=[file.pk]) if not file.party_key else "/admin/"
    except (KeyError, NoReverseMatch):
        return "/admin/"


def _released(file: ImportFile, scan: FileScan) -> None:
    """Start a job that reads and previews a file that is found clean, if an account has uploaded it."""
    by = uploader_of(scan)
    if services.is_unread(file) and isinstance(by, User):
        start(file=file, action=ImportAction.PREVIEW, by=by)


def _read(file: ImportFile, scan: FileScan) -> None:
    """Read and preview a file that is found clean, if no account has uploaded it: only accounts have jobs.

    If the worker is killed meanwhile, the file's page in the portal offers it.
    """
    by = uploader_of(scan)
    if not services.is_unread(file) or isinstance(by, User):
        return
    try:
        services.refresh_preview(file=file, by=by)
    except (ImportProblem, PermissionDenied) as problem:
        services.record_problem(file=file, problem=str(problem))


declare(KeptFile(model=ImportFile, field="content", summit="summit", page=_page, released=_released, read=_read))


def is_long(file: ImportFile) -> bool:
    """Return whether a file that isn't imported yet has too many entries to be read in the request."""
    return file.applied_at is None and file.rows > services.definition_of(file.kind).budget.at_once


def preview_long(*, file: ImportFile, by: User) -> Job | None:
    """Start a job for a new file that is too long for a request, and return it.

    Return None for a file that was previewed at once, or that a virus scanner must see first.
    """
    if file.report or services.is_unread(file):
        return None
    return start(file=file, action=ImportAction.PREVIEW, by=by)


def preview(*, file: ImportFile, by: User) -> Job | None:
    """Preview a file again and return None. For a long file, start a job instead and return it.

    Raises PermissionDenied, ImportProblem.
    """
    if is_long(file):
        return start(file=file, action=ImportAction.PREVIEW, by=by)
    services.refresh_preview(file=file, by=by)
    return None


def apply(*, file: ImportFile, by: User) -> Job | ImportReport:
    """Import a file and return the report. For a long file, start a job instead and return it.

    Raises PermissionDenied, ImportProblem.
    """
    if is_long(file):
        return start(file=file, action=ImportAction.APPLY, by=by)
    return services.apply(file=file, by=by)


def prepare(job: Job) -> JobStep | None:
    """Preview the job's file and return the progress, or return None if the job imports. It is safe to run again."""
    if job.params["action"] != ImportAction.PREVIEW:
        return None
    file = _file(job)
    if file is None:
        return JobStep(1, 1, {}, Result(GONE))
    try:
        services.refresh_preview(file=file, by=job.by)
    except ImportProblem as problem:
        return _refused(file, problem)
    return JobStep(file.rows, file.rows, {}, Result(ImportAction.PREVIEW, {"number": file.rows}))


def step(job: Job) -> JobStep:
    """Import the next entries of the job's file, and return the progress. It is safe to run again."""
    file = _file(job)
    if file is None:
        return JobStep(1, 1, {}, Result(GONE))
    try:
        if not services.apply_step(file=file, by=job.by):
            return JobStep(file.next_row, file.rows, {})
    except ImportProblem as problem:
        # A worker that was killed after the last step leaves a file that is imported.
        if file.applied_at is None:
            return _refused(file, problem)
    report = services.report_of(file)
    number = report.writes if report else file.rows
    return JobStep(file.rows, file.rows, {}, Result(ImportAction.APPLY, {"number": number}))


def _refused(file: ImportFile, problem: ImportProblem) -> JobStep:
    services.record_problem(file=file, problem=str(problem))
    return JobStep(1, 1, {}, Result(REFUSED))


def _file(job: Job) -> ImportFile | None:
    return ImportFile.objects.select_related("summit").filter(public_id=str(job.params["file"])).first()


def _may(actor: Actor, summit: Summit | None) -> bool:
    """Return whether an account may import any kind of files into a summit. Each step checks the file's own kind."""
    permissions = {definition.permission for definition in DEFINITIONS.values()}
    return summit is not None and any(allows(actor, permission, summit) for permission in permissions)


def _progress(done: int, total: int) -> str:
    message = ngettext("%(done)d of %(total)d entry", "%(done)d of %(total)d entries", total)
    return message % {"done": done, "total": total}


def imported_message(number: int) -> str:
    """Return the sentence that this number of entries was imported."""
    return ngettext("%(number)d entry imported.", "%(number)d entries imported.", number) % {"number": number}


def _result(job: Job) -> str:
    if job.result == GONE:
        return _("The file has been deleted.")
    if job.result == REFUSED:
        return _("The file can’t be imported as it is.")
    number = int(job.result_params["number"])
    if job.result == ImportAction.APPLY:
        return imported_message(number)
    message = ngettext(
        "%(number)d entry previewed. Nothing is imported yet.",
        "%(number)d entries previewed. Nothing is imported yet.",
        number,
    )
    return message % {"number": number}


def _bad(job: Job) -> bool:
    return job.result in (GONE, REFUSED)


def _onward(job: Job) -> tuple[str, str] | None:
    """Return the URL of the file's page on the desk and the button's label.

    Return None if the file was deleted, or if it belongs to a party: those are in the portal.
    """
    file = _file(job)
    if file is None or file.party_key:
        return None
    labels = {REFUSED: _("Show reason"), ImportAction.APPLY: _("Show report")}
    label = labels.get(job.result, _("Show preview"))
    try:
        return reverse(f"admin:{page_of(file.kind)}_change", args=[file.pk]), label
    except (KeyError, NoReverseMatch):
        return None


def page_of(kind: str) -> str:
    """Return the name of the desk's page for files of a kind. Raises KeyError if there is none."""
    return _pages[kind] if kind in _pages else _pages["*"]


register(
    JobKind(
        name=NAME,
        title=gettext_lazy("Import of a file"),
        step=step,
        prepare=prepare,
        may=_may,
        progress=_progress,
        result=_result,
        bad=_bad,
        onward=_onward,
    )
)

"""The kind of job that exports a long admin list to a file. Each step writes a batch of rows.

The file is stored for some days.
"""

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from summit.import_export import export_services
from summit.jobs.job_kinds import JobKind, register
from summit.jobs.models.exported_files import ExportedFile
from summit.jobs.models.jobs import Job
from summit.permissions.models import DESKS
from summit.permissions.rules import Actor, may_everything, roles_by_summit
from summit.privacy.registry import Portion, Subject, portion
from summit.summits.models import Summit


def may_export(actor: Actor, summit: Summit | None) -> bool:
    """Return whether the user works at the desk of any summit, or may do everything.

    Each step of the job checks whether the user may see the list.
    """
    return may_everything(actor) or any(roles & DESKS for roles in roles_by_summit(actor).values())


def progress(done: int, total: int) -> str:
    """Return a sentence with the number of rows written so far."""
    message = ngettext("%(done)d of %(total)d row written", "%(done)d of %(total)d rows written", total)
    return message % {"done": done, "total": total}


def result(job: Job) -> str:
    """Return a sentence with the result of a finished export."""
    if job.result == export_services.GONE:
        return _("The file has been deleted. Export the list again.")
    if job.result == export_services.REFUSED:
        return _("You can no longer see all of this list. Open it and export what you can see.")
    number, title = (
        int(job.result_params["number"]),
        capfirst(export_services.title_of(str(job.result_params["label"]))),
    )
    message = ngettext("%(list)s: file with %(n)d row ready.", "%(list)s: file with %(n)d rows ready.", number)
    return message % {"list": title, "n": number}


def file(job: Job) -> tuple[str, str] | None:
    """Return the file's URL and the label of its button.

    Return None if the file is deleted or the user may no longer see it.
    """
    table = ExportedFile.objects.filter(job=job).first() if job.result == export_services.MADE else None
    if table is None or not export_services.open_to(table, job.by):
        return None
    return reverse("admin:jobs_table", args=[table.public_id]), _("Download file")


EXPORT_LIST = register(
    JobKind(
        name=export_services.NAME,
        title=gettext_lazy("Exporting a list"),
        step=export_services.step,
        may=may_export,
        progress=progress,
        result=result,
        bad=lambda job: job.result in (export_services.REFUSED, export_services.GONE),
        file=file,
    )
)


def _erase(subject: Subject) -> int:
    return export_services.delete_personal_files(subject.summit)


portion(60)(
    Portion(
        name="exported_files",
        title=gettext_lazy("Exported files"),
        model=ExportedFile,
        rows=lambda subject: ExportedFile.objects.filter(personal=True),
        erase=_erase,
        gone=gettext_lazy(
            "All files that may include someone from the summit are deleted. Lists can be exported again."
        ),
        handed=False,
    )
)

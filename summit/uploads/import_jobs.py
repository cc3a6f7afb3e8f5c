"""Jobs that preview or apply an uploaded file with many rows, each in one transaction.

A file is read in a single step, because the outcome for a row may depend on the rows above it. Reasons are a quota, a
second head of delegation, or a repeated name. 20,000 rows take some seconds, which is a part of a worker's lease.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from summit.jobs import services as jobs_services
from summit.jobs.job_kinds import JobKind, JobStep, Result, register
from summit.jobs.models.jobs import Job
from summit.permissions.rules import Actor, allows
from summit.summits.models import Summit

LOOK, TAKE = "look", "take"
REFUSED, GONE = "refused", "gone"


def rows_read(done: int, total: int) -> str:
    """Return a sentence with the number of rows read so far."""
    message = ngettext("%(done)d of %(total)d row is read", "%(done)d of %(total)d rows are read", total)
    return message % {"done": done, "total": total}


def rows_previewed(number: int) -> str:
    """Return a sentence with the number of rows previewed."""
    message = ngettext(
        "%(number)d row is looked at; nothing is written yet. Open the table among the uploaded ones.",
        "%(number)d rows are looked at; nothing is written yet. Open the table among the uploaded ones.",
        number,
    )
    return message % {"number": number}


def rows_applied(number: int) -> str:
    """Return a sentence with the number of rows applied."""
    message = ngettext("%(number)d row is taken over.", "%(number)d rows are taken over.", number)
    return message % {"number": number}


TITLE, DELETED = gettext_lazy("Reading an uploaded table"), gettext_lazy("The table was deleted meanwhile.")


@dataclass(frozen=True)
class ImportJobMessages:
    """The texts on a job's page for the job's progress and results.

    `refused` is the text if nothing in the file identifies its rows.
    """

    title: Any = TITLE
    progress: Callable[[int, int], str] = rows_read
    looked: Callable[[int], str] = rows_previewed
    taken: Callable[[int], str] = rows_applied
    gone: Any = DELETED
    refused: Any = ""


@dataclass(frozen=True)
class Reads:
    """The functions that preview and apply the files of a kind.

    `find` returns a file's row in the database by its public id. `look` previews a file and `take` applies it. Both
    get the file's row and the user, and return the report. Both raise one of `over` if the file was applied or
    deleted already, and one of `unreadable` if nothing in the file identifies its rows. They raise PermissionDenied
    if the user may not do it any more.
    """

    find: Callable[[str], Any]
    # Returns the most rows that are read and written in the request.
    at_once: Callable[[], int]
    look: Callable[[Any, Any], Any]
    take: Callable[[Any, Any], Any]
    report_of: Callable[[Any], Any]
    over: tuple[type[Exception], ...]
    # The name of the page that shows the row of a file.
    page: str
    unreadable: tuple[type[Exception], ...] = ()


@dataclass(frozen=True)
class Reading:
    """Previews and applies the files of one kind, in the request or, if they are long, in a job.

    `param` is the name of the job's parameter with the file's public id. `permission` is the permission that a user
    needs in the file's summit to start such a job.
    """

    name: str
    param: str
    permission: str
    reads: Reads
    said: ImportJobMessages

    def start(self, *, row: Any, action: str, by: Any) -> Job:
        """Start a job that previews a file (LOOK) or applies it (TAKE), and return it. Raises PermissionDenied."""
        params = {self.param: row.public_id, "action": action}
        return jobs_services.start(kind=self.name, by=by, summit=row.summit, params=params)

    def is_long(self, row: Any) -> bool:
        """Return whether a file that isn't applied yet has too many rows to be read in the request.

        A file without a report is long: it was too long for a preview when it was stored.
        """
        if row.applied_at is not None:
            return False
        report = self.reads.report_of(row)
        return report is None or len(report.lines) > self.reads.at_once()

    def look(self, *, row: Any, by: Any) -> Job | None:
        """Preview a file again and return None. If the file is long, start a job instead and return the job.

        Raises the errors of `reads.look`: one of `over` or `unreadable`, or PermissionDenied.
        """
        if self.is_long(row):
            return self.start(row=row, action=LOOK, by=by)
        self.reads.look(row, by)
        return None

    def take(self, *, row: Any, by: Any) -> Any:
        """Apply a file and return the report. If the file is long, start a job instead and return the job.

        A file is applied only once. Raises the errors of `reads.take`: one of `over` or `unreadable`, or
        PermissionDenied.
        """
        return self.start(row=row, action=TAKE, by=by) if self.is_long(row) else self.reads.take(row, by)

    def step(self, job: Job) -> JobStep:
        """Preview or apply the job's file in one step, and return the outcome. It is safe to run again."""
        row, reads = self._row(job), self.reads
        if row is None:
            return JobStep(1, 1, {}, Result(GONE))
        action = str(job.params["action"])
        try:
            report = (reads.take if action == TAKE else reads.look)(row, job.by)
        except reads.unreadable:
            return JobStep(1, 1, {}, Result(REFUSED))
        except reads.over:
            # A worker was killed after it had applied the file: the result is in the file's report.
            report = reads.report_of(row)
            if report is None:
                return JobStep(1, 1, {}, Result(GONE))
        rows = len(report.lines)
        return JobStep(rows, rows, {}, Result(action, {"number": report.writes if action == TAKE else rows}))

    def _row(self, job: Job) -> Any:
        return self.reads.find(str(job.params[self.param]))

    def may(self, actor: Actor, summit: Summit | None) -> bool:
        """Return whether an account may import such files into a summit."""
        return summit is not None and allows(actor, self.permission, summit)

    def result(self, job: Job) -> str:
        """Return a sentence with the result of a finished job."""
        if self.bad(job):
            return str(self.said.gone if job.result == GONE else self.said.refused)
        return (self.said.taken if job.result == TAKE else self.said.looked)(int(job.result_params["number"]))

    def bad(self, job: Job) -> bool:
        """Return whether the job had no useful result, because its file was deleted or couldn't be read."""
        return job.result in (GONE, REFUSED)

    def onward(self, job: Job) -> tuple[str, str] | None:
        """Return the URL of the file's page and the label of the button for it.

        Return None if the file was deleted or couldn't be read, or if it belongs to a party. The files of parties are
        shown in the portal.
        """
        row = None if self.bad(job) else self._row(job)
        if row is None or getattr(row, "party_id", None):
            return None
        label = _("Show what became of each row") if job.result == TAKE else _("Show what becomes of each row")
        return reverse(self.reads.page, args=[row.pk]), label


def read_by(*, name: str, param: str, permission: str, reads: Reads, said: ImportJobMessages) -> Reading:
    """Return the Reading of one kind of files, and register the kind of job for long files."""
    reading = Reading(name, param, permission, reads, said)
    kind = JobKind(
        name=name,
        title=said.title,
        step=reading.step,
        may=reading.may,
        progress=said.progress,
        result=reading.result,
        bad=reading.bad,
        onward=reading.onward,
    )
    register(kind)
    return reading

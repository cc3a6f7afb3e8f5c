"""Uploaded files of many rows as long work: looking at one, and taking it over, each in one transaction.

A file is read as a whole, since what becomes of a row may depend on those above it: a number of people, a head, a
name that stands there twice. 20,000 rows take some seconds, a part of a worker's lease.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from summit.jobs import services as jobs_services
from summit.jobs.job_kinds import Kind, Result, Step, register
from summit.jobs.models.jobs import Job
from summit.permissions.rules import Actor, allows
from summit.summits.models import Summit

LOOK, TAKE = "look", "take"
REFUSED, GONE = "refused", "gone"


def rows_read(done: int, total: int) -> str:
    """Say how far it is with the rows of a table."""
    said = ngettext("%(done)d of %(total)d row is read", "%(done)d of %(total)d rows are read", total)
    return said % {"done": done, "total": total}


def rows_looked_at(number: int) -> str:
    """Say how many rows of a table are looked at."""
    said = ngettext(
        "%(number)d row is looked at; nothing is written yet. Open the table among the uploaded ones.",
        "%(number)d rows are looked at; nothing is written yet. Open the table among the uploaded ones.",
        number,
    )
    return said % {"number": number}


def rows_taken(number: int) -> str:
    """Say how many rows of a table are taken over."""
    said = ngettext("%(number)d row is taken over.", "%(number)d rows are taken over.", number)
    return said % {"number": number}


TITLE, DELETED = gettext_lazy("Reading an uploaded table"), gettext_lazy("The table was deleted meanwhile.")


@dataclass(frozen=True)
class Said:
    """What the page of the work says: how far it is, and what came of it. `refused` is said where no column or
    element of the file says what its rows are."""

    title: Any = TITLE
    progress: Callable[[int, int], str] = rows_read
    looked: Callable[[int], str] = rows_looked_at
    taken: Callable[[int], str] = rows_taken
    gone: Any = DELETED
    refused: Any = ""


@dataclass(frozen=True)
class Reads:
    """How files of a kind are read. `look` and `take` take the row of a file and who asked, and return a report; they
    raise one of `over` where the file waits no more, one of `unreadable` where nobody can tell what its rows are,
    PermissionDenied where whoever asked may no more."""

    find: Callable[[str], Any]
    # How many rows are read and written while somebody waits.
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
    """The reading of files of a kind: a worker's where they are long. `param` names the file among the parameters of
    that work, `permission` is what one must be allowed to do."""

    name: str
    param: str
    permission: str
    reads: Reads
    said: Said

    def start(self, *, row: Any, action: str, by: Any) -> Job:
        """Have a worker look at a file (LOOK) or take it over (TAKE). Raises PermissionDenied."""
        params = {self.param: row.public_id, "action": action}
        return jobs_services.start(kind=self.name, by=by, summit=row.summit, params=params)

    def is_long(self, row: Any) -> bool:
        """Return whether a file that waits has more rows than are read while somebody waits. One that nobody has
        looked at was too long when it was kept."""
        if row.applied_at is not None:
            return False
        report = self.reads.report_of(row)
        return report is None or len(report.lines) > self.reads.at_once()

    def look(self, *, row: Any, by: Any) -> Job | None:
        """Look anew what would become of a file's rows; where they are many a worker does, whose job is returned.
        Raises as `reads.look` does."""
        if self.is_long(row):
            return self.start(row=row, action=LOOK, by=by)
        self.reads.look(row, by)
        return None

    def take(self, *, row: Any, by: Any) -> Any:
        """Take a file over, once, and return the report of what was done, or the job of a worker who does it. Raises
        as `reads.take` does."""
        return self.start(row=row, action=TAKE, by=by) if self.is_long(row) else self.reads.take(row, by)

    def step(self, job: Job) -> Step:
        """Look at a file, or take it over. Done again it finds that it is done."""
        row, reads = self._row(job), self.reads
        if row is None:
            return Step(1, 1, {}, Result(GONE))
        action = str(job.params["action"])
        try:
            report = (reads.take if action == TAKE else reads.look)(row, job.by)
        except reads.unreadable:
            return Step(1, 1, {}, Result(REFUSED))
        except reads.over:
            # A worker that was killed after it had written: what it wrote stands in the file's report.
            report = reads.report_of(row)
            if report is None:
                return Step(1, 1, {}, Result(GONE))
        rows = len(report.lines)
        return Step(rows, rows, {}, Result(action, {"number": report.writes if action == TAKE else rows}))

    def _row(self, job: Job) -> Any:
        return self.reads.find(str(job.params[self.param]))

    def may(self, actor: Actor, summit: Summit | None) -> bool:
        """Return whether somebody may read such files into a summit."""
        return summit is not None and allows(actor, self.permission, summit)

    def result(self, job: Job) -> str:
        """Say what came of it."""
        if self.bad(job):
            return str(self.said.gone if job.result == GONE else self.said.refused)
        return (self.said.taken if job.result == TAKE else self.said.looked)(int(job.result_params["number"]))

    def bad(self, job: Job) -> bool:
        """Return whether nothing came of it."""
        return job.result in (GONE, REFUSED)

    def onward(self, job: Job) -> tuple[str, str] | None:
        """Lead to the file, where it is a desk's: a focal point's is shown in the portal."""
        row = None if self.bad(job) else self._row(job)
        if row is None or getattr(row, "party_id", None):
            return None
        words = _("Show what became of each row") if job.result == TAKE else _("Show what becomes of each row")
        return reverse(self.reads.page, args=[row.pk]), words


def read_by(*, name: str, param: str, permission: str, reads: Reads, said: Said) -> Reading:
    """Return how files of a kind are read, the worker's part registered as a kind of work."""
    found = Reading(name, param, permission, reads, said)
    kind = Kind(
        name=name,
        title=said.title,
        step=found.step,
        may=found.may,
        progress=said.progress,
        result=found.result,
        bad=found.bad,
        onward=found.onward,
    )
    register(kind)
    return found

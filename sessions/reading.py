"""Uploaded schedules of many events as long work: looking at one, and taking it over, each in one transaction.

A schedule is read as a whole, since what becomes of an event depends on those above it: a guid or a room that stands
there already.
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sessions.domain.incoming import uploads
from sessions.domain.incoming.reading import Unreadable
from sessions.models import ScheduleFile
from summit.models import Summit
from summit.permissions import Actor, allows
from summit.work.kinds import Kind, Result, Step, register
from summit.work.models import Job

NAME = "read_schedule"
LOOK, TAKE, GONE = "look", "take", "gone"


def step(job: Job) -> Step:
    """Look at a schedule, or take it over. Done again it finds that it is done. Raises PermissionDenied where whoever
    asked may no more."""
    row = ScheduleFile.objects.select_related("summit").filter(public_id=job.params["file"]).first()
    if row is None:
        return Step(1, 1, {}, Result(GONE))
    deed = str(job.params["deed"])
    act = uploads.take if deed == TAKE else uploads.look
    try:
        report = act(row=row, by=job.by)
    except Unreadable:
        # A worker that was killed after it had written: what it wrote stands in the schedule's report.
        found = uploads.report_of(row)
        if found is None:
            return Step(1, 1, {}, Result(GONE))
        report = found
    number = len(report.lines)
    return Step(number, number, {}, Result(deed, {"number": report.writes if deed == TAKE else number}))


def may_read(actor: Actor, summit: Summit | None) -> bool:
    """Return whether somebody may read schedules into a summit's draft."""
    return summit is not None and allows(actor, "sessions.edit", summit)


def progress(done: int, total: int) -> str:
    """Say how far it is."""
    said = ngettext("%(done)d of %(total)d event is read", "%(done)d of %(total)d events are read", total)
    return said % {"done": done, "total": total}


def result(job: Job) -> str:
    """Say what came of it."""
    if job.result == GONE:
        return _("The schedule was deleted meanwhile.")
    number = int(job.result_params["number"])
    if job.result == TAKE:
        said = ngettext(
            "%(number)d event is taken over into the draft.",
            "%(number)d events are taken over into the draft.",
            number,
        )
        return said % {"number": number}
    said = ngettext(
        "%(number)d event is looked at; nothing is written yet. Open the file among the uploaded schedules.",
        "%(number)d events are looked at; nothing is written yet. Open the file among the uploaded schedules.",
        number,
    )
    return said % {"number": number}


READ = register(
    Kind(
        name=NAME,
        title=gettext_lazy("Reading an uploaded schedule"),
        step=step,
        may=may_read,
        progress=progress,
        result=result,
        bad=lambda job: job.result == GONE,
    )
)

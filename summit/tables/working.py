"""Tables for lists with many rows as long work: looking at one, and taking it over, each in one transaction."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from summit.models import GivenTable, Summit
from summit.permissions import Actor, allows
from summit.tables.domain import given
from summit.work.kinds import Kind, Result, Step, register
from summit.work.models import Job

NAME = "read_in_list"
TAKE, GONE = "take", "gone"


def step(job: Job) -> Step:
    """Look at a table, or take it over. Done again it finds that it is done. Raises PermissionDenied where whoever
    asked may no more."""
    row = GivenTable.objects.select_related("summit").filter(public_id=job.params["table"]).first()
    if row is None:
        return Step(1, 1, {}, Result(GONE))
    deed = str(job.params["deed"])
    try:
        report = given.take(given=row, by=job.by) if deed == TAKE else given.look(given=row, by=job.by)
    except given.GivenProblem:
        # A worker that was killed after it had written: what it wrote stands in the table's report.
        found = given.report_of(row)
        if found is None:
            return Step(1, 1, {}, Result(GONE))
        report = found
    number = len(report.lines)
    return Step(number, number, {}, Result(deed, {"number": report.writes if deed == TAKE else number}))


def may_read_in(actor: Actor, summit: Summit | None) -> bool:
    """Return whether somebody may fill lists of a summit; of which ones each step looks at."""
    return summit is not None and allows(actor, given.READ_IN, summit)


def progress(done: int, total: int) -> str:
    """Say how far it is."""
    said = ngettext("%(done)d of %(total)d row is read", "%(done)d of %(total)d rows are read", total)
    return said % {"done": done, "total": total}


def result(job: Job) -> str:
    """Say what came of it."""
    if job.result == GONE:
        return _("The table was deleted meanwhile.")
    number = int(job.result_params["number"])
    if job.result == TAKE:
        return ngettext("%(number)d row is taken over.", "%(number)d rows are taken over.", number) % {
            "number": number
        }
    said = ngettext(
        "%(number)d row is looked at; nothing is written yet. Open the table among the uploaded ones.",
        "%(number)d rows are looked at; nothing is written yet. Open the table among the uploaded ones.",
        number,
    )
    return said % {"number": number}


READ_IN_LIST = register(
    Kind(
        name=NAME,
        title=gettext_lazy("Reading an uploaded table"),
        step=step,
        may=may_read_in,
        progress=progress,
        result=result,
        bad=lambda job: job.result == GONE,
    )
)

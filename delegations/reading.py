"""Tables of many rows as long work: looking at one, and taking it over, each in one transaction.

A table is read as a whole, since what a row may depends on those above it: a number of people, a head, a name that
stands there twice. 20,000 rows take some seconds, a part of a worker's lease.
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from delegations.domain import sheets
from delegations.domain.incoming.values import Unreadable
from delegations.models import Sheet
from summit.models import Summit
from summit.permissions import Actor, allows
from summit.work.kinds import Kind, Result, Step, register
from summit.work.models import Job

NAME = "read_in"
LOOK, TAKE = "look", "take"
REFUSED, GONE = "refused", "gone"


def step(job: Job) -> Step:
    """Look at a table, or take it over. Done again it finds that it is done. Raises PermissionDenied where whoever
    asked may no more."""
    sheet = Sheet.objects.select_related("summit", "party").filter(public_id=job.params["sheet"]).first()
    if sheet is None:
        return Step(1, 1, {}, Result(GONE))
    deed = str(job.params["deed"])
    act = sheets.take if deed == TAKE else sheets.look
    try:
        report = act(sheet=sheet, by=job.by)
    except sheets.SheetProblem:
        # A worker that was killed after it had written: what it wrote stands in the table's report.
        found = sheets.report_of(sheet)
        if found is None:
            return Step(1, 1, {}, Result(GONE))
        report = found
    except Unreadable:
        return Step(1, 1, {}, Result(REFUSED))
    rows = len(report.lines)
    return Step(rows, rows, {}, Result(deed, {"number": report.writes if deed == TAKE else rows}))


def may_read_in(actor: Actor, summit: Summit | None) -> bool:
    """Return whether somebody may read tables into a summit."""
    return summit is not None and allows(actor, "delegations.read_in", summit)


def progress(done: int, total: int) -> str:
    """Say how far it is."""
    said = ngettext("%(done)d of %(total)d row is read", "%(done)d of %(total)d rows are read", total)
    return said % {"done": done, "total": total}


def result(job: Job) -> str:
    """Say what came of it."""
    if job.result == GONE:
        return _("The table was deleted meanwhile.")
    if job.result == REFUSED:
        return _("No column of the table says who is meant. Choose one whose first row names the columns.")
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


READ_IN = register(
    Kind(
        name=NAME,
        title=gettext_lazy("Reading an uploaded table"),
        step=step,
        may=may_read_in,
        progress=progress,
        result=result,
        bad=lambda job: job.result in (REFUSED, GONE),
    )
)

"""Uploaded files of many rows as long work: looking at one, and taking it over, each in one transaction.

A file is read as a whole, since what becomes of a row may depend on those above it: a number of people, a head, a
name that stands there twice. 20,000 rows take some seconds, a part of a worker's lease.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy, ngettext

from summit.models import Summit
from summit.permissions import Actor, allows
from summit.work.kinds import Kind, Result, Step, register
from summit.work.models import Job

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
    look: Callable[[Any, Any], Any]
    take: Callable[[Any, Any], Any]
    report_of: Callable[[Any], Any]
    over: tuple[type[Exception], ...]
    unreadable: tuple[type[Exception], ...] = ()


def read_by(*, name: str, param: str, action: str, reads: Reads, said: Said) -> Kind:
    """Return the kind of work that reads files, registered. `param` names the file among the work's parameters,
    `action` is what one must be allowed to do."""

    def step(job: Job) -> Step:
        row = reads.find(str(job.params[param]))
        if row is None:
            return Step(1, 1, {}, Result(GONE))
        deed = str(job.params["deed"])
        try:
            report = (reads.take if deed == TAKE else reads.look)(row, job.by)
        except reads.unreadable:
            return Step(1, 1, {}, Result(REFUSED))
        except reads.over:
            # A worker that was killed after it had written: what it wrote stands in the file's report.
            report = reads.report_of(row)
            if report is None:
                return Step(1, 1, {}, Result(GONE))
        rows = len(report.lines)
        return Step(rows, rows, {}, Result(deed, {"number": report.writes if deed == TAKE else rows}))

    def may(actor: Actor, summit: Summit | None) -> bool:
        return summit is not None and allows(actor, action, summit)

    def result(job: Job) -> str:
        if job.result in (GONE, REFUSED):
            return str(said.gone if job.result == GONE else said.refused)
        number = int(job.result_params["number"])
        return (said.taken if job.result == TAKE else said.looked)(number)

    def bad(job: Job) -> bool:
        return job.result in (GONE, REFUSED)

    kind = Kind(name=name, title=said.title, step=step, may=may, progress=said.progress, result=result, bad=bad)
    return register(kind)

"""A report on an uploaded table as pages show it: what becomes of how many rows, and some of the rows."""

from collections.abc import Sequence
from typing import Any, Protocol

from django.core.paginator import Paginator
from django.http import QueryDict
from django.utils.translation import gettext as _

from delegations.domain.incoming.report import Outcome

ROWS = 100
ODD = "odd"
SIGNS = {Outcome.NEW: "good", Outcome.CHANGED: "good", Outcome.SAME: "off", Outcome.REFUSED: "bad"}


class Line(Protocol):
    """What became of a row."""

    @property
    def outcome(self) -> str:
        """One of `Outcome`."""

    @property
    def odd(self) -> bool:
        """Whether one should look at it."""


class Report(Protocol):
    """What became of the rows of a file, whatever they are."""

    @property
    def lines(self) -> Sequence[Line]:
        """The rows, in the file's order."""

    @property
    def counts(self) -> dict[str, int]:
        """How many have which outcome, and how many are odd."""


def context(report: Report, asked: QueryDict) -> dict[str, Any]:
    """Return what `sheets/report.html` shows: `?rows=` narrows it to one outcome, `?page=` turns its pages."""
    counts = report.counts
    shown = asked.get("rows", "")
    shown = shown if counts.get(shown) else ""
    lines = [line for line in report.lines if _is(line, shown)]
    page = Paginator(lines, ROWS).get_page(asked.get("page"))
    found = [{"key": value, "number": counts[value], "word": Outcome(value).label} for value in Outcome.values]
    found.append({"key": ODD, "number": counts[ODD], "word": _("odd: look at them")})
    return {
        "report": report,
        "counts": [each for each in found if each["number"]],
        "rows_shown": shown,
        "page": page,
        "lines": [{"line": line, "sign": _sign(line)} for line in page],
    }


def _is(line: Line, shown: str) -> bool:
    return not shown or (line.odd if shown == ODD else line.outcome == shown)


def _sign(line: Line) -> str:
    return "warn" if line.odd and line.outcome != Outcome.REFUSED else SIGNS[Outcome(line.outcome)]

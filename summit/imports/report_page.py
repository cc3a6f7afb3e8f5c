"""The report on an import as pages show it: the number of entries by outcome, and a part of the entries."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import QueryDict
from django.utils.translation import gettext as _

from summit.imports.definitions import ImportDefinition
from summit.imports.report import ODD, ImportReport, Outcome, ReportLine

ROWS = 100
SIGNS = {
    Outcome.NEW: "good",
    Outcome.CHANGED: "good",
    Outcome.SAME: "off",
    Outcome.ASKS: "warn",
    Outcome.REFUSED: "bad",
}


def context(report: ImportReport, query: QueryDict, definition: ImportDefinition[Any]) -> dict[str, Any]:
    """Return the variables of the template `imports/report.html` for a report.

    `query` has the request's query parameters: `rows` filters by one outcome, and `page` is the number of the page.
    """
    counts = report.counts
    chosen = query.get("rows", "")
    chosen = chosen if counts.get(chosen) else ""
    lines: Sequence[ReportLine] = [line for line in report.lines if _matches(line, chosen)]
    page = Paginator(lines, ROWS).get_page(query.get("page"))
    filters = [{"key": value, "number": counts[value], "label": Outcome(value).label} for value in Outcome.values]
    filters.append({"key": ODD, "number": counts[ODD], "label": _("to check")})
    return {
        "report": report,
        "definition": definition,
        "notices": definition.notices(report),
        "counts": [each for each in filters if each["number"]],
        "rows_shown": chosen,
        "page": page,
        "asks": any(line.questions for line in page),
        "lines": [{"line": line, "sign": _sign(line)} for line in page],
    }


def _matches(line: ReportLine, chosen: str) -> bool:
    return not chosen or (line.odd if chosen == ODD else line.outcome == chosen)


def _sign(line: ReportLine) -> str:
    return "warn" if line.odd else SIGNS[Outcome(line.outcome)]

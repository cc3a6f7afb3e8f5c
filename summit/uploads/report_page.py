"""The report on an uploaded file as it is shown on pages: the number of rows by outcome, and a part of the rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.uploads.report import ODD, Outcome, ReportLine, UploadReport

ROWS = 100
SIGNS = {
    Outcome.NEW: "good",
    Outcome.CHANGED: "good",
    Outcome.SAME: "off",
    Outcome.ASKS: "warn",
    Outcome.REFUSED: "bad",
}


@dataclass(frozen=True)
class ReportLabels:
    """The texts and templates of a report's page for one kind of file.

    `all` is the title of the numbers; `row` and `about` are the titles of two columns. `notices` is the template for
    the notices about the file, and `about_row` the template that describes a row.
    """

    all: Any
    row: Any
    about: Any
    each: Any
    some: Any
    show_all: Any
    caption: Any
    notices: str
    about_row: str


def of_rows(*, about: Any, notices: str, about_row: str) -> ReportLabels:
    """Return the ReportLabels for a table, with the title of the column `about` and the two templates."""
    return ReportLabels(
        all=gettext_lazy("Rows of the table"),
        row=gettext_lazy("Row"),
        about=about,
        each=gettext_lazy("Row by row"),
        some=gettext_lazy("Some of the rows"),
        show_all=gettext_lazy("Show all rows"),
        caption=gettext_lazy("What becomes of each row"),
        notices=notices,
        about_row=about_row,
    )


def context(report: UploadReport[Any], asked: QueryDict, words: ReportLabels) -> dict[str, Any]:
    """Return the variables of the template `uploads/report.html` for a report.

    `asked` has the request's query parameters: `rows` filters by one outcome, and `page` is the number of the page.
    """
    counts = report.counts
    chosen = asked.get("rows", "")
    chosen = chosen if counts.get(chosen) else ""
    lines: Sequence[ReportLine] = [line for line in report.lines if _is(line, chosen)]
    page = Paginator(lines, ROWS).get_page(asked.get("page"))
    filters = [{"key": value, "number": counts[value], "word": Outcome(value).label} for value in Outcome.values]
    filters.append({"key": ODD, "number": counts[ODD], "word": _("odd: look at them")})
    return {
        "report": report,
        "words": words,
        "counts": [each for each in filters if each["number"]],
        "rows_shown": chosen,
        "page": page,
        "asks": any(line.questions for line in page),
        "lines": [{"line": line, "sign": _sign(line)} for line in page],
    }


def _is(line: ReportLine, chosen: str) -> bool:
    return not chosen or (line.odd if chosen == ODD else line.outcome == chosen)


def _sign(line: ReportLine) -> str:
    return "warn" if line.odd else SIGNS[Outcome(line.outcome)]

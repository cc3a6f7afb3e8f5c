"""Reports on uploaded files: kept as JSON, and read again as they were written, the earlier ones too."""

import pytest

from delegations.imports.selectors import report as tables
from sessions.exchange.selectors import report as schedules
from summit.uploads.report import Outcome, ReportLine, UploadReport

NOTES = ["Look at it."]


@pytest.mark.parametrize(
    "report",
    [
        tables.ImportReport(
            [tables.ImportLine(2, party="Aland", person="Ada")], "en", ["shoe size"], [], ["Passport"]
        ),
        schedules.ScheduleReport([schedules.EventLine(1, "new", NOTES, [], "Opening")], "fr", ["Hall A"], 3),
    ],
)
def test_a_report_comes_back_as_it_was(report: UploadReport[ReportLine]) -> None:
    assert type(report).from_data(report.as_data()) == report


def test_one_that_was_kept_with_what_is_odd_is_read() -> None:
    line = {"number": 1, "party": "", "person": "", "outcome": "new", "odd": True, "notes": NOTES, "fields": []}
    found = tables.ImportReport.from_data({"lines": [line], "unknown": [], "twice": [], "barred": []})
    assert found.counts == {"new": 1, "changed": 0, "same": 0, "asks": 0, "refused": 0, "odd": 1}


def test_what_is_refused_is_not_odd_besides() -> None:
    odd = {Outcome.NEW, Outcome.CHANGED, Outcome.SAME}
    assert {value for value in Outcome if ReportLine(1, value, NOTES).odd} == odd

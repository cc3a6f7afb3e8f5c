"""Reports on import files: stored as JSON and read again, step by step, and which entries are to be checked."""

from summit.imports.report import ImportReport, Outcome, Question, ReportLine

NOTES = ["Look at it."]


def test_a_report_comes_back_as_it_was() -> None:
    question = Question("2 enter", "Enter it?", [["enter", "yes"]])
    lines = [
        ReportLine(1, "changed", "Opening", "Hall A", NOTES, ["title"], [["title", "Old", "New"]]),
        ReportLine(2, "asks", questions=[question]),
    ]
    report = ImportReport(lines, "fr", {"rooms": ["Hall A"], "people": 3, "left": {"logo": 1}})
    assert ImportReport.from_data(report.as_data()) == report
    assert (report.writes, report.summary) == (
        1,
        "0 new, 1 changed, 0 unchanged, 0 refused, 1 left out until somebody decides",
    )


def test_what_is_refused_is_not_odd_besides() -> None:
    odd = {Outcome.NEW, Outcome.CHANGED, Outcome.SAME}
    assert {value for value in Outcome if ReportLine(1, value, notes=NOTES).odd} == odd


def test_steps_add_up() -> None:
    whole = ImportReport([ReportLine(1)], "en", {"names": ["a", "b"], "number": 2, "left": {"x": 1}})
    whole.add(ImportReport([ReportLine(2)], "en", {"names": ["b", "c"], "number": 3, "left": {"x": 4}}))
    assert [line.number for line in whole.lines] == [1, 2]
    assert whole.facts == {"names": ["a", "b", "c"], "number": 5, "left": {"x": 4}}


def test_only_what_is_asked_can_be_answered() -> None:
    report = ImportReport([ReportLine(2, questions=[Question("2 enter", "?", [["enter", "yes"]])])])
    accepted = ({"2 enter": "enter"}, {"2 enter": ""}, {"* enter": "enter"})
    refused = ({"2 enter": "no"}, {"3 enter": "enter"}, {"* kind": "enter"})
    assert [report.accepts(answers) for answers in (*accepted, *refused)] == [True] * 3 + [False] * 3

"""What an app's errors are to whoever asks the API."""

import pytest

from summit.api_base import problems


class FullError(Exception):
    """An error of some app's domain."""


class FieldError(FullError):
    """One that is about a field."""

    field = "number"


def test_an_app_says_what_its_errors_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(problems, "_MEANT", {})
    assert problems.problem_of(FullError("It is full.")) is None
    problems.register_problem(FullError, "conflict")
    found = problems.problem_of(FullError("It is full."))
    assert found is not None
    assert (found.status_code, found.body()["detail"]) == (409, "It is full.")
    about = problems.problem_of(FieldError("Fewer."))
    assert about is not None
    assert (about.status_code, about.errors) == (422, [{"pointer": "#/number", "detail": "Fewer."}])
    problems.register_problem(FullError, lambda error: problems.Problem("changed"))
    other = problems.problem_of(FullError(""))
    assert other is not None
    assert other.status_code == 412

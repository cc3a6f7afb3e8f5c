"""What the API says of itself: its description, which actions write nothing, what an app's errors are."""

import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from summit.api import description
from summit.api_base import problems
from summit.api_base.actions import Action
from summit.permissions.models import Role
from tests.factories import SessionFactory, UserFactory
from tests.summit.api.conftest import program
from tests.summit.api.test_viewsets import kind

SAYS = re.compile(r"\b(?:writes nothing|nothing is (?:written|changed|kept|stored))\b", re.IGNORECASE)
# What gives a file or looks something up says by that what it does.
GIVES = {"blank", "check", "file", "sheet"}


# --- the description is written once for a version of the program, and read from files ------------------------------
@pytest.fixture
def made(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Let a description be written quickly; return the forms in which one was."""
    settings.VAR_DIR = tmp_path
    found: list[str] = []

    class Generator:
        def get_schema(self, **kwargs: Any) -> dict[str, str]:
            found.append("schema")
            return {"openapi": "3.1.1"}

    monkeypatch.setattr(description, "SchemaGenerator", Generator)
    description.read.cache_clear()
    yield found
    description.read.cache_clear()


def told() -> str:
    out = StringIO()
    call_command("describe_api", stdout=out)
    return out.getvalue().strip()


@pytest.mark.django_db
def test_what_the_command_wrote_is_answered(made: list[str], settings: Any) -> None:
    number = len(settings.INTERFACE_LANGUAGES)
    assert told() == f"{2 * number} files are written."
    assert told() == "All files are there."
    assert len(made) == number
    for query, start in (("", b"openapi: 3.1.1"), ("?format=json", b"{\n"), ("?format=json&lang=fr", b"{\n")):
        answer = Client().get(f"/api/v1/schema/{query}")
        assert (answer.status_code, answer.content.startswith(start)) == (200, True)
    assert len(made) == number


def test_without_it_the_first_who_asks_writes_or_keeps_it(made: list[str], settings: Any, tmp_path: Path) -> None:
    first = description.read("json", "en")
    # Another process.
    description.read.cache_clear()
    assert description.read("json", "en") == first
    assert made == ["schema"]
    # Nothing can be stored.
    settings.VAR_DIR = tmp_path / "none"
    settings.VAR_DIR.write_text("no folder")
    description.read.cache_clear()
    assert description.read("json", "en") == description.read("json", "en") == first
    assert made == ["schema"] * 2


def test_another_version_writes_it_anew(made: list[str], settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    told()
    before = set(description.folder().iterdir())
    monkeypatch.setattr(description, "_version", lambda: "next")
    assert told() == f"{2 * len(settings.INTERFACE_LANGUAGES)} files are written."
    # Of the one before nothing is left.
    assert not before & set(description.folder().iterdir())


# --- actions that write nothing ask no more of a token than reading does --------------------------------------------
def actions(patterns: list[URLPattern | URLResolver]) -> list[Action]:
    found: list[Action] = []
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            found += actions(pattern.url_patterns)
        else:
            known = getattr(pattern.callback, "view_initkwargs", {}).get("action")
            found += [known] if isinstance(known, Action) else []
    return found


def test_what_says_that_it_writes_nothing_is_for_whoever_reads() -> None:
    found = actions(get_resolver().url_patterns)
    reading = [each for each in found if each.safe]
    assert len(reading) == 24
    wrong = [each.name for each in found if bool(SAYS.search(each.says)) != each.safe and each.name not in GIVES]
    assert wrong == []
    assert not any(each.gone for each in reading)


@pytest.mark.django_db
def test_a_token_that_reads_asks_what_writes_nothing_and_does_nothing_else() -> None:
    session = SessionFactory()
    desk = f"summits/{session.summit.slug}/desk/sessions/"
    reads = program(UserFactory.with_role(Role.ORGANISER, session.summit), ["sessions:read"])
    assert reads.post(f"{desk}warnings/", {}).status_code == 200
    assert reads.post(f"{desk}{session.public_id}/who-sees/", {}).status_code == 200
    refused = reads.post(f"{desk}{session.public_id}/cancel/", {})
    assert kind(refused) == (403, "scope")
    assert refused["WWW-Authenticate"].endswith('scope="sessions:write"')
    other = program(reads.user, ["rooms:write"]).post(f"{desk}warnings/", {})
    assert other["WWW-Authenticate"].endswith('scope="sessions:read"')


# --- an app's errors ------------------------------------------------------------------------------------------------
class FullError(Exception):
    """An error of some app's domain."""


class FieldError(FullError):
    """One that is about a field."""

    field = "number"


def test_an_app_says_what_its_errors_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(problems, "_MEANT", {})
    assert problems.problem_of(FullError("It is full.")) is None
    problems.register_problem(FullError, "conflict")
    found: Any = problems.problem_of(FullError("It is full."))
    assert (found.status_code, found.body()["detail"]) == (409, "It is full.")
    found = problems.problem_of(FieldError("Fewer."))
    assert (found.status_code, found.errors) == (422, [{"pointer": "#/number", "detail": "Fewer."}])
    problems.register_problem(FullError, lambda error: problems.Problem("changed"))
    found = problems.problem_of(FullError(""))
    assert found.status_code == 412

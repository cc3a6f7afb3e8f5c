"""The API's description is written once for a version of the program, and read from files."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from summit.api import description

WRITTEN = {"json": b"{}", "yaml": b"{}"}


@pytest.fixture(autouse=True)
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


def test_without_it_the_first_who_asks_writes_it_for_all_processes(made: list[str]) -> None:
    first = description.read("json", "en")
    # Another process.
    description.read.cache_clear()
    assert description.read("json", "en") == first
    assert made == ["schema"]


def test_where_nothing_can_be_stored_the_process_keeps_it(made: list[str], tmp_path: Path) -> None:
    (tmp_path / "api-description").write_text("no folder")
    assert description.read("json", "en") == description.read("json", "en")
    assert made == ["schema"]


def test_another_version_of_the_program_writes_it_anew(
    made: list[str], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told()
    before = set(description.folder().iterdir())
    monkeypatch.setattr(description, "_version", lambda: "next")
    assert told() == f"{2 * len(settings.INTERFACE_LANGUAGES)} files are written."
    # Of the one before nothing is left.
    assert not before & set(description.folder().iterdir())

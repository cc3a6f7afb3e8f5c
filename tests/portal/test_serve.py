"""What `make run` does before its processes start: other tests' systems begin on a database that is migrated."""

import io
from pathlib import Path
from typing import Any

import pytest

from portal.management.commands import serve
from summit.core.database_clock import db_now
from summit.embedded import all_processes


class Nothing:
    def close(self) -> None:
        """No database was opened."""


@pytest.mark.parametrize(("no_demo", "last"), [(False, [("demo", True)]), (True, [])])
def test_it_migrates_before_all_else(
    monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path, no_demo: bool, last: list[tuple[str, bool]]
) -> None:
    settings.VAR_DIR = tmp_path
    did: list[Any] = []
    monkeypatch.setattr(serve, "_check_free", lambda port: None)
    monkeypatch.setattr(serve, "db_now", lambda: None)
    monkeypatch.setattr(serve, "connection", Nothing())
    monkeypatch.setattr(all_processes, "run", lambda **options: did.append("processes") or 0)
    monkeypatch.setattr(
        serve, "call_command", lambda name, **options: did.append((name, options.get("if_empty", False)))
    )
    with pytest.raises(SystemExit) as left:
        serve.Command().handle(no_demo=no_demo, act=None)
    ready = [(name, False) for name in ("migrate", "compile_catalogues", "collectstatic")]
    assert did == [*ready, *last, "processes"]
    assert left.value.code == 0


@pytest.mark.django_db
def test_what_takes_long_is_named_and_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([["web"], ["web", "worker and beat"], []])
    monkeypatch.setattr(serve, "_wait", lambda port, since: next(answers))
    monkeypatch.setattr(serve, "connection", Nothing())
    run: list[list[str]] = []
    monkeypatch.setattr(serve.subprocess, "run", lambda command, **options: run.append(command))
    said, told = io.StringIO(), io.StringIO()
    serve.Command(stdout=said, stderr=told, no_color=True)._announce(8000, db_now())
    assert [line.partition(".")[0] for line in told.getvalue().splitlines()] == [
        "No answer yet from: web",
        "No answer yet from: web, worker and beat",
    ]
    assert said.getvalue().split("\n")[1] == "Summit is running."
    assert [command[2:] for command in run] == [["summit.manage", "describe_api", "--gently"]]

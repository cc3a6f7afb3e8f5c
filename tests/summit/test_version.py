"""The version stands in one place, and is told by the command line."""

import sys
import tomllib

import pytest
from django import get_version
from django.conf import settings

import summit
from summit import manage
from tests.sources import ROOT, text


def test_the_version_stands_in_one_place() -> None:
    project = tomllib.loads(text(ROOT / "pyproject.toml"))
    assert ("version" in project["project"]["dynamic"], "version" in project["project"]) == (True, False)
    assert project["tool"]["hatch"]["version"]["path"] == "summit/__init__.py"
    assert summit.__version__ == settings.VERSION


@pytest.mark.parametrize("argument", ["--version", "version"])
def test_the_command_line_tells_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], argument: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["summit-manage", argument])
    manage.main()
    assert capsys.readouterr().out == f"Summit {summit.__version__} (Django {get_version()})\n"

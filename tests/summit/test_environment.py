"""Each environment variable is declared once, documented from there, and read by the settings alone."""

import ast
import io
import re
import sys
import tomllib
from pathlib import Path

import pytest
from django import get_version
from django.conf import settings
from django.core.management import call_command

import summit
from summit import manage
from summit.environment import GROUPS
from tests.sources import ROOT, sources, text, tree
from tests.summit.test_checks import SAFE

DECLARED = {variable.name: variable for group in GROUPS for variable in group.variables}
READING = re.compile(r"\benviron\b(?!\.Env\.\w+_config\b)|\bgetenv\b|\benv\.(?!default\b|is_set\b)")


def test_the_document_is_what_the_declarations_give() -> None:
    out = io.StringIO()
    call_command("describe_settings", stdout=out)
    assert text(ROOT / "docs/settings.md") == out.getvalue(), "Run `make settings`."


def test_what_production_needs_is_told_and_checked() -> None:
    required = {name for name, variable in DECLARED.items() if variable.required}
    example = text(ROOT / "docs/production.md").partition("```\n")[2].partition("```")[0]
    assert set(re.findall(r"^([A-Z_]+)=", example, flags=re.MULTILINE)) == required == set(SAFE)


def test_names_are_unique_and_none_is_the_file_of_another() -> None:
    assert len(DECLARED) == sum(len(group.variables) for group in GROUPS)
    assert [name for name in DECLARED if name.removesuffix("_FILE") != name] == []


def test_the_settings_read_what_is_declared_and_nothing_else_reads_the_environment() -> None:
    reads = {
        node.args[0].value
        for path in (Path("summit/settings.py"), Path("summit/environment.py"))
        for node in ast.walk(tree(ROOT / path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "env" and isinstance(node.args[0], ast.Constant)
    }
    assert reads == set(DECLARED)
    named = [path for path in sources() if READING.search(text(ROOT / path))]
    found = [f"{path}: {ast.unparse(line)}" for path in named for line in environment_reads(tree(ROOT / path))]
    assert found == [
        # prometheus-client's own variable; and all of it for PostgreSQL's own programs.
        "summit/core/process_metrics.py: os.environ.get(DIRECTORY, '')",
        "summit/maintenance/backups/postgresql.py: {**os.environ, **{variables[name].decode(): str(value) "
        "for name, value in known.items()}}",
        "summit/settings.py: Environment(GROUPS, os.environ)",
    ]


def test_control_each_way_to_read_it_is_found() -> None:
    for line in (
        "os.environ['A']",
        "os.getenv('A')",
        "os.environ.get('A')",
        "environ.get('A')",
        "getenv('A')",
        "env.str('A', '')",
        "dict(os.environ)",
    ):
        assert [ast.unparse(each) for each in environment_reads(ast.parse(line))] == [line]
    assert environment_reads(ast.parse("os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'summit.settings')")) == []


def environment_reads(module: ast.Module) -> list[ast.expr]:
    """Return the expressions of a module that read environment variables past `Environment`, each as a whole."""
    statements = (ast.Expr, ast.Assign, ast.AnnAssign, ast.Return)
    values = [node.value for node in ast.walk(module) if isinstance(node, statements)]
    return [value for value in values if value is not None and _reads(value)]


def _reads(value: ast.expr) -> bool:
    if isinstance(value, ast.Constant):
        return False
    return bool(READING.search(source := ast.unparse(value))) and "DJANGO_SETTINGS_MODULE" not in source


# --- the version ----------------------------------------------------------------------------------------------------
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

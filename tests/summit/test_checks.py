"""Production refuses to start on what isn't safe there."""

import ast
import io
import os
import re
import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock, Mock

import pytest
from celery import signals
from cryptography.fernet import Fernet
from django import get_version
from django.core import wsgi
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import override_settings

import summit
from summit import checks, manage, settings
from summit.celery import refuse_unsafe
from summit.core.catalogues import compile_stale, is_stale
from summit.environment import GROUPS
from tests.sources import ROOT, sources, text, tree

Read = Callable[..., SimpleNamespace]
WSGI = str(Path(settings.__file__).with_name("wsgi.py"))
POSTGRES = {"default": {"ENGINE": "django.db.backends.postgresql"}}
KEY, DEVELOPMENT_KEY = "abcde" * 10, "known" * 12
SQLITE = {"default": {"ENGINE": "django.db.backends.sqlite3"}}


SAFE_SETTINGS = {
    "PRODUCTION": True,
    "SECRET_KEY": KEY,
    "SECRET_KEY_FALLBACKS": [],
    "DEVELOPMENT_SECRET": DEVELOPMENT_KEY,
    "FIELD_KEYS": [Fernet.generate_key().decode()],
    "DEVELOPMENT_FIELD_KEY": settings.DEVELOPMENT_FIELD_KEY,
    "DEBUG": False,
    "REQUIRE_SECOND_FACTOR": True,
    "DATABASES": POSTGRES,
    "REDIS_URL": "redis://broker/0",
    "OUTBOX_TRANSPORT": "django.core.mail.backends.smtp.EmailBackend",
    "BASE_URL": "https://summit.example",
    "ALLOWED_HOSTS": ["summit.example"],
    "DEFAULT_FROM_EMAIL": "Summit <letters@summit.example>",
    "OUTBOX_SEND_DEADLINE": 30.0,
    "OUTBOX_LEASE": 60.0,
    "WEBHOOKS_SEND_DEADLINE": 10.0,
    "WEBHOOKS_LEASE": 30.0,
    "LOCALE_PATHS": settings.LOCALE_PATHS,
    "CLAMD_URL": "unix:/run/clamav/clamd.ctl",
    "MAIL_WEBHOOK_PROVIDER": "mailgun",
    "MAIL_WEBHOOK_SECRET": "summit:" + "s" * 13,
}
PROBLEMS: list[tuple[dict[str, Any], str]] = [
    ({"WEBHOOKS_LEASE": 10.0}, "summit.E014"),
    ({"CLAMD_URL": "/run/clamav/clamd.ctl"}, "summit.E016"),
    ({"MAIL_WEBHOOK_SECRET": ""}, "summit.E013"),
    ({"MAIL_WEBHOOK_SECRET": "summit:" + "s" * 12}, "summit.E013"),
    ({"SECRET_KEY": ""}, "summit.E001"),
    ({"SECRET_KEY": KEY[:49]}, "summit.E001"),
    ({"SECRET_KEY": "abcd" * 13}, "summit.E001"),
    ({"SECRET_KEY": DEVELOPMENT_KEY}, "summit.E001"),
    ({"SECRET_KEY_FALLBACKS": [DEVELOPMENT_KEY]}, "summit.E001"),
    ({"SECRET_KEY_FALLBACKS": [KEY, "short"]}, "summit.E001"),
    ({"FIELD_KEYS": []}, "summit.E002"),
    ({"FIELD_KEYS": ["short"]}, "summit.E002"),
    ({"FIELD_KEYS": [Fernet.generate_key().decode(), "x"]}, "summit.E002"),
    ({"FIELD_KEYS": [settings.DEVELOPMENT_FIELD_KEY]}, "summit.E002"),
    ({"DEBUG": True}, "summit.E003"),
    ({"DATABASES": SQLITE}, "summit.E004"),
    ({"REDIS_URL": ""}, "summit.E005"),
    ({"REDIS_URL": "memory://"}, "summit.E005"),
    ({"OUTBOX_TRANSPORT": "django.core.mail.backends.dummy.EmailBackend"}, "summit.E006"),
    ({"BASE_URL": "http://summit.example"}, "summit.E007"),
    ({"ALLOWED_HOSTS": []}, "summit.E008"),
    ({"ALLOWED_HOSTS": ["summit.example", "*"]}, "summit.E008"),
    ({"DEFAULT_FROM_EMAIL": "Summit <summit@localhost.localdomain>"}, "summit.E009"),
    ({"OUTBOX_SEND_DEADLINE": 60.0}, "summit.E010"),
    ({"REQUIRE_SECOND_FACTOR": False}, "summit.E012"),
]


def test_texts_that_are_not_compiled_stop_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    source = tmp_path / "fr" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text('msgid "Agenda"\nmsgstr "Programme"\n')
    use(monkeypatch, LOCALE_PATHS=[tmp_path])
    assert [code for code, _wrong, _todo in checks.production_problems()] == ["summit.E015"]
    assert compile_stale(tmp_path) == [source.with_suffix(".mo")]
    assert checks.production_problems() == []
    assert compile_stale(tmp_path) == []


def test_a_catalogue_is_judged_by_its_texts_not_its_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    source = tmp_path / "fr" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text('msgid "Agenda"\nmsgstr "Programme"\n')
    compile_stale(tmp_path)
    # As `cp` may leave them.
    os.utime(source.with_suffix(".mo"), (1, 1))
    assert (is_stale(source), compile_stale(tmp_path)) == (False, [])
    source.write_text('msgid "Agenda"\nmsgstr "Ordre du jour"\n')
    os.utime(source, (0, 0))
    assert is_stale(source)
    monkeypatch.setattr(Path, "write_bytes", MagicMock(side_effect=OSError(30, "Read-only file system")))
    said = r"can't be written here: Read-only file system\. A release"
    with override_settings(LOCALE_PATHS=[tmp_path]), pytest.raises(CommandError, match=said) as refused:
        call_command("compile_catalogues")
    assert refused.value.returncode == 2
    # Control: a catalogue without its source, as in a wheel, has nothing to be compared with.
    source.unlink()
    assert not is_stale(source)


def use(monkeypatch: pytest.MonkeyPatch, **changed: Any) -> None:
    """Let the checks see a safe production but for what is `changed`."""
    monkeypatch.setattr(checks, "settings", SimpleNamespace(**{**SAFE_SETTINGS, **changed}))


def test_a_safe_production_starts_with_any_kind_of_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    for address in ("redis://b/0", "rediss://b/0", "amqp://u:p@b//", "amqps://u:p@b//"):
        use(monkeypatch, REDIS_URL=address)
        assert checks.production_problems() == [], address
        checks.enforce()


@pytest.mark.parametrize(("changed", "code"), PROBLEMS)
def test_each_problem_is_reported(monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any], code: str) -> None:
    use(monkeypatch, **changed)
    assert [found for found, _wrong, _todo in checks.production_problems()] == [code]
    assert [error.id for error in checks.check_production(None)] == [code]
    with pytest.raises(ImproperlyConfigured, match=code):
        checks.enforce()
    use(monkeypatch, **{"BASE_URL": "http://localhost:8000", **changed, "PRODUCTION": False})
    assert checks.production_problems() == []


def test_development_on_a_productions_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, PRODUCTION=False)
    assert [code for code, _wrong, _todo in checks.production_problems()] == ["summit.E011"]


def warnings(monkeypatch: pytest.MonkeyPatch, **changed: Any) -> list[str | None]:
    hsts = {"SECURE_HSTS_PRELOAD": False, "SECURE_HSTS_INCLUDE_SUBDOMAINS": True, "SECURE_HSTS_SECONDS": 31_536_000}
    use(monkeypatch, **{**hsts, **changed})
    return [warning.id for warning in checks.check_deployment(None)]


def test_a_database_elsewhere_without_a_verified_certificate_is_warned_of(
    read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    def codes(address: str) -> list[str | None]:
        databases = read(**{**SAFE, "DATABASE_URL": f"postgres://{address}"}).DATABASES
        return warnings(monkeypatch, DATABASES=databases)

    elsewhere = "u:p@db.example/summit"
    for address in (elsewhere, f"{elsewhere}?sslmode=require", "u:p@localhost,db.example/summit"):
        assert codes(address) == ["summit.W001"], address
    verified = (f"{elsewhere}?sslmode=verify-ca", f"{elsewhere}?sslmode=verify-full&sslrootcert=/ca.pem")
    here = [f"u:p@{host}/summit" for host in ("127.0.0.1", "[::1]", "localhost")]
    for address in (*verified, *here, "//run/postgresql/summit"):
        assert codes(address) == [], address


def test_a_host_that_no_list_takes_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("SECURE_HSTS_INCLUDE_SUBDOMAINS", False), ("SECURE_HSTS_SECONDS", 300)):
        assert warnings(monkeypatch, **{name: value}) == []
        assert warnings(monkeypatch, SECURE_HSTS_PRELOAD=True, **{name: value}) == ["summit.W002"]
    assert warnings(monkeypatch, SECURE_HSTS_PRELOAD=True) == []


def test_browsers_are_told_of_https_as_far_as_is_said(read: Read) -> None:
    names = ("SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD")
    for said, expected in (
        ({}, (31_536_000, False, False)),
        ({"HSTS_SECONDS": "300", "HSTS_SUBDOMAINS": "1", "HSTS_PRELOAD": "1"}, (300, True, True)),
        ({"BASE_URL": "http://localhost", "PRODUCTION": "0"}, (0, False, False)),
    ):
        made = read(**{**SAFE, **said})
        assert tuple(getattr(made, name) for name in names) == expected, said


def test_every_problem_has_a_case() -> None:
    assert {code for _changed, code in PROBLEMS} == {
        f"summit.E{number:03}" for number in (*range(1, 11), 12, 13, 14, 16)
    }


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read the settings anew from nothing but these variables, beside those of the tests."""

    def settings_of(**variables: str) -> SimpleNamespace:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(os, "environ", {"VAR_DIR": str(tmp_path), **variables})
            return SimpleNamespace(**runpy.run_path(settings.__file__))

    return settings_of


SAFE = {
    "SECRET_KEY": KEY,
    "FIELD_KEYS": Fernet.generate_key().decode(),
    "DATABASE_URL": "postgres://u:p@db.example/summit",
    "REDIS_URL": "redis://broker.example/0",
    "EMAIL_URL": "smtp+tls://u:p@mail.example:587",
    "BASE_URL": "https://summit.example",
    "ALLOWED_HOSTS": "summit.example",
    "DEFAULT_FROM_EMAIL": "Summit <letters@summit.example>",
}


def test_variables_are_held_to_it(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    for changed, codes in (
        ({}, []),
        ({"BASE_URL": "http://summit.example"}, ["summit.E007"]),
        ({"EMAIL_URL": "consolemail://"}, ["summit.E006"]),
        ({"EMAIL_URL": ""}, ["summit.E006"]),
    ):
        monkeypatch.setattr(checks, "settings", read(**{**SAFE, **changed}))
        assert [code for code, _wrong, _todo in checks.production_problems()] == codes


def test_one_variable_is_enough_to_be_held_to_it_and_an_empty_one_is_none(read: Read) -> None:
    for variable in ("SECRET_KEY", "BASE_URL", "ALLOWED_HOSTS"):
        assert read(**{variable: "https://summit.example"}).PRODUCTION is True, variable
    names = ("SECRET_KEY", "BASE_URL", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "DEBUG", "PORT")
    for made in (read(), read(**dict.fromkeys(names, " "))):
        assert (made.PRODUCTION, made.DEBUG, made.BASE_URL) == (False, False, "http://localhost:8000")
        assert made.OUTBOX_TRANSPORT == "django.core.mail.backends.dummy.EmailBackend"
        assert made.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"


def test_the_web_server_and_the_worker_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of their modules, run as they start."""
    monkeypatch.setattr(wsgi, "get_wsgi_application", lambda: None)
    use(monkeypatch)
    assert "application" in runpy.run_path(WSGI)
    started = (signals.celeryd_init, signals.beat_init)
    assert [(refuse_unsafe, None) in signal.send(sender="x") for signal in started] == [True, True]
    use(monkeypatch, BASE_URL="http://summit.example")
    with pytest.raises(ImproperlyConfigured, match=r"summit\.E007"):
        runpy.run_path(WSGI)
    for signal in started:
        with pytest.raises(SystemExit, match=r"summit\.E007"):
            signal.send(sender="x")
    # The control: Celery goes on after any other exception of a receiver, with a line in its log.
    monkeypatch.setattr(checks, "enforce", Mock(side_effect=RuntimeError))
    for signal in started:
        assert isinstance(dict(signal.send(sender="x"))[refuse_unsafe], RuntimeError)


def test_new_keys_are_keys() -> None:
    out = io.StringIO()
    call_command("generate_field_key", stdout=out)
    keys = [word for word in out.getvalue().split() if len(word) == 44]
    assert [checks._is_key(key) for key in keys] == [True] * len(keys)
    assert keys


# --- environment variables ------------------------------------------------------------------------------------------
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
        "summit/settings.py: env.misspelt()",
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


@pytest.mark.parametrize("argument", ["--version", "version"])
def test_the_command_line_tells_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], argument: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["summit-manage", argument])
    manage.main()
    assert capsys.readouterr().out == f"Summit {summit.__version__} (Django {get_version()})\n"


def test_a_misspelt_variable_is_warned_of_and_the_processes_log_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert checks.check_variables(None) == []
    monkeypatch.setattr("django.conf.settings.MISSPELT_VARIABLES", {"BASE_ULR": "BASE_URL"})
    (warning,) = checks.check_variables(None)
    said = "BASE_ULR is set, and nothing reads it. Rename it to BASE_URL, or unset it."
    assert (warning.id, f"{warning.msg} {warning.hint}") == ("summit.W004", said)
    checks.enforce()
    assert said in caplog.messages


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (ImproperlyConfigured("PORT is “x”."), "PORT is “x”."),
        (OperationalError("connection failed: wrong password\nmore"), "connection failed: wrong password."),
    ],
)
def test_a_command_tells_what_is_wrong_in_a_line(
    monkeypatch: pytest.MonkeyPatch, problem: Exception, said: str
) -> None:
    monkeypatch.setattr(manage, "execute_from_command_line", Mock(side_effect=problem))
    monkeypatch.setattr("sys.argv", ["manage.py", "check"])
    with pytest.raises(SystemExit) as ended:
        manage.main()
    assert said in str(ended.value)
    assert "more" not in str(ended.value)
    monkeypatch.setattr("sys.argv", ["manage.py", "check", "--traceback"])
    with pytest.raises(type(problem)):
        manage.main()

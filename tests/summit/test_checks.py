"""Production refuses to start on what isn't safe there."""

import io
import os
import subprocess
import sys
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from summit import checks

POSTGRES = {"default": {"ENGINE": "django.db.backends.postgresql"}}
KEY, DEVELOPMENT_KEY = "abcde" * 10, "known" * 12
SQLITE = {"default": {"ENGINE": "django.db.backends.sqlite3"}}


class Settings:
    """Settings of a safe production, without touching those of the tests' own database."""

    def __init__(self, **changed: Any) -> None:
        safe = {
            "PRODUCTION": True,
            "SECRET_KEY": KEY,
            "SECRET_KEY_FALLBACKS": [],
            "DEVELOPMENT_SECRET": DEVELOPMENT_KEY,
            "FIELD_KEYS": [Fernet.generate_key().decode()],
            "DEVELOPMENT_FIELD_KEY": "ZGV2ZWxvcG1lbnQtb25seS1ub3QtYS1zZWNyZXQtISE=",
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
            "MAIL_WEBHOOK_PROVIDER": "mailgun",
            "MAIL_WEBHOOK_SECRET": "summit:" + "s" * 13,
        }
        self.__dict__.update(safe | changed)


PROBLEMS: list[tuple[dict[str, Any], str]] = [
    ({"WEBHOOKS_LEASE": 10.0}, "summit.E014"),
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
    ({"FIELD_KEYS": ["ZGV2ZWxvcG1lbnQtb25seS1ub3QtYS1zZWNyZXQtISE="]}, "summit.E002"),
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


def use(monkeypatch: pytest.MonkeyPatch, **changed: Any) -> None:
    monkeypatch.setattr(checks, "settings", Settings(**changed))


def test_a_safe_production_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch)
    assert checks.production_problems() == []
    checks.enforce()


@pytest.mark.parametrize(("changed", "code"), PROBLEMS)
def test_each_problem_alone_is_reported(monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any], code: str) -> None:
    use(monkeypatch, **changed)
    assert [found for found, _wrong, _todo in checks.production_problems()] == [code]
    assert [error.id for error in checks.check_production(None)] == [code]
    with pytest.raises(ImproperlyConfigured, match=code):
        checks.enforce()


@pytest.mark.parametrize(("changed", "code"), PROBLEMS)
def test_development_is_not_held_to_it(monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any], code: str) -> None:
    use(monkeypatch, **{"BASE_URL": "http://localhost:8000", **changed, "PRODUCTION": False})
    assert checks.production_problems() == []


def test_development_on_a_productions_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, PRODUCTION=False)
    assert [code for code, _wrong, _todo in checks.production_problems()] == ["summit.E011"]


@pytest.mark.parametrize("address", ["redis://b/0", "rediss://b/0", "amqp://u:p@b//", "amqps://u:p@b//"])
def test_every_kind_of_broker_will_do(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    use(monkeypatch, REDIS_URL=address)
    assert checks.production_problems() == []


def test_every_problem_has_a_case() -> None:
    assert {code for _changed, code in PROBLEMS} == {f"summit.E{number:03}" for number in (*range(1, 11), 12, 13, 14)}


def run(code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own with nothing but these variables."""
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "VAR_DIR") if key in os.environ}
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**kept, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


SERVER = "import summit.wsgi"


@pytest.mark.parametrize("variable", ["SECRET_KEY", "BASE_URL", "ALLOWED_HOSTS"])
def test_one_variable_of_production_is_enough_to_be_held_to_it(variable: str) -> None:
    done = run(SERVER, **{variable: "https://summit.example"})
    assert done.returncode == 1
    assert "ImproperlyConfigured" in done.stderr


def test_the_web_server_refuses(tmp_path: Any) -> None:
    safe = {
        "VAR_DIR": str(tmp_path),
        "SECRET_KEY": KEY,
        "FIELD_KEYS": Fernet.generate_key().decode(),
        "DATABASE_URL": "postgres://u:p@db.example/summit",
        "REDIS_URL": "redis://broker.example/0",
        "EMAIL_URL": "smtp+tls://u:p@mail.example:587",
        "BASE_URL": "https://summit.example",
        "ALLOWED_HOSTS": "summit.example",
        "DEFAULT_FROM_EMAIL": "Summit <letters@summit.example>",
    }
    assert run(SERVER, **safe).returncode == 0
    refused = run(SERVER, **{**safe, "BASE_URL": "http://summit.example"})
    assert (refused.returncode, "summit.E007" in refused.stderr) == (1, True)
    refused = run(
        "from summit.celery import refuse_unsafe as r; import django; django.setup(); r()",
        **{**safe, "EMAIL_URL": "consolemail://"},
    )
    assert (refused.returncode, "summit.E006" in refused.stderr) == (1, True)


def test_an_empty_variable_is_an_unset_one(tmp_path: Any) -> None:
    names = ("SECRET_KEY", "BASE_URL", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "DEBUG", "PORT")
    code = (
        "from summit import settings as s; "
        "print(s.PRODUCTION, s.DEBUG, s.BASE_URL, s.OUTBOX_TRANSPORT, s.DATABASES['default']['ENGINE'])"
    )
    unset, empty = run(code, VAR_DIR=str(tmp_path)), run(code, VAR_DIR=str(tmp_path), **dict.fromkeys(names, " "))
    assert unset.stdout == empty.stdout
    assert unset.stdout.split() == [
        *("False", "False", "http://localhost:8000"),
        *("django.core.mail.backends.dummy.EmailBackend", "django.db.backends.sqlite3"),
    ]


def test_an_empty_mail_address_in_production_is_said(tmp_path: Any) -> None:
    refused = run(SERVER, VAR_DIR=str(tmp_path), SECRET_KEY=KEY, EMAIL_URL="")
    assert (refused.returncode, "summit.E006" in refused.stderr) == (1, True)


def test_new_keys_are_keys() -> None:
    out = io.StringIO()
    call_command("newkey", stdout=out)
    keys = [word for word in out.getvalue().split() if len(word) == 44]
    assert [checks._is_key(key) for key in keys] == [True] * len(keys)
    assert keys

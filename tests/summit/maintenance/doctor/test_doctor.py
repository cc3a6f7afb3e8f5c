"""`manage.py doctor`: each check as it should be and as it shouldn't, what it prints, and what it never prints."""

import json
import os
import smtplib
import socket
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import dns.exception
import dns.resolver
import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection
from django.db.models.functions import Now
from django.urls import get_resolver
from kombu.exceptions import OperationalError

from summit import __version__ as VERSION
from summit.maintenance import heartbeats
from summit.maintenance.doctor import broker, clocks, configuration, database, files, findings, keys, mail
from summit.maintenance.doctor.checks import CHECKS
from summit.maintenance.doctor.findings import Check, Status, exit_code, fail, ok, warn
from summit.maintenance.models import Heartbeat
from summit.maintenance.sweeps import SWEEPS
from tests import factories as f

pytestmark = pytest.mark.django_db
# Prepares what a check looks at.
Arrange = Callable[[Any, pytest.MonkeyPatch], Any]
QUEUES = ("celery", "mail", "webhooks", "jobs")
SMTP = {"OUTBOX_TRANSPORT": "django.core.mail.backends.smtp.EmailBackend", "EMAIL_HOST": "mail.example"}
RECORDS = {
    "summit.example": ["v=spf1 mx -all", "something else"],
    "_domainkey.summit.example": [],
    "_dmarc.summit.example": ["v=DMARC1; p=reject"],
}


@pytest.fixture(scope="module", autouse=True)
def addresses_of_development() -> None:
    """Load all addresses before a test says that this is production, which hasn't those of development."""
    assert get_resolver().url_patterns


@pytest.fixture(autouse=True)
def password_like_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the database of the tests have a password that is an ordinary word of what is printed."""
    monkeypatch.setattr(findings, "SHORTEST", 7)


@pytest.fixture
def world(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[Any, pytest.MonkeyPatch]:
    """What `Arrange` takes, and a folder in the settings."""
    settings.TMP_PATH = tmp_path
    return settings, monkeypatch


def found(function: Callable[[], Any]) -> tuple[Status, str]:
    findings = Check("it", function).run()
    worst = max((each.status for each in findings), key=list(Status).index)
    return worst, " ".join(f"{each.text} {each.todo}" for each in findings)


def as_set(settings: Any, **values: Any) -> None:
    for name, value in values.items():
        setattr(settings, name, value)


def contact(uri: str) -> Arrange:
    """Let this be the contact of a production."""
    return lambda settings, patch: as_set(settings, PRODUCTION=True, SECURITY_CONTACT=uri, BASE_URL="https://a.org")


def arranging(prepare: Callable[..., None]) -> Callable[..., Arrange]:
    """Let a function be called with what it takes besides the settings and the patch."""
    return lambda *values, **named: lambda settings, patch: prepare(settings, patch, *values, **named)


def answering(settings: Any, patch: pytest.MonkeyPatch, taken: tuple[str, ...] = QUEUES) -> None:
    settings.REDIS_URL = "redis://broker"
    there = MagicMock()
    there.__enter__.return_value.transport.driver_type = "redis"
    there.__enter__.return_value.default_channel.client.info.return_value = {"redis_version": "7.2.5"}
    patch.setattr(broker, "_open", lambda: there)
    inspect = SimpleNamespace(active_queues=lambda: {"w@h": [{"name": name} for name in taken]})
    patch.setattr(broker.current_app.control, "inspect", lambda **kwargs: inspect)


def silent(settings: Any, patch: pytest.MonkeyPatch) -> None:
    settings.REDIS_URL = "redis://broker"

    def refuse() -> None:
        raise OperationalError("Error 111 connecting to broker. Connection refused.")

    patch.setattr(broker, "_open", refuse)


@arranging
def smtp(settings: Any, patch: pytest.MonkeyPatch, error: Exception | None = None, **values: Any) -> None:
    as_set(settings, **SMTP, **values)
    patch.setattr(mail, "get_connection", lambda *args, **kwargs: MagicMock(open=MagicMock(side_effect=error)))


@arranging
def records(
    settings: Any, patch: pytest.MonkeyPatch, error: Exception | None = None, **changes: list[str] | None
) -> None:
    """Let DNS have the records of a domain as they should be, but for some."""
    rows: dict[str, list[str] | None] = {**RECORDS, **{key.replace("__", "."): row for key, row in changes.items()}}

    def resolve(name: str, kind: str, lifetime: float) -> list[Any]:
        if error is not None:
            raise error
        texts = rows.get(name)
        if texts is None:
            raise dns.resolver.NXDOMAIN
        return [SimpleNamespace(strings=[text.encode()]) for text in texts]

    settings.DEFAULT_FROM_EMAIL = "Summit <summit@summit.example>"
    patch.setattr(dns.resolver, "resolve", resolve)


def key_lost(settings: Any, patch: pytest.MonkeyPatch) -> None:
    f.ParticularsFactory(passport_number="X123")
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]


@arranging
def swept(settings: Any, patch: pytest.MonkeyPatch, seconds: int) -> None:
    clocks.current_app.loader.import_default_modules()
    at = Now() - timedelta(seconds=seconds)
    Heartbeat.objects.bulk_create([Heartbeat(name=name, at=at) for name in SWEEPS])


@arranging
def behind(settings: Any, patch: pytest.MonkeyPatch, seconds: float) -> None:
    now = clocks.db_now().timestamp() + seconds
    patch.setattr(clocks, "time", SimpleNamespace(time=lambda: now))


@arranging
def free(settings: Any, patch: pytest.MonkeyPatch, number: int) -> None:
    patch.setattr(files.shutil, "disk_usage", lambda path: SimpleNamespace(free=number))


@arranging
def static(settings: Any, patch: pytest.MonkeyPatch, *releases: str, content: str = "a") -> None:
    """Let a static file be collected by releases one after the other, last with this content. Its source is “a”."""
    root, source = settings.TMP_PATH / "static", settings.TMP_PATH / "source"
    as_set(settings, STATIC_ROOT=root, PRODUCTION=True)
    for folder in (root, source):
        folder.mkdir()
    (source / "a.js").write_text("a")
    (root / "a.js").write_text(content)
    for release in releases:
        (root / f"a.{release}.js").touch()
        manifest = {"version": "1.1", "paths": {"a.js": f"a.{release}.js"}, "hash": ""}
        path = root / f"staticfiles-{release}.json"
        path.write_text(json.dumps(manifest))
        os.utime(path, (releases.index(release), releases.index(release)))
    finder = SimpleNamespace(list=lambda ignore: [("a.js", SimpleNamespace(path=lambda name: source / name))])
    patch.setattr(files.finders, "get_finders", lambda: [finder])


@arranging
def texts(settings: Any, patch: pytest.MonkeyPatch, compiled: bool, source: str = "") -> None:
    """Let catalogues be compiled, or not, with a source for French or with none, as in a wheel."""
    settings.LOCALE_PATHS = [settings.TMP_PATH]
    for code in ("fr", "ar") if compiled else ("fr",):
        (settings.TMP_PATH / code / "LC_MESSAGES").mkdir(parents=True)
        (settings.TMP_PATH / code / "LC_MESSAGES" / "django.mo").touch()
    if source:
        (settings.TMP_PATH / "fr" / "LC_MESSAGES" / "django.po").write_text(source)


@arranging
def scanner(settings: Any, patch: pytest.MonkeyPatch, answer: bytes | OSError) -> None:
    settings.CLAMD_URL = "tcp://scanner:3310"
    there = MagicMock()
    there.__enter__.return_value.recv.return_value = answer
    error = answer if isinstance(answer, OSError) else None
    patch.setattr(socket, "create_connection", MagicMock(return_value=there, side_effect=error))


@arranging
def postgresql(settings: Any, patch: pytest.MonkeyPatch, used: bool, host: str = "db", mode: str = "") -> None:
    """Let the database be PostgreSQL on another machine, with TLS or without."""
    there = MagicMock(vendor="postgresql", settings_dict={"HOST": host, "OPTIONS": {"sslmode": mode}})
    there.cursor.return_value.__enter__.return_value.fetchone.return_value = (used, "TLSv1.3" if used else None)
    patch.setattr(database, "connection", there)


@arranging
def connected(settings: Any, patch: pytest.MonkeyPatch, *connections: str, worker: str = VERSION) -> None:
    """Let processes of these releases be connected to PostgreSQL, each twice, and let a worker run a release."""
    patch.setattr(database, "connection", MagicMock(vendor="postgresql"))
    patch.setattr(database.releases, "of_connections", lambda: dict.fromkeys(connections, 2))
    patch.setattr(database.releases, "of_workers", lambda: {"mail@host": worker})


@arranging
def backed_up(settings: Any, patch: pytest.MonkeyPatch, hours: int | None) -> None:
    settings.PRODUCTION = True
    if hours is not None:
        Heartbeat.objects.create(name=heartbeats.BACKUP, at=Now() - timedelta(hours=hours))


@arranging
def version(settings: Any, patch: pytest.MonkeyPatch, number: int) -> None:
    patch.setattr(database, "connection", MagicMock(vendor="postgresql", pg_version=number))


@arranging
def applied(settings: Any, patch: pytest.MonkeyPatch, *, later: bool) -> None:
    """Let a migration be missing, or one of a later version be there."""
    with connection.cursor() as cursor:
        if later:
            cursor.execute(
                "INSERT INTO django_migrations (app, name, applied) VALUES ('press', '0999_x', CURRENT_TIMESTAMP)"
            )
        else:
            newest = "SELECT MAX(name) FROM django_migrations WHERE app = 'press'"
            cursor.execute(f"DELETE FROM django_migrations WHERE app = 'press' AND name = ({newest})")  # noqa: S608


def as_it_is(settings: Any, patch: pytest.MonkeyPatch) -> None:
    """Change nothing."""


@pytest.mark.parametrize(
    ("function", "arrange", "status", "said"),
    [
        (database.reachable, version(150008), "ok", "PostgreSQL 15.8 answers"),
        (database.reachable, version(130014), "fail", "14 or later"),
        (database.encrypted, postgresql(True, mode="verify-full"), "ok", "certificate checked"),
        (database.encrypted, postgresql(True, mode="require"), "warn", "sslrootcert"),
        (database.encrypted, postgresql(False), "warn", "read along"),
        (database.encrypted, postgresql(False, host="127.0.0.1"), "ok", "this machine"),
        (database.migrated, as_it_is, "ok", "all are applied"),
        (database.migrated, applied(later=False), "fail", "1 migration waits Run manage.py upgrade before."),
        (database.migrated, applied(later=True), "warn", "press.0999_x"),
        (broker.reachable, answering, "ok", "Redis 7.2.5 answers"),
        (broker.reachable, silent, "fail", "Nothing is lost"),
        (broker.queues, answering, "ok", "1 of them take from celery, jobs, mail, webhooks"),
        (broker.queues, lambda s, p: answering(s, p, ("celery", "jobs")), "fail", "none takes from mail, webhooks"),
        (broker.queues, silent, "fail", "broker first"),
        (mail.server, smtp(EMAIL_USE_TLS=True), "ok", "mail.example:25 lets us in"),
        (mail.server, smtp(), "warn", "without TLS"),
        (mail.server, smtp(smtplib.SMTPAuthenticationError(535, b"no")), "fail", "refuses the user: 535"),
        (mail.server, smtp(ConnectionRefusedError(111, "refused")), "fail", "correct EMAIL_URL"),
        (mail.server, lambda s, p: as_set(s, PRODUCTION=True), "fail", "Set EMAIL_URL"),
        (mail.domain, records(), "ok", "v=spf1 mx -all"),
        (mail.domain, records(summit__example=[]), "warn", "SPF of summit.example: 0 records"),
        (mail.domain, records(summit__example=["v=spf1 +all"]), "warn", "lets everybody send"),
        (mail.domain, records(summit__example=None), "fail", "there is no domain summit.example"),
        (mail.domain, records(_domainkey__summit__example=None), "warn", "DKIM of summit.example: no key"),
        (mail.domain, records(_dmarc__summit__example=None), "warn", "DMARC of summit.example: no record"),
        (mail.domain, records(dns.exception.Timeout()), "warn", "DMARC of summit.example not looked up"),
        (keys.read_what_is_stored, as_it_is, "ok", "1 in FIELD_KEYS read the newest"),
        (keys.read_what_is_stored, key_lost, "fail", "delegations.particulars.passport_number"),
        (keys.read_what_is_stored, lambda s, p: as_set(s, PRODUCTION=True), "fail", "everybody knows these"),
        (clocks.agree, as_it_is, "ok", "from the database's"),
        (clocks.agree, behind(10), "warn", "+10.0 s"),
        (clocks.agree, behind(-90), "fail", "-90.0 s"),
        (clocks.agree, lambda s, p: Heartbeat.objects.create(name="mail", drift=80), "fail", "differs by +80 s"),
        (clocks.are_due, swept(1), "ok", "run in time"),
        (clocks.are_due, swept(100), "fail", " s ago"),
        (clocks.are_due, as_it_is, "fail", "none has run"),
        (database.is_backed_up, backed_up(1), "ok", "1 hour ago"),
        (database.is_backed_up, backed_up(37), "warn", "37 hours ago"),
        (database.is_backed_up, backed_up(None), "warn", "systemctl start summit-backup"),
        (files.has_room, free(2 << 30), "ok", "2048 MB free"),
        (files.has_room, free(500 << 20), "warn", "Make room."),
        (files.has_room, free(5 << 20), "fail", "Make room now."),
        (files.are_collected, static(VERSION), "ok", "1 are collected"),
        (files.are_collected, static(VERSION, "0.9", content="b"), "ok", "1 are collected"),
        (files.are_collected, static("0.9"), "fail", "1 of 1 are missing or of another version"),
        (files.are_collected, static(VERSION, content="b"), "fail", "1 of 1 are missing or of another version"),
        (files.are_collected, static(), "fail", "1 of 1 are missing or of another version"),
        (files.are_compiled, texts(True), "ok", "compiled: fr, ar"),
        (files.are_compiled, texts(False), "fail", "missing or old: ar"),
        (files.are_compiled, texts(True, 'msgid "Agenda"\nmsgstr "Programme"\n'), "fail", "missing or old: fr Run"),
        (configuration.are_safe, as_it_is, "ok", "development"),
        pytest.param(
            *(configuration.are_safe, lambda s, p: as_set(s, PRODUCTION=True), "fail", "summit.E001"),
            marks=pytest.mark.slow("runs all checks of a production"),
        ),
        (configuration.security_contact, as_it_is, "ok", "none is set"),
        (configuration.security_contact, contact("https://summit.example/weakness"), "ok", "/weakness"),
        (configuration.security_contact, contact(""), "warn", "none is set Set SECURITY_CONTACT"),
        (configuration.security_contact, contact("mailto:security@summit.example"), "warn", "still that of the"),
        (configuration.versions, as_it_is, "ok", "Django 5.2"),
        (configuration.versions, lambda s, p: p.setattr(configuration, "OLDEST", (4, 0)), "fail", "Update Python"),
        (database.releases_agree, connected(), "ok", "none but this"),
        (database.releases_agree, connected(VERSION), "ok", f"2 of {VERSION}"),
        (database.releases_agree, connected(VERSION, "0.9"), "warn", "2 of 0.9 Start what runs another"),
        (database.releases_agree, connected(VERSION, worker="0.9"), "warn", "workers: mail@host of 0.9 Start what"),
        (configuration.clamd, as_it_is, "ok", "none is set"),
        (configuration.clamd, scanner(b"PONG\0"), "ok", "clamd answers"),
        (configuration.clamd, scanner(ConnectionRefusedError("refused")), "fail", "wait in quarantine"),
        (configuration.clamd, scanner(b"220 mail"), "fail", "isn't clamd"),
    ],
)
def test_each_check(
    world: tuple[Any, pytest.MonkeyPatch], function: Callable[[], Any], arrange: Arrange, status: str, said: str
) -> None:
    arrange(*world)
    worst, text = found(function)
    assert (worst, said in text) == (status, True), text


def test_each_function_of_the_table_is_tried_above() -> None:
    (mark,) = test_each_check.pytestmark  # type: ignore[attr-defined]
    tried = {(row[0], row[2]) for row in (getattr(each, "values", each) for each in mark.args[1])}
    for each in CHECKS:
        assert (each.function, "ok") in tried, each.name
        assert {(each.function, "fail"), (each.function, "warn")} & tried, each.name


def test_the_worst_finding_decides_how_it_exits() -> None:
    assert exit_code([ok("")]) == 0
    assert exit_code([ok(""), warn("", "")]) == 1
    assert exit_code([fail("", ""), warn("", ""), ok("")]) == 2


class TestWhatItPrints:
    @pytest.fixture(autouse=True)
    def _three(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken() -> list[Any]:
            raise RuntimeError("postgres://summit:canary-database@db refuses canary%2Fmail\nmore")

        checks = (Check("one", lambda: [ok("well")]), Check("two", lambda: [warn("so so", "Mend it.")]))
        monkeypatch.setattr("summit.maintenance.doctor.checks.CHECKS", checks)
        monkeypatch.setattr("summit.maintenance.doctor.checks.further", [Check("three", broken)])

    def _run(self, *arguments: str) -> str:
        printed = StringIO()
        with pytest.raises(SystemExit) as ended:
            call_command("doctor", *arguments, stdout=printed)
        assert ended.value.code == 2
        return printed.getvalue()

    def test_a_line_each_and_the_same_for_programs_and_an_error_stops_none(self) -> None:
        assert self._run().splitlines() == [
            "ok   one: well",
            "warn two: so so – Mend it.",
            "fail three: not looked at: RuntimeError: postgres://summit:canary-database@db refuses canary%2Fmail – "
            "See to that first.",
        ]
        rows = json.loads(self._run("--json"))
        assert rows[1] == {"check": "two", "status": "warn", "text": "so so", "todo": "Mend it."}

    def test_no_secret_is_printed(self, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        canaries = [f"canary{each}" for each in ("-database", "/mail", "-secret", "-old", "-metrics", "-broker")]
        canaries += [Fernet.generate_key().decode(), "user:canary-hook", "canary-anymail"]
        monkeypatch.setitem(connection.settings_dict, "PASSWORD", canaries[0])
        monkeypatch.setitem(settings.DATABASES["default"], "PASSWORD", canaries[0])
        as_set(settings, EMAIL_HOST_PASSWORD=canaries[1], SECRET_KEY=canaries[2], SECRET_KEY_FALLBACKS=[canaries[3]])
        as_set(settings, METRICS_TOKEN=canaries[4], REDIS_URL=f"redis://:{canaries[5]}@broker")
        settings.FIELD_KEYS = [canaries[6]]
        as_set(settings, MAIL_WEBHOOK_SECRET=canaries[7], ANYMAIL={"MAILGUN_WEBHOOK_SIGNING_KEY": canaries[8]})

        def tells() -> list[Any]:
            return [fail(" ".join(canaries), " ".join(reversed(canaries)))]

        monkeypatch.setattr("summit.maintenance.doctor.checks.CHECKS", (Check("tells", tells),))
        monkeypatch.setattr("summit.maintenance.doctor.checks.further", ())
        for said in (self._run(), self._run("--json")):
            assert "canary" not in said
            assert canaries[6] not in said
            assert "[hidden]" in said
        monkeypatch.setattr("summit.maintenance.doctor.findings.hidden", lambda text: text)
        assert "canary-database" in self._run()

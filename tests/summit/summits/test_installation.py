"""A copy of an installation sends nothing, of no summit and of none in particular, until somebody confirms it."""

from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client

from summit.audit.models import AuditEntry
from summit.audit.services import SYSTEM
from summit.core import database_identity
from summit.core.metrics import exposition
from summit.core.process_cache import forget_all
from summit.maintenance.doctor import findings
from summit.outbox.models import Message
from summit.summits import installation, outbound_pause, paused_sending
from summit.summits.models import Installation, InstallationQuerySet, Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.module_fixtures import once_a_module
from tests.press.helpers import ago
from tests.summit.outbound_traffic import sending_summit, sweep_with

pytestmark = pytest.mark.django_db
Sweep = Callable[[], dict[str, int]]
PAUSED = "summit_sending_paused{"
EVERYTHING = {
    **{"handed": 4, "mail": 4, "endpoints": 2, "events": 2},
    **{"announced": 2, "recalled": 2, "alarms": 2, "reminders": 1},
}


@pytest.fixture
def sweep(monkeypatch: pytest.MonkeyPatch) -> Sweep:
    return sweep_with(monkeypatch)


@once_a_module
def summit() -> Summit:
    """A summit with one of everything that sends, beside two mails about accounts, in an installation that sends."""
    installation.watch()
    made = sending_summit()
    for hours in (9, 2):
        f.MessageFactory(summit=None, created_at=ago(hours))
    return made


def copied(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the database be another one from now on."""
    other = lambda *_asked, **_context: ("%s", ("another",))  # noqa: E731
    for vendor in ("as_sqlite", "as_postgresql"):
        monkeypatch.setattr(database_identity.DatabaseIdentity, vendor, other)


def moved(settings: Any) -> None:
    """Let the installation be reached at another address from now on."""
    settings.BASE_URL = "https://copy.example"


@pytest.mark.parametrize("how", ["another database", "another address", "disarmed by hand"])
def test_copies_send_nothing(
    summit: Summit, sweep: Sweep, monkeypatch: pytest.MonkeyPatch, settings: Any, how: str
) -> None:
    if how == "another database":
        copied(monkeypatch)
    elif how == "another address":
        moved(settings)
    else:
        call_command("pause_summit", "--all", stdout=StringIO())
        # Before, messages of no summit went out.
        Summit.objects.update(paused_at=None)
    assert (sweep(), mail.outbox) == ({}, [])
    if how != "another address":
        return
    # The control: without the comparison all of it goes.
    forget_all()
    monkeypatch.setattr(InstallationQuerySet, "silent", lambda self: self.none())
    assert sweep() == EVERYTHING
    assert len(mail.outbox) == 4


def test_all_goes_where_it_was(summit: Summit, sweep: Sweep, settings: Any) -> None:
    installation.watch()
    # Another port of the same machine is no other address.
    settings.BASE_URL = "http://localhost:8001"
    installation.watch()
    assert sweep() == EVERYTHING
    assert not AuditEntry.objects.filter(action="summit.pause_installation").exists()


def test_a_copy_is_noticed_and_resumed_by_root(
    summit: Summit, sweep: Sweep, settings: Any, root: User, organiser: User
) -> None:
    moved(settings)
    installation.watch()
    installation.watch()
    row = Installation.objects.get()
    assert row.paused_at is not None
    summit.refresh_from_db()
    assert summit.paused_at == row.paused_at
    assert AuditEntry.objects.filter(action="summit.pause_installation").count() == 1
    # What is caused from now on is new.
    f.MessageFactory(summit=None, created_at=row.paused_at + timedelta(seconds=1))
    for by in (organiser, f.UserFactory()):
        with pytest.raises(PermissionDenied, match="the system administrator"):
            installation.resume(by=by)
    with pytest.raises(outbound_pause.InstallationPaused):
        outbound_pause.resume(summit=summit, by=organiser)
    assert sweep() == {}
    # Two mails about accounts and two of the summit, two events, two announcements and two alarms were of before.
    assert installation.resume(by=root) == 10
    assert sweep() == {"handed": 1, "mail": 1}
    assert Message.objects.filter(summit=None).order_by("created_at").values_list("state", flat=True)[2] == "sent"
    entry = AuditEntry.objects.get(action="summit.resume_installation")
    assert (entry.by, entry.detail, entry.summit) == (root, {"cancelled": 10}, None)
    assert (Installation.objects.get().host, installation.find_silent()) == ("copy.example", None)
    with pytest.raises(outbound_pause.NotPaused):
        installation.resume(by=root)


def test_a_summit_that_was_paused_before_stays_so(settings: Any, root: User, django_assert_num_queries: Any) -> None:
    installation.watch()
    with django_assert_num_queries(1):
        installation.watch()
    with pytest.raises(IntegrityError, match="installation_single"), transaction.atomic():
        Installation.objects.create(pk=2, database="", host="")
    archived, other = f.SummitFactory(paused_at=ago(5)), f.SummitFactory()
    moved(settings)
    # No sweep has noticed it: resuming does.
    installation.resume(by=root)
    assert [row.is_paused for row in Summit.objects.filter(pk__in=[archived.pk, other.pk]).order_by("pk")] == [
        True,
        False,
    ]


def test_what_was_resumed_meanwhile_stays_resumed(summit: Summit, settings: Any, root: User) -> None:
    moved(settings)
    installation.resume(by=root)
    # A sweep that had read before.
    assert installation.pause(by=SYSTEM, copied=True) == []
    assert installation.find_silent() is None


class TestHowItIsTold:
    @pytest.fixture(autouse=True)
    def coming(self, summit: Summit) -> None:
        """Let it be long before the summit's end."""
        Summit.objects.update(ends_on=date(2090, 1, 1))

    def _told(self) -> tuple[str, str, list[float]]:
        """Return the status and the text of doctor's check, and what /metrics has of installation and summits."""
        (found,) = paused_sending.sends()
        assert paused_sending.sends in [each.function for each in findings.further]
        numbers = [float(line.split()[-1]) for line in exposition().decode().splitlines() if PAUSED in line]
        return found.status, f"{found.text} {found.todo}", numbers

    def test_a_copy_before_and_after_it_is_noticed(self, settings: Any) -> None:
        assert self._told() == ("ok", "nothing is paused ", [0, 0])
        moved(settings)
        status, text, numbers = self._told()
        assert (status, numbers) == ("warn", [1, 0])
        assert text.startswith("this is a copy of another installation: nothing is sent Make sure")
        assert "Run manage.py resume_summit --all --look, then without --look." in text
        installation.watch()
        assert self._told() == (status, text, [1, 1])
        call_command("resume_summit", "--all", stdout=StringIO())
        assert self._told()[::2] == ("ok", [0, 0])

    def test_what_somebody_has_paused(self) -> None:
        # One that came from an archive, to be read.
        days = {"starts_on": date(2020, 1, 1), "ends_on": date(2020, 1, 2)}
        over = f.SummitFactory(**days, paused_at=ago(5))
        assert self._told()[::2] == ("ok", [0, 0])
        Summit.objects.filter(pk=over.pk).update(ends_on=date(2090, 1, 1))
        status, text, numbers = self._told()
        assert (status, numbers) == ("warn", [0, 1])
        assert text.startswith(f"{over.slug}: paused, nothing is sent Run manage.py resume_summit SUMMIT --look")
        call_command("pause_summit", "--all", stdout=StringIO())
        status, text, numbers = self._told()
        assert (status, numbers) == ("warn", [1, 2])
        assert text.startswith("this installation is paused: nothing is sent Run manage.py resume_summit --all")


class TestIdentity:
    def test_a_file_keeps_it_when_it_is_written_and_a_copy_has_another(self, tmp_path: Path) -> None:
        first, copy = tmp_path / "first", tmp_path / "copy"
        first.write_bytes(b"x")
        known = database_identity.of_file(str(first))
        first.write_bytes(b"more")
        copy.write_bytes(b"more")
        assert known.startswith("file:")
        assert database_identity.of_file(str(first.rename(tmp_path / "renamed"))) == known
        assert database_identity.of_file(str(copy)) != known
        assert database_identity.of_file(":memory:") == ""

    def test_the_database_tells_its_own(self) -> None:
        installation.watch()
        known = Installation.objects.get().database
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
                assert known.endswith(f":{cursor.fetchone()[0]}")
        else:
            assert known == database_identity.of_file(str(connection.settings_dict["NAME"])) != ""


class TestPages:
    @pytest.mark.slow("opens each page of it in turn")
    def test_the_desk_says_so_and_asks_first(self, summit: Summit, settings: Any, root: User) -> None:
        moved(settings)
        desk, path = signed_in(root), "/admin/arm/"
        assert path in desk.get("/admin/").content.decode()
        # It is noticed here, though no sweep has noticed it.
        shown = desk.get(path).content.decode()
        assert Installation.objects.get().paused_at is not None
        said = ("last used at localhost.", "webhook events", str(summit.short_name))
        assert [each for each in said if each not in shown] == []
        assert path in desk.get(f"/admin/summit/arm/{summit.slug}/").content.decode()
        assert "10 messages from before its arrival" in desk.post(path, follow=True).content.decode()
        again = desk.post(path, follow=True).content.decode()
        assert ("This installation is not paused" in again, "nothing to resume" in again) == (True, False)
        assert path not in desk.get("/admin/").content.decode()

    def test_an_organiser_is_told_whom_to_ask(self, summit: Summit, settings: Any, desk: Client) -> None:
        moved(settings)
        installation.watch()
        assert "is paused" in desk.get("/admin/").content.decode()
        path = f"/admin/summit/arm/{summit.slug}/"
        shown = desk.get(path).content.decode()
        main = shown.partition("<main")[2].partition("</main>")[0]
        assert ("Ask the system administrator" in main, "<form" in main) == (True, False)
        assert "Ask the system administrator" in desk.post(path, follow=True).content.decode()
        assert desk.get("/admin/arm/").status_code == 403


def test_commands_look_and_resume(summit: Summit) -> None:
    out, empty = StringIO(), f.SummitFactory()
    call_command("pause_summit", "--all", stdout=out)
    call_command("resume_summit", "--all", "--look", stdout=out)
    assert "Outside the summits:\naccount email: 0 to be sent, 2 cancelled\n" in out.getvalue()
    assert f"{empty}:\nnothing waits\n" in out.getvalue()
    assert out.getvalue().count("nothing waits") == 1
    assert Installation.objects.silent().exists()
    call_command("resume_summit", "--all", stdout=out)
    assert not Installation.objects.silent().exists()
    assert not Summit.objects.paused().exists()
    for args, said in ((["--all"], "is not paused"), ([], "Name a summit"), (["--all", "x"], "Name a summit")):
        with pytest.raises(CommandError, match=said):
            call_command("resume_summit", *args)

"""The command that loads demonstrations, of any size, when they take place, and what `make run` does at first."""

import io
from collections import Counter
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from delegations.invitations.models.invitations import Invitation
from delegations.participants.services import revisions
from portal.demo import accounts, batches, border_security, days, first_day
from portal.management.commands import serve
from press.subscriptions.models import Announcement
from press.texts.models.editions import Edition
from press.texts.models.texts import Text
from sessions.agenda.models.releases import Release
from sessions.draft.models.sessions import Session
from summit.core.database_clock import db_now
from summit.embedded import all_processes
from summit.summits.models import Summit
from summit.users.models import User
from tests.factories import SummitFactory

# Alike whatever the database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
large = pytest.mark.broad("it loads and compares whole summits")


def demo(*args: Any) -> str:
    out = io.StringIO()
    call_command("demo", *args, stdout=out)
    return out.getvalue()


def rows() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


@pytest.mark.slow("loads the demonstration")
def test_it_is_loaded_where_nothing_is_and_once() -> None:
    User.objects.create_user("organiser@summit.example", "my own secret 42")
    nothing = "There is a summit already: nothing was loaded."
    other = SummitFactory()
    before = rows()
    assert (demo("--if-empty"), rows()) == (f"{nothing}\n", before)
    other.delete()
    assert "is loaded" in demo("--if-empty")
    assert demo("--if-empty") == f"{nothing}\n"
    assert demo() == "border-security-2025 is there already: nothing was changed.\n"
    folder = f"Another act needs a folder that isn't there yet, instead of {settings.VAR_DIR}."
    assert demo("--if-empty", "--act", "day").splitlines() == [nothing, folder]
    user = User.objects.get(email="organiser@summit.example")
    assert (user.check_password("my own secret 42"), user.roles.count()) == (True, 2)


@large
def test_second_run_changes_nothing() -> None:
    first = demo()
    assert first.startswith("border-security-2025 is loaded: 49 delegations, 179 people, 22 sessions, 6 texts")
    assert f"password {accounts.PASSWORD}" in first
    before = rows()
    assert demo() == "border-security-2025 is there already: nothing was changed.\n"
    assert rows() == before


def test_no_password_in_production(settings: Any) -> None:
    settings.PRODUCTION = True
    said = demo()
    assert accounts.PASSWORD not in said
    assert "in production none is set" in said
    assert [user.has_usable_password() for user in User.objects.all()] == [False] * 7


def test_what_cannot_be_loaded_is_refused() -> None:
    before = rows()
    for args, said in (
        (["--sessions", "3"], "another --slug"),
        (["--slug", "admin"], "The system itself uses the address"),
        (["--slug", "Big Summit"], "lower-case letters"),
        (["--slug", "big", "--people", "3"], "193 delegations need at least 386 people"),
        (["--slug", "big", "--delegations", "1"], "at least 2 delegations"),
        (["--slug", "big", "--texts", "-1"], "not negative"),
    ):
        with pytest.raises(CommandError, match=said):
            demo(*args)
    assert rows() == before
    SummitFactory(slug="big", public=False, illustrative=True)
    with pytest.raises(CommandError, match="its loading was ended, or a desk closed it"):
        demo("--slug", "big")


def test_all_or_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(border_security, "_subscribers", Mock(side_effect=LookupError))
    before = rows()
    with pytest.raises(LookupError):
        border_security.load()
    assert rows() == before


@pytest.mark.django_db(transaction=True)
def test_beside_another_summit_nobody_waits_for_the_whole_of_it() -> None:
    with batches.stored():
        assert connection.in_atomic_block
        summit = SummitFactory(public=False)
    with batches.stored():
        assert not connection.in_atomic_block
    batches.complete(summit, {})
    assert batches.is_complete(Summit.objects.get())


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
    monkeypatch.setattr(all_processes, "run", lambda **options: did.append("processes"))
    monkeypatch.setattr(
        serve, "call_command", lambda name, **options: did.append((name, options.get("if_empty", False)))
    )
    serve.Command().handle(no_demo=no_demo, act=None, parent=None)
    ready = [(name, False) for name in ("migrate", "compile_catalogues", "collectstatic")]
    assert did == [*ready, *last, "processes"]


def test_ahead_it_begins_on_the_monday_after_three_weeks() -> None:
    for loaded, begins in ((date(2026, 11, 29), date(2026, 12, 21)), (date(2026, 11, 30), date(2026, 12, 21))):
        now = datetime.combine(loaded, time(12, 0), days.ZONE)
        assert days.days_of(days.Act.AHEAD, now) == days.Days(begins)


def _in(moment: datetime, clock: str) -> datetime:
    """Return a moment at a clock's time in London, on the day of another."""
    return datetime.combine(moment.astimezone(days.ZONE).date(), time.fromisoformat(clock), days.ZONE)


def test_the_first_day_is_at_this_hour_and_by_night_so_are_its_sessions() -> None:
    for clock in ("00:15", "05:00", "10:30", "12:00", "17:15", "17:16", "21:40", "23:59"):
        now = _in(db_now(), clock)
        found = days.days_of(days.Act.DAY, now)
        assert found.at(0, days.BUSY_FROM) <= now <= found.at(0, days.BUSY_TO), clock
        assert found.later % timedelta(hours=1) == timedelta()
        if days.BUSY_FROM <= now.time() <= days.BUSY_TO:
            assert (found.first, found.later) == (now.date(), timedelta())


@pytest.mark.slow("loads a demonstration of the day")
def test_the_first_day_has_sessions_speeches_and_what_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """By night, when all of it is later than on other days."""
    now = _in(db_now(), "23:10")
    monkeypatch.setattr(border_security, "db_now", lambda: now)
    summit = border_security.load(days.Act.DAY)
    summit.full_clean()
    running = Session.objects.filter(starts_at__lte=now, ends_at__gt=now)
    assert running.exists()
    assert summit.starts_on <= now.date() <= summit.ends_on
    assert list(Release.objects.order_by("number").values_list("number", flat=True)) == [1, 2]
    said = Counter(Invitation.objects.values_list("state", "answer"))
    assert said == {("sent", ""): 2, ("answered", "regrets"): 1, ("answered", "attending"): 45}
    named = revisions.gather(summit)
    assert (len(named["parties"]), revisions.count_omitted(summit).people) == (46, 0)
    # The database's clock says which are out; those that wait do so for the real moments of this act.
    moments = dict(Text.objects.values_list("slug", "embargo__moment"))
    out = {slug for slug, moment in moments.items() if moment <= now}
    assert out == set(first_day.OUT)
    later = {row.version.text.slug: row.number for row in Edition.objects.filter(number__gt=1)}
    assert later == {first_day.CORRECTED: 2}
    # Nobody is written to of what was out before.
    assert Announcement.objects.count() == len(first_day.OUT) + 1
    for row in (*Text.objects.all(), *Session.objects.all()):
        row.full_clean()

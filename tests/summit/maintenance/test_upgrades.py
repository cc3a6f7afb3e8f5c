"""Upgrades beside the running system: which migration is for when, and how long a table keeps others waiting."""

import os
import time
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import psycopg
import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import get_finder
from django.core.management import CommandError, call_command
from django.db import connection, migrations, models
from django.db.migrations import Migration
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState
from kombu.exceptions import OperationalError as BrokerError

from summit.core.migration_operations import AddColumn, AddIndexUnlocked, AddTableConstraint, FreezeColumns
from summit.maintenance import releases, upgrades
from summit.maintenance.upgrades import NotNow, Phase, Waiting
from tests.processes import wait_for
from tools import migration_phases

NAMES = {("one", "0001"): "before", ("one", "0002"): "after", ("one", "0003"): "before", ("two", "0001"): None}


def migration(app: str, name: str, *operations: Operation, **declared: Any) -> Migration:
    made = Migration(name, app)
    made.operations = list(operations)
    for key, value in declared.items():
        setattr(made, key, value)
    return made


OF_WORKERS = releases.of_workers


@pytest.fixture(autouse=True)
def no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker answers. With a broker, it would be asked."""
    monkeypatch.setattr(releases, "of_workers", dict)


@pytest.fixture
def pending(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, str]]:
    """Let four migrations wait, one behind the other in each app; whoever takes one out of the set has applied it."""
    graph, keys = MigrationGraph(), set(NAMES)
    for (app, name), phase in NAMES.items():
        graph.add_node((app, name), migration(app, name, **({"phase": phase} if phase else {})))
    for child, parent in (("0002", "0001"), ("0003", "0002")):
        graph.add_dependency(None, ("one", child), ("one", parent))

    class Executor:
        def __init__(self, connection: Any) -> None:
            known = dict.fromkeys(keys)
            self.loader = SimpleNamespace(
                graph=graph, disk_migrations=known, applied_migrations=known, migrated_apps={"one", "two"}
            )

        def migration_plan(self, targets: Any) -> list[tuple[Migration, bool]]:
            return [(graph.nodes[key], False) for key in NAMES if key in keys]

    monkeypatch.setattr(upgrades, "MigrationExecutor", Executor)
    return keys


@pytest.fixture
def migrated(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What Django's own command was asked for."""
    asked: list[tuple[str, str]] = []
    monkeypatch.setattr(upgrades, "call_command", lambda _command, app, name, **options: asked.append((app, name)))
    monkeypatch.setattr(upgrades, "_patiently", lambda migrate, tell: migrate())
    return asked


Keys = set[tuple[str, str]]
Asked = list[tuple[str, str]]


def test_one_that_is_for_afterwards_holds_up_those_behind_it(pending: Keys, migrated: Asked) -> None:
    assert upgrades.waiting() == Waiting([("one", "0001"), ("two", "0001")], [("one", "0002")], [("one", "0003")])
    with pytest.raises(NotNow, match=r"one\.0003 need one\.0002, which is applied after an upgrade"):
        upgrades.apply(Phase.BEFORE, tell=print)
    with pytest.raises(NotNow, match=r"one\.0001, two\.0001 come first"):
        upgrades.apply(Phase.AFTER, tell=print)
    assert migrated == []


def test_each_phase_has_its_turn(pending: Keys, migrated: Asked) -> None:
    pending.remove(("one", "0003"))
    assert upgrades.apply(Phase.BEFORE, tell=print) == 2
    assert migrated == [("one", "0001"), ("two", "0001")]
    pending -= set(migrated)
    assert upgrades.apply(Phase.AFTER, tell=print) == 1
    assert migrated[2:] == [("one", "0002")]


def test_the_command_says_what_comes_next(pending: Keys, migrated: Asked) -> None:
    printed = StringIO()
    call_command("upgrade", stdout=printed)
    assert "before: one.0001\n" in printed.getvalue()
    assert "after: one.0002\nnext upgrade: one.0003\n" in printed.getvalue()
    with pytest.raises(CommandError) as refused:
        call_command("upgrade", "after")
    assert refused.value.returncode == 2


@pytest.mark.django_db
def test_a_former_version_leaves_the_database_of_a_later_one_alone() -> None:
    printed = StringIO()
    # Control: what an app has left that is no longer there is nobody's.
    MigrationRecorder(connection).record_applied("somebody", "0999_x")
    call_command("upgrade", stdout=printed)
    assert printed.getvalue().endswith("No migration waits.\n")
    MigrationRecorder(connection).record_applied("press", "0999_x")
    said = r"has migrations of a later version: press\.0999_x\. Run this with that version\."
    for phase in ((), ("before",), ("after",)):
        with pytest.raises(CommandError, match=said) as refused:
            call_command("upgrade", *phase, stdout=(printed := StringIO()))
        assert (refused.value.returncode, printed.getvalue()) == (2, "")


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_nothing_is_applied_after_while_a_former_release_is_connected(migrated: Asked) -> None:
    name = f"summit {settings.VERSION}"
    with psycopg.connect(**_parameters(), application_name=name):
        with psycopg.connect(**_parameters(), application_name="summit 0.9"):
            assert releases.of_connections() == {"0.9": 1, settings.VERSION: 1}
            with pytest.raises(NotNow, match=r"Processes of 0\.9 still run: start them anew"):
                upgrades.apply(Phase.AFTER, tell=print)
        # Control: as soon as it has ended, nothing is in the way.
        wait_for(lambda: "0.9" not in releases.of_connections(), 10, "the connection is closed")
        assert upgrades.apply(Phase.AFTER, tell=print) == 0


def test_nor_while_a_former_worker_answers(pending: Keys, migrated: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may have done nothing yet, and so have no connection."""
    pending -= {("one", "0001"), ("one", "0003"), ("two", "0001")}
    monkeypatch.setattr(releases, "of_connections", dict)
    monkeypatch.setattr(releases, "of_workers", lambda: {"webhooks@a": "0.9", "mail@a": settings.VERSION})
    with pytest.raises(NotNow, match=r"Processes of 0\.9 still run"):
        upgrades.apply(Phase.AFTER, tell=print)

    def silent() -> dict[str, str]:
        raise BrokerError("refused")

    monkeypatch.setattr(releases, "of_workers", silent)
    with pytest.raises(NotNow, match="The broker doesn't answer"):
        upgrades.apply(Phase.AFTER, tell=print)
    monkeypatch.setattr(releases, "of_workers", lambda: {"mail@a": settings.VERSION})
    assert upgrades.apply(Phase.AFTER, tell=print) == 1


def test_workers_of_another_database_do_not_count(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A backup that is restored beside the running installation is upgraded while that goes on."""
    settings.REDIS_URL = "redis://broker"
    here = str(settings.DATABASES["default"]["NAME"])
    app = MagicMock()
    app.control.broadcast.return_value = [{"mail@a": ["0.9", "another"]}, {"mail@b": ["0.8", here]}, {"jobs@b": {}}]
    monkeypatch.setattr(releases, "current_app", app)
    assert OF_WORKERS() == {"mail@b": "0.8"}
    assert releases.summit_release(None) == [settings.VERSION, here]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempts", [60, 1])
def test_a_table_in_use_is_waited_for_in_short_turns(monkeypatch: pytest.MonkeyPatch, attempts: int) -> None:
    monkeypatch.setattr(upgrades, "LOCK_TIMEOUT", "10ms")
    monkeypatch.setattr(upgrades, "PAUSE", 0)
    monkeypatch.setattr(upgrades, "ATTEMPTS", attempts)
    said: list[str] = []

    def migrate() -> None:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE summit_heartbeat ALTER COLUMN drift SET DEFAULT 0")

    with psycopg.connect(**_parameters()) as other:
        other.execute("LOCK TABLE summit_heartbeat IN ACCESS SHARE MODE")

        def tell(line: str) -> None:
            said.append(line)
            other.rollback()

        if attempts == 1:
            with pytest.raises(upgrades.OperationalError, match="lock timeout"):
                upgrades._patiently(migrate, tell)
        else:
            upgrades._patiently(migrate, tell)
    assert len(said) == (attempts > 1)
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)


def _parameters() -> dict[str, Any]:
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    return {key: connection.settings_dict[name] or None for key, name in names.items()}


class TestWhichPhaseAMigrationIsFor:
    def test_each_since_the_first_release_is_safe_in_the_phase_that_it_declares(self) -> None:
        loader = MigrationLoader(None)
        for key, found in loader.disk_migrations.items():
            if migration_phases.is_judged(key):
                state = loader.project_state(key, at_end=False)
                assert list(migration_phases.problems(found, state)) == []

    def test_the_first_release_is_not_ahead_of_what_is_there(self) -> None:
        """A number that is too high would exempt what comes next. Raise it by hand until the first release."""
        apps = {app for app, _name in MigrationLoader(None).disk_migrations}
        assert set(migration_phases.FIRST_RELEASE) <= apps

    @pytest.mark.parametrize(
        ("operation", "phases"),
        [
            (migrations.CreateModel("Other", [("id", models.BigAutoField(primary_key=True))]), "before"),
            (AddColumn("topic", "note", models.TextField(null=True)), "before"),
            (AddColumn("topic", "note", models.TextField(db_default="")), "before"),
            (AddColumn("topic", "note", models.TextField(default="")), "neither"),
            (migrations.AddField("topic", "others", models.ManyToManyField("press.Topic")), "before"),
            (AddIndexUnlocked("topic", models.Index(fields=["name"], name="by_name")), "before"),
            (migrations.AddIndex("topic", models.Index(fields=["name"], name="by_name")), "neither"),
            (AddTableConstraint("topic", models.UniqueConstraint(fields=["name"], name="once")), "after"),
            (migrations.RemoveConstraint("topic", "once"), "either"),
            (migrations.RemoveField("topic", "name"), "neither"),
            (migrations.RemoveField("topic", "remark"), "after"),
            (migrations.DeleteModel("Topic"), "after"),
            (migrations.RenameField("topic", "name", "title"), "neither"),
            (migrations.AlterField("topic", "name", models.CharField("title", max_length=80)), "either"),
            (migrations.AlterField("topic", "name", models.CharField(max_length=90)), "before"),
            (migrations.AlterField("topic", "name", models.CharField(max_length=80, db_default="")), "before"),
            (migrations.AlterField("topic", "name", models.CharField(max_length=70)), "after"),
            (migrations.AlterField("topic", "name", models.CharField(max_length=80, unique=True)), "after"),
            (migrations.AlterField("topic", "remark", models.CharField(max_length=80)), "after"),
            (migrations.AlterField("topic", "name", models.IntegerField()), "neither"),
            (FreezeColumns("press_topic", ["name"]), "after"),
            (migrations.RunSQL("SELECT 1"), "neither"),
        ],
    )
    def test_each_operation(self, operation: Operation, phases: str) -> None:
        state = ProjectState()
        fields = [
            ("id", models.BigAutoField(primary_key=True)),
            ("name", models.CharField(max_length=80)),
            ("remark", models.CharField(max_length=80, null=True)),
        ]
        migrations.CreateModel("Topic", fields).state_forwards("press", state)
        safe = {
            phase
            for phase in Phase
            if not list(migration_phases.problems(migration("press", "0099_x", operation, phase=phase), state))
        }
        expected = {"either": set(Phase), "neither": set()}.get(phases)
        assert safe == ({Phase(phases)} if expected is None else expected)
        declared = migration("press", "0099_x", operation, phase="after", phase_reason="It was thought about.")
        assert list(migration_phases.problems(declared, state)) == []

    def test_a_table_that_is_new_is_nobodys_yet(self) -> None:
        made = migrations.CreateModel("Other", [("id", models.BigAutoField(primary_key=True))])
        column = migrations.AddField("other", "name", models.TextField(default=""))
        frozen = FreezeColumns("press_other", ["name"])
        both = migration("press", "0099_x", made, column, frozen, phase="before")
        assert list(migration_phases.problems(both, ProjectState())) == []

    def test_one_says_what_it_is_for(self) -> None:
        (said,) = migration_phases.problems(migration("press", "0099_x"), ProjectState())
        assert said == 'Declare phase = "before" or "after" in press.0099_x.'


@pytest.mark.once
def test_a_release_collects_its_own_static_files_over_newer_ones(tmp_path: Path, settings: Any) -> None:
    """Those of another release are newer where they were collected after this one was installed."""
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    settings.STATIC_ROOT, settings.STATICFILES_DIRS = target, [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    storage = "summit.core.static_files.ReleaseStaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": storage}}
    (source / "page.css").write_text("ours")
    get_finder.cache_clear()
    call_command("collectstatic", interactive=False, verbosity=0)
    (target / "page.css").write_text("theirs")
    os.utime(target / "page.css", (time.time() + 60, time.time() + 60))
    call_command("collectstatic", interactive=False, verbosity=0)
    get_finder.cache_clear()
    assert (target / "page.css").read_text() == "ours"

"""The databases of the tests are copies of one: what is copied, and when it is made anew."""

import os
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from tools import migrated

# What Django and the audit chain keep by themselves; everything else is empty once it is migrated.
KEPT = {"django_content_type", "auth_permission", "summit_auditchain"}
FIRST = "summit/migrations/0001_first.py"
TABLES = ("thing", "auth_permission", "django_content_type")
SCHEMA = [
    *(f"CREATE TABLE IF NOT EXISTS {table} (at integer)" for table in TABLES),
    *(f"INSERT INTO {table} VALUES (5)" for table in TABLES),  # noqa: S608
]


@pytest.mark.django_db
def test_the_tests_own_is_migrated_and_holds_nothing_of_its_own() -> None:
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    filled = {model._meta.db_table for model in apps.get_models() if model._default_manager.exists()}
    assert filled == KEPT


def _install_django_99(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "site" / "django-99.dist-info").mkdir(parents=True)
    monkeypatch.setattr(migrated.django, "__file__", str(root / "site" / "django" / "__init__.py"))


CHANGES: dict[str, Callable[[Path, pytest.MonkeyPatch], object]] = {
    "a changed migration": lambda root, _patch: (root / FIRST).write_text("other"),
    "a new migration": lambda root, _patch: (root / FIRST).with_name("0002_second.py").touch(),
    "rules and signals": lambda root, _patch: (root / "summit" / "apps.py").touch(),
    "another Django": _install_django_99,
}


@pytest.mark.once
@pytest.mark.parametrize("change", CHANGES)
def test_the_key_is_another_for(change: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrated, "ROOT", tmp_path)
    (tmp_path / FIRST).parent.mkdir(parents=True)
    (tmp_path / FIRST).write_text("first")
    before = migrated.key.__wrapped__()
    assert migrated.key.__wrapped__() == before
    CHANGES[change](tmp_path, monkeypatch)
    assert migrated.key.__wrapped__() != before


class Maker:
    """Makes a database with one table in place of applying migrations; how often is `made`."""

    def __init__(self) -> None:
        self.made = 0
        self.left: list[sqlite3.Connection] = []

    def __call__(self, **variables: str) -> None:
        self.made += 1
        if "DATABASE_URL" in variables:
            with psycopg.connect(variables["DATABASE_URL"]) as other:
                for statement in SCHEMA:
                    other.execute(statement)
            return
        # As Django leaves it at a process's end: the last rows are in the log beside it.
        left = sqlite3.connect(f"{variables['VAR_DIR']}/summit.sqlite3", isolation_level=None)
        left.execute("PRAGMA journal_mode=WAL")
        for statement in SCHEMA:
            left.execute(statement)
        assert Path(f"{variables['VAR_DIR']}/summit.sqlite3-wal").stat().st_size
        self.left.append(left)


@pytest.fixture
def maker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Maker]:
    found = Maker()
    monkeypatch.setattr(migrated, "_migrate", found)
    monkeypatch.setattr(migrated, "key", lambda: "one")
    monkeypatch.setattr(migrated, "migrations", lambda: {FIRST: "1"})
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    yield found
    for left in found.left:
        left.close()


def _rows(path: Path, table: str = "thing") -> list[tuple[int]]:
    with closing(sqlite3.connect(path)) as opened:
        return opened.execute(f"SELECT at FROM {table}").fetchall()  # noqa: S608


@pytest.mark.once
class TestSqlite:
    def test_it_is_made_once_for_each_key(
        self, maker: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # Beforehand, by the command.
        monkeypatch.delenv("DATABASE_URL", raising=False)
        migrated.main()
        for name in ("a", "b"):
            migrated.copy_to(tmp_path / name)
            assert _rows(tmp_path / name) == [(5,)]
        assert maker.made == 1
        monkeypatch.setattr(migrated, "key", lambda: "two")
        migrated.copy_to(tmp_path / "a")
        assert maker.made == 2
        assert [path.name for path in (tmp_path / "tests").glob("*.sqlite3")] == ["two.sqlite3"]

    @pytest.mark.parametrize(
        ("migrations", "rows"),
        [
            ({FIRST: "1"}, 2),
            ({FIRST: "1", "summit/migrations/0002_second.py": "2"}, 2),
            ({FIRST: "other"}, 1),
            ({"summit/migrations/0002_second.py": "2"}, 1),
        ],
    )
    def test_a_former_one_is_brought_up_to_date_if_its_migrations_are_as_they_were(
        self, maker: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, migrations: dict[str, str], rows: int
    ) -> None:
        migrated.copy_to(tmp_path / "a")
        monkeypatch.setattr(migrated, "key", lambda: "two")
        monkeypatch.setattr(migrated, "migrations", lambda: migrations)
        migrated.copy_to(tmp_path / "a")
        assert [len(_rows(tmp_path / "a", table)) for table in TABLES] == [rows, 1, 1]

    def test_an_unfinished_one_is_unused(self, maker: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def fails(path: Path) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(migrated, "_close", fails)
            with pytest.raises(KeyboardInterrupt):
                migrated.copy_to(tmp_path / "a")
        migrated.copy_to(tmp_path / "a")
        assert (maker.made, _rows(tmp_path / "a")) == (2, [(5,)])

    def test_the_log_of_a_run_that_was_killed_is_no_part_of_it(self, maker: Maker, tmp_path: Path) -> None:
        target = tmp_path / "a"
        killed = sqlite3.connect(target, isolation_level=None)
        killed.execute("PRAGMA journal_mode=WAL")
        killed.execute("CREATE TABLE thing (at integer)")
        assert Path(f"{target}-wal").stat().st_size
        migrated.copy_to(target)
        assert [path.name for path in tmp_path.glob("a*")] == ["a"]
        assert _rows(target) == [(5,)]
        killed.close()


@contextmanager
def _database() -> Iterator[str]:
    """Give the variable of an empty database, and drop it, with the template beside it."""
    name = f"summit_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield migrated.named(os.environ["DATABASE_URL"], name)
        finally:
            for made in (name, f"test_{name}_migrated", f"{name}_copy"):
                admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(made)))


@pytest.mark.postgresql
def test_on_postgresql_it_is_made_once_for_each_key(maker: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    with _database() as url:
        for _again in range(2):
            with migrated.template(url) as name:
                pass
        assert maker.made == 1
        monkeypatch.setattr(migrated, "key", lambda: "two")
        copy = f"{url.rpartition('/')[2]}_copy"
        with migrated.template(url) as name, psycopg.connect(url, autocommit=True) as admin:
            admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*map(sql.Identifier, (copy, name))))
        assert maker.made == 2
        with psycopg.connect(migrated.named(url, copy)) as opened:
            assert opened.execute("SELECT at FROM thing").fetchall() == [(5,)]

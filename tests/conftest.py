"""What every test stands on: a database of its own run, no network, no waiting, no page of another test."""

import ctypes
import gc
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.backends.sqlite3.base import DatabaseOperations as SQLiteOperations
from django.urls import get_resolver
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from summit.admin_base import dashboard as admin_base_dashboard
from summit.core.process_cache import forget_all
from summit.maintenance import heartbeats
from summit.public_base.page_cache import PAGES
from tests.plugins.postgresql import chosen, name_of
from tests.processes import drop_databases
from tools import migrated

# A busy machine must not fail what is true.
hypothesis_settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("unhurried")

REAL_CONNECT = socket.socket.connect
# Names the databases of this run; the workers find it in the environment.
RUN = f"{os.getpid():x}"
# Gives free memory back to the system; only the GNU C library has it.
LIBC = ctypes.CDLL(None) if hasattr(ctypes.CDLL(None), "malloc_trim") else None
MAKER = pytest.StashKey[subprocess.Popen[bytes]]()


def pytest_configure(config: pytest.Config) -> None:
    """Begin to make the migrated database while the workers collect the tests, and name this run."""
    option = config.option
    if not hasattr(config, "workerinput"):
        os.environ["TEST_RUN"] = RUN
    starts_workers = getattr(option, "numprocesses", None) and not hasattr(config, "workerinput")
    keeps_database = option.nomigrations or (option.reuse_db and not option.create_db)
    if starts_workers and not keeps_database and not option.collectonly:
        config.stash[MAKER] = migrated.beside()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave no process running and no database of this run on the server."""
    if MAKER in config.stash:
        config.stash[MAKER].wait()
    if not hasattr(config, "workerinput"):
        drop_databases(RUN)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what is asked once, and leave out what says something on PostgreSQL alone on SQLite.

    On PostgreSQL those are asked that ask what it decides (tests/plugins/postgresql.py).
    """
    on_sqlite = connection.vendor == "sqlite"
    for item in items:
        if item.get_closest_marker("postgresql") or item.get_closest_marker("services"):
            continue
        if item.get_closest_marker("broad") or (not on_sqlite and name_of(item.nodeid) not in chosen()):
            item.add_marker(pytest.mark.once)
    if on_sqlite:
        left_out = [item for item in items if item.get_closest_marker("postgresql")]
        items[:] = [item for item in items if item not in set(left_out)]
        config.hook.pytest_deselected(items=left_out)


def pytest_collection_finish() -> None:
    """Let the garbage collector pass by what was collected, which stays, and look less often: it takes a tenth.

    All addresses are imported before, so that what they cost is no test's.
    """
    assert get_resolver().url_patterns
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """After a module, give back what its tests made: a worker has half a gigabyte, whatever its tests read."""
    if nextitem is None or nextitem.path != item.path:
        gc.collect()
        if LIBC is not None:
            LIBC.malloc_trim(0)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what tests have counted by `record_property("api", …)`: how often the API was asked, what it answered."""
    passed = terminalreporter.stats.get("passed", [])
    said = [value for report in passed for name, value in report.user_properties if name == "api"]
    if said:
        terminalreporter.section("the API against its description")
        for line in sorted(said):
            terminalreporter.write_line(str(line))


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Refuse every connection but those to this machine in tests that say so, and to the database."""
    allowed = request.node.get_closest_marker("browser") or request.node.get_closest_marker("loopback")

    def connect(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else address
        # The last is the network of tests/release/hosts.py, which is on this machine too.
        here = host in ("127.0.0.1", "::1", "localhost") or str(host).startswith("198.18.23.")
        if allowed and (self.family == socket.AF_UNIX or here):
            return REAL_CONNECT(self, address)
        raise AssertionError(f"a test opened a connection to {address!r}")

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.fixture(autouse=True)
def empty_page_cache() -> None:
    """Forget the pages of other tests, whose rows were rolled back: numbers of changes come again."""
    PAGES.clear()
    forget_all()


@pytest.fixture(autouse=True)
def counts_of_itself(request: pytest.FixtureRequest) -> Iterator[None]:
    """Empty the cache after a test that commits: its table is no model's, so that nothing else empties it."""
    marker = request.node.get_closest_marker("django_db")
    commits = marker is not None and marker.kwargs.get("transaction")
    if commits:
        request.getfixturevalue("transactional_db")
    yield
    if commits:
        cache.clear()


@pytest.fixture(autouse=True)
def endless_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what the desk's home asks once a minute be asked once a test, whenever its minute ends."""
    monkeypatch.setattr(admin_base_dashboard, "LATELY", 10**10)


@pytest.fixture(autouse=True)
def sweeps_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a sweep begin whenever it is asked for, however short ago another has."""
    monkeypatch.setattr(heartbeats, "SHARE", 0.0)


@pytest.fixture(autouse=True)
def mail_to_memory(settings: Any) -> None:
    """Let the outbox deliver into django.core.mail.outbox."""
    settings.OUTBOX_TRANSPORT = "django.core.mail.backends.locmem.EmailBackend"
    settings.EMAIL_BACKEND = "summit.outbox.mail_backend.OutboxBackend"


@pytest.fixture(autouse=True)
def every_language(settings: Any) -> None:
    """Let pages be asked for in each language, whether its catalogue is there or not."""
    settings.INTERFACE_LANGUAGES = [code for code, _name in settings.LANGUAGES]


@pytest.fixture(autouse=True, scope="session")
def flush_past_triggers() -> Iterator[None]:
    """Let transactional tests empty the tables on SQLite, whose DELETE would meet the triggers."""
    original = SQLiteOperations.sql_flush

    def sql_flush(self: SQLiteOperations, *args: Any, **kwargs: Any) -> list[str]:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
        drop = [f'DROP TRIGGER "{name}"' for name, _sql in triggers]
        return [*drop, *original(self, *args, **kwargs), *(sql for _name, sql in triggers)]

    SQLiteOperations.sql_flush = sql_flush  # type: ignore[method-assign]
    yield
    SQLiteOperations.sql_flush = original  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this run of the tests share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
    django_db_use_migrations: bool,
    django_db_keepdb: bool,
    shared: Path,
) -> Iterator[None]:
    """Let each test database be a copy of a migrated one, in which Django's `migrate` finds nothing to do.

    It belongs to this run, so that two runs at once have nothing in common; `--reuse-db` shares it with the next.
    """
    creation, on_sqlite = connection.creation, connection.vendor == "sqlite"
    create, test_settings = creation._create_test_db, connection.settings_dict["TEST"]
    if not django_db_keepdb:
        name = creation._get_test_db_name()
        test_settings["NAME"] = str(shared / Path(name).name) if on_sqlite else f"{name}_{os.environ['TEST_RUN']}"

    def is_there() -> bool:
        name = creation._get_test_db_name()
        if on_sqlite:
            return Path(name).exists()
        with creation._nodb_cursor() as cursor:
            return bool(creation._database_exists(cursor, name))

    def create_as_copy(verbosity: int, autoclobber: bool, keepdb: bool = False) -> Any:
        if keepdb and is_there():
            return create(verbosity, autoclobber, keepdb)
        if on_sqlite:
            name = create(verbosity, autoclobber, keepdb)
            migrated.copy_to(Path(name))
            return name
        with migrated.template(os.environ["DATABASE_URL"]) as template:
            test_settings["TEMPLATE"] = template
            return create(verbosity, autoclobber, keepdb)

    with pytest.MonkeyPatch.context() as patched:
        if django_db_use_migrations:
            patched.setattr(creation, "_create_test_db", create_as_copy)
        yield


@pytest.fixture
def sqlite() -> bool:
    """Whether this run is on SQLite."""
    return connection.vendor == "sqlite"


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """With NO_SKIPS a skipped test fails the run: nothing may go untried there."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("NO_SKIPS") and reporter is not None and reporter.stats.get("skipped") and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED

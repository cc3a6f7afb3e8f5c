"""Real processes for tests: web, workers and beat on a database and a folder of their own, and a slow mail server."""

import asyncio
import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from email import message_from_bytes
from pathlib import Path
from typing import Any

import psycopg
from aiosmtpd.controller import Controller
from django.conf import settings
from psycopg import sql

from summit.embedded import all_processes
from tools import migrated
from tools.running import PASSED_ON, ROOT, free_port

# How the databases of these processes are called on a server, with the name of the run of the tests after it.
PREFIX = "summit_run"
# Seconds that no command takes on a busy machine.
LONGEST = 240


def wait_for(condition: Callable[[], Any], seconds: float, what: str) -> Any:
    """Return the first true value of `condition`; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"after {seconds} s: {what}")


def answer_of(url: str) -> tuple[int, bytes]:
    """Return the status and the content that an address answers, or 0 where nobody does."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as problem:
        with problem:
            return problem.code, problem.read()
    except OSError:
        return 0, b""


def _on_sqlite() -> bool:
    return bool(settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3")


def _named(database: str) -> str:
    """Return the variable that names a database of the server on which the tests run."""
    return migrated.named(os.environ["DATABASE_URL"], database)


def _tell(statement: str, *databases: str) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as admin:
        admin.execute(sql.SQL(statement).format(*map(sql.Identifier, databases)))  # type: ignore[arg-type]


def _begun() -> str:
    """Return the name of the database that the others of this run are copies of."""
    return f"{PREFIX}_{os.environ['TEST_RUN']}"


def drop_databases(run: str) -> None:
    """Drop what a run of the tests has left on the database server, where there is one."""
    if _on_sqlite():
        return
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as admin:
        rows = admin.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE %s OR datname LIKE %s",
            [f"{PREFIX}_{run}%", f"test_%_{run}"],
        )
        for (name,) in rows.fetchall():
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _begin(shared: Path) -> Path:
    """Make the database that the others are copies of, with the demonstration in it, once in a run of the tests;
    return the folder that belongs to it."""
    folder = shared / "processes"
    with (shared / "processes.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "processes.made").exists():
            folder.mkdir(exist_ok=True)
            env = {"VAR_DIR": str(folder)}
            if _on_sqlite():
                migrated.copy_to(folder / "summit.sqlite3")
            else:
                with migrated.template(os.environ["DATABASE_URL"]) as name:
                    _tell("CREATE DATABASE {} TEMPLATE {}", _begun(), name)
                env["DATABASE_URL"] = _named(_begun())
            Processes(env, folder).manage("demo")
            (shared / "processes.made").touch()
    return folder


def demonstration_to(folder: Path, shared: Path) -> None:
    """Put a SQLite database with the demonstration, and its files, into a folder."""
    shutil.copytree(_begin(shared), folder, dirs_exist_ok=True)


@contextlib.contextmanager
def _own_database(folder: Path, shared: Path) -> Iterator[dict[str, str]]:
    """Give the variables of a database with the demonstration: a file, or where the tests run on PostgreSQL one of
    its own there."""
    demonstration_to(folder, shared)
    if _on_sqlite():
        yield {"VAR_DIR": str(folder)}
        return
    name = f"{_begun()}_{uuid.uuid4().hex[:12]}"
    _tell("CREATE DATABASE {} TEMPLATE {}", name, _begun())
    try:
        yield {"VAR_DIR": str(folder), "DATABASE_URL": _named(name)}
    finally:
        _tell("DROP DATABASE {} WITH (FORCE)", name)


class Processes:
    """Starts processes of the project in one environment, and ends what is left of them."""

    def __init__(self, env: dict[str, str], folder: Path) -> None:
        kept = {key: os.environ[key] for key in PASSED_ON if key in os.environ}
        self.env = {**kept, "PYTHONUNBUFFERED": "1", **env}
        self.folder = folder
        # Where the source is.
        self.root = ROOT
        # A command that starts them, such as on another host.
        self.prefix: tuple[str, ...] = ()
        self.running: list[subprocess.Popen[bytes]] = []

    def manage(self, *args: str) -> str:
        """Run a management command to its end and return what it printed. One that hangs is killed, and so fails."""
        command = [sys.executable, "manage.py", *args]
        done = subprocess.run(
            command, cwd=self.root, env=self.env, capture_output=True, check=False, text=True, timeout=LONGEST
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def python(self, code: str) -> str:
        """Run code with the project set up and return what it printed."""
        return self.manage("shell", "--no-imports", "-c", code)

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """Start a process in a group of its own; its output goes to a file of the folder."""
        with (self.folder / f"{len(self.running)}.log").open("wb") as log:
            process = subprocess.Popen(
                [*self.prefix, sys.executable, "-m", *command],
                cwd=self.root,
                env=self.env,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.running.append(process)
        return process

    def worker(self, processes: int = 2) -> subprocess.Popen[bytes]:
        options = ("--concurrency", str(processes), "--without-heartbeat")
        return self.start("celery", "--quiet", "--app", "summit", "worker", *options)

    def workers(self) -> None:
        """Start a worker for each queue, as `make run` does."""
        for command in all_processes.commands(port=0).values():
            if "worker" in command:
                self.start(*command[command.index("-m") + 1 :])

    def beat(self) -> subprocess.Popen[bytes]:
        return self.start("celery", "--quiet", "--app", "summit", "beat", "--pidfile=")

    def web(self, port: int) -> subprocess.Popen[bytes]:
        options = ("--threads", "4", "--no-control-socket", "--bind", f"127.0.0.1:{port}")
        return self.start("gunicorn", *options, "summit.wsgi")

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def close(self) -> None:
        for process in self.running:
            self.kill(process)


@contextlib.contextmanager
def processes(folder: Path, shared: Path, **env: str) -> Iterator[Processes]:
    """Give processes on a database of their own, with the demonstration; `shared` is a folder of all tests."""
    with _own_database(folder, shared) as database:
        found = Processes({**database, **env}, folder)
        try:
            yield found
        finally:
            found.close()


class SlowServer:
    """A mail server that takes its time and keeps a log of what it took, in order."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.log: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        await asyncio.sleep(self.seconds)
        self.log.append(str(message_from_bytes(envelope.content)["Message-ID"]))
        return "250 taken"


@contextlib.contextmanager
def slow_mail_server(seconds: float) -> Iterator[tuple[SlowServer, int]]:
    """Run a slow mail server on loopback; give it and its port."""
    handler = SlowServer(seconds)
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield handler, controller.port
    finally:
        controller.stop()

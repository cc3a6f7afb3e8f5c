"""`manage.py serve`: run all processes on one machine, for development and for trying Summit out (`make run`)."""

import shlex
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from portal.demo import accounts
from portal.demo.days import Act
from summit.core.database_clock import db_now
from summit.embedded import all_processes, run_lock
from summit.embedded.broker import BrokerError
from summit.embedded.run_lock import RunLock
from summit.maintenance.models import Heartbeat
from summit.users.models import User

WAIT_SECONDS = 60.0


class Command(BaseCommand):
    """Migrates, loads the demonstration into an empty database, starts all processes, and prints their URLs."""

    help = "Runs web, worker, beat and the embedded broker until Ctrl-C. PORT chooses the web's port."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options for the demonstration that is loaded into an empty database."""
        parser.add_argument("--parent", type=int, help="end when the process with this id does")
        demo = parser.add_mutually_exclusive_group()
        demo.add_argument("--no-demo", action="store_true", help="leave an empty database empty")
        demo.add_argument("--act", choices=list(Act), help="which act of the demonstration an empty one gets")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run all processes until a signal arrives.

        Raises CommandError in production, if the port is in use, or if another run uses the same folder.
        """
        if settings.PRODUCTION:
            raise CommandError(
                "This is for development. docs/production.md says how the processes run in production."
            )
        port = settings.PORT
        with _only_one(settings.VAR_DIR, port) as lock:
            _check_free(port)
            call_command("migrate", interactive=False, verbosity=0)
            call_command("compile_catalogues", verbosity=0)
            call_command("collectstatic", interactive=False, verbosity=0)
            if not options["no_demo"]:
                call_command("demo", if_empty=True, act=options["act"], stdout=self.stdout)
            since = db_now()
            connection.close()
            try:
                all_processes.run(
                    port=port,
                    socket=settings.BROKER_SOCKET,
                    lock=lock,
                    parent=options["parent"],
                    when_started=lambda: self._announce(port, since),
                )
            except BrokerError as problem:
                raise CommandError(str(problem)) from problem
        with suppress(OSError):
            self.stdout.write("Summit has stopped.")

    def _announce(self, port: int, since: datetime) -> None:
        """Wait until all processes respond, then print the URLs and the demo accounts.

        Processes that don't respond in time are named on standard error.
        """
        while missing := _wait(port, since):
            self.stderr.write(f"No answer yet from: {', '.join(missing)}. Its own lines above say more.")
            self.stderr.flush()
        base = settings.BASE_URL
        lines = [
            "",
            "Summit is running.",
            "",
            f"  Public pages  {base}/",
            f"  Portal        {base}/portal/",
            f"  Desks         {base}/admin/",
            f"  Mail          {base}/dev/mail/",
            f"  API           {base}/api/v1/",
            "",
        ]
        if User.objects.filter(email__in=[account.email for account in accounts.ACCOUNTS]).exists():
            lines += [f"Demo accounts, password “{accounts.PASSWORD}” for each:", ""]
            lines += [f"  {account.label:<15} {account.email}" for account in accounts.ACCOUNTS]
            lines += [""]
        if not User.objects.exists():
            lines += ["Nothing is here yet. Make the first account, in another window of this folder:", ""]
            lines += [f"  {first_account()}", ""]
        lines += ["Ctrl-C ends everything.", ""]
        connection.close()
        self.stdout.write("\n".join(lines))
        self.stdout.flush()
        _describe()


@contextmanager
def _only_one(var: Path, port: int) -> Iterator[RunLock]:
    """Hold the folder's lock during the block. Raises CommandError if another run holds it."""
    try:
        with run_lock.held(var / "run.lock", port=port) as lock:
            yield lock
    except run_lock.AlreadyRunning as other:
        raise CommandError(
            f"Summit runs already from this folder, at http://localhost:{other.port} (process {other.pid}). "
            "Stop it there with Ctrl-C first."
        ) from None


def _describe() -> None:
    """Write the API's description to files, with low priority, so that no request has to wait for it."""
    command = [sys.executable, "-m", "summit.manage", "describe_api", "--gently"]
    quiet = subprocess.DEVNULL
    subprocess.run(command, cwd=settings.BASE_DIR, stdin=quiet, stdout=quiet, check=False)  # noqa: S603


def first_account() -> str:
    """Return the shell command that creates the first account, for this database and port."""
    chosen = []
    if settings.PORT != settings.DEFAULT_PORT:
        chosen.append(f"PORT={settings.PORT}")
    if settings.VAR_DIR.resolve() != settings.DEFAULT_VAR_DIR:
        chosen.append(f"VAR_DIR={shlex.quote(str(settings.VAR_DIR.resolve()))}")
    program = "-m summit.manage" if settings.INSTALLED else "manage.py"
    return " ".join([*chosen, shlex.quote(sys.executable), program, "create_first_account you@example.org"])


def _check_free(port: int) -> None:
    """Raise CommandError if the port is in use."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise CommandError(f"Port {port} is taken. Choose another: PORT={port + 1} make run") from None


def _wait(port: int, since: datetime) -> list[str]:
    """Wait for the web process, and for a sweep by beat and worker.

    Return the names of the processes that didn't respond within WAIT_SECONDS.
    """
    deadline = time.monotonic() + WAIT_SECONDS
    web = swept = False
    while time.monotonic() < deadline and not (web and swept):
        web = web or _web_answers(port)
        swept = swept or Heartbeat.objects.filter(name="sweep", at__gt=since).exists()
        time.sleep(0.1)
    return [name for name, answered in (("web", web), ("worker and beat", swept)) if not answered]


def _web_answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False

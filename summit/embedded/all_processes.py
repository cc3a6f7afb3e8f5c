"""Run web, workers and beat in one command, with honcho. The broker is started first and stopped last.

A process that ends is started again; the other processes keep running.
"""

import os
import shlex
import shutil
import signal
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from threading import Thread

from django.conf import settings
from honcho.manager import Manager
from honcho.printer import Printer

from summit.core import process_metrics
from summit.embedded import process_keeper
from summit.embedded.broker import broker

WEB_WORKERS = 2
# A worker for each kind of work, with its queue and its pool option. A mail server that hangs then delays only mail.
# A worker with the solo pool has no child processes.
ALONE = "--pool solo"
WORKERS = {
    "sweeps": ("celery", ALONE),
    "mail": ("mail", ""),
    "webhooks": ("webhooks", ALONE),
    "jobs": ("jobs", ALONE),
}


class LeaderOnly:
    """Ends a process by a signal to the process alone, not to its process group.

    honcho signals whole groups. The children of a Celery worker would then die in the middle of a task instead of
    finishing it.
    """

    @staticmethod
    def terminate(pid: int) -> None:
        """Send SIGTERM to the process."""
        _signal(os.kill, pid, signal.SIGTERM)

    @staticmethod
    def kill(pid: int) -> None:
        """Send SIGKILL to the process's whole group, because it didn't end by itself."""
        _signal(os.killpg, pid, signal.SIGKILL)


def _signal(send: Callable[[int, int], None], pid: int, number: int) -> None:
    try:
        send(pid, number)
    except ProcessLookupError:
        return


def commands(*, port: int) -> dict[str, str]:
    """Return a dict from the name of each process to its command line. Each process runs under a process keeper.

    The command lines begin with `exec`, so that no shell remains between honcho and the keeper.
    """
    python = shlex.quote(sys.executable)
    keeper = f"exec {python} {shlex.quote(process_keeper.__file__)} {python}"
    return {
        "web": (
            f"{keeper} -m gunicorn summit.wsgi --bind 127.0.0.1:{port} --workers {WEB_WORKERS} --threads 4 "
            "--graceful-timeout 3 --no-control-socket --log-level warning"
        ),
        **{name: f"{keeper} -m {_worker(name, queue, more)}" for name, (queue, more) in WORKERS.items()},
        "beat": f"{keeper} -m celery --quiet --app summit beat --loglevel INFO --pidfile=",
    }


def _worker(name: str, queue: str, more: str) -> str:
    # Nobody listens to the events of workers, whose sending would hang while the broker is away.
    without = "--without-gossip --without-heartbeat --without-mingle"
    options = f"--loglevel INFO {without} --hostname {name}@%h --queues {queue} {more}"
    return f"celery --quiet --app summit worker {options}".rstrip()


def _share_counts(folder: Path) -> None:
    """Have all processes count for /metrics in files of a folder, which is emptied first."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ[process_metrics.DIRECTORY] = str(folder)


def run(*, port: int, socket: Path | None, when_started: Callable[[], None]) -> int:
    """Run all processes until a signal arrives, and return the exit code: 0 after Ctrl-C or SIGTERM.

    `socket` is the path of the embedded broker's socket, or None if REDIS_URL names another broker. `when_started` is
    called in a thread after the processes were added, and may wait for them.
    """
    _share_counts(settings.VAR_DIR / "metrics")
    broker_context: AbstractContextManager[object] = broker(socket) if socket else nullcontext()
    with broker_context:
        manager = Manager(Printer(sys.stdout, colour=sys.stdout.isatty()))
        manager._procmgr = LeaderOnly()
        for name, command_line in commands(port=port).items():
            manager.add_process(name, command_line)
        Thread(target=when_started, daemon=True).start()
        manager.loop()
    stopped_by_hand = manager.returncode in (130, 143)
    return 0 if stopped_by_hand else int(manager.returncode or 1)

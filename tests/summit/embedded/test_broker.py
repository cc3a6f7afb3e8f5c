"""The embedded broker: it keeps nothing on the disk, and comes back by itself."""

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from summit.embedded import broker as embedded
from summit.embedded.broker import broker

pytestmark = pytest.mark.loopback


@pytest.fixture
def socket() -> Iterator[Path]:
    """Return where a broker can listen: a socket's path is short."""
    with tempfile.TemporaryDirectory(prefix="b") as folder:
        yield Path(folder) / "b.sock"


def answers(socket: Path) -> bool:
    return embedded._answers(socket)


@pytest.mark.slow("ends a real broker and waits until it is back")
def test_it_keeps_nothing_and_starts_again_where_it_ends(socket: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "FIRST", 0.05)
    monkeypatch.setattr(embedded, "LOOK_SECONDS", 0.05)
    (socket.parent / "appendonlydir").mkdir()
    with broker(socket) as pid:
        client = redis.Redis(unix_socket_path=str(socket))
        client.lpush("celery", *range(1000))
        client.close()
        assert {path.name for path in socket.parent.iterdir()} <= {"b.sock", "broker.log"}
        os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + 20
        while not answers(socket):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        again = redis.Redis(unix_socket_path=str(socket))
        assert again.llen("celery") == 0
        again.close()
    assert not answers(socket)

"""What `make run` runs: what ends is started again, with growing pauses, and takes nothing else with it."""

import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings

from summit.embedded import all_processes, process_keeper
from summit.embedded import broker as embedded
from summit.embedded.broker import broker
from summit.embedded.process_keeper import Keeper

# Writes a line, and ends or goes on as it is told.
SCRIPT = "import sys, time; open(sys.argv[1], 'a').write('x\\n'); time.sleep(float(sys.argv[2])); sys.exit(3)"


def kept(log: Path, seconds: float) -> Keeper:
    return Keeper([sys.executable, "-c", SCRIPT, str(log), str(seconds)])


def lines(log: Path) -> int:
    return len(log.read_text().splitlines()) if log.exists() else 0


def wait_for_lines(log: Path, number: int) -> None:
    deadline = time.monotonic() + 20
    while lines(log) < number:
        assert time.monotonic() < deadline, f"{lines(log)} of {number}"
        time.sleep(0.02)


def test_what_ends_starts_again_until_the_keeper_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_keeper, "FIRST", 0.01)
    log = tmp_path / "log"
    found = kept(log, 0)
    runs = threading.Thread(target=found.run)
    runs.start()
    wait_for_lines(log, 3)
    found.end()
    runs.join(10)
    assert not runs.is_alive()


def test_what_runs_is_told_to_end(tmp_path: Path) -> None:
    log = tmp_path / "log"
    found, codes = kept(log, 60), []
    runs = threading.Thread(target=lambda: codes.append(found.run()))
    runs.start()
    wait_for_lines(log, 1)
    found.end()
    runs.join(10)
    assert (codes, lines(log)) == ([-signal.SIGTERM], 1)


def test_a_command_that_is_not_there_is_tried_again(capfd: Any) -> None:
    found = Keeper(["/nowhere/at/all"])
    assert found._once() == 127
    assert "/nowhere/at/all" in capfd.readouterr().err


def test_all_processes_are_kept_and_each_queue_has_a_worker() -> None:
    found = all_processes.commands(port=8123)
    assert set(found) == {"web", "sweeps", "mail", "webhooks", "jobs", "beat"}
    taken = [line.partition("--queues ")[2].split()[0] for line in found.values() if " worker " in line]
    assert sorted(taken) == sorted(queue.name for queue in settings.CELERY_TASK_QUEUES)
    assert all(f"exec {sys.executable} {process_keeper.__file__} " in line for line in found.values())


# --- the broker -----------------------------------------------------------------------------------------------------
@pytest.fixture
def socket() -> Iterator[Path]:
    """Return where a broker can listen: a socket's path is short."""
    with tempfile.TemporaryDirectory(prefix="b") as folder:
        yield Path(folder) / "b.sock"


def answers(socket: Path) -> bool:
    return embedded._answers(socket)


@pytest.mark.loopback
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

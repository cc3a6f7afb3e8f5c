"""What `make run` runs: what ends is started again, takes nothing else with it, and ends with the command itself."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings

from summit.core import process_metrics
from summit.embedded import all_processes, lifeline, run_lock, supervisor
from summit.embedded import broker as embedded
from summit.embedded.broker import broker
from summit.embedded.supervisor import Supervisor

# Writes a line, and ends or goes on as it is told.
SCRIPT = "import sys, time; open(sys.argv[1], 'a').write('x\\n'); time.sleep(float(sys.argv[2])); sys.exit(3)"
# Runs a process that sleeps, as `make run` does, until it is killed.
RUN = """
import sys, time
from pathlib import Path
from summit.embedded import lifeline, run_lock
from summit.embedded.supervisor import Supervisor
lifeline.__file__ = sys.argv[2]
with run_lock.held(Path(sys.argv[1]), port=8123) as lock:
    with Supervisor({"sleep": ["sleep", "60"]}, lock).running():
        time.sleep(60)
"""


def lines(log: Path) -> int:
    return len(log.read_text().splitlines()) if log.exists() else 0


def wait_until(condition: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_what_ends_starts_again_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any) -> None:
    monkeypatch.setattr(supervisor, "FIRST", 0.01)
    monkeypatch.setattr(supervisor, "TICK", 0.01)
    log = tmp_path / "log"
    with Supervisor({"script": [sys.executable, "-c", SCRIPT, str(log), "0"]}).running():
        wait_until(lambda: lines(log) > 2)
    said = [line.partition(" | ")[2] for line in capfd.readouterr().out.splitlines()]
    assert said[0] == "It has ended (3) and starts again in 0 s."


def test_what_runs_is_told_to_end_and_killed_where_it_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deaf = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SCRIPT}"
    cases = {
        tmp_path / "told": (SCRIPT, 20.0, False, -signal.SIGTERM),
        tmp_path / "deaf": (deaf, 0.0, False, -signal.SIGKILL),
        tmp_path / "hurry": (deaf, 20.0, True, -signal.SIGKILL),
    }
    for log, (script, patience, hurry, code) in cases.items():
        monkeypatch.setattr(supervisor, "PATIENCE", patience)
        found = Supervisor({"script": [sys.executable, "-c", script, str(log), "60"]})
        found.start()
        wait_until(log.exists)
        popen = found.processes[0].popen
        found.end(hurry=partial(bool, hurry))
        assert popen is not None
        assert popen.returncode == code


def test_a_command_that_is_not_there_is_tried_again(capfd: Any) -> None:
    with Supervisor({"nothing": ["/nowhere/at/all"]}).running():
        pass
    assert "/nowhere/at/all" in capfd.readouterr().out


def test_each_queue_has_a_worker() -> None:
    found = all_processes.commands(port=8123)
    assert set(found) == {"web", "sweeps", "mail", "webhooks", "jobs", "beat"}
    taken = [command[command.index("--queues") + 1] for command in found.values() if "worker" in command]
    assert sorted(taken) == sorted(queue.name for queue in settings.CELERY_TASK_QUEUES)


def test_counts_are_not_on_the_disk_that_can_be_full() -> None:
    with all_processes.shared_counts():
        folder = Path(os.environ[process_metrics.DIRECTORY])
        on_disk = folder.stat().st_dev == settings.VAR_DIR.stat().st_dev
        assert on_disk is not all_processes.MEMORY.is_dir()
    assert not folder.exists()


# --- what a run leaves behind ---------------------------------------------------------------------------------------
@pytest.fixture
def killed(tmp_path: Path) -> Iterator[Callable[[str], int]]:
    """Return what starts a run with a watcher, kills it and returns the id of the process that it ran."""
    path, left = tmp_path / "run.lock", []

    def run(watcher: str) -> int:
        with subprocess.Popen([sys.executable, "-c", RUN, str(path), watcher]) as process:
            wait_until(lambda: path.exists() and (recorded(path)["leaders"] or process.poll()))
            left.extend(recorded(path)["leaders"])
            process.kill()
        return int(left[-1])

    yield run
    for pid in left:
        lifeline.send(os.killpg, pid, signal.SIGKILL)


def recorded(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text() or "{}") or {"leaders": []}


@pytest.mark.slow("starts a run and kills it")
def test_what_it_runs_ends_when_it_is_killed(killed: Callable[[str], int]) -> None:
    pid = killed(lifeline.__file__)
    wait_until(lambda: not lifeline.leads(pid))


@pytest.mark.slow("starts a run and kills it")
def test_the_next_run_ends_what_a_dead_one_has_left(killed: Callable[[str], int], tmp_path: Path) -> None:
    # The watcher died too.
    pid = killed(os.devnull)
    time.sleep(0.3)
    assert lifeline.leads(pid)
    with run_lock.held(tmp_path / "run.lock", port=1):
        assert not lifeline.leads(pid)


def test_one_run_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    with run_lock.held(path, port=8123):
        for _again in range(2):
            with pytest.raises(run_lock.AlreadyRunning) as other, run_lock.held(path, port=1):
                pass
            assert (other.value.pid, other.value.port) == (os.getpid(), 8123)
    with run_lock.held(path, port=1), path.open() as file, pytest.raises(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


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
    monkeypatch.setattr(supervisor, "FIRST", 0.05)
    (socket.parent / "appendonlydir").mkdir()
    with broker(socket) as process:
        client = redis.Redis(unix_socket_path=str(socket))
        client.lpush("celery", *range(1000))
        client.close()
        assert {path.name for path in socket.parent.iterdir()} <= {"b.sock", "broker.log"}
        killed = process.popen
        assert killed is not None
        killed.kill()
        wait_until(lambda: process.popen is not killed and answers(socket))
        again = redis.Redis(unix_socket_path=str(socket))
        assert again.llen("celery") == 0
        again.close()
    assert not answers(socket)

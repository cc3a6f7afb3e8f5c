"""Running systems that all processes of a test run share."""

import contextlib
import fcntl
import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.processes import answer_of, free_port, processes, wait_for
from tools import migrated
from tools.running import SECONDS_TO_START, Running, make_run


@contextlib.contextmanager
def started(folder: Path, *variables: str) -> Iterator[Running]:
    """Run `make run` in a folder, on a database that is migrated already, or that is there."""
    database = folder / "var" / "summit.sqlite3"
    if not database.exists():
        database.parent.mkdir(parents=True, exist_ok=True)
        migrated.copy_to(database)
    with make_run(folder, *variables) as running:
        yield running


@contextlib.contextmanager
def web_alone(folder: Path, shared: Path) -> Iterator[Running]:
    """Run the web process alone in a folder, with the demonstration: nothing changes by itself."""
    port = free_port()
    with processes(folder / "var", shared, PORT=str(port)) as found:
        found.manage("collectstatic", "--no-input", "--verbosity", "0")
        found.web(port)
        base = f"http://localhost:{port}"
        wait_for(lambda: answer_of(f"{base}/readyz")[0] == 200, SECONDS_TO_START, "web is ready")
        yield Running(base, folder / "var" / "0.log", found.env)


@contextlib.contextmanager
def shared_system(shared: Path, name: str, prepare: Callable[[Running], Any]) -> Iterator[tuple[Running, Any]]:
    """Give a web process with the demonstration, and what `prepare` returned for it, which must be JSON.

    The process that comes first starts it. That process ends it, after all the others have left.
    """
    folder = shared / name
    folder.mkdir(exist_ok=True)
    state = folder / "state.json"
    with (
        (folder / "start").open("w") as start,
        (folder / "users").open("w") as users,
        contextlib.ExitStack() as own,
    ):
        fcntl.flock(start, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_SH)
        if state.exists():
            found = json.loads(state.read_text())
            running, prepared = Running(found["base"], Path(found["log"]), found["env"]), found["prepared"]
        else:
            running = own.enter_context(web_alone(Path(tempfile.mkdtemp(dir=folder)), shared))
            prepared = prepare(running)
            own.callback(state.unlink)
            own.callback(fcntl.flock, users, fcntl.LOCK_EX)
            made = {"base": running.base, "log": str(running.log), "env": running.env, "prepared": prepared}
            state.write_text(json.dumps(made))
        fcntl.flock(start, fcntl.LOCK_UN)
        yield running, prepared

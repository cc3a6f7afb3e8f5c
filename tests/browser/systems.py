"""Running systems that all processes of a test run share."""

import contextlib
import fcntl
import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tools import migrated
from tools.running import Running, make_run


@contextlib.contextmanager
def started(folder: Path, *variables: str) -> Iterator[Running]:
    """Run `make run` in a folder, on a database that is migrated already."""
    (folder / "var").mkdir(parents=True)
    migrated.copy_to(folder / "var" / "summit.sqlite3")
    with make_run(folder, *variables) as running:
        yield running


@contextlib.contextmanager
def shared_system(folder: Path, prepare: Callable[[Running], Any] | None = None) -> Iterator[tuple[Running, Any]]:
    """Give a system with the demonstration, and what `prepare` returned for it, which must be JSON.

    The process that comes first starts it. That process ends it, after all the others have left.
    """
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
            running = own.enter_context(started(Path(tempfile.mkdtemp(dir=folder))))
            prepared = prepare(running) if prepare else None
            own.callback(state.unlink)
            own.callback(fcntl.flock, users, fcntl.LOCK_EX)
            made = {"base": running.base, "log": str(running.log), "env": running.env, "prepared": prepared}
            state.write_text(json.dumps(made))
        fcntl.flock(start, fcntl.LOCK_UN)
        yield running, prepared

"""A whole system, as `make run` starts it, on its own port and in its own folder: for browser tests and pictures."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV")
# The shell is Chromium without its own windows: the same pages take three quarters of the time.
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((found for name in CHROMIUMS if (found := shutil.which(name))), None)
QUIET = [
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    *(["--no-sandbox"] if hasattr(os, "getuid") and os.getuid() == 0 else []),
]
SECONDS_TO_START = 240
SECONDS_TO_STOP = 60


def free_port() -> int:
    """Return a port of loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Running:
    """A system started by `make run`."""

    def __init__(self, base: str, log: Path, env: dict[str, str], pid: int = 0) -> None:
        self.base = base
        self.pid = pid
        self.log = log
        self.env = env

    def printed(self) -> str:
        """Return what it has printed so far."""
        return self.log.read_text(errors="replace")

    @property
    def password(self) -> str:
        """The password of the demonstration's accounts, as it was printed; empty where there is none."""
        said = re.search(r"password “(\S+)” for each", self.printed())
        return said.group(1) if said else ""

    def manage(self, *args: str) -> str:
        """Run a management command on its database and return what it printed. Raises RuntimeError with that."""
        command = [sys.executable, "manage.py", *args]
        done = subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, check=False, text=True)  # noqa: S603
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)
        return done.stdout

    def inside(self, code: str) -> str:
        """Run code with the project set up, on its database, and return what it printed."""
        return self.manage("shell", "--no-imports", "-c", code)


@contextlib.contextmanager
def make_run(folder: Path, *variables: str, port: int | None = None) -> Iterator[Running]:
    """Run `make run` in a folder of its own; end it with Ctrl-C and see that it ends.

    `variables` are make's, such as "DEMO=0". It begins with what is in the folder's `var/`. Raises RuntimeError with
    all that was printed where it does not start, or ends without saying so.
    """
    port = port or free_port()
    log = folder / "run.log"
    kept = {key: os.environ[key] for key in PASSED_ON if key in os.environ}
    env = {**kept, "PORT": str(port), "VAR_DIR": str(folder / "var"), "PYTHONUNBUFFERED": "1"}
    command = ["make", "run", *variables]
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603
            command, cwd=ROOT, env=env, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
    found = Running(f"http://localhost:{port}", log, env, process.pid)
    try:
        deadline = time.monotonic() + SECONDS_TO_START
        while "Summit is running." not in found.printed():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"It does not start:\n{found.printed()}")
            time.sleep(0.1)
        yield found
    finally:
        # As Ctrl-C in a terminal does: the signal goes to the whole group in the foreground.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    if "Summit has stopped." not in found.printed():
        raise RuntimeError(f"It did not stop by itself:\n{found.printed()}")

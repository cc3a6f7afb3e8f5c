"""A real Chromium against the running `make run`: not a test server."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from portal.demo.accounts import PASSWORD
from tests.processes import PASSED_ON, ROOT, free_port

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = [
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    *(["--no-sandbox"] if hasattr(os, "getuid") and os.getuid() == 0 else []),
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here, and skip it where there is no Chromium."""
    for item in items:
        if Path(str(item.fspath)).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)
            # One after the other, on one process: they share a running system.
            item.add_marker(pytest.mark.xdist_group("browser"))
            # Playwright's loop and sockets are closed by its own process, after pytest has looked.
            item.add_marker(pytest.mark.filterwarnings("ignore::ResourceWarning"))
            item.add_marker(pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"))
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="there is no Chromium on this machine"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the system's Chromium."""
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": QUIET}


class Running:
    """A system started by `make run`."""

    def __init__(self, base: str, log: Path) -> None:
        self.base = base
        self.log = log

    def printed(self) -> str:
        """Return what it has printed so far."""
        return self.log.read_text(errors="replace")


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Run `make run` on a port and in a folder of its own; end it with Ctrl-C and see that it ends."""
    folder = tmp_path_factory.mktemp("run")
    port = free_port()
    log = folder / "run.log"
    kept = {key: os.environ[key] for key in PASSED_ON if key in os.environ}
    env = {**kept, "PORT": str(port), "VAR_DIR": str(folder / "var"), "PYTHONUNBUFFERED": "1"}
    with log.open("wb") as out:
        process = subprocess.Popen(
            ["make", "run"], cwd=ROOT, env=env, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
    found = Running(f"http://localhost:{port}", log)
    try:
        deadline = time.monotonic() + 120
        while "Summit is running." not in found.printed():
            assert process.poll() is None, found.printed()
            assert time.monotonic() < deadline, found.printed()
            time.sleep(0.1)
        yield found
    finally:
        # As Ctrl-C in a terminal does: the signal goes to the whole group in the foreground.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    assert "Summit has stopped." in found.printed()


class Visitor:
    """Somebody with a browser of their own; what the console says against a page fails the test."""

    def __init__(self, page: Page, base: str) -> None:
        self.page = page
        self.base = base
        self.complaints: list[str] = []
        page.on("console", self._listen)

    def _listen(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def open(self, path: str) -> Page:
        """Open a path and return the page."""
        self.page.goto(path if path.startswith("http") else self.base + path)
        return self.page

    def sign_in(self, email: str) -> Page:
        """Sign in as somebody of the demonstration."""
        page = self.open("/accounts/login/")
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(re.compile(r"/(admin|portal)/"))
        return page

    def wait_until(self, path: str, condition: Callable[[Page], bool], seconds: float, what: str) -> Page:
        """Open a path again and again until the page is as expected."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            page = self.open(path)
            if condition(page):
                return page
            time.sleep(0.2)
        raise AssertionError(f"after {seconds} s: {what}\n{self.page.inner_text('body')[:2000]}")


@pytest.fixture
def visitor(browser: Browser, running: Running) -> Iterator[Callable[..., Visitor]]:
    """Make visitors, each with cookies of their own; afterwards no console has complained."""
    made: list[Visitor] = []

    def make(width: int = 1280, height: int = 900) -> Visitor:
        context = browser.new_context(viewport={"width": width, "height": height})
        made.append(Visitor(context.new_page(), running.base))
        return made[-1]

    yield make
    complaints = [line for found in made for line in found.complaints]
    for found in made:
        found.page.context.close()
    assert complaints == []

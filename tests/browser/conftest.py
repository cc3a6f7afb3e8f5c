"""A real Chromium against the running `make run`: not a test server."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from portal.demo.accounts import PASSWORD
from tests.browser.systems import started
from tests.processes import demonstration_to
from tools.running import CHROMIUM, QUIET, Running

# Milliseconds that nothing takes on a busy machine.
LONGEST = 60_000
expect.set_options(timeout=LONGEST)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here, before xdist reads the groups, and skip it where there is no Chromium."""
    for item in items:
        if Path(str(item.fspath)).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)
            # `make run` has a database of its own, whatever this run is on.
            item.add_marker(pytest.mark.once)
            # They sign in by the same accounts: one after the other, on one process.
            if "demonstration" in item.fixturenames:
                item.add_marker(pytest.mark.xdist_group("demonstration"))
            # Playwright's loop and sockets are closed by its own process, after pytest has looked.
            item.add_marker(pytest.mark.filterwarnings("ignore::ResourceWarning"))
            item.add_marker(pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"))
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="there is no Chromium on this machine"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": QUIET}


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Iterator[Running]:
    """A system with the demonstration that tests share."""
    folder = tmp_path_factory.mktemp("demonstration")
    demonstration_to(folder / "var", shared)
    with started(folder) as running:
        yield running


@pytest.fixture
def running(demonstration: Running) -> Running:
    """The system that visitors open; a module may have one of its own."""
    return demonstration


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
        self.page.goto(path if path.startswith("http") else self.base + path)
        return self.page

    def sign_in(self, email: str) -> Page:
        page = self.open("/accounts/login/")
        page.get_by_label("Email address").fill(email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(re.compile(r"/(admin|portal)/"))
        return page

    def with_authenticator(self) -> None:
        """Give the open page's browser a device that keeps passkeys and has made sure of its user."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        session.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    def reload_until(self, path: str, condition: Callable[[Page], bool]) -> Page:
        deadline = time.monotonic() + LONGEST / 1000
        while not condition(page := self.open(path)):
            assert time.monotonic() < deadline, f"it never is as expected:\n{page.inner_text('body')[:2000]}"
            page.wait_for_timeout(200)
        return page


def until(page: Page, condition: str) -> None:
    """Wait for what a script of the page says; its policy lets no test wait by a function of its own."""
    deadline = time.monotonic() + LONGEST / 1000
    while not page.evaluate(condition):
        assert time.monotonic() < deadline, f"never: {condition}"
        page.wait_for_timeout(50)


@pytest.fixture
def visitor(browser: Browser, running: Running) -> Iterator[Callable[..., Visitor]]:
    """Make visitors, each with cookies of their own; afterwards no console has complained."""
    made: list[Visitor] = []

    def make(width: int = 1280, height: int = 900) -> Visitor:
        context = browser.new_context(viewport={"width": width, "height": height})
        context.set_default_timeout(LONGEST)
        made.append(Visitor(context.new_page(), running.base))
        return made[-1]

    yield make
    complaints = [line for found in made for line in found.complaints]
    for found in made:
        found.page.context.close()
    assert complaints == []

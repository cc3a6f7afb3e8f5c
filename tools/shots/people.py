"""Those who walk the tour, each with a browser of their own."""

import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Page

from tools.running import Running
from tools.shots.camera import Camera

SECONDS = 30
DOMAIN = "summit.example"
# Of the first account of an empty installation.
OWN_PASSWORD = "heron-lantern-42"  # noqa: S105


class Walker:
    """Somebody who opens pages, and has their pictures taken."""

    def __init__(self, browser: Browser, system: Running, camera: Camera) -> None:
        self.base = system.base
        self.password = system.password or OWN_PASSWORD
        self.camera = camera
        self.page: Page = browser.new_context(
            viewport={"width": 1280, "height": 800}, locale="en-GB", bypass_csp=True
        ).new_page()
        self.page.set_default_timeout(SECONDS * 1000)

    def open(self, path: str) -> Page:
        """Open a path, or an address."""
        self.page.goto(path if path.startswith("http") else self.base + path)
        return self.page

    def first(self, path: str) -> Page:
        """Open a list of the desk, and its first row."""
        self.open(path).locator("#result_list tbody").get_by_role("link").first.click()
        self.page.wait_for_load_state()
        return self.page

    def take(
        self, name: str, path: str = "", *, paper: bool = False, prepare: Callable[[Page], None] | None = None
    ) -> Page:
        """Open a path, where one is given, and have the page taken; `prepare` is called when it has loaded."""
        if path:
            self.open(path)
        self.camera.take(self.page, name, paper=paper, prepare=prepare)
        return self.page

    def press(self, name: str, *, exact: bool = True) -> Page:
        """Press a button, or follow a link, by its words, or with `exact` False by a part of them."""
        button = self.page.get_by_role("button", name=name, exact=exact)
        found = button if button.count() else self.page.get_by_role("link", name=name, exact=exact)
        found.first.click()
        self.page.wait_for_load_state()
        return self.page

    def sign_in(self, box: str, domain: str = DOMAIN) -> Page:
        """Sign in as somebody of a demonstration."""
        page = self.open("/accounts/login/?lang=en")
        page.get_by_label("Email address").fill(f"{box}@{domain}")
        page.get_by_label("Password", exact=True).fill(self.password)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(re.compile(r"/(admin|portal)/"))
        return page

    def until(self, path: str, condition: Callable[[Page], bool]) -> Page:
        """Open a path again and again until the page is as expected. Raises TimeoutError."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            if condition(self.open(path)):
                return self.page
            time.sleep(0.3)
        raise TimeoutError(f"{path}\n{self.page.inner_text('body')[:1000]}")

    def mail(self, query: str) -> Page:
        """Open the newest mail that the development mailbox finds, once there is one that is written."""
        page = self.until(f"/dev/mail/?q={query}", _first_is_written)
        page.locator("main tbody").get_by_role("link").first.click()
        page.wait_for_load_state()
        return page


def _first_is_written(page: Page) -> bool:
    first = page.locator("main tbody").get_by_role("link")
    return first.count() > 0 and first.first.inner_text() != "not written yet"


def london(minutes: int) -> datetime:
    """Return the moment in so many minutes in London, at the full five minutes."""
    now = datetime.now(ZoneInfo("Europe/London")).replace(second=0, microsecond=0)
    later = now + timedelta(minutes=minutes)
    return later - timedelta(minutes=later.minute % 5)

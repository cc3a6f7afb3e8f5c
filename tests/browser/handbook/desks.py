"""The people of a demonstration who walk, and the walks of a part of them by the slugs of their tasks."""

import re
import time
from collections.abc import Callable

from playwright.sync_api import Browser

from tests.browser.conftest import LONGEST, Visitor
from tests.browser.handbook.walk import Walk
from tools.running import Running

SUMMIT = "border-security-2025"


class Desks:
    """The people of a demonstration, each signed in once."""

    def __init__(self, browser: Browser, running: Running) -> None:
        self.browser = browser
        self.running = running
        self.known: dict[str, Visitor] = {}

    def visitor(self, box: str) -> Visitor:
        """Return a browser of somebody, signed in; of nobody for an empty name."""
        if box not in self.known or not box:
            context = self.browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
            context.set_default_timeout(LONGEST)
            self.known[box] = Visitor(context.new_page(), self.running.base)
            if box:
                self.known[box].sign_in(f"{box}@summit.example")
        return self.known[box]

    def walk(self, slug: str, box: str, path: str = "") -> Walk:
        """Return the walk of a task by somebody, on a page."""
        walk = Walk(self.visitor(box), slug)
        if path:
            walk.open(path)
        return walk

    def mail(self, recipient: str, holds: str) -> str:
        """Return what a pattern finds in the newest mail to an address in which it finds something."""
        someone = self.visitor("")
        deadline = time.monotonic() + LONGEST / 1000
        while time.monotonic() < deadline:
            page = someone.open(f"/dev/mail/?q={recipient}")
            rows = page.locator("main tbody").get_by_role("link")
            for address in rows.evaluate_all("links => links.map(link => link.href)"):
                if found := re.search(holds, someone.open(address).inner_text("main")):
                    return found.group()
        raise AssertionError(f"no mail to {recipient} holds {holds}")


class Walks(dict[str, Callable[[Desks], None]]):
    """Walks in their order. As a decorator, it enters a walk under the slug of its task."""

    def __call__(self, function: Callable[[Desks], None]) -> Callable[[Desks], None]:
        """Enter a function, whose name is that of its task, and return it."""
        self[function.__name__.replace("_", "-")] = function
        return function

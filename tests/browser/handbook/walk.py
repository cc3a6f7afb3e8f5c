"""Follow the steps of the handbook in a browser.

A walk names no label: it takes the next one from the page of the handbook, in the language in which it walks. So it
fails where the page of the system says something else than the handbook, and where a step is missing in either.
"""

import contextlib
import os
import re
import time
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Error, Locator, Page, Request, expect

from portal.handbook.selectors import PICTURE, Label, Picture, steps
from tests.browser.conftest import LONGEST, Visitor
from tools.running import Running

# `make shots` sets these, to take the pictures of the handbook in each language.
LANGUAGE = os.environ.get("HANDBOOK_LANGUAGE", "en")
ALBUM = os.environ.get("HANDBOOK_PICTURES", "")


class Desks:
    """The people of a demonstration, each signed in once."""

    def __init__(self, browser: Browser, running: Running) -> None:
        self.browser = browser
        self.running = running
        self.known: dict[str, Visitor] = {}

    def visitor(self, box: str) -> Visitor:
        """Return a browser of somebody, signed in; a new one of nobody for an empty name."""
        if box not in self.known or not box:
            context = self.browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
            context.set_default_timeout(LONGEST)
            self.known[box] = Visitor(context.new_page(), self.running.base)
            if box:
                self.known[box].sign_in(f"{box}@summit.example")
        return self.known[box]

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


class Walk:
    """A reader of the handbook's page of a task, who does what its steps say."""

    def __init__(self, desks: Desks, slug: str, box: str) -> None:
        self.desks = desks
        self.visitor = desks.visitor(box)
        self.page: Page = self.visitor.page
        self.slug = slug
        # The address of a text that was written for this walk.
        self.drafted = ""
        self.parts = [part for step in steps(slug, LANGUAGE) for part in step.parts]
        self._take_pictures()

    def open(self, path: str) -> None:
        mark = "&" if "?" in path else "?"
        try:
            self.visitor.open(f"{path}{mark}lang={LANGUAGE}")
        except Error:  # a form that a script sends was still on its way
            self.page.wait_for_load_state()
            self.visitor.open(f"{path}{mark}lang={LANGUAGE}")
        self._take_pictures()

    def press(self) -> None:
        """Press the button or follow the link that is named next."""
        self._press()

    def press_of(self, text: str) -> None:
        """Press the one of several with the same label whose name has these words."""
        self._press(of=text)

    def press_in(self, selector: str) -> None:
        """Press the one in a part of the page."""
        self._press(within=selector)

    def press_last(self) -> None:
        self._press(last=True)

    def _press(self, of: str = "", within: str = "body", *, last: bool = False) -> None:
        name = self._next(of)
        part = self.page.locator(within)
        named = [part.get_by_role("button", name=name), part.get_by_role("link", name=name)]
        found = named[0].or_(named[1]).or_(part.locator("summary").filter(has_text=name)).locator("visible=true")
        expect(found.first, f"{self.slug}: {name.pattern}").to_be_visible()
        self._click(found.last if last else found.first)

    def field(self) -> Locator:
        name = self._next()
        found = self.page.get_by_label(name).locator("visible=true").first
        expect(found, f"{self.slug}: {name.pattern}").to_be_visible()
        return found

    def fill(self, value: str) -> None:
        """Fill in the field that is named next."""
        self.field().fill(value)
        self._take_pictures()

    def choose(self, value: str) -> None:
        self.field().select_option(value)
        self._take_pictures()

    def choose_first(self) -> None:
        """Choose the first value of the select that is named next, but for the empty one."""
        field = self.field()
        field.select_option(field.locator("option:not([value=''])").first.get_attribute("value"))
        self._take_pictures()

    def choose_called(self, text: str) -> None:
        """Choose the value of the select that is named next by its words."""
        field = self.field()
        field.select_option(field.locator("option", has_text=text).get_attribute("value"))
        self._take_pictures()

    def set(self, said: str) -> None:
        """Fill in a field by its name in the form."""
        name, _space, value = said.partition(" ")
        self.page.locator(f"main [name={name}]").fill(value)

    def select(self, said: str) -> None:
        """Choose a value of a select by its name in the form."""
        name, _space, value = said.partition(" ")
        self.page.locator(f"main [name={name}]").select_option(value)

    def tick(self, selector: str) -> None:
        """Check the first box or radio button of these, which the handbook doesn't name."""
        self.page.locator(selector).first.check()

    def click(self, selector: str) -> None:
        """Press the first of what the handbook doesn't name."""
        self.page.locator(selector).first.click()

    def find(self, text: str) -> None:
        """Find a row by typing into the field that is named next, and choose it."""
        self.field().focus()
        self.page.keyboard.type(text)
        expect(self.page.locator(".select2-results__option--highlighted")).to_contain_text(text)
        self.page.keyboard.press("Enter")
        self._take_pictures()

    def check(self) -> None:
        """Check the box or the radio button that is named next."""
        self.field().check()
        self._take_pictures()

    def key(self) -> str:
        """Return the key of the keyboard that is named next."""
        part = self.parts.pop(0)
        assert isinstance(part, Label)
        self._take_pictures()
        return part.words

    def see(self) -> None:
        """See the words that are named next."""
        name = self._next()
        # Styles may write a state with a capital letter.
        found = self.page.get_by_text(re.compile(name.pattern, name.flags | re.I)).locator("visible=true").first
        expect(found, f"{self.slug}: {name.pattern}").to_be_visible()
        self._take_pictures(of=found)

    def row(self, text: str) -> None:
        """Follow the link of a row, which the handbook doesn't name: another summit has other rows."""
        rows = self.page.locator('main a:not([href^="?"])').filter(has_text=re.compile(re.escape(text)))
        self._click(rows.first)

    def done(self) -> None:
        """Nothing that the handbook names is left, and the last page doesn't refuse what was entered."""
        assert self.parts == [], f"{self.slug} says more than was walked"
        expect(self.page.locator(".error-summary"), self.slug).to_have_count(0)

    def _next(self, of: str = "") -> re.Pattern[str]:
        """Return the next label, as a pattern for the name of what is on the page.

        What only screen readers say may follow after a colon, a number of rows, and "optional" in brackets.
        """
        assert self.parts, f"{self.slug} says less than is walked"
        part = self.parts.pop(0)
        assert isinstance(part, Label), f"{self.slug}: the picture {part} comes before anything is open"
        words = r"\s+".join(re.escape(word).replace("…", ".*") for word in part.words.split())
        return re.compile(rf"^\s*{words}(\s*[:(\n].*|\s*\d+)?{'.*' + re.escape(of) + '.*' if of else ''}\s*$", re.S)

    def _click(self, found: Locator) -> None:
        """Click, and wait for the page to which it leads; a part that unfolds or changes in place leads nowhere."""
        asked: list[Request] = []

        def listen(request: Request) -> None:
            if request.is_navigation_request() and request.frame == self.page.main_frame:
                asked.append(request)

        self.page.evaluate("window.clickedHere = true")
        self.page.on("request", listen)
        found.click()
        for _moment in range(5):
            if not asked:
                self.page.wait_for_timeout(20)
        if not asked:
            self._wait_for_htmx()
        self.page.remove_listener("request", listen)
        if asked:
            self._wait_for_another_document()
        self._take_pictures()

    def _wait_for_htmx(self) -> None:
        """Wait for a form that htmx sends: its answer may lead to another page."""
        # A document that is just being left can't be asked.
        with contextlib.suppress(Error):
            if self.page.locator(".htmx-request").count():
                expect(self.page.locator(".htmx-request")).to_have_count(0)
                self.page.wait_for_timeout(100)

    def _wait_for_another_document(self) -> None:
        deadline = time.monotonic() + LONGEST / 1000
        while time.monotonic() < deadline:
            # A document that is just being left can't be asked.
            with contextlib.suppress(Error):
                if not self.page.evaluate("window.clickedHere"):
                    return self.page.wait_for_load_state()
            self.page.wait_for_timeout(20)
        raise AssertionError(f"{self.slug}: {self.page.url} leads to no other page")

    def _take_pictures(self, of: Locator | None = None) -> None:
        """Take the pictures that are named next, with an element of the page in sight."""
        while self.parts and isinstance(self.parts[0], Picture):
            name = self.parts.pop(0)
            assert isinstance(name, Picture)
            if ALBUM:
                self._take(Path(ALBUM) / LANGUAGE / f"{name.name}.webp", of)

    def _take(self, path: Path, of: Locator | None) -> None:
        width, height = PICTURE
        before = self.page.viewport_size
        self.page.set_viewport_size({"width": width, "height": height})
        if of is not None:
            of.scroll_into_view_if_needed()
        shot = self.page.screenshot(animations="disabled")
        if before:
            self.page.set_viewport_size(before)
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.open(BytesIO(shot)).save(path, quality=60, method=6)

"""Every page there is, by axe's rules: in English, a sample in Arabic; wide and light, or narrow and dark. Of those
that are made alike, some stand for the others.

That no address is left out is a test of its own (tests/routes/test_crawl_coverage.py).
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from playwright.sync_api import Browser, ConsoleMessage

from tests.browser.crawl.page_checks import MODES, NARROW, WIDE, Mode, Window
from tests.browser.crawl.page_states import states
from tests.browser.crawl.pages import FILE, INSIDE, LEADS, MAIL, OTHERS, Stop, declared_stops, is_alike, is_page
from tests.browser.systems import shared_system
from tools.running import Running

DECLARED = list(declared_stops())


def by_turns(stops: Sequence[Stop]) -> Iterator[Stop]:
    """Yield states of pages: of a desk's page in several states, which are made of the same parts, every second."""
    seen: Counter[str] = Counter()
    for stop in stops:
        if not stop.path.startswith("/admin") or seen[stop.route] % 2 == 0:
            yield stop
        seen[stop.route] += 1


ONCE = [stop for stop in DECLARED if is_page(stop) and not is_alike(stop)]
PAGES = [*ONCE, *by_turns(states())]
NO_PAGES = [stop for stop in DECLARED if not is_page(stop)]
DESKS = [stop for stop in PAGES if stop.path.startswith("/admin")]
# What delegates and the public read.
READ = [stop for stop in PAGES if stop not in DESKS]
# A screen is written in its own languages, whatever its reader's.
OWN_LANGUAGES = ("screens:screen",)
ARABIC = [stop for stop in READ[::6] + DESKS[::30] if stop.route not in OWN_LANGUAGES]
STOPS = [*(("en", stop) for stop in PAGES), *(("ar", stop) for stop in ARABIC)]


class Crawl:
    """A running system with something in every state, and a browser for each of its readers."""

    def __init__(self, running: Running, browser: Browser, made: dict[str, Any]) -> None:
        self.base = running.base
        self.browser = browser
        self.values: dict[str, str] = made["values"]
        self.cookies: dict[str, dict[str, str]] = made["cookies"]
        self._open: dict[tuple[str, str], Window] = {}
        self.complaints: list[str] = []

    def window(self, reader: str, language: str) -> Window:
        """Return the window of a reader's browser, one for each language: a session remembers it."""
        if (reader, language) not in self._open:
            context = self.browser.new_context()
            if reader in self.cookies[language]:
                cookie = {"name": "sessionid", "value": self.cookies[language][reader], "url": self.base}
                context.add_cookies([cookie])  # type: ignore[list-item]
            window = self._open[reader, language] = Window(context)
            window.page.on("console", self._listen)
            window.page.on("pageerror", lambda problem: self.complaints.append(str(problem)))
            if reader == "unlucky":
                with translation.override(language):
                    body = render_to_string("errors/500.html")
                fault = {"status": 500, "body": body, "content_type": "text/html"}
                window.page.route("**/fault/*", lambda route: route.fulfill(**fault))
        return self._open[reader, language]

    def _listen(self, message: ConsoleMessage) -> None:
        # That an address answers 404 or 422 is what the stop is about.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.complaints.append(f"console: {message.text}")

    def url(self, stop: Stop, language: str) -> str:
        """Return the address of a stop. Raises KeyError where nothing fills it."""
        path = re.sub(r"{([^}]+)}", lambda match: self.values[match.group(1)], stop.path)
        return f"{self.base}{path}{'&' if '?' in path else '?'}lang={language}"


@pytest.fixture(scope="session")
def crawl(browser: Browser, shared: Path) -> Iterator[Crawl]:
    def make(running: Running) -> Any:
        return json.loads(running.inside("from tests.browser.crawl.world import make; make()"))

    with shared_system(shared, "crawl", make) as (running, made):
        yield Crawl(running, browser, made)


def modes_of(stop: Stop, language: str) -> tuple[Mode, ...]:
    """Return where axe is asked, by turns. The desks' pages are made of the same parts; in Arabic it is a phone."""
    if language == "ar":
        return (NARROW,)
    if stop in DESKS:
        return (MODES[DESKS.index(stop) % 2],)
    return MODES if READ.index(stop) % 2 else (NARROW, WIDE)


def colours_of(stop: Stop, language: str, modes: tuple[Mode, ...]) -> tuple[Mode, ...]:
    """Return in which of the modes contrast is asked about, by turns: all parts have their colours from one sheet,
    and stand together on one page (`dev:components`)."""
    if language == "ar" or (stop in DESKS and DESKS.index(stop) % 6):
        return ()
    return modes[:1] if stop in DESKS or READ.index(stop) % 3 else modes


@pytest.mark.parametrize(
    ("language", "stop"), [pytest.param(code, stop, id=f"{code}-{stop}") for code, stop in STOPS]
)
def test_axe_finds_nothing(crawl: Crawl, language: str, stop: Stop) -> None:
    window, modes = crawl.window(stop.reader, language), modes_of(stop, language)
    window.show(modes[0])
    crawl.complaints.clear()
    answer = window.page.goto(crawl.url(stop, language))
    assert answer is not None
    assert answer.status == stop.status, window.page.url
    # Whoever works for several summits is led on to the address that says which.
    assert answer.request.redirected_from is None or "summit=" in window.page.url, window.page.url
    if stop.act is not None:
        stop.act(window.page)
    found, where = window.look(language, modes, colours_of(stop, language, modes)), window.page.url
    # A page that stays open goes on ticking, and dozens of them take most of the machine.
    window.page.goto(f"{crawl.base}/robots.txt")
    assert found + crawl.complaints == [], where


def test_what_is_passed_by_is_no_page(crawl: Crawl) -> None:
    wrong = []
    for stop in NO_PAGES:
        answer = crawl.window(stop.reader, "en").page.request.get(crawl.url(stop, "en"), max_redirects=0)
        leads = 300 <= answer.status < 400
        is_html = answer.headers.get("content-type", "").startswith("text/html")
        kinds = {FILE: (False, False), MAIL: (False, True), INSIDE: (False, True), LEADS: (True, True)}
        expected = kinds[OTHERS.get(stop.route, LEADS)]
        if (leads, leads or is_html) != expected:
            wrong.append(f"{stop}: {answer.status} {answer.headers.get('content-type')}")
    assert wrong == []


PALE = """<!doctype html><html lang="en"><title>Pale</title><meta name="color-scheme" content="light dark">
<style>body { background: light-dark(#fff, #111); color: light-dark(#111, #eee) } p { %s } div { inline-size: 500px }
</style><main><h1>Pale</h1><p>Words.</p><div>Wide.</div></main>"""


def test_what_is_wrong_in_one_mode_alone_is_found(browser: Browser) -> None:
    window, found = Window(browser.new_context()), {}
    for name, rule in {"dark": "color: light-dark(#111, #333)", "good": ""}.items():
        window.page.set_content(PALE % rule)
        found[name] = [line.split(" x")[0] for line in window.look("en")]
    window.page.context.close()
    narrow = ["320: outside: div. “Wide.”", "320: sideways: 508 > 320"]
    assert found == {"good": narrow, "dark": ["320 dark: color-contrast", *narrow]}

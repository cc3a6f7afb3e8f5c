"""Every page there is, by axe's rules: in English and Arabic, on a phone and a wide screen, in light and dark.

`make test-browser` walks them all; that none is left out is a test of its own (tests/routes/test_walked.py).
"""

import json
import re
from collections.abc import Callable, Iterator

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route

from tests.browser.conftest import Begin, Visitor
from tests.browser.crawl.look import MODES, look
from tests.browser.crawl.states import states
from tests.browser.crawl.stops import LEADS, OTHERS, Stop, declared_stops, is_alike, is_page
from tools.running import Running

DECLARED = list(declared_stops())
OWN = [stop for stop in filter(is_page, DECLARED) if not is_alike(stop)]
PAGES = sorted([*OWN, *states()], key=lambda stop: stop.reader)
NO_PAGES = [stop for stop in DECLARED if not is_page(stop)]
# In Arabic all that delegates and the public read; of the desks, whose pages are made of the same parts, every sixth.
_DESKS = [stop for stop in PAGES if stop.path.startswith("/admin")]
OF = {"en": PAGES, "ar": [stop for stop in PAGES if stop not in _DESKS or stop in _DESKS[::6]]}


class Crawl:
    """A running system with something in every state, and a browser for each of its readers."""

    def __init__(self, running: Running, browser: Browser) -> None:
        self.running = running
        self.browser = browser
        made = json.loads(running.inside("from tests.browser.crawl.world import make; make()"))
        self.values: dict[str, str] = made["values"]
        self.cookies: dict[str, str] = made["cookies"]
        self._open: dict[tuple[str, str], Page] = {}
        self.complaints: list[str] = []

    def page(self, reader: str, language: str) -> Page:
        """Return the page of a reader's browser."""
        if (reader, language) not in self._open:
            context = self._context(reader)
            page = context.new_page()
            page.on("console", self._listen)
            page.on("pageerror", lambda problem: self.complaints.append(str(problem)))
            context.route("**/fault/*", _fault)
            self._open[reader, language] = page
        return self._open[reader, language]

    def _context(self, reader: str) -> BrowserContext:
        width, scheme = MODES[0]
        context = self.browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
        )  # type: ignore[arg-type]
        if reader != "anybody":
            cookie = {"name": "sessionid", "value": self.cookies[reader], "url": self.running.base}
            context.add_cookies([cookie])  # type: ignore[list-item]
        return context

    def _listen(self, message: ConsoleMessage) -> None:
        # That an address answers 404 or 422 is what the stop is about.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.complaints.append(f"console: {message.text}")

    def url(self, stop: Stop, language: str) -> str:
        """Return the address of a stop. Raises KeyError where nothing fills it."""
        path = re.sub(r"{([^}]+)}", lambda match: self.values[match.group(1)], stop.path)
        return f"{self.running.base}{path}{'&' if '?' in path else '?'}lang={language}"


def _fault(route: Route) -> None:
    language = "ar" if "lang=ar" in route.request.url else "en"
    with translation.override(language):
        route.fulfill(status=500, body=render_to_string("errors/500.html"), content_type="text/html")


PALE = """<!doctype html><html lang="en"><title>Pale</title><meta name="color-scheme" content="light dark">
<style>body { background: light-dark(#fff, #111); color: light-dark(#111, #eee) } p { %s } div { inline-size: 500px }
</style><main><h1>Pale</h1><p>Words.</p><div>Wide.</div></main>"""


def test_what_is_wrong_in_one_mode_alone_is_found(visitor: Callable[..., Visitor]) -> None:
    page = visitor().page
    found = {}
    for name, rule in {"dark": "color: light-dark(#111, #333)", "good": ""}.items():
        page.set_content(PALE % rule)
        found[name] = [line.split(" x")[0] for line in look(page, "en", [])]
    narrow = [
        f"{width}: {what}" for width in (320, 390) for what in ("outside: div. “Wide.”", f"sideways: 508 > {width}")
    ]
    assert found["good"] == narrow
    assert sorted(found["dark"]) == sorted([*narrow, "390 dark: color-contrast"])


@pytest.fixture(scope="module")
def crawl(browser: Browser, begin: Begin) -> Iterator[Crawl]:
    with begin("crawl", True) as running:
        yield Crawl(running, browser)


@pytest.mark.crawl
@pytest.mark.parametrize(
    ("language", "stop"),
    [
        pytest.param(code, stop, marks=pytest.mark.xdist_group(f"crawl-{code}"), id=f"{code}-{stop}")
        for code, stops in OF.items()
        for stop in stops
    ],
)
def test_axe_finds_nothing(crawl: Crawl, language: str, stop: Stop) -> None:
    page = crawl.page(stop.reader, language)
    crawl.complaints.clear()
    answer = page.goto(crawl.url(stop, language))
    assert answer is not None
    assert (answer.status, answer.request.redirected_from) == (stop.status, None), page.url
    if stop.act is not None:
        stop.act(page)
    # Pages of the desks, made of the same parts, are asked by turns in one mode and in the other, every third of
    # them about contrast.
    place = _DESKS.index(stop) if stop in _DESKS else None
    modes = MODES if place is None else MODES[place % 2 : place % 2 + 1]
    found = look(page, language, list(stop.without), modes, colours=place is None or place % 3 == 0)
    assert found + crawl.complaints == [], page.url


@pytest.mark.crawl
@pytest.mark.xdist_group("crawl-en")
@pytest.mark.parametrize("stop", NO_PAGES, ids=str)
def test_what_is_passed_by_is_no_page(crawl: Crawl, stop: Stop) -> None:
    answer = crawl.page(stop.reader, "en").request.get(crawl.url(stop, "en"), max_redirects=0)
    leads = 300 <= answer.status < 400
    kind = answer.headers.get("content-type", "")
    expected = OTHERS.get(stop.route, LEADS)
    assert (leads or kind.startswith("text/html"), leads) == (expected == LEADS, expected == LEADS), kind

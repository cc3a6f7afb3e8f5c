"""A screen goes on without a network and says since when, shows what doesn't fit by pages, and obeys its key."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visitor
from tests.browser.keyboard import Make

# 09:30 in London, where the demonstration's summit is.
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
BOARD = """<section class="board" lang="en" data-now="Now" data-next="Next" data-paused="Stopped"
  data-aged="As of {time}, no connection since {since}">
  <header><p class="days"></p><p class="clock" data-words="{time} London time"></p></header>
  <ol class="lines">LINES</ol><p class="nothing"></p>
  <footer><p class="aged" hidden></p><p class="page"></p></footer></section>"""
LINE = """<li data-starts="{starts}" data-ends="{ends}" data-day="2026-03-02" data-room="{room}"{more}>
  <p class="when"><span class="day"></span></p><p class="title">{title}</p><p class="word">{word}</p></li>"""


def line(title: str, after: float, room: str = "", *, more: str = "", word: str = "") -> str:
    """A session that starts so many hours after half past nine and takes an hour, in a room of its own by default."""
    starts = NOW + timedelta(hours=after)
    values = {"starts": starts.isoformat(), "ends": (starts + timedelta(hours=1)).isoformat(), "word": word}
    return LINE.format(title=title, room=room or title, more=f" {more}" if more else "", **values)


class Display:
    """A screen of the demonstration, which gets its content from the test and whose clock the test moves."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.lines, self.status = "", 200

    def answer(self, route: Route) -> None:
        """Answer with the lines, with an error, or (0) not at all."""
        if not self.status:
            route.abort()
            return
        body = BOARD.replace("LINES", self.lines)
        headers = {"X-Summit-Time": NOW.isoformat(), "ETag": f'"{len(body)}"', "Content-Type": "text/html"}
        route.fulfill(status=self.status, body=body, headers=headers)

    def ask(self) -> None:
        """Let the screen ask once more, and have its answer."""
        with self.page.expect_event("requestfinished" if self.status else "requestfailed"):
            self.page.clock.run_for(4600)
        self.page.clock.run_for(1000)

    @property
    def shown(self) -> list[str]:
        """The title and the word of each line that one sees."""
        lines = self.page.locator(".board:not([hidden]) li:not([hidden])")
        return [" ".join(text.split()) for text in lines.all_inner_texts()]


def address_of_new_screen(desk: Visitor) -> str:
    """Add a screen at the desk, and return the address that the page shows."""
    page = desk.sign_in("organiser@summit.example")
    desk.open("/admin/agenda/screen/add/")
    page.get_by_label("Place").fill(f"Foyer {datetime.now(UTC).isoformat()}")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Create address").click()
    return page.locator("code.secret").inner_text()


@pytest.fixture
def display(visitor: Make) -> Iterator[Display]:
    desk = visitor()
    path = address_of_new_screen(desk).split("/", 3)[3]
    page = desk.page
    # Nothing of the visitor's: what fails to load is said on its console.
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    found = Display(context.new_page())
    # The clock stands still until the test moves it: on a busy machine a page would turn by itself.
    found.page.clock.install(time=NOW)
    found.page.clock.pause_at(NOW + timedelta(seconds=1))
    found.page.route("**/content/", found.answer)
    found.page.goto(f"{desk.base}/{path}")
    yield found
    context.close()


def test_its_address_is_copied_by_the_keyboard(visitor: Make) -> None:
    desk = visitor()
    address = address_of_new_screen(desk)
    page, button = desk.page, desk.page.get_by_role("button", name="Copy address")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    button.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == address
    # Where the browser doesn't allow it, the address is selected.
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error()) }")
    button.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Selected.")).to_be_visible()
    assert page.evaluate("String(getSelection())").strip() == address


def after(display: Display, minutes: int) -> None:
    """Let so many minutes pass without a network."""
    display.page.clock.fast_forward(minutes * 60_000)
    display.page.clock.run_for(1000)


def test_it_goes_on_without_a_network(display: Display) -> None:
    display.lines = line("One", -0.5) + line("Two", 0.5) + line("Three", 5, "Two")
    display.lines += line("Overrunning", -1.5, more="data-started") + line("Started", -0.25, more="data-started")
    display.ask()
    assert display.shown == ["One Now", "Two Next", "Overrunning Now", "Started Now"]
    assert display.page.context.cookies() == []
    aged = display.page.locator(".aged")
    expect(aged).to_be_hidden()
    display.status = 0
    display.ask()
    expect(aged).to_have_text("As of 09:30, no connection since 09:30")
    after(display, 4)
    assert display.shown == ["One Now", "Two Next", "Overrunning Now", "Started Now"]
    after(display, 41)
    # What is over isn't on now, and what has begun is. What was started ends by the plan.
    assert display.shown == ["Two Now", "Three Next"]
    expect(display.page.locator(".clock time")).to_have_text("10:15")
    after(display, 15)
    assert display.shown == ["Two Now", "Three Next"]
    expect(display.page.locator(".clock time")).to_have_text("10:30")
    expect(aged).to_have_text("As of 09:30, no connection since 09:30")
    display.status = 200
    display.ask()
    expect(aged).to_be_hidden()


def test_a_key_that_was_taken_back_empties_it(display: Display) -> None:
    display.lines = line("One", -0.5)
    display.ask()
    # What fails otherwise leaves what is there.
    display.status = 503
    display.ask()
    assert display.shown == ["One Now"]
    display.status = 404
    display.ask()
    expect(display.page.locator("main")).to_contain_text("This screen is off.")
    assert "One" not in display.page.content()


def test_what_was_started_goes_on_and_what_ended_or_is_late_says_so(display: Display) -> None:
    late = line("Late", -2, more="data-late", word="Running late")
    display.lines = late + line("Long", -3, more="data-started") + line("Short", -0.5, more="data-ended")
    display.ask()
    assert display.shown == ["Late Running late", "Long Now"]
    # Until somebody ends it, also if the next one in its room is due; or for twelve hours, as what is late.
    display.lines += line("Other", -0.5, "Long") + line("Forgotten", -13.5, more="data-started")
    display.lines += line("Never", -13.5, more="data-late", word="Running late")
    display.ask()
    assert display.shown == ["Late Running late", "Long Now", "Other Now"]


def test_what_does_not_fit_is_shown_by_pages_that_one_can_stop(display: Display) -> None:
    titles = [f"Session {number}" for number in range(20)]
    display.lines = "".join(line(title, -0.5) for title in titles)
    display.ask()
    page = display.page.locator(".board:not([hidden]) .page")
    seen: list[str] = []
    number = 0
    while True:
        number += 1
        # A page stays for twelve seconds, and the screen asks meanwhile: without an answer it would show less.
        for _time in range(4):
            if page.inner_text().startswith(f"{number} / "):
                break
            display.ask()
        expect(page).to_contain_text(f"{number} / ")
        seen += display.shown
        if number == int(page.inner_text().split(" / ")[1]):
            break
    assert seen == [f"{title} Now" for title in titles]
    display.page.keyboard.press("Space")
    before = page.inner_text()
    for _time in range(5):
        display.ask()
    assert page.inner_text() == before
    expect(display.page.locator(".aged")).to_have_text("Stopped")

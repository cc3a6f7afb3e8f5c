"""The board by mouse, by touch and by keyboard alone, and two boards that follow each other."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.conftest import LONGEST, Visitor, until
from tests.browser.keyboard import Make
from tools.running import Running

BOARD = "/admin/agenda/session/board/"
ORGANISER = "organiser@summit.example"
# One who may read the board alone.
READER = "protocol@summit.example"
COLLEAGUE = "programme@summit.example"
# A second account that may move sessions.
ADD_COLLEAGUE = """
from portal.demo.accounts import DOMAIN, Account, make_accounts
from summit.core.models import new_public_id
from summit.permissions.models import Role
from summit.summits.models import Summit
account = Account("programme", "Programme officer", (Role.PROGRAMME,))
summit = Summit.objects.get(slug="border-security-2025")
make_accounts(summit=summit, domain=DOMAIN, ids=new_public_id, accounts=[account])
"""
# No other test of the demonstration moves or cancels it.
TITLE = "Countering promotion online"
TIMES = re.compile(r"\d\d:\d\d")


def card(page: Page) -> Locator:
    return page.locator(".board-card", has_text=TITLE)


def where(page: Page) -> tuple[str, str]:
    """Return when the session begins and in which room it is, "" for the tray."""
    found = card(page)
    begins = TIMES.search(found.locator(".times").inner_text())
    room = found.evaluate("row => row.closest('.board-room')?.querySelector('h3 bdi').textContent ?? ''")
    return begins.group() if begins else "", str(room)


def board(visitor: Make | Visitor, email: str = ORGANISER) -> Page:
    """Sign in, by default as the organiser, and open the board, laid out by its script."""
    made = visitor if isinstance(visitor, Visitor) else visitor()
    made.sign_in(email)
    page = made.open(BOARD)
    expect(page.locator(".board.laid")).to_be_visible()
    return page


def says(page: Page, text: str) -> None:
    expect(page.locator("[data-status]")).to_contain_text(text)


def test_a_session_is_dragged_and_another_board_follows(visitor: Make) -> None:
    page, other = board(visitor), board(visitor)
    before = where(page)
    card(page).scroll_into_view_if_needed()
    box = card(page).bounding_box()
    assert box is not None
    x, y = box["x"] + 40, box["y"] + 20
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 5, y + 10)
    # A room further, and half an hour later, at 84 pixels an hour.
    page.mouse.move(x + box["width"], y + 42, steps=5)
    # One reads what clashes before one lets go.
    expect(page.locator(".board-ghost[data-state]")).to_be_visible()
    page.mouse.up()
    says(page, "1 session moved.")
    after = where(page)
    assert (before[0] != after[0], before[1] != after[1]) == (True, True)
    expect(other.locator(".board-card.moved", has_text=TITLE)).to_be_visible()
    assert where(other) == after
    page.keyboard.press("Control+z")
    says(page, "Undone: Move.")
    assert where(page) == before
    until(other, f"document.querySelector('.board').innerText.includes({before[0]!r})")


def test_two_officers_see_each_others_moves_and_whose_they_are(visitor: Make, running: Running) -> None:
    running.inside(ADD_COLLEAGUE)
    colleague = visitor()
    pages = {"Organiser": board(visitor), "Programme officer": board(colleague, COLLEAGUE)}
    for (name, page), other in zip(pages.items(), reversed(pages.values()), strict=True):
        card(page).locator("a").focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        says(page, "1 session moved.")
        expect(card(other).locator(".times")).to_have_text(card(page).locator(".times").inner_text())
        expect(card(other).locator(".by")).to_have_text(f"moved by {name}")
        # Who moved it knows.
        expect(card(page).locator(".by")).to_have_count(0)
    # Of two who move it at once, the second learns where it is.
    first, second = pages.values()
    for page in (first, second):
        card(page).locator("a").focus()
        page.keyboard.press("ArrowDown")
    first.keyboard.press("Enter")
    says(first, "1 session moved.")
    second.keyboard.press("Enter")
    says(second, f"“{TITLE}” was moved since: it is now on")
    assert "409 (Conflict)" in colleague.complaints.pop()
    expect(card(second).locator(".times")).to_have_text(card(first).locator(".times").inner_text())
    first.keyboard.press("Control+z")
    says(first, "Undone: Move.")
    # Each takes back only their own.
    for page in reversed(pages.values()):
        page.keyboard.press("Control+z")
        says(page, "Undone: Move.")


def test_selected_sessions_stay_so_only_while_they_are_moved(visitor: Make) -> None:
    page = board(visitor)
    boxes, ticked = page.locator(".board-lane .board-pick input"), page.locator(".board-card input:checked")
    for place in range(boxes.count()):
        # Each can be ticked while the one before is: no card lies on the box of another.
        boxes.nth(place).click()
        expect(ticked).to_have_count(place + 1)
    for place in range(2, boxes.count()):
        boxes.nth(place).click()
    page.get_by_role("button", name="Swap two").click()
    says(page, "Sessions swapped.")
    expect(ticked).to_have_count(0)
    boxes.nth(0).click()
    page.get_by_role("button", name="Undo").click()
    says(page, "Undone: Swap.")
    expect(ticked).to_have_count(0)
    # The button that was pressed has nothing left to undo; the focus goes to the one beside it.
    expect(page.get_by_role("button", name="Redo")).to_be_focused()


@pytest.mark.parametrize(("email", "edits"), [(ORGANISER, 1), (READER, 0)])
def test_what_a_short_card_cuts_is_in_a_tip(visitor: Make, email: str, edits: int) -> None:
    page = board(visitor, email)
    expect(page.locator(".board[data-edit]")).to_have_count(edits)
    short = page.locator(".board-lane .board-card[title]").first
    words = (short.get_attribute("title") or "").split("\n")
    assert (words[0], words[1]) == (short.locator("a").inner_text(), short.locator(".times").text_content())
    tip = page.locator(".board-tip")
    expect(tip).to_be_hidden()
    # By a key, so that the focus is one that is shown.
    short.locator("a").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    expect(tip).to_be_visible()
    assert tip.text_content() == "\n".join(words)
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    # Closed, it doesn't come back because the page scrolls, but with the focus.
    # The event alone: whether the browser has anything left to scroll is its own affair.
    page.locator(".board-scroll").first.dispatch_event("scroll")
    expect(tip).to_be_hidden()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    expect(tip).to_be_visible()


def test_a_session_is_moved_by_the_keyboard_alone(visitor: Make) -> None:
    page = board(visitor)
    before = where(page)
    card(page).locator("a").focus()
    for key in ("ArrowDown", "ArrowRight", "Shift+ArrowDown"):
        page.keyboard.press(key)
    expect(page.locator(".board-ghost")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".board-ghost")).to_have_count(0)
    assert where(page) == before
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    says(page, "1 session moved.")
    assert where(page)[0] > before[0]
    expect(card(page).locator("a")).to_be_focused()
    page.keyboard.press("Control+z")
    says(page, "Undone: Move.")
    page.keyboard.press("Control+Shift+z")
    says(page, "Done again: Move.")
    page.keyboard.press("Control+z")
    says(page, "Undone: Move.")
    assert where(page) == before
    page.keyboard.press("Space")
    says(page, "1 selected")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/admin/agenda/session/\d+/"))


def test_a_finger_scrolls_and_moves_after_it_holds(browser: Browser, running: Running) -> None:
    context = browser.new_context(viewport={"width": 1024, "height": 768}, has_touch=True)
    context.set_default_timeout(LONGEST)
    page = board(Visitor(context.new_page(), running.base))
    before, session = where(page), context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    def at() -> tuple[float, float]:
        card(page).scroll_into_view_if_needed()
        box = card(page).bounding_box()
        assert box is not None
        return box["x"] + 40, box["y"] + 20

    x, y = at()
    touch("touchStart", (x, y))
    for place in range(1, 6):
        touch("touchMove", (x, y - 15 * place))
    touch("touchEnd")
    expect(page.locator(".board-ghost")).to_have_count(0)
    x, y = at()
    touch("touchStart", (x, y))
    expect(page.locator(".board-ghost")).to_be_visible()
    for place in range(1, 6):
        touch("touchMove", (x, y + 15 * place))
    touch("touchEnd")
    says(page, "1 session moved.")
    assert where(page)[0] > before[0]
    page.get_by_role("button", name="Undo").click()
    says(page, "Undone: Move.")
    assert where(page) == before
    context.close()


# The boxes and buttons of the board that are smaller than a finger, each with its size.
SMALL = """() => [...document.querySelectorAll(".board-pick, .board label.pick, .board button, .board select")]
    .filter((each) => each.checkVisibility())
    .map((each) => [each.textContent.trim(), each.getBoundingClientRect()])
    .filter(([, box]) => box.width < 44 || box.height < 44)
    .map(([text, box]) => `${text} ${box.width} x ${box.height}`)"""


def test_a_finger_hits_boxes_and_buttons(browser: Browser, running: Running) -> None:
    context = browser.new_context(viewport={"width": 1024, "height": 768}, has_touch=True, is_mobile=True)
    context.set_default_timeout(LONGEST)
    page = board(Visitor(context.new_page(), running.base))
    assert page.evaluate(SMALL) == []
    pick = card(page).locator(".board-pick")
    box = pick.bounding_box()
    assert box is not None
    # In its corner, not on the box itself.
    pick.tap(position={"x": 6, "y": box["height"] - 6})
    says(page, "1 selected")
    context.close()


def test_the_board_of_today_opens_at_now(visitor: Make) -> None:
    """The summit is on another day, so the page is told that it is that day."""
    page = board(visitor)
    line, region = page.locator(".board-now"), page.locator(".board-scroll").first
    expect(line).to_have_count(0)
    assert region.evaluate("row => row.scrollTop") == 0
    day = page.locator(".board-day").first.get_attribute("data-day")

    def tell(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=re.sub('data-now="[^"]+"', f'data-now="{day}T16:00"', response.text()))

    page.route(f"**{BOARD}", tell)
    page.reload()
    expect(line).to_be_visible()
    places = [each.bounding_box() for each in (line, page.locator('.board-hours [data-minute="960"]'))]
    # The time stands beside its line.
    assert places[0] is not None
    assert places[1] is not None
    assert 0 <= places[0]["y"] - places[1]["y"] <= places[1]["height"]
    assert region.evaluate("row => row.scrollTop") > 100

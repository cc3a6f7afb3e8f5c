"""Walks of the programme desk."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Locator, expect

from portal.demo.days import Act, days_of
from tests.browser.handbook.desks import Desks, Walks
from tests.browser.handbook.walk import LANGUAGE, Walk

walks = Walks()


def open_session(walk: Walk, title: str) -> None:
    """Open Agenda, which the page names, and a session, which it doesn't."""
    walk.press()
    walk.open(f"/admin/agenda/session/?q={title.replace(' ', '+')}")
    walk.row(title)


@walks
def plan_a_session(desks: Desks) -> None:
    walk = desks.walk("plan-a-session", "organiser", "/admin/")
    walk.press()
    walk.press()
    walk.fill("Walk to the harbour")
    walk.choose("walk_through")
    walk.see()
    day = days_of(Act.AHEAD, datetime.now(UTC)).first + timedelta(days=1)
    for name, clock in (("starts_at", "07:15"), ("ends_at", "07:45")):
        walk.page.locator(f"[name={name}_0]").fill(f"{day:%d/%m/%Y}")
        walk.page.locator(f"[name={name}_1]").fill(clock)
    walk.see()
    walk.choose("accredited")
    walk.press()
    walk.done()


@walks
def move_a_session(desks: Desks) -> None:
    walk = desks.walk("move-a-session", "organiser", "/admin/")
    open_session(walk, "Tunisia and France")
    walk.press()
    walk.see()
    walk.page.locator("[name=starts_at_1]").fill("11:20")
    walk.see()
    walk.press()
    walk.done()


def _drag(card: Locator, *, down: int = 0, to: Locator | None = None) -> None:
    """Drag a card of the board down by pixels, or into a room, without letting go."""
    page = card.page
    card.scroll_into_view_if_needed()
    box = card.bounding_box()
    assert box is not None
    x, y = box["x"] + 40, box["y"] + 15
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 5, y + 5)
    if to is not None:
        room, seen = to.bounding_box(), page.locator(".board-scroll").bounding_box()
        assert room is not None
        assert seen is not None
        x, y = room["x"] + 40, seen["y"] + 200
    page.mouse.move(x, y + down, steps=5)


@walks
def plan_on_the_board(desks: Desks) -> None:
    walk = desks.walk("plan-on-the-board", "organiser", "/admin/")
    page = walk.page
    walk.press()
    walk.press()
    expect(page.locator(".board.laid")).to_be_visible()
    # A quarter of an hour later, at 84 pixels an hour.
    _drag(page.locator(".board-card", has_text="Countering promotion online"), down=21)
    walk.see()
    page.mouse.up()
    walk.see()
    walk.press()
    expect(page.locator(".board[aria-busy]")).to_have_count(0)
    walk.see()
    waiting = page.locator("[data-tray] .board-card")
    _drag(waiting.first, to=page.locator(".board-lane").nth(3))
    page.mouse.up()
    expect(waiting).to_have_count(0)
    walk.done()


@walks
def settle_conflicts(desks: Desks) -> None:
    walk = desks.walk("settle-conflicts", "organiser", "/admin/summit/user/")
    walk.press()
    walk.press()
    walk.row("Tunisia and France")
    walk.press()
    walk.see()
    walk.page.locator("[name=starts_at_1]").fill("10:50")
    walk.see()
    walk.press()
    walk.press()
    walk.press()
    walk.choose("ignore")
    walk.press()
    walk.done()


@walks
def order_the_speakers(desks: Desks) -> None:
    walk = desks.walk("order-the-speakers", "organiser", "/admin/")
    walk.press()
    walk.open("/admin/agenda/session/?q=reports+from+the+working")
    walk.row("Plenary: reports")
    walk.press(within="#speakers")
    walk.see()
    walk.press()
    walk.press()
    walk.fill("4")
    walk.press()
    walk.press()
    walk.done()


# The session that the walk of plan-a-session makes. Its places are few.
FEW_PLACES = "Walk to the harbour"


@walks
def open_a_session_for_sign_up(desks: Desks) -> None:
    walk = desks.walk("open-a-session-for-sign-up", "organiser", "/admin/")
    for _link in range(3):
        walk.press()
    walk.find(FEW_PLACES)
    walk.fill("1")
    walk.press()
    walk.press()
    walk.done()


@walks
def screen_a_bilateral(desks: Desks) -> None:
    walk = desks.walk("screen-a-bilateral", "organiser", "/admin/")
    walk.press()
    walk.press()
    walk.press()
    walk.row("Tunis")
    walk.press()
    walk.done()


@walks
def place_a_bilateral(desks: Desks) -> None:
    walk = desks.walk("place-a-bilateral", "organiser", "/admin/")
    walk.press()
    walk.press()
    walk.press()
    walk.row("Sweden" if LANGUAGE == "en" else "Suède")
    meeting = walk.page.url
    walk.press()
    walk.open(meeting)
    walk.press()
    walk.see()
    walk.page.locator("main a[href*='starts_at=']").first.click()
    walk.press()
    walk.done()


@walks
def release_the_agenda(desks: Desks) -> None:
    walk = desks.walk("release-the-agenda", "organiser", "/admin/summit/user/")
    walk.press()
    walk.press()
    walk.see()
    walk.see()
    walk.fill("As agreed.")
    walk.press()
    walk.done()


@walks
def run_a_waiting_list(desks: Desks) -> None:
    walk = desks.walk("run-a-waiting-list", "organiser", "/admin/")
    walk.press()
    walk.press()
    walk.see()
    walk.row(FEW_PLACES)
    # Two delegates are signed up for the one place.
    walk.parts[:0] = walk.parts[:2]
    for office in ("Interpreter, France", "Interpreter, Italy"):
        walk.find(office)
        walk.press(within="main form")
    walk.see()
    walk.press(of="Interpreter, France")
    walk.press()
    walk.done()


@walks
def cancel_a_session(desks: Desks) -> None:
    walk = desks.walk("cancel-a-session", "organiser", "/admin/")
    open_session(walk, "Criminal finances")
    walk.press()
    walk.see()
    walk.press()
    walk.press()
    walk.done()


@walks
def set_up_a_screen(desks: Desks) -> None:
    walk = desks.walk("set-up-a-screen", "organiser", "/admin/")
    walk.press()
    walk.press(within="nav")
    walk.press()
    walk.press()
    walk.fill("Foyer, north")
    walk.choose_first()
    walk.check()
    walk.press()
    walk.press()
    walk.done()

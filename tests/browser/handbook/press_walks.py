"""Walks of press officers and approvers."""

from playwright.sync_api import expect

from tests.browser.handbook.desks import Desks, Walks

walks = Walks()


def _draft(desks: Desks, title: str) -> str:
    """Write a text as a press officer, and return its address."""
    page = desks.visitor("press").open("/admin/press/text/add/?lang=en")
    page.get_by_label("Type").select_option("statement")
    page.get_by_label("Title").fill(title)
    page.get_by_label("Text", exact=True).fill(f"Words of “{title}”.")
    page.get_by_role("button", name="Save and submit for review").click()
    return page.url


@walks
def write_a_text(desks: Desks) -> None:
    walk = desks.walk("write-a-text", "press", "/admin/")
    walk.press()
    walk.press()
    walk.choose("statement")
    walk.fill("Statement of the host on the first day")
    walk.fill("Delegations have agreed on the way forward.")
    walk.press()
    walk.see()
    walk.press()
    walk.done()


@walks
def approve_an_edition(desks: Desks) -> None:
    address = _draft(desks, "A statement to approve")
    walk = desks.walk("approve-an-edition", "approver", "/admin/")
    walk.press()
    walk.open(address)
    walk.fill("Say it shorter.")
    walk.press()
    page = desks.visitor("press").open(f"{address}?lang=en")
    page.get_by_role("link", name="Edit text").click()
    page.get_by_label("Text", exact=True).fill("Shorter words.")
    page.get_by_role("button", name="Save and submit for review").click()
    walk.open(address)
    walk.press()
    walk.see()
    walk.done()


@walks
def schedule_a_text(desks: Desks) -> None:
    address = _draft(desks, "A statement to schedule")
    page = desks.visitor("approver").open(f"{address}?lang=en")
    page.get_by_role("button", name="Approve edition").click()
    walk = desks.walk("schedule-a-text", "press", "/admin/")
    walk.press()
    walk.open(address)
    walk.check()
    walk.press()
    walk.press()
    walk.fill("The wording is being discussed.")
    walk.press(last=True)
    walk.done()


@walks
def check_against_delivery(desks: Desks) -> None:
    walk = desks.walk("check-against-delivery", "press", "/admin/")
    walk.press()
    walk.open("/admin/press/text/?q=home-secretary")
    walk.row("Address by the Home Secretary")
    walk.press()
    passages = walk.page.locator(".passage")
    passages.first.focus()
    for number in range(3):
        expect(passages.nth(number)).to_be_focused()
        walk.page.keyboard.press(walk.key())
    walk.page.keyboard.type("Other words.")
    walk.page.keyboard.press("ControlOrMeta+Enter")
    expect(passages.nth(2)).to_contain_text("Other words.")
    walk.page.keyboard.press(walk.key())
    walk.done()


@walks
def withdraw_a_text(desks: Desks) -> None:
    address = _draft(desks, "A statement to withdraw")
    walk = desks.walk("withdraw-a-text", "approver", "/admin/")
    walk.press()
    walk.open(address)
    walk.press()
    walk.fill("It names somebody who did not speak.")
    walk.press(last=True)
    walk.done()

"""What somebody has read of their agenda stays readable without a network, and nobody else reads it then."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import until
from tests.browser.keyboard import Make

FOCAL = "focal@summit.example"
KEPT = "caches.open('portal-pages').then((pages) => pages.keys()).then((keys) => keys.length)"


def reader(visitor: Make, width: int = 390) -> Page:
    """Sign in, and read the agenda while the script that keeps it looks on."""
    found = visitor(width, 844)
    page = found.sign_in(FOCAL)
    until(page, "navigator.serviceWorker.controller !== null")
    found.open("/portal/agenda/")
    until(page, "caches.match('/portal/reader').then(Boolean)")
    return page


def test_the_agenda_is_read_without_a_network(visitor: Make) -> None:
    page = reader(visitor)
    heading = page.get_by_role("heading", level=1).inner_text()
    notice = page.locator("[data-offline]")
    expect(notice).to_be_hidden()
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    expect(notice).to_be_visible()
    # Its looks are kept too: without them the menu would be a list.
    expect(page.get_by_text("Menu", exact=True)).to_be_visible()
    expect(page.locator("[data-not-kept]")).to_be_hidden()
    # What nobody has opened before isn't there: the agenda stands in for it.
    page.goto(page.url.replace("/portal/agenda/", "/portal/calendars/"))
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    expect(page.locator("[data-not-kept]")).to_be_visible()
    page.go_back()
    page.context.set_offline(False)
    page.reload()
    expect(notice).to_be_hidden()


def test_who_has_signed_out_leaves_nothing_to_read(visitor: Make) -> None:
    page = reader(visitor, 1280)
    assert page.evaluate(KEPT) > 1
    page.locator("details.menu-of > summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/")
    until(page, f"{KEPT}.then((number) => number === 0)")

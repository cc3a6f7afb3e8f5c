"""How Tab goes through pages: from the skip link to the last control and out again, and what opens and closes; coming
in by a passkey."""

import re

import pytest
from playwright.sync_api import expect

from portal.demo.accounts import PASSWORD
from tests.browser.keyboard import Keys, Make, somebody

SLUG = "border-security-2025"
PAGES = ["/", f"/{SLUG}/", f"/{SLUG}/agenda/", f"/{SLUG}/press/", "/accounts/login/", "/portal/sign-in/"]
DESKS = ["/admin/", "/admin/delegations/party/?q=france", "/admin/agenda/session/add/", "/admin/search/?q=france"]
# The first steps of a summit.
DESKS += [f"/admin/setup/{SLUG}/{step}/" for step in ("venue", "team", "parties", "letter")]
# The order in which Tab goes, in rows from the top: positive numbers of tabindex would break it.
ORDER = "() => [...document.querySelectorAll('[tabindex]')].filter(e => e.tabIndex > 0).length"


def walk(keys: Keys) -> list[str]:
    """Tab through a page from its beginning until the browser's own controls would have the focus."""
    keys.page.evaluate("window.scrollTo(0, 0)")
    visited = [keys.step()["tag"]]
    first = keys.page.evaluate_handle("document.activeElement").as_element()
    assert first is not None
    for _number in range(400):
        focus = keys.step(wanted=[first])
        if focus["found"] or focus["tag"] == "BODY":
            return visited
        visited.append(focus["tag"])
    raise AssertionError(f"{keys.page.url}: Tab never leaves the page")


@pytest.mark.parametrize("width", [390, 1280])
def test_tab_goes_through_pages_and_out_of_them(visitor: Make, width: int) -> None:
    """Every second page on a phone, the others on a wide screen."""
    anybody, organiser = somebody(visitor, width=width), somebody(visitor, "organiser@summit.example", width)
    for keys, paths in ((anybody, PAGES), (organiser, DESKS)):
        for path in paths[width == 1280 :: 2]:
            keys.open(path)
            assert keys.page.evaluate(ORDER) == 0
            # The way past the header, the summit and the menu are on the emptiest page.
            assert len(walk(keys)) >= 3, path


def test_the_palette_goes_wherever_one_wants(visitor: Make) -> None:
    keys = somebody(visitor, "organiser@summit.example")
    keys.open("/admin/")
    palette, results = keys.page.locator("#palette"), keys.page.locator("#palette-results a")
    keys.press("Control+k")
    expect(palette).to_be_visible()
    keys.page.keyboard.type("franc")
    expect(results.first).to_contain_text("France")
    # Arrows go through what is found and back to the box; whoever writes goes on there.
    keys.step("ArrowDown", [])
    expect(results.first).to_be_focused()
    keys.step("ArrowUp", [])
    keys.press("Escape")
    expect(palette).not_to_be_visible()
    keys.press("/")
    keys.type("visa support")
    expect(results.first).to_contain_text("Visa support letters")
    keys.go()
    expect(keys.page).to_have_url(re.compile("/admin/delegations/visaletter/"))


@pytest.mark.parametrize("path", [f"/{SLUG}/press/", "/accounts/login/"])
def test_the_first_tab_skips_to_the_content(visitor: Make, path: str) -> None:
    keys = somebody(visitor)
    keys.open(path)
    keys.step()
    assert keys.page.evaluate("document.activeElement.textContent") == "Skip to content"
    keys.press("Enter")
    keys.page.wait_for_function("document.activeElement.id === 'content'")
    keys.step()
    assert keys.page.evaluate("document.activeElement.closest('main') !== null")


def test_menus_open_and_close(visitor: Make) -> None:
    keys = somebody(visitor, "organiser@summit.example", 390)
    menu = keys.page.locator(".masthead details.menu")
    keys.to_element(menu.locator("> summary"), "the menu").press("Enter")
    assert menu.evaluate("e => e.open") is True
    keys.to("link", "Delegations", exact=True).press("Escape")
    assert menu.evaluate("e => e.open") is False
    assert keys.page.evaluate("document.activeElement.tagName") == "SUMMARY"
    keys.press("Space")
    assert menu.evaluate("e => e.open") is True
    keys.press("Space")
    assert menu.evaluate("e => e.open") is False


def test_what_stands_behind_a_word_of_a_desks_menu_is_reached(visitor: Make) -> None:
    keys = somebody(visitor, "organiser@summit.example", 390)
    keys.open("/admin/delegations/handover/")
    keys.to_element(keys.page.locator(".masthead details.menu > summary"), "the menu").press("Enter")
    more = keys.page.locator(".desk-group details", has_text="Links")
    keys.to_element(more.locator("> summary"), "more").press("Enter")
    assert more.evaluate("e => e.open") is True
    keys.to("link", "Lists of participants", exact=True).press("Escape")
    assert more.evaluate("e => e.open") is False
    assert keys.page.evaluate("document.activeElement.textContent") == "More"
    keys.press("Enter")
    with keys.page.expect_navigation():
        keys.to("link", "Links", exact=True).press("Enter")
    assert keys.page.url.endswith("/admin/delegations/invitationlink/")


def _sign_out(keys: Keys) -> None:
    keys.open("/accounts/logout/")
    keys.to_element(keys.page.get_by_role("main").get_by_role("button"), "the button that signs out").go()


def test_a_passkey(visitor: Make) -> None:
    """It signs in alone, and is the second step after a password."""
    keys = somebody(visitor)
    keys.sign_in("protocol@summit.example", PASSWORD)
    keys.visitor.with_authenticator()
    keys.open("/accounts/2fa/")
    keys.follow("link", "Add a passkey")
    keys.to("textbox", "Password", exact=True).type(PASSWORD)
    keys.follow("button", "Confirm with your password")
    keys.to("textbox", "Passkey name").type("Office computer")
    keys.follow("button", "Add passkey")
    expect(keys.page).to_have_url(re.compile("/recovery-codes/"))
    expect(keys.page.locator("main code")).to_have_count(10)
    _sign_out(keys)
    keys.open("/accounts/login/")
    keys.follow("button", "Sign in with a passkey")
    expect(keys.page).to_have_url(re.compile("/admin/"))
    _sign_out(keys)
    keys.sign_in("protocol@summit.example", PASSWORD)
    expect(keys.page).to_have_url(re.compile("/authenticate/"))
    keys.follow("button", "Use a passkey")
    expect(keys.page).to_have_url(re.compile("/admin/"))
    # What changes how the account is protected is confirmed by what protects it.
    keys.open("/accounts/2fa/")
    keys.follow("link", "Remove Office computer")
    keys.follow("button", "Confirm with a passkey")
    keys.follow("button", "Remove passkey")
    expect(keys.page.get_by_text("Office computer")).to_have_count(0)

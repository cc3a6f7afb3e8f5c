"""Long texts at the press desk outlive a sign-in that has ended, in the tab and for the account that typed them."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from portal.demo.accounts import PASSWORD
from tests.browser.conftest import Visitor

OFFICER = "press@summit.example"
NOTICE = "What you had typed here has been put back. It is not saved yet."
WORDS = "Words that took an hour.\n\nAnd a second paragraph."


def begin(officer: Visitor, words: str = "What nobody saves.") -> Page:
    """Open a text at the desk, and type into it."""
    page = officer.sign_in(OFFICER)
    officer.open("/admin/press/text/").locator("#result_list tbody th a").first.click()
    page.wait_for_url("**/change/**")
    page.get_by_label("Text", exact=True).fill(words)
    # The script waits for a pause in typing; the page's policy lets no test wait by a function of its own.
    page.wait_for_timeout(800)
    assert kept(page) == 1
    return page


def kept(page: Page) -> int:
    """Return how many drafts the tab keeps."""
    found: int = page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('draft:')).length")
    return found


def come_back(page: Page) -> None:
    """Sign in where one is led."""
    page.wait_for_url("**/accounts/login/**")
    page.get_by_label("E-mail address").fill(OFFICER)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/change/**")


def save(page: Page) -> None:
    page.get_by_role("button", name="Save a new edition").click()


def test_what_was_typed_comes_back_after_signing_in_and_goes_when_it_is_saved(
    visitor: Callable[..., Visitor],
) -> None:
    officer = visitor()
    page = begin(officer, WORDS)
    page.context.clear_cookies(name="sessionid")
    save(page)
    come_back(page)
    expect(page.get_by_text(NOTICE)).to_be_visible()
    assert page.get_by_label("Text", exact=True).input_value() == WORDS
    save(page)
    expect(page.locator("[data-saved]")).to_be_visible()
    assert page.get_by_label("Text", exact=True).input_value() == WORDS
    assert kept(page) == 0
    page.reload()
    expect(page.get_by_text(NOTICE)).to_have_count(0)


def test_whoever_saves_second_reads_the_first_ones_words_and_saves_then(visitor: Callable[..., Visitor]) -> None:
    """What the tab keeps never puts the edition back on which the words were based: each save would be refused."""
    officer = visitor()
    page = begin(officer, "By the second.")
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_label("Text", exact=True).fill("By the first.")
    save(other)
    expect(other.locator("[data-saved]")).to_be_visible()
    save(page)
    expect(page.get_by_role("alert").or_(page.locator(".error-summary")).first).to_contain_text("Nothing is lost")
    expect(page.get_by_text(NOTICE)).to_have_count(0)
    officer.complaints.clear()  # that the answer was a 409
    save(page)
    expect(page.locator("[data-saved]")).to_be_visible()
    assert page.get_by_label("Text", exact=True).input_value() == "By the second."


def test_control_without_the_script_the_words_are_gone(visitor: Callable[..., Visitor]) -> None:
    officer = visitor()
    officer.page.route("**/js/draft*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page = officer.sign_in(OFFICER)
    officer.open("/admin/press/text/").locator("#result_list tbody th a").first.click()
    page.wait_for_url("**/change/**")
    page.get_by_label("Text", exact=True).fill(f"{WORDS} Again.")
    page.context.clear_cookies(name="sessionid")
    save(page)
    come_back(page)
    assert page.get_by_label("Text", exact=True).input_value() != f"{WORDS} Again."


def test_the_saved_words_can_be_shown_instead(visitor: Callable[..., Visitor]) -> None:
    officer = visitor()
    page = begin(officer)
    page.get_by_label("Text", exact=True).fill("Something else.")
    page.wait_for_timeout(500)
    page.reload()
    expect(page.get_by_text(NOTICE)).to_be_visible()
    page.get_by_role("button", name="Show the saved words instead").click()
    assert page.get_by_label("Text", exact=True).input_value() != "Something else."
    assert kept(page) == 0


@pytest.mark.parametrize("door", ["header", "page"])
def test_signing_out_takes_the_words_away(door: str, visitor: Callable[..., Visitor]) -> None:
    officer = visitor()
    page = begin(officer)
    address = page.url
    if door == "page":
        officer.open("/accounts/logout/").locator("main").get_by_role("button", name="Sign out").click()
    else:
        page.locator("form[data-signs-out]").evaluate("(form) => form.requestSubmit()")
    page.wait_for_url(lambda url: "/admin/" not in url and "logout" not in url)
    assert kept(page) == 0
    officer.sign_in(OFFICER)
    officer.open(address)
    expect(page.get_by_text(NOTICE)).to_have_count(0)


def test_another_account_in_the_same_tab_never_sees_them(visitor: Callable[..., Visitor]) -> None:
    officer = visitor()
    page = begin(officer)
    address = page.url
    page.context.clear_cookies(name="sessionid")
    officer.sign_in("approver@summit.example")
    assert kept(page) == 0
    assert "What nobody saves." not in officer.open(address).content()

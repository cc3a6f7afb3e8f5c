"""Long texts at the press desk outlive a sign-in that has ended, in the tab and for the account that typed them."""

from playwright.sync_api import Page, expect

from portal.demo.accounts import PASSWORD
from tests.browser.conftest import Visitor, until
from tests.browser.keyboard import Make

OFFICER = "press@summit.example"
NOTICE = "Your unsaved text has been restored. Save it to keep it."
WORDS = "Words that took an hour.\n\nAnd a second paragraph."
KEPT = "Object.keys(sessionStorage).filter((key) => key.startsWith('draft:')).length"


def open_text(officer: Visitor) -> Page:
    page = officer.sign_in(OFFICER)
    officer.open("/admin/press/text/?q=home-secretary").locator("#result_list tbody th a").first.click()
    page.get_by_role("link", name="Edit text").click()
    page.wait_for_url("**/change/**")
    return page


def type_words(page: Page, words: str) -> None:
    """Type into the text, and wait until the tab keeps it: the script waits for a pause."""
    page.get_by_label("Text", exact=True).fill(words)
    until(page, f"Object.values(sessionStorage).some((draft) => draft.includes({words.splitlines()[0]!r}))")


def come_back(page: Page) -> None:
    page.wait_for_url("**/accounts/login/**")
    page.get_by_label("Email address").fill(OFFICER)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/change/**")


def save(page: Page) -> None:
    page.get_by_role("button", name="Save new edition").click()


def test_what_was_typed_comes_back_until_it_is_saved(visitor: Make) -> None:
    officer = visitor()
    page = open_text(officer)
    text = page.get_by_label("Text", exact=True)
    saved = text.input_value()
    type_words(page, "What nobody saves.")
    page.reload()
    expect(page.get_by_text(NOTICE)).to_be_visible()
    page.get_by_role("button", name="Show saved text").click()
    expect(text).to_have_value(saved)
    assert page.evaluate(KEPT) == 0
    type_words(page, WORDS)
    page.context.clear_cookies(name="sessionid")
    save(page)
    come_back(page)
    expect(page.get_by_text(NOTICE)).to_be_visible()
    expect(text).to_have_value(WORDS)
    save(page)
    expect(page.locator("[data-saved]")).to_be_visible()
    assert page.evaluate(KEPT) == 0
    page.get_by_role("link", name="Edit text").click()
    expect(text).to_have_value(WORDS)
    expect(page.get_by_text(NOTICE)).to_have_count(0)


def test_control_without_the_script_the_words_are_gone(visitor: Make) -> None:
    officer = visitor()
    officer.page.route("**/js/draft*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page = open_text(officer)
    page.get_by_label("Text", exact=True).fill(f"{WORDS} Again.")
    page.context.clear_cookies(name="sessionid")
    save(page)
    come_back(page)
    assert page.get_by_label("Text", exact=True).input_value() != f"{WORDS} Again."


def test_whoever_saves_second_reads_the_first_ones_words_and_saves_then(visitor: Make) -> None:
    """What the tab keeps never puts the edition back on which the words were based: each save would be refused."""
    officer = visitor()
    page = open_text(officer)
    type_words(page, "By the second.")
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_label("Text", exact=True).fill("By the first.")
    save(other)
    expect(other.locator("[data-saved]")).to_be_visible()
    save(page)
    expect(page.get_by_role("alert").or_(page.locator(".error-summary")).first).to_contain_text(
        "Check them, then save again"
    )
    expect(page.get_by_text(NOTICE)).to_have_count(0)
    expect(page.get_by_label("Text", exact=True)).to_have_value("By the first.\n\nBy the second.\n")
    officer.complaints.clear()  # that the answer was a 409
    page.get_by_label("Text", exact=True).fill("By the second.")
    save(page)
    expect(page.locator("[data-saved]")).to_be_visible()
    page.get_by_role("link", name="Edit text").click()
    expect(page.get_by_label("Text", exact=True)).to_have_value("By the second.")


def test_signing_out_takes_the_words_away_and_another_account_never_sees_them(visitor: Make) -> None:
    officer = visitor()
    page = open_text(officer)
    address = page.url
    for place in ("header", "page"):
        type_words(page, "What nobody saves.")
        if place == "page":
            officer.open("/accounts/logout/").locator("main").get_by_role("button", name="Sign out").click()
        else:
            page.locator("form[data-signs-out]").evaluate("(form) => form.requestSubmit()")
        page.wait_for_url(lambda url: "/admin/" not in url and "logout" not in url)
        assert page.evaluate(KEPT) == 0, place
        officer.sign_in(OFFICER)
        officer.open(address)
        expect(page.get_by_text(NOTICE)).to_have_count(0)
    type_words(page, "What nobody saves.")
    page.context.clear_cookies(name="sessionid")
    officer.sign_in("approver@summit.example")
    assert page.evaluate(KEPT) == 0
    assert "What nobody saves." not in officer.open(address).content()

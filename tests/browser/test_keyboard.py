"""Each main task by the keyboard alone, with the focus seen at every step and covered at none."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Browser, expect

from portal.demo.accounts import PASSWORD
from tests.browser.conftest import Visitor
from tests.browser.keyboard import Keys
from tools.running import Running, make_run

pytestmark = [pytest.mark.crawl, pytest.mark.xdist_group("keyboard")]

SLUG = "border-security-2025"
LETTER = re.compile(r"invitation \(France\)")
Make = Callable[..., Visitor]


@pytest.fixture
def keys(visitor: Make) -> Keys:
    return Keys(visitor())


def another(visitor: Make, email: str = "", width: int = 1280) -> Keys:
    found = Keys(visitor(width))
    if email:
        found.sign_in(email, PASSWORD)
    return found


def _release(keys: Keys, number: int) -> None:
    keys.open("/admin/")
    keys.follow("link", "Preview the next release")
    keys.to("textbox", "Note").type("As agreed.")
    keys.follow("button", f"Release agenda {number}")
    keys.says(f"Release {number} is out")


def _invite(keys: Keys) -> None:
    keys.sign_in("organiser@summit.example", PASSWORD)
    expect(keys.page).to_have_url(re.compile(r"/admin/"))
    keys.follow("link", "Invite 48 parties")
    keys.follow("button", "Send 48 invitations")


def _follow_the_letter(organiser: Keys, focal: Keys) -> None:
    """Find the letter to the focal point of France in the mailbox and follow its link, then answer."""
    deadline = time.monotonic() + 30
    organiser.open("/dev/mail/?q=focal@summit.example")
    while not organiser.page.get_by_role("link", name=LETTER).count():
        assert time.monotonic() < deadline
        time.sleep(0.3)
        organiser.page.reload()
    organiser.follow("link", LETTER)
    link = re.search(r"http://localhost:\d+/i/[\w-]+/", organiser.page.inner_text("main"))
    assert link is not None
    # The letter is in French, and so would the portal be.
    focal.open(link.group() + "?lang=en")
    focal.follow("button", "Send the answer of France")
    # What is missing is said at the top, and leads there.
    expect(focal.page.get_by_role("alert")).to_be_visible()
    focal.to_element(focal.page.get_by_role("alert").get_by_role("link").first, "what is missing").press("Enter")
    assert focal.page.evaluate("document.activeElement.name") == "answer"
    focal.visitor.complaints.clear()  # that the answer was a 422
    focal.radio(re.compile("^Accept"))
    focal.to("textbox", "Your name and office").type("Focal point for France")
    focal.follow("button", "Send the answer of France")
    focal.says("France")


def _move_and_cancel(keys: Keys) -> None:
    keys.open("/admin/programme/session/?q=Tunisia+and+France")
    keys.follow("link", "Tunisia and France")
    keys.to("textbox", "Starts: time").type("11:20")
    keys.to("textbox", "Ends: time").type("11:40")
    keys.follow("button", "Save", exact=True)
    keys.open("/admin/programme/session/?q=Criminal+finances")
    keys.follow("link", "Criminal finances")
    keys.follow("link", "Cancel session")
    keys.follow("button", "Cancel session")


def test_from_the_invitation_to_what_has_changed(visitor: Make) -> None:
    organiser, focal = another(visitor), another(visitor, width=390)
    _invite(organiser)
    _follow_the_letter(organiser, focal)
    _release(organiser, 1)
    _move_and_cancel(organiser)
    _release(organiser, 2)
    focal.open("/portal/")
    focal.to_element(focal.page.locator("summary").first, "the menu").press("Enter")
    focal.follow("link", "Your agenda", exact=True)
    focal.says("11:20")
    focal.follow("link", "Tunisia and France")
    focal.says("11:20")
    focal.page.go_back()
    focal.to_element(focal.page.locator("summary").first, "the menu").press("Enter")
    focal.follow("link", "What has changed")
    focal.says("Tunisia and France")


def _decide(keys: Keys, button: str, note: str = "", reason: str = "") -> None:
    if note:
        keys.to("textbox", note).type(reason)
    keys.follow("button", button)


def test_a_text_from_its_first_word_to_its_withdrawal(visitor: Make) -> None:
    officer, approver = another(visitor, "press@summit.example"), another(visitor, "approver@summit.example")
    officer.open("/admin/")
    officer.follow("link", "Enter a text")
    officer.follow("button", "Save the draft")
    # Chromium itself says what is missing, and leads there.
    officer.choose("combobox", "Kind", "statement")
    officer.to("textbox", "Title").type("Said by keyboard")
    officer.to("textbox", "Text").type("Words that no mouse has touched.")
    officer.follow("button", "Save the draft")
    address = officer.page.url
    officer.follow("button", "Submit for review")
    officer.says("in review")
    approver.open(address)
    approver.follow("button", "Approve this edition")
    approver.says("approved")
    officer.open(address)
    officer.radio("in 2 minutes")
    officer.follow("button", "Set the moment")
    officer.says("under embargo")
    _decide(officer, "Hold this text", "Why it is held", "The wording is asked about.")
    officer.says("The wording is asked about.")
    officer.follow("button", "Release the hold")
    _decide(approver_at(approver, address), "Withdraw this text", "Why it is withdrawn", "It will not be said.")
    approver.says("It will not be said.")


def approver_at(keys: Keys, address: str) -> Keys:
    keys.open(address)
    return keys


def test_search_language_and_browsers(visitor: Make) -> None:
    other = another(visitor, "protocol@summit.example")
    keys = another(visitor, "protocol@summit.example")
    keys.to("searchbox", re.compile("^Search")).type("france")
    keys.go()
    keys.follow("link", re.compile("France"))
    keys.to_element(keys.page.locator(".account details > summary"), "the account's menu", back=True).press("Enter")
    keys.follow("link", "Français")
    expect(keys.page.locator("html")).to_have_attribute("lang", "fr")
    keys.open("/accounts/sessions/?lang=en")
    keys.to_element(keys.page.get_by_role("main").get_by_role("button").first, "a button that ends a browser")
    keys.go()
    other.open("/admin/")
    expect(other.page).to_have_url(re.compile("/accounts/login/"))


def test_the_second_step(keys: Keys) -> None:
    keys.sign_in("delegate@summit.example", PASSWORD)
    keys.open("/accounts/2fa/totp/activate/")
    keys.to("textbox", "Password", exact=True).type(PASSWORD)
    keys.go()
    secret = keys.page.locator("main code").first.inner_text().replace(" ", "")
    keys.to("textbox", "Code that the app shows").type(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    keys.go()
    keys.open("/accounts/logout/")
    keys.to_element(keys.page.get_by_role("main").get_by_role("button"), "the button that signs out").go()
    time.sleep(30 - time.time() % 30)
    keys.sign_in("delegate@summit.example", PASSWORD)
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    keys.to_element(keys.page.get_by_role("main").get_by_role("textbox").first, "the field for the code").type(code)
    keys.go()
    expect(keys.page).to_have_url(re.compile(r"/portal/"))


PAGES = ["/", f"/{SLUG}/", f"/{SLUG}/agenda/", f"/{SLUG}/press/", "/accounts/login/", "/portal/sign-in/"]
DESKS = ["/admin/", "/admin/delegations/party/", "/admin/programme/session/add/", "/admin/search/?q=france"]
# The order in which Tab goes, in rows from the top: positive numbers of tabindex would break it.
ORDER = "() => [...document.querySelectorAll('[tabindex]')].filter(e => e.tabIndex > 0).length"


def walk(keys: Keys) -> list[str]:
    """Tab through a page from its beginning until the browser's own controls would have the focus."""
    keys.page.evaluate("window.scrollTo(0, 0)")
    visited = []
    for _number in range(400):
        focus = keys.step()
        if focus["tag"] == "BODY":
            return visited
        visited.append(focus["tag"])
        if keys.page.evaluate("document.activeElement.dataset.first === 'yes'"):
            return visited
        if len(visited) == 1:
            keys.page.evaluate("document.activeElement.dataset.first = 'yes'")
    raise AssertionError(f"{keys.page.url}: Tab never leaves the page")


@pytest.mark.parametrize("width", [390, 1280])
def test_tab_goes_through_every_page_and_out_of_it(visitor: Make, width: int) -> None:
    anybody, organiser = another(visitor, width=width), another(visitor, "organiser@summit.example", width)
    for keys, paths in ((anybody, PAGES), (organiser, DESKS)):
        for path in paths:
            keys.open(path)
            assert keys.page.evaluate(ORDER) == 0
            assert len(walk(keys)) > 3, path


@pytest.mark.parametrize("path", [f"/{SLUG}/agenda/", "/accounts/login/"])
def test_the_first_tab_skips_to_the_content(keys: Keys, path: str) -> None:
    keys.open(path)
    keys.step()
    assert keys.page.evaluate("document.activeElement.textContent") == "Skip to the content"
    keys.press("Enter")
    keys.step()
    assert keys.page.evaluate("document.activeElement.closest('main') !== null")


def test_menus_open_and_close(visitor: Make) -> None:
    keys = another(visitor, "organiser@summit.example", 390)
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


@pytest.fixture
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """An installation without a summit, with one account."""
    with make_run(tmp_path_factory.mktemp("empty"), "DEMO=0") as found:
        found.inside(
            "from summit.models import User\n"
            f"User.objects.create_superuser('first@summit.example', {PASSWORD!r}, name='First')"
        )
        yield found


def test_first_steps(empty: Running, browser: Browser) -> None:
    somebody = Visitor(browser.new_context(locale="en-GB").new_page(), empty.base)
    keys = Keys(somebody)
    keys.sign_in("first@summit.example", PASSWORD)
    expect(keys.page).to_have_url(re.compile("/admin/"))
    keys.follow("link", "Create your summit")
    keys.to("textbox", "Name", exact=True).type("Summit of Keys 2027")
    keys.to("textbox", "Short name").type("Keys 2027")
    keys.to("textbox", "Host").type("Norway")
    _day(keys, "First day", "01062027")
    _day(keys, "Last day", "02062027")
    keys.to("textbox", "Place as shown with times").type("Oslo")
    keys.to("combobox", "Time zone of the venue").type("Europe/Oslo")
    keys.to("textbox", "Mailbox for answers").type("answers@summit.example")
    keys.follow("button", "Create the summit")
    expect(keys.page).to_have_url(re.compile("/venue/$"))
    keys.to_element(keys.page.get_by_role("main").get_by_role("textbox").first, "the name of the venue").type("House")
    keys.to_element(keys.page.get_by_role("main").get_by_role("button").last, "the button of the venue").go()
    expect(keys.page).to_have_url(re.compile("/team/"))
    keys.follow("link", "Do this later")
    expect(keys.page).to_have_url(re.compile("/parties/"))
    keys.to("textbox", "Parties, a line each").type(
        "Sweden; embassy@sweden.example\nDenmark; embassy@denmark.example"
    )
    keys.follow("button", "Enter these parties")
    expect(keys.page).to_have_url(re.compile("/letter/"))
    keys.follow("button", re.compile("^Send the invitation to"))
    keys.says(re.compile("letter|invitation"))
    assert empty.inside("from delegations.models import Invitation; print(Invitation.objects.count())").strip() == "1"
    assert somebody.complaints == []
    somebody.page.context.close()


def _day(keys: Keys, name: str, digits: str) -> None:
    """Write a day as the browser's own field takes it: day, month, year."""
    keys.to_element(keys.page.get_by_label(name), name)
    keys.page.keyboard.type(digits)

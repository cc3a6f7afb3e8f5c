"""Coming in by the keyboard alone: second steps, passkeys, codes by mail, browsers that are ended."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import expect

from portal.demo.accounts import PASSWORD
from tests.browser.keyboard import Keys, Make, read_mail, somebody


@pytest.fixture
def keys(visitor: Make) -> Keys:
    return Keys(visitor())


def _sign_out(keys: Keys) -> None:
    keys.open("/accounts/logout/")
    keys.to_element(keys.page.get_by_role("main").get_by_role("button"), "the button that signs out").go()


def test_search_language_and_browsers(visitor: Make) -> None:
    other = somebody(visitor, "protocol@summit.example")
    keys = somebody(visitor, "protocol@summit.example")
    # The key / opens the palette from wherever one is, and Enter leads to what fits best.
    keys.to("link", "Delegations", exact=True).press("/").type("france").go()
    expect(keys.page.locator("h1")).to_contain_text("France")
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
    now = int(time.time()) // 30
    keys.to("textbox", "Code from the app").type(format_hotp_value(hotp_value(secret, now)))
    keys.go()
    _sign_out(keys)
    keys.sign_in("delegate@summit.example", PASSWORD)
    # A code is good once. The next one is taken half a minute early.
    code = format_hotp_value(hotp_value(secret, now + 1))
    keys.to_element(keys.page.get_by_role("main").get_by_role("textbox").first, "the field for the code").type(code)
    keys.go()
    expect(keys.page).to_have_url(re.compile(r"/portal/"))


def test_a_passkey(keys: Keys) -> None:
    """It signs in alone, and is the second step after a password."""
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


def test_a_code_to_the_mailbox_opens_the_portal(visitor: Make) -> None:
    keys = somebody(visitor, width=390)
    keys.open("/accounts/login/")
    keys.follow("link", "Get a code by email")
    keys.to("textbox", "Email address").type("focal@summit.example")
    keys.follow("button", "Send code")
    mail = read_mail(somebody(visitor), "focal@summit.example", re.compile("code"))
    code = re.search(r"^ *\d[\d ]+\d *$", mail, re.MULTILINE)
    assert code is not None, mail
    keys.to("textbox", "Code").type(code.group().strip())
    keys.follow("button", "Open portal")
    expect(keys.page).to_have_url(re.compile(r"/portal/$"))
    # The code came to somebody whose language is French, and so the portal is.
    keys.open("/portal/browsers/?lang=en")
    keys.follow("button", "Sign out of this browser")
    keys.open("/portal/")
    expect(keys.page).to_have_url(re.compile("/accounts/login/"))

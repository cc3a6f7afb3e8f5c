"""Passkeys in a real browser, with an authenticator that Chromium pretends to have."""

import re
from collections.abc import Callable

from portal.demo.accounts import PASSWORD
from tests.browser.conftest import Visitor


def sign_out(somebody: Visitor) -> None:
    somebody.open("/accounts/logout/").locator("main").get_by_role("button", name="Sign out").click()
    somebody.page.wait_for_url(lambda url: "logout" not in url)


def test_a_passkey_is_added_signs_in_alone_and_is_the_second_step(visitor: Callable[..., Visitor]) -> None:
    protocol = visitor()
    page = protocol.sign_in("protocol@summit.example")
    protocol.with_authenticator()
    protocol.open("/accounts/2fa/").get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Confirm with the password").click()
    page.get_by_label("Name of the passkey").fill("Office computer")
    page.get_by_role("button", name="Add the passkey").click()
    page.wait_for_url("**/recovery-codes/")
    assert page.locator("main code").count() == 10

    sign_out(protocol)
    protocol.open("/accounts/login/").get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/admin/")

    sign_out(protocol)
    protocol.open("/accounts/login/").get_by_label("E-mail address").fill("protocol@summit.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/authenticate/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/admin/")

    # What changes how the account is protected is confirmed by what protects it.
    protocol.open("/accounts/2fa/").get_by_role("link", name="Remove Office computer").click()
    page.get_by_role("button", name="Confirm with a passkey").click()
    page.get_by_role("button", name="Remove the passkey").click()
    page.wait_for_url(re.compile(r"/accounts/2fa/$"))
    assert page.get_by_text("Office computer").count() == 0

"""Signing in at real identity providers, in a browser: Authlib's for OpenID Connect, and pysaml2's for SAML."""

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from summit.single_sign_on import refusals
from tests.browser.single_sign_on.conftest import Embassy
from tests.browser.single_sign_on.openid_server import Member, OpenIdServer, serving
from tools.running import Running

pytestmark = [pytest.mark.loopback, pytest.mark.xdist_group("demonstration")]
LINK = """
from allauth.socialaccount.models import SocialAccount
from summit.single_sign_on import links
from summit.single_sign_on.models import UnlinkedSignIn
from summit.users.models import User
root = User.objects.filter(is_superuser=True).first() or User.objects.create_superuser("root-sso@host.example")
row = links.waiting({code!r})
print(row.name)
links.link_waiting(account=User.objects.get(email={email!r}), row=row, by=root)
"""


def choose(page: Page, name: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_role("link", name=f"Sign in with {name}").click()


def sign_in_again(page: Page, slug: str) -> None:
    """Sign in once more at a provider, whether or not the browser is signed in here."""
    page.goto(f"/accounts/sso/{slug}/")


def enter(page: Page, user: str, where: str) -> None:
    page.get_by_label("User").fill(user)
    page.get_by_role("button", name=f"Sign in at the {where}").click()


def link_by_code(demonstration: Running, page: Page, email: str) -> str:
    """Let an organiser link the sign-in whose code the page shows, and return the name that they see."""
    expect(page.get_by_role("heading", name="Your sign-in is not linked yet")).to_be_visible()
    code = page.locator("output").inner_text()
    return demonstration.inside(LINK.format(code=code, email=email)).strip()


def signed_in(page: Page) -> bool:
    """Return whether the browser is signed in: whether the page of its browsers opens."""
    page.goto("/accounts/sessions/")
    return "/accounts/login/" not in page.url


def sign_out(page: Page) -> None:
    """Sign out, and wait until the browser has been at the provider and is back, signed out at both ends."""
    page.goto("/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    # The page has the same heading before and after; before, it leads to the provider.
    expect(page.get_by_role("link", name="Sign out of")).to_have_count(0)


def test_openid_connect_from_the_first_sign_in_to_both_sign_outs(
    demonstration: Running, ministry: OpenIdServer, page: Page
) -> None:
    ada = ministry.members["ada"] = Member("ada-1", groups=["press"], amr=["pwd", "mfa"])
    choose(page, "Foreign Ministry")
    enter(page, "ada", "ministry")
    link_by_code(demonstration, page, "ada-ministry@host.example")
    # Signed in at the ministry already: one click.
    with page.expect_request("**/accounts/sso/ministry/callback/**") as answer:
        choose(page, "Foreign Ministry")
    expect(page).to_have_url(f"{demonstration.base}/admin/")
    # What is false in an answer is tried in tests/summit/single_sign_on; here, that it is refused in words.
    page.goto(answer.value.url)
    expect(page.get_by_role("heading", name="You couldn’t be signed in")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(str(refusals.STALE.text))
    page.goto("/admin/press/text/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    # The group is lost, and with it the role.
    ada.groups = []
    sign_in_again(page, "ministry")
    expect(page).to_have_url(f"{demonstration.base}/portal/")
    page.goto("/admin/")
    assert "/admin/login/" in page.url or "/portal/" in page.url
    # The ministry ends the session.
    assert signed_in(page)
    assert ministry.end_session(demonstration.base, "ministry", ada) == 200
    assert not signed_in(page)
    # Signing out here ends it there.
    sign_in_again(page, "ministry")
    sign_out(page)
    expect(page).to_have_url(f"{demonstration.base}/accounts/sso/signed-out/")
    assert not signed_in(page)
    choose(page, "Foreign Ministry")
    expect(page.get_by_role("button", name="Sign in at the ministry")).to_be_visible()
    assert ministry.signed_out == ["ada-1"]


def test_saml_from_the_first_sign_in_to_both_sign_outs(demonstration: Running, embassy: Embassy, page: Page) -> None:
    embassy.say("ben", "ben-1", ["press"])
    choose(page, "Embassies")
    enter(page, "ben", "embassy")
    assert link_by_code(demonstration, page, "ben-embassy@host.example") == "Member"
    choose(page, "Embassies")
    expect(page).to_have_url(f"{demonstration.base}/admin/")
    embassy.say("ben", "ben-1", [])
    sign_in_again(page, "embassy")
    expect(page).to_have_url(f"{demonstration.base}/portal/")
    # The embassy ends the session, through the browser.
    page.goto(f"{embassy.base}/end")
    assert not signed_in(page)
    # Signing out here ends it there.
    choose(page, "Embassies")
    enter(page, "ben", "embassy")
    expect(page).to_have_url(f"{demonstration.base}/portal/")
    sign_out(page)
    choose(page, "Embassies")
    expect(page.get_by_role("button", name="Sign in at the embassy")).to_be_visible()
    assert embassy.signed_out() == ["ben-1"]


def test_a_link_from_another_site_asks_first(demonstration: Running, ministry: OpenIdServer, page: Page) -> None:
    other = Flask(__name__)
    target = f"{demonstration.base}/accounts/sso/ministry/"

    @other.get("/")
    def bait() -> str:
        return f'<!doctype html><html lang="en"><title>Bait</title><a href="{target}">Cats</a></html>'

    with serving(other) as base:
        page.goto(base)
        page.get_by_role("link", name="Cats").click()
        expect(page).to_have_url(target)
        expect(page.get_by_role("link", name="Sign in with Foreign Ministry")).to_be_visible()

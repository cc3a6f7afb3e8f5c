"""What real identity providers say that Summit refuses, in a browser, and in which words.

The providers are those of the sign-ins, which say one false thing each.
"""

import time

import pytest
from joserfc.jwk import RSAKey
from playwright.sync_api import Page, expect

from summit.single_sign_on import refusals
from summit.single_sign_on.refusals import Reason
from tests.browser.single_sign_on.conftest import Embassy
from tests.browser.single_sign_on.openid_server import Member, OpenIdServer
from tests.browser.single_sign_on.steps import choose, enter, link_by_code, signed_in
from tools.running import Running

pytestmark = [pytest.mark.loopback, pytest.mark.xdist_group("demonstration")]
TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
OPENID = {
    "of-another-issuer": ({"iss": "https://other.example"}, refusals.WRONG_ISSUER),
    "for-another-application": ({"aud": ["another"]}, refusals.WRONG_AUDIENCE),
    "of-another-sign-in": ({"nonce": "another"}, refusals.WRONG_NONCE),
    "expired": ({"exp": int(time.time()) - 3600}, refusals.WRONG_TIME),
}
SAML = {
    "of-another-issuer": ({"issuer": "https://other.example"}, refusals.WRONG_ISSUER),
    "for-another-application": ({"sp_entity_id": "https://other.example"}, refusals.WRONG_AUDIENCE),
    "of-another-sign-in": ({"in_response_to": "id-of-another"}, refusals.STALE),
    "expired": ({"minutes": -10}, refusals.WRONG_TIME),
    "not-signed": ({"sign_assertion": False}, refusals.WRONG_SIGNATURE),
    "signed-by-another": ({"prefix": "other-"}, refusals.WRONG_SIGNATURE),
    "altered": ({"change": "alter"}, refusals.WRONG_SIGNATURE),
    "wrapped": ({"change": "wrap"}, refusals.WRONG_ANSWER),
    "transient-name": ({"format": TRANSIENT}, refusals.TRANSIENT_NAME),
}


@pytest.fixture
def truthful(ministry: OpenIdServer, embassy: Embassy) -> None:
    """Nothing that an earlier test let the providers say."""
    ministry.false_claims, ministry.signing_key, ministry.signs = {}, ministry.key, True
    embassy.say_false({})


def expect_refused(page: Page, reason: Reason) -> None:
    """Check that the page says why somebody is not signed in and whom to ask, and that they aren't."""
    expect(page.get_by_role("heading", name="You couldn’t be signed in")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(str(reason.text))
    expect(page.get_by_role("main")).to_contain_text(str(reason.todo))
    assert "ask" in str(reason.todo).lower()
    assert not signed_in(page)


def at_the_ministry(ministry: OpenIdServer, page: Page) -> None:
    """Sign in at the ministry as somebody whom Summit doesn't know yet."""
    ministry.members["sam"] = Member("sam-1")
    choose(page, "Foreign Ministry")
    enter(page, "sam", "ministry")


def at_the_embassy(embassy: Embassy, page: Page) -> None:
    """Sign in at the embassy as somebody whom Summit doesn't know yet."""
    embassy.say("sam", "sam-1", [])
    choose(page, "Embassies")
    enter(page, "sam", "embassy")


@pytest.mark.usefixtures("truthful")
class TestOpenIdConnect:
    @pytest.mark.parametrize("case", OPENID)
    def test_a_false_claim(self, ministry: OpenIdServer, page: Page, case: str) -> None:
        ministry.false_claims, reason = OPENID[case]
        at_the_ministry(ministry, page)
        expect_refused(page, reason)

    def test_an_id_token_that_is_not_signed(self, ministry: OpenIdServer, page: Page) -> None:
        ministry.signs = False
        at_the_ministry(ministry, page)
        expect_refused(page, refusals.WRONG_SIGNATURE)

    def test_an_id_token_that_somebody_else_signed(self, ministry: OpenIdServer, page: Page) -> None:
        ministry.signing_key = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"})
        at_the_ministry(ministry, page)
        expect_refused(page, refusals.WRONG_SIGNATURE)

    def test_an_answer_that_was_used(self, ministry: OpenIdServer, page: Page) -> None:
        with page.expect_request("**/accounts/sso/ministry/callback/**") as asked:
            at_the_ministry(ministry, page)
        expect(page.get_by_role("heading", name="Your sign-in is not linked yet")).to_be_visible()
        page.goto(asked.value.url)
        expect_refused(page, refusals.STALE)

    def test_the_mailbox_of_an_organiser_opens_no_account(self, ministry: OpenIdServer, page: Page) -> None:
        """The same sign-in without anything false gets as far as this: to a code, which an organiser links."""
        ministry.members["mallory"] = Member("mallory-1", email="organiser@summit.example")
        choose(page, "Foreign Ministry")
        enter(page, "mallory", "ministry")
        expect(page.get_by_role("heading", name="Your sign-in is not linked yet")).to_be_visible()
        expect(page.get_by_role("main")).to_contain_text("organiser")
        assert not signed_in(page)


@pytest.mark.usefixtures("truthful")
class TestSaml:
    @pytest.mark.parametrize("case", SAML)
    def test_a_false_answer(self, embassy: Embassy, page: Page, case: str) -> None:
        false, reason = SAML[case]
        embassy.say_false(false)
        at_the_embassy(embassy, page)
        expect_refused(page, reason)

    def test_an_answer_that_was_used(self, demonstration: Running, embassy: Embassy, page: Page) -> None:
        at_the_embassy(embassy, page)
        expect(page.get_by_role("heading", name="Your sign-in is not linked yet")).to_be_visible()
        embassy.say_false({"change": "replay"})
        choose(page, "Embassies")
        expect_refused(page, refusals.STALE)

    def test_relay_state_leads_to_no_other_site(self, demonstration: Running, embassy: Embassy, page: Page) -> None:
        embassy.say_false({"relay_state": "https://other.example/"})
        embassy.say("ben", "ben-2", [])
        choose(page, "Embassies")
        enter(page, "ben", "embassy")
        link_by_code(demonstration, page, "eve-embassy@host.example")
        choose(page, "Embassies")
        expect(page).to_have_url(f"{demonstration.base}/portal/")
        assert signed_in(page)

"""Signing in by SAML 2.0: who is let in, each answer that is refused, and what a signed assertion must say itself."""

import base64
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from lxml import etree
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from summit.permissions.mfa_status import PROVIDER_KEY
from summit.single_sign_on import refusals, saml, views
from summit.single_sign_on.models import IdentityProvider, UnlinkedSignIn
from summit.single_sign_on.refusals import Reason
from summit.users.models import User
from tests.summit.single_sign_on.conftest import configure_saml, link
from tests.summit.single_sign_on.saml_provider import MAIL, TRANSIENT, SamlProvider, certificate, moment, pem
from tests.summit.single_sign_on.test_openid_connect import is_signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def idp() -> SamlProvider:
    return configure_saml(second_factor_values="https://refeds.org/profile/mfa")


@pytest.fixture
def linked(idp: SamlProvider, zoe: User) -> User:
    link(zoe, "n-1", idp.issuer)
    return zoe


class TestSigningIn:
    def test_a_linked_account_is_signed_in(self, idp: SamlProvider, linked: User) -> None:
        browser = Client()
        response = idp.sign_in(browser, "?next=/admin/press/")
        assert (response.status_code, response["Location"]) == (302, "/admin/press/")
        assert browser.session["_auth_user_id"] == str(linked.pk)

    def test_relay_state_leads_nowhere(self, idp: SamlProvider, linked: User) -> None:
        assert idp.sign_in(Client(), relay_state="https://evil.example/")["Location"] == "/admin/"

    def test_an_unknown_subject_is_not_let_in(self, idp: SamlProvider, zoe: User) -> None:
        idp.attributes["mail"] = [zoe.email]
        response = idp.sign_in(browser := Client())
        assert (response["Location"], is_signed_in(browser)) == ("/accounts/sso/link/", False)
        assert UnlinkedSignIn.objects.get().email == zoe.email

    def test_the_subject_may_be_an_attribute(self, idp: SamlProvider, zoe: User) -> None:
        IdentityProvider.objects.update(subject_attribute="objectId")
        link(zoe, "o-1", idp.issuer)
        idp.attributes["objectId"] = ["o-1"]
        idp.format = TRANSIENT
        assert idp.sign_in(Client())["Location"] == "/admin/"
        del idp.attributes["objectId"]
        assert str(refusals.NO_SUBJECT.text) in idp.sign_in(Client()).content.decode()

    def test_the_providers_second_factor_counts(self, idp: SamlProvider, linked: User, settings: Any) -> None:
        settings.REQUIRE_SECOND_FACTOR = True
        idp.sign_in(browser := Client())
        assert browser.get("/admin/")["Location"] == "/accounts/2fa/"
        idp.context = "https://refeds.org/profile/mfa"
        idp.sign_in(browser := Client())
        assert browser.get("/admin/").status_code == 200
        assert browser.session[PROVIDER_KEY] == linked.pk

    def test_two_keys_while_the_provider_changes_its_own(self, idp: SamlProvider, linked: User) -> None:
        IdentityProvider.objects.update(certificates=f"{certificate(2)}{certificate(1)}")
        assert idp.sign_in(Client()).status_code == 302
        idp.key_number = 2
        assert idp.sign_in(Client()).status_code == 302


def _wrapped(idp: SamlProvider) -> str:
    """Return a response with a signed assertion inside another one that names somebody else (signature wrapping)."""
    signed = etree.fromstring(idp.signed(idp.assertion()))
    evil = etree.fromstring(idp.assertion(name_id="n-2"))
    subject = evil.find("{urn:oasis:names:tc:SAML:2.0:assertion}Subject")
    assert subject is not None
    subject.addprevious(signed)
    return idp.response(etree.tostring(evil).decode())


def _beside(idp: SamlProvider) -> str:
    """Return a response with a signed assertion, after one of somebody else."""
    return idp.response(idp.assertion(name_id="n-2") + idp.signed(idp.assertion()))


def _changed_after(idp: SamlProvider) -> str:
    return idp.response(idp.signed(idp.assertion()).replace(">n-1<", ">n-2<"))


def _with(**changed: str) -> Any:
    return lambda idp: idp.response(idp.signed(idp.assertion(**changed)))


def _around(**changed: str) -> Any:
    return lambda idp: idp.response(idp.signed(idp.assertion()), **changed)


def _of(**changed: Any) -> Any:
    """Return what makes the response of a provider that is otherwise itself."""

    def make(idp: SamlProvider) -> str:
        vars(idp).update(changed)
        return idp.response(idp.signed(idp.assertion()))

    return make


class TestRefused:
    @pytest.mark.parametrize(
        ("make", "reason"),
        [
            (_with(issuer="https://evil.example"), refusals.WRONG_ISSUER),
            (_around(issuer="https://evil.example"), refusals.WRONG_ISSUER),
            (_with(audience="https://other.example"), refusals.WRONG_AUDIENCE),
            (_with(audience=""), refusals.WRONG_AUDIENCE),
            (_with(recipient="https://other.example/acs/"), refusals.WRONG_CONFIRMATION),
            (_around(destination="https://other.example/acs/"), refusals.WRONG_AUDIENCE),
            (_of(expires=-10), refusals.WRONG_TIME),
            (lambda idp: idp.response(idp.assertion()), refusals.WRONG_SIGNATURE),
            (_changed_after, refusals.WRONG_SIGNATURE),
            # Somebody else has signed it, by a key of their own that is in it.
            (_of(key_number=2), refusals.WRONG_SIGNATURE),
            (_wrapped, None),
            (_beside, None),
            (_of(request_id=""), refusals.STALE),
            (_with(format=TRANSIENT), refusals.TRANSIENT_NAME),
            (_with(format=MAIL), refusals.TRANSIENT_NAME),
            (lambda idp: "bm9uc2Vuc2U=", refusals.WRONG_ANSWER),
            (lambda idp: "%%%", refusals.WRONG_ANSWER),
        ],
    )
    def test_an_answer(self, idp: SamlProvider, linked: User, make: Any, reason: Reason | None) -> None:
        link(User.objects.create_user("mallory@host.example"), "n-2", idp.issuer)
        browser = Client()
        idp.begin(browser)
        page = idp.post(browser, make(idp))
        assert page.status_code == 400
        assert not is_signed_in(browser)
        if reason is not None:
            assert str(reason.text) in page.content.decode()
            assert str(reason.todo) in page.content.decode()

    def test_an_answer_is_used_once_and_in_its_browser(self, idp: SamlProvider, linked: User) -> None:
        browser = Client()
        idp.begin(browser)
        message = idp.response(idp.signed(idp.assertion()))
        assert idp.post(Client(), message).status_code == 400
        assert idp.post(browser, message).status_code == 302
        page = idp.post(browser, message)
        assert (page.status_code, str(refusals.STALE.text) in page.content.decode()) == (400, True)

    def test_control_without_the_signature(
        self, idp: SamlProvider, linked: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The control: without the check of signatures, what was changed after signing signs in."""
        link(User.objects.create_user("mallory@host.example"), "n-2", idp.issuer)
        monkeypatch.setattr(
            "onelogin.saml2.response.OneLogin_Saml2_Utils.validate_sign", lambda *args, **kwargs: True
        )
        browser = Client()
        idp.begin(browser)
        assert idp.post(browser, _changed_after(idp)).status_code == 302

    def test_without_an_answer_nothing_is_completed(self, idp: SamlProvider) -> None:
        assert Client().get("/accounts/sso/embassy/acs/finish/").status_code == 400
        assert Client().post("/accounts/sso/embassy/acs/", {"SAMLResponse": "a" * 300_000}).status_code == 400


class TestSigningOut:
    def test_it_ends_at_the_provider_too(self, idp: SamlProvider, linked: User, settings: Any) -> None:
        settings.SAML_PRIVATE_KEY, settings.SAML_CERTIFICATE = pem(3), certificate(3)
        idp.sign_in(browser := Client())
        browser.post("/accounts/logout/")
        page = browser.get("/accounts/sso/signed-out/")
        address = urlsplit(page.context["address"])
        params = parse_qs(address.query)
        assert (address.netloc, address.path) == ("saml.example", "/slo")
        assert {"SAMLRequest", "Signature", "SigAlg"} <= set(params)

    def test_the_provider_ends_a_session(self, idp: SamlProvider, linked: User) -> None:
        idp.sign_in(browser := Client())
        assert UserSession.objects.filter(data__name_id="n-1", data__session="i-1").count() == 1
        url = "/accounts/sso/embassy/logout/"
        assert Client().get(f"{url}?{idp.logout_request(signed=False)}").status_code == 400
        idp.key_number = 2
        assert Client().get(f"{url}?{idp.logout_request()}").status_code == 400
        idp.key_number = 1
        assert Client().get(f"{url}?{idp.logout_request(name_id='n-2')}").status_code == 302
        assert browser.get("/admin/").status_code == 200
        response = Client().get(f"{url}?{idp.logout_request()}")
        assert response["Location"].startswith("https://saml.example/slo?SAMLResponse=")
        assert browser.get("/admin/").status_code == 302


def test_the_metadata_describes_us(idp: SamlProvider, settings: Any) -> None:
    settings.BASE_URL = "https://summit.example"
    page = Client().get("/accounts/sso/embassy/metadata/")
    assert page["Content-Type"] == "application/samlmetadata+xml"
    root = etree.fromstring(page.content)
    # It has no end: a provider that keeps it would refuse sign-ins after that.
    assert (root.get("validUntil"), root.get("cacheDuration")) == (None, "P1D")
    assert root.get("entityID") == "https://summit.example/accounts/sso/embassy/metadata/"
    assert b"https://summit.example/accounts/sso/embassy/acs/" in page.content


def test_where_it_is_not_installed_it_is_said(idp: SamlProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("summit.single_sign_on.protocols.HAS_SAML", False)
    page = Client().get("/accounts/sso/embassy/")
    assert (page.status_code, str(refusals.NO_SAML.text) in page.content.decode()) == (400, True)
    assert saml.PERSISTENT


# --- assertions: whoever wraps one in a response of their own signs nothing -----------------------------------------
ACS = "/accounts/sso/embassy/acs/"


def captured(idp: SamlProvider, *changes: tuple[str, str], **facts: str) -> str:
    """Return a signed assertion. Before it was signed, the first of each of `changes` became the second."""
    text = idp.assertion(**facts)
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    return idp.signed(text)


def confirmation(idp: SamlProvider) -> dict[str, str]:
    """Return what stands in the confirmation of an assertion for the request that is open."""
    return {
        "request": f' InResponseTo="{idp.request_id}"',
        "recipient": f' Recipient="{idp.destination}"',
        "end": f' NotOnOrAfter="{moment(idp.expires)}"/>',
    }


# What an assertion says wrongly or not at all: by the part, what stands there instead, and the reason.
WRONG: dict[str, tuple[str, Any, Reason]] = {
    "no request, as of a sign-in that the provider began": ("request", "", refusals.STALE),
    "another request": ("request", ' InResponseTo="_other"', refusals.WRONG_CONFIRMATION),
    "no recipient": ("recipient", "", refusals.WRONG_CONFIRMATION),
    "a recipient that contains our address": (
        "recipient",
        lambda idp: f' Recipient="{idp.destination}?to=evil"',
        refusals.WRONG_CONFIRMATION,
    ),
    "no end": ("end", "/>", refusals.WRONG_CONFIRMATION),
    "an end in a year": ("end", f' NotOnOrAfter="{moment(525_600)}"/>', refusals.WRONG_CONFIRMATION),
}


def posted(idp: SamlProvider, browser: Client, wrong: str) -> Any:
    """Let a browser bring an assertion that says something wrong, in a response with the request that is open."""
    idp.begin(browser)
    part, instead, _reason = WRONG[wrong]
    there = confirmation(idp)[part]
    return idp.post(browser, idp.response(captured(idp, (there, instead(idp) if callable(instead) else instead))))


@pytest.mark.parametrize("wrong", WRONG)
def test_what_the_assertion_does_not_say_itself_is_refused(idp: SamlProvider, linked: User, wrong: str) -> None:
    page = posted(idp, browser := Client(), wrong)
    assert (page.status_code, str(WRONG[wrong][2].text) in page.content.decode()) == (400, True)
    assert not is_signed_in(browser)


@pytest.mark.parametrize("wrong", sorted(set(WRONG) - {"another request"}))
def test_control_python3_saml_takes_it(
    idp: SamlProvider, linked: User, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    end = OneLogin_Saml2_Utils.now() + 60
    monkeypatch.setattr(saml._Response, "_confirmation", lambda self: (self.get_in_response_to(), end))
    assert posted(idp, browser := Client(), wrong).status_code == 302
    assert is_signed_in(browser)


def test_a_second_confirmation_may_be_the_right_one(idp: SamlProvider, linked: User) -> None:
    idp.begin(browser := Client())
    method = "urn:oasis:names:tc:SAML:2.0:cm:"
    other = f'<saml:SubjectConfirmation Method="{method}sender-vouches"/>'
    ours = f'<saml:SubjectConfirmation Method="{method}bearer">'
    assert idp.post(browser, idp.response(captured(idp, (ours, other + ours)))).status_code == 302


def again(idp: SamlProvider, browser: Client) -> Any:
    """Let a browser bring an assertion twice, the second time as one whose request is open again."""
    idp.begin(browser)
    message = idp.response(idp.signed(idp.assertion()))
    sessions = [dict(browser.session)]
    assert idp.post(browser, message).status_code == 302
    session = browser.session
    session.update({key: value for key, value in sessions[0].items() if key.startswith("socialaccount")})
    session.save()
    return idp.post(browser, message)


def test_an_assertion_is_used_once_whatever_else_is_open(
    idp: SamlProvider, linked: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = again(idp, Client())
    assert (page.status_code, str(refusals.STALE.text) in page.content.decode()) == (400, True)
    # The control: forgotten, it is used again.
    monkeypatch.setattr(saml, "_use", lambda answer: None)
    assert again(idp, Client()).status_code == 302


@pytest.mark.parametrize("subject_attribute", ["", "objectId"])
def test_a_comment_shortens_no_subject(idp: SamlProvider, linked: User, subject_attribute: str) -> None:
    """The signature passes by comments: a subject that was cut at one would be somebody else's."""
    IdentityProvider.objects.update(subject_attribute=subject_attribute)
    idp.name_id = "n-1.evil"
    idp.attributes["objectId"] = ["n-1.evil"]
    idp.begin(browser := Client())
    signed = captured(idp).replace(">n-1.evil<", ">n-1<!-- -->.evil<")
    response = idp.post(browser, idp.response(signed))
    assert (response["Location"], is_signed_in(browser)) == ("/accounts/sso/link/", False)
    assert UnlinkedSignIn.objects.get().subject == "n-1.evil"


class TestStored:
    """The address is open to anybody: what is stored was signed by the provider."""

    def test_nothing_that_is_refused_is_stored(self, idp: SamlProvider) -> None:
        idp.begin(Client())
        before = Session.objects.count()
        for message in ("a" * 249_000, base64.b64encode(b"<x/>").decode(), idp.response(idp.assertion())):
            assert Client().post(ACS, {"SAMLResponse": message}).status_code == 400
        assert Session.objects.count() == before

    def test_what_is_stored_is_short_and_encrypted(self, idp: SamlProvider) -> None:
        idp.begin(Client())
        idp.attributes["mail"] = ["canary@host.example"]
        before = set(Session.objects.values_list("pk", flat=True))
        assert Client().post(ACS, {"SAMLResponse": idp.response(idp.signed(idp.assertion()))}).status_code == 302
        (row,) = Session.objects.exclude(pk__in=before)
        stored = row.get_decoded()
        assert list(stored) == ["answer", "_session_expiry"]
        assert "canary" not in stored["answer"]
        assert len(stored["answer"]) < 2_000

    def test_one_address_posts_so_often(self, idp: SamlProvider, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(views, "POSTS", {"response": "2/m/ip"})
        answers = [Client().post(ACS, {"SAMLResponse": "x"}, REMOTE_ADDR="192.0.2.7") for _time in range(3)]
        assert [answer.status_code for answer in answers] == [400, 400, 429]
        assert str(refusals.CROWDED.todo) in answers[2].content.decode()
        assert Client().post(ACS, {"SAMLResponse": "x"}, REMOTE_ADDR="192.0.2.8").status_code == 400

"""What a signed assertion must say itself: whoever wraps it in a response of their own signs nothing."""

import base64
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from summit.single_sign_on import refusals, saml, views
from summit.single_sign_on.models import IdentityProvider, UnlinkedSignIn
from summit.single_sign_on.refusals import Reason
from summit.users.models import User
from tests.summit.single_sign_on.conftest import configure_saml, link
from tests.summit.single_sign_on.saml_provider import SamlProvider, moment
from tests.summit.single_sign_on.test_openid_connect import is_signed_in

pytestmark = pytest.mark.django_db
ACS = "/accounts/sso/embassy/acs/"


@pytest.fixture
def idp() -> SamlProvider:
    """A SAML provider, which is configured."""
    return configure_saml()


@pytest.fixture
def linked(idp: SamlProvider, zoe: User) -> User:
    """A press officer whose account is linked."""
    link(zoe, "n-1", idp.issuer)
    return zoe


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

"""Signing in by OpenID Connect: who is let in, and each answer that is refused."""

import time
from typing import Any

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.test import Client

from summit.audit.models import AuditEntry
from summit.audit.rendering import sentence
from summit.permissions.models import Role, RoleAssignment
from summit.single_sign_on import id_tokens, openid_connect, refusals
from summit.single_sign_on.models import GroupRole, IdentityProvider, UnlinkedSignIn
from summit.single_sign_on.providers import Provider
from summit.single_sign_on.refusals import Reason
from summit.summits.models import Summit
from summit.users.models import User
from tests.factories import UserFactory
from tests.summit.accounts.helpers import by_password, code, with_app
from tests.summit.single_sign_on.conftest import configure, link
from tests.summit.single_sign_on.openid_provider import CLIENT_ID, OpenIdProvider, key

pytestmark = pytest.mark.django_db


def is_signed_in(browser: Client) -> bool:
    return "_auth_user_id" in browser.session


class TestSigningIn:
    def test_a_linked_account_is_signed_in(self, idp: OpenIdProvider, zoe: User) -> None:
        link(zoe)
        browser = Client()
        response = idp.sign_in(browser)
        assert (response.status_code, response["Location"]) == (302, "/admin/")
        assert browser.session["_auth_user_id"] == str(zoe.pk)
        entry = AuditEntry.objects.get(action="summit.sign_in")
        assert (entry.by, entry.detail) == (zoe, {"way": "provider", "provider": "Ministry"})
        assert sentence(entry) == "signed in at the identity provider “Ministry”"

    def test_it_goes_on_where_it_began_and_nowhere_else(self, idp: OpenIdProvider, zoe: User) -> None:
        link(zoe)
        assert idp.sign_in(Client(), "?next=/admin/press/")["Location"] == "/admin/press/"
        assert idp.sign_in(Client(), "?next=https://evil.example/")["Location"] == "/admin/"
        assert idp.sign_in(Client(), "?next=//evil.example/")["Location"] == "/admin/"

    def test_the_request_has_what_the_protocol_asks(self, idp: OpenIdProvider, settings: Any) -> None:
        settings.BASE_URL = "https://summit.example"
        params = idp.begin(Client())
        assert params["redirect_uri"] == "https://summit.example/accounts/sso/ministry/callback/"
        assert (params["client_id"], params["response_type"]) == (CLIENT_ID, "code")
        assert params["code_challenge_method"] == "S256"
        assert set(params["scope"].split()) == {"openid", "profile", "email"}
        assert len(params["nonce"]) >= 32

    def test_what_another_site_causes_asks_first(self, idp: OpenIdProvider) -> None:
        page = Client().get("/accounts/sso/ministry/", HTTP_SEC_FETCH_SITE="cross-site")
        assert page.status_code == 200
        assert idp.asked == []
        assert "Sign in with Ministry" in page.content.decode()
        for asked, leads in (
            ("?next=/portal/agenda/%3Fday%3D1%26x%3D2", "?next=/portal/agenda/%3Fday%3D1%26x%3D2"),
            ("?next=https://evil.example/", ""),
            ("?next=//evil.example/", ""),
        ):
            page = Client().get(f"/accounts/sso/ministry/{asked}", HTTP_SEC_FETCH_SITE="cross-site")
            assert f'href="/accounts/sso/ministry/{leads}"' in page.content.decode(), asked

    def test_nothing_is_stored_of_what_the_provider_says(self, idp: OpenIdProvider, zoe: User) -> None:
        row = link(zoe)
        idp.claims = {"name": "Zoë Canary", "email": "canary@elsewhere.example"}
        idp.sign_in(browser := Client())
        row.refresh_from_db()
        zoe.refresh_from_db()
        assert row.extra_data == {}
        assert (zoe.email, zoe.name) == ("zoe@host.example", zoe.name)
        assert "canary" not in str(dict(browser.session)).lower()


class TestLinking:
    def test_an_unknown_subject_with_a_known_address_is_not_let_in(self, idp: OpenIdProvider, zoe: User) -> None:
        idp.claims = {"email": zoe.email, "email_verified": True, "name": "Zoë"}
        browser = Client()
        response = idp.sign_in(browser)
        assert (response.status_code, response["Location"]) == (302, "/accounts/sso/link/")
        assert not is_signed_in(browser)
        row = UnlinkedSignIn.objects.get()
        assert (row.subject, row.email) == ("s-1", zoe.email)
        assert not SocialAccount.objects.exists()
        # The page can be reloaded, and another browser sees the same code.
        idp.sign_in(other := Client())
        for each in (browser, browser, other):
            assert row.code in each.get("/accounts/sso/link/").content.decode()
        assert Client().get("/accounts/sso/link/")["Location"] == "/accounts/login/"
        row.delete()
        assert browser.get("/accounts/sso/link/")["Location"] == "/accounts/login/"

    def test_another_provider_is_not_let_in(
        self, idp: OpenIdProvider, zoe: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        link(zoe)
        other = OpenIdProvider("https://other.example", "other")
        configure(other)
        monkeypatch.setattr(
            "summit.single_sign_on.social_adapter.SocialAccountAdapter.get_requests_session", lambda self: other
        )
        browser = Client()
        assert other.sign_in(browser)["Location"] == "/accounts/sso/link/"
        assert not is_signed_in(browser)
        # Its token says that the other one made it.
        other.claims = {"iss": idp.issuer}
        assert str(refusals.WRONG_ISSUER.text) in other.sign_in(browser).content.decode()
        # And so does its configuration.
        other.configuration["issuer"] = idp.issuer
        id_tokens.cache.clear()
        assert str(refusals.WRONG_ISSUER.text) in browser.get("/accounts/sso/other/").content.decode()

    def test_a_closed_account_is_not_let_in(self, idp: OpenIdProvider, zoe: User) -> None:
        link(zoe)
        User.objects.filter(pk=zoe.pk).update(is_active=False)
        browser = Client()
        assert idp.sign_in(browser)["Location"] == "/accounts/inactive/"
        assert not is_signed_in(browser)


def _expired(idp: OpenIdProvider) -> None:
    idp.claims = {"exp": int(time.time()) - 120, "iat": int(time.time()) - 500}


def _claims(idp: OpenIdProvider) -> Any:
    return jwt.decode(idp.token(), options={"verify_signature": False})


def _unsigned(idp: OpenIdProvider) -> None:
    idp.raw = jwt.encode(_claims(idp), None, algorithm="none")


def _signed_by_the_secret(idp: OpenIdProvider) -> None:
    idp.raw = jwt.encode(_claims(idp), "secret" * 8, algorithm="HS256", headers={"kid": "1"})


def _signed_by_another_key(idp: OpenIdProvider) -> None:
    mine, idp.key = idp.key, key(2)
    idp.raw = idp.token()
    idp.key = mine


def _set(**claims: Any) -> Any:
    return lambda idp: idp.claims.update(claims)


class TestRefused:
    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            (_set(iss="https://evil.example"), refusals.WRONG_ISSUER),
            (_set(aud="other"), refusals.WRONG_AUDIENCE),
            (_set(aud=[CLIENT_ID, "other"]), refusals.WRONG_AUDIENCE),
            (_set(azp="other"), refusals.WRONG_AUDIENCE),
            (_set(nonce="n"), refusals.WRONG_NONCE),
            (_set(nonce=None), refusals.WRONG_NONCE),
            (_set(exp=None), refusals.WRONG_ANSWER),
            (_set(sub=""), refusals.NO_SUBJECT),
            (lambda idp: setattr(idp, "subject", "s" * 192), refusals.NO_SUBJECT),
            (_expired, refusals.WRONG_TIME),
            (_set(iat=2**40), refusals.WRONG_TIME),
            (_unsigned, refusals.WRONG_SIGNATURE),
            (_signed_by_the_secret, refusals.WRONG_SIGNATURE),
            (_signed_by_another_key, refusals.WRONG_SIGNATURE),
            (lambda idp: setattr(idp, "raw", "nonsense"), refusals.WRONG_ANSWER),
            (lambda idp: setattr(idp, "raw", ""), refusals.NO_ID_TOKEN),
        ],
    )
    def test_an_answer(self, idp: OpenIdProvider, zoe: User, change: Any, reason: Reason) -> None:
        link(zoe)
        browser = Client()
        params = idp.begin(browser)
        change(idp)
        page = browser.get("/accounts/sso/ministry/callback/", {"state": params["state"], "code": "c"})
        assert page.status_code == 400
        assert str(reason.text) in page.content.decode()
        assert str(reason.todo) in page.content.decode()
        assert not is_signed_in(browser)

    def test_control_without_the_signature(
        self, idp: OpenIdProvider, zoe: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The control: without it, the token of another key signs in."""
        link(zoe)
        decode = jwt.decode

        def unverified(raw: str, *args: Any, **kwargs: Any) -> Any:
            return decode(raw, options={"verify_signature": False})

        monkeypatch.setattr(id_tokens.jwt, "decode", unverified)
        browser = Client()
        params = idp.begin(browser)
        _signed_by_another_key(idp)
        browser.get("/accounts/sso/ministry/callback/", {"state": params["state"], "code": "c"})
        assert is_signed_in(browser)

    def test_an_answer_is_used_once_and_in_its_browser(self, idp: OpenIdProvider, zoe: User) -> None:
        link(zoe)
        browser = Client()
        params = idp.begin(browser)
        back = {"state": params["state"], "code": "c"}
        assert Client().get("/accounts/sso/ministry/callback/", back).status_code == 400
        assert browser.get("/accounts/sso/ministry/callback/", back).status_code == 302
        page = browser.get("/accounts/sso/ministry/callback/", back)
        assert (page.status_code, str(refusals.STALE.text) in page.content.decode()) == (400, True)

    def test_who_cancels_is_told(self, idp: OpenIdProvider) -> None:
        browser = Client()
        params = idp.begin(browser)
        page = browser.get("/accounts/sso/ministry/callback/", {"state": params["state"], "error": "access_denied"})
        assert str(refusals.CANCELLED.text) in page.content.decode()

    def test_a_provider_that_is_down_is_told(self, idp: OpenIdProvider) -> None:
        idp.down = True
        page = Client().get("/accounts/sso/ministry/")
        text = page.content.decode()
        assert (page.status_code, str(refusals.UNREACHABLE.text) in text) == (400, True)
        # Whoever helps finds the refusal in the log by what the page names.
        assert ("<bdi>Ministry</bdi>" in text, f"UTC, {page.headers['X-Request-ID']}</bdi>" in text) == (True, True)

    def test_a_provider_that_is_off_is_not_there(self, idp: OpenIdProvider) -> None:
        IdentityProvider.objects.update(is_active=False)
        page = Client().get("/accounts/sso/ministry/")
        assert (page.status_code, str(refusals.NOT_ACTIVE.text) in page.content.decode()) == (404, True)
        assert "Ministry" not in Client().get("/accounts/login/").content.decode()


def test_a_new_key_is_found_and_fetched_once_a_minute(idp: OpenIdProvider, zoe: User) -> None:
    link(zoe)
    assert idp.sign_in(Client()).status_code == 302
    idp.key, idp.kid = key(2), "2"
    assert idp.sign_in(Client()).status_code == 302
    idp.key, idp.kid = key(3), "3"
    assert idp.sign_in(Client()).status_code == 400
    fetched = [url for _method, url in idp.asked if url.endswith("/keys")]
    assert len(fetched) == 2


class TestSecondFactor:
    @pytest.fixture(autouse=True)
    def required(self, settings: Any, idp: OpenIdProvider) -> None:
        settings.REQUIRE_SECOND_FACTOR = True
        IdentityProvider.objects.update(second_factor_values="mfa\nhigh")

    def test_which_claims_tell_of_one(self) -> None:
        provider = Provider("m", "M", "oidc", "https://m.example", second_factor_values=("mfa", "high"))
        own = {"sub": "s", "email": "", "name": "", "groups": ""}
        for claims, there in (
            *(({"amr": ["pwd", "mfa"]}, True), ({"acr": "high"}, True), ({}, False), ({"amr": ["pwd"]}, False)),
            *(({"acr": "low"}, False), ({"amr": "mfa"}, False)),
        ):
            assert openid_connect._facts({**own, **claims}, "", "", provider).second_factor is there, claims

    def test_else_ours_is_asked(self, idp: OpenIdProvider, zoe: User) -> None:
        link(zoe)
        idp.claims = {"amr": ["pwd"]}
        browser = Client()
        idp.sign_in(browser)
        assert browser.get("/admin/")["Location"] == "/accounts/2fa/"
        secret = with_app(zoe)
        browser = Client()
        assert idp.sign_in(browser)["Location"] == "/accounts/2fa/authenticate/"
        assert not is_signed_in(browser)
        browser.post("/accounts/2fa/authenticate/", {"code": code(secret)})
        assert browser.get("/admin/").status_code == 200

    def test_the_providers_replaces_an_app_and_ends_with_the_sign_in(self, idp: OpenIdProvider, zoe: User) -> None:
        link(zoe)
        with_app(zoe)
        idp.claims = {"amr": ["mfa"]}
        browser = Client()
        assert idp.sign_in(browser)["Location"] == "/admin/"
        # The password in the same browser asks for the app again.
        by_password(zoe, browser)
        assert browser.get("/accounts/2fa/authenticate/").status_code in (200, 302)
        browser.post("/accounts/logout/")
        by_password(zoe, browser)
        assert browser.get("/admin/")["Location"].startswith("/admin/login/")


class TestGroups:
    def test_a_group_gives_a_role_and_takes_it(self, idp: OpenIdProvider, summit: Summit) -> None:
        user = UserFactory()
        link(user)
        GroupRole.objects.create(issuer=idp.issuer, group="press", summit=summit, role=Role.PRESS_OFFICER)
        idp.claims = {"groups": ["press", "other"]}
        browser = Client()
        assert idp.sign_in(browser)["Location"] == "/admin/"
        row = RoleAssignment.objects.get(user=user)
        assert (row.role, row.by_hand, row.issuer) == ("press_officer", False, idp.issuer)
        idp.claims = {"groups": ["other"]}
        assert idp.sign_in(browser)["Location"] == "/portal/"
        assert not RoleAssignment.objects.filter(user=user).exists()
        actions = list(
            AuditEntry.objects.filter(action__endswith="by_group").order_by("pk").values_list("action", flat=True)
        )
        assert actions == ["summit.give_role_by_group", "summit.take_role_by_group"]

    def test_groups_that_only_userinfo_has_count(self, idp: OpenIdProvider, summit: Summit) -> None:
        user = UserFactory()
        link(user)
        GroupRole.objects.create(issuer=idp.issuer, group="press", summit=summit, role=Role.PRESS_OFFICER)
        idp.userinfo = {"groups": ["press"]}
        idp.sign_in(Client())
        assert RoleAssignment.objects.filter(user=user).exists()
        idp.userinfo = {"groups": ["press"], "sub": "s-2"}
        assert idp.sign_in(Client()).status_code == 400


class TestSigningOut:
    def test_it_ends_at_the_provider_too(self, idp: OpenIdProvider, zoe: User, settings: Any) -> None:
        settings.BASE_URL = "https://summit.example"
        link(zoe)
        idp.sign_in(browser := Client())
        response = browser.post("/accounts/logout/")
        assert (response.status_code, response["Location"]) == (302, "/accounts/sso/signed-out/")
        assert not is_signed_in(browser)
        page = browser.get("/accounts/sso/signed-out/")
        address = page.context["address"]
        assert address.startswith(
            "https://idp.example/end?client_id=summit&post_logout_redirect_uri=https%3A%2F%2Fsummit"
        )
        assert "id_token_hint=" in address
        assert page.headers["Refresh"] == f"0; url={address}"
        # Afterwards nothing is left.
        assert "Refresh" not in browser.get("/accounts/sso/signed-out/").headers

    def test_the_provider_ends_a_session(self, idp: OpenIdProvider, zoe: User) -> None:
        link(zoe)
        idp.claims = {"sid": "one"}
        idp.sign_in(first := Client())
        idp.claims = {"sid": "two"}
        idp.sign_in(second := Client())
        assert UserSession.objects.filter(data__session="one").count() == 1
        event = {"events": {id_tokens.BACKCHANNEL_EVENT: {}}, "jti": "j-1", "nonce": None}
        token = idp.token(sid="one", sub=None, **event)
        url = "/accounts/sso/ministry/back-channel-logout/"
        assert Client().post(url, {"logout_token": token}).status_code == 200
        assert (first.get("/admin/").status_code, second.get("/admin/").status_code) == (302, 200)
        # The same token once more; those of sign-ins; by a subject: all of its browsers.
        assert Client().post(url, {"logout_token": token}).status_code == 400
        assert Client().post(url, {"logout_token": idp.token()}).status_code == 400
        assert Client().post(url, {}).status_code == 400
        assert second.get("/admin/").status_code == 200
        assert Client().post(url, {"logout_token": idp.token(**{**event, "jti": "j-2"})}).status_code == 200
        assert second.get("/admin/").status_code == 302

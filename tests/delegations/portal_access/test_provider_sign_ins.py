"""Signing in at a delegation's identity provider: it opens this delegation, and nothing else."""

import secrets
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client, RequestFactory

from delegations.parties.models.parties import Party
from delegations.portal_access import permissions
from delegations.portal_access.models import PartyProvider, PortalSession, PortalSubject
from delegations.portal_access.services import provider_sign_ins
from portal.visitor_identity import viewers
from summit.audit import rendering
from summit.audit.models import AuditEntry
from summit.audit.services import Mailbox
from summit.people.models import Person
from summit.permissions.models import Role
from summit.single_sign_on import ended_sessions, id_tokens, provider_services, refusals
from summit.single_sign_on.facts import SignInFacts
from summit.single_sign_on.models import IdentityProvider
from summit.single_sign_on.refusals import SignInRefused
from summit.single_sign_on.social_adapter import SocialAccountAdapter
from summit.summits.models import Summit
from summit.users.models import User
from tests.delegations.helpers import refuses
from tests.factories import (
    FocalPointFactory,
    MembershipFactory,
    PartyFactory,
    PortalSessionFactory,
    SummitFactory,
    UserFactory,
)
from tests.summit.single_sign_on.conftest import configure, configure_saml
from tests.summit.single_sign_on.openid_provider import OpenIdProvider
from tests.summit.single_sign_on.saml_provider import SamlProvider, certificate, pem

pytestmark = pytest.mark.django_db


@pytest.fixture
def idp(monkeypatch: pytest.MonkeyPatch) -> OpenIdProvider:
    found = OpenIdProvider()
    configure(found, for_delegations=True)
    monkeypatch.setattr(SocialAccountAdapter, "get_requests_session", lambda adapter: found)
    found.claims = {"email": "Ann@ministry.example", "email_verified": True}
    return found


@pytest.fixture
def party(summit: Summit, idp: OpenIdProvider) -> Party:
    found = PartyFactory(summit=summit)
    PartyProvider.objects.create(party=found, issuer=idp.issuer)
    return found


@pytest.fixture
def ann(party: Party) -> Person:
    return MembershipFactory(party=party, person__email="ann@ministry.example").person


def opened(browser: Client) -> list[int]:
    """Return the primary keys of the parties that the portal has for a browser without an account."""
    request = RequestFactory().get("/portal/")
    request.session, request.user = browser.session, AnonymousUser()
    return [party.pk for viewer in viewers(request) for party in viewer.parties]


def open_sessions(idp: OpenIdProvider, subject: str = "s-1", email: str = "ann@ministry.example") -> Any:
    facts = SignInFacts(issuer=idp.issuer, subject=subject, email=email, email_verified=True)
    return provider_sign_ins.open_sessions(facts=facts, agent="")


def test_it_opens_the_portal_of_the_delegation_and_who_did_is_named(
    idp: OpenIdProvider, party: Party, ann: Person
) -> None:
    browser = Client()
    response = idp.sign_in(browser)
    assert (response.status_code, response["Location"]) == (302, "/portal/")
    assert opened(browser) == [party.pk]
    assert browser.get("/portal/").status_code == 200
    row = PortalSession.objects.get()
    assert (row.person, row.issuer, row.mailbox) == (ann, idp.issuer, "ann@ministry.example")
    assert PortalSubject.objects.get().subject == "s-1"
    assert AuditEntry.objects.filter(action="delegations.sign_in_at_provider").count() == 1
    PortalSessionFactory(person=ann, mailbox=ann.email)
    page = browser.get("/portal/browsers/").content.decode()
    assert "by a sign-in at <bdi>Ministry</bdi>" in page
    assert page.count("by a code to") == 1
    entry = AuditEntry.objects.filter(action="delegations.sign_in_at_provider")
    assert [line.who for line in rendering.render(entry)] == [f"{ann.label}, by a sign-in at Ministry"]


def test_it_opens_no_account_and_no_other_delegation(
    idp: OpenIdProvider, party: Party, ann: Person, summit: Summit
) -> None:
    organiser = UserFactory.with_role(Role.ORGANISER, summit, email="organiser@host.example")
    SocialAccount.objects.create(user=organiser, provider=idp.issuer, uid="s-1")
    other = MembershipFactory(party=PartyFactory(summit=summit), person__email="bob@elsewhere.example").person
    FocalPointFactory(party=other.membership.party, person=ann)
    browser = Client()
    idp.sign_in(browser)
    assert "_auth_user_id" not in browser.session
    assert opened(browser) == [party.pk]
    by = Mailbox(PortalSession.objects.get().public_id)
    FocalPointFactory(party=party, person=ann)
    assert permissions.live_sign_ins(by, party.pk).exists()
    assert not permissions.live_sign_ins(by, other.membership.party.pk).exists()
    for email, verified, reason in (
        *((other.email, True, refusals.NOT_OF_DELEGATION), (organiser.email, True, refusals.NOT_OF_DELEGATION)),
        *((ann.email, False, refusals.NO_ADDRESS), ("", True, refusals.NO_ADDRESS)),
    ):
        facts = SignInFacts(issuer=idp.issuer, subject="s-2", email=email, email_verified=verified)
        refused = refuses(SignInRefused, provider_sign_ins.open_sessions, facts=facts, agent="")
        assert refused.reason is reason, email
    # The provider's word that an address is not verified arrives, and what is refused is said.
    idp.subject, idp.claims["email_verified"] = "s-2", False
    page = idp.sign_in(Client())
    assert (page.status_code, str(refusals.NO_ADDRESS.text) in page.content.decode()) == (400, True)


def test_a_person_is_known_by_the_subject_from_then_on(idp: OpenIdProvider, ann: Person, party: Party) -> None:
    (row,) = open_sessions(idp)
    assert row.person == ann
    # Somebody else gets the same address there, and the person gets another one.
    assert refuses(SignInRefused, open_sessions, idp, "s-2").reason is refusals.OTHER_SUBJECT
    assert [row.person for row in open_sessions(idp, email="ann.new@ministry.example")] == [ann]
    later = PartyFactory(summit=SummitFactory())
    PartyProvider.objects.create(party=later, issuer=idp.issuer)
    other = MembershipFactory(party=later, person__email=ann.email).person
    assert {row.person for row in open_sessions(idp)} == {ann, other}


def test_a_shared_mailbox_opens_nothing(idp: OpenIdProvider, party: Party, ann: Person) -> None:
    MembershipFactory(party=party, person__email=ann.email)
    assert refuses(SignInRefused, open_sessions, idp).reason is refusals.SHARED_ADDRESS
    assert not PortalSubject.objects.exists()


def test_turning_the_provider_off_ends_what_it_opened(idp: OpenIdProvider, party: Party, ann: Person) -> None:
    browser = Client()
    idp.sign_in(browser)
    row = IdentityProvider.objects.get(issuer=idp.issuer)
    provider_services.change_provider(provider=row, values={"is_active": False}, by=UserFactory(is_superuser=True))
    assert opened(browser) == []
    provider_services.change_provider(provider=row, values={"is_active": True}, by=UserFactory(is_superuser=True))
    assert opened(browser) == []


def test_whoever_has_left_the_delegation_is_out(idp: OpenIdProvider, party: Party, ann: Person) -> None:
    browser = Client()
    idp.sign_in(browser)
    ann.membership.delete()
    assert opened(browser) == []
    assert refuses(SignInRefused, open_sessions, idp).reason is refusals.NOT_OF_DELEGATION


def test_it_goes_on_where_it_began_and_nowhere_else(
    idp: OpenIdProvider, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for asked, leads in (
        ("/portal/agenda/%3Fday%3D1", "/portal/agenda/?day=1"),
        *(("agenda", "agenda"), ("https://evil.example/", "/portal/"), ("//evil.example/", "/portal/")),
    ):
        assert idp.sign_in(Client(), f"?next={asked}")["Location"] == leads
    # Control: without the check it leads to another site.
    monkeypatch.setattr("summit.single_sign_on.views.url_has_allowed_host_and_scheme", lambda *args, **kwargs: True)
    assert idp.sign_in(Client(), "?next=https://evil.example/")["Location"] == "https://evil.example/"


def logout_token(idp: OpenIdProvider, **claims: str | None) -> str:
    event = {"events": {id_tokens.BACKCHANNEL_EVENT: {}}, "jti": secrets.token_hex(8), "nonce": None}
    return idp.token(**{**event, **claims})


def signed_in(idp: OpenIdProvider, sid: str) -> Client:
    idp.claims["sid"] = sid
    browser = Client()
    assert idp.sign_in(browser).status_code == 302
    return browser


class TestTheProviderSignsOut:
    def told(self, idp: OpenIdProvider, **claims: str | None) -> None:
        posted = {"logout_token": logout_token(idp, **claims)}
        assert Client().post("/accounts/sso/ministry/back-channel-logout/", posted).status_code == 200

    def test_of_one_session_and_of_all_of_a_subject(self, idp: OpenIdProvider, party: Party, ann: Person) -> None:
        first, second = signed_in(idp, "one"), signed_in(idp, "two")
        by_code = PortalSessionFactory(person=ann, mailbox=ann.email)
        self.told(idp, sid="three", sub=None)
        self.told(idp, sid=None, sub="s-2")
        assert opened(first) == opened(second) == [party.pk]
        self.told(idp, sid="one", sub=None)
        assert (opened(first), opened(second)) == ([], [party.pk])
        assert AuditEntry.objects.filter(action="delegations.sign_out_at_provider").count() == 1
        self.told(idp, sid=None)
        assert opened(second) == []
        assert list(PortalSession.objects.live()) == [by_code]

    def test_another_provider_ends_nothing(
        self, idp: OpenIdProvider, party: Party, ann: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        browser = signed_in(idp, "one")
        other = OpenIdProvider("https://other.example", "other")
        configure(other, for_delegations=True)
        with monkeypatch.context() as patched:
            patched.setattr(SocialAccountAdapter, "get_requests_session", lambda adapter: other)
            posted = {"logout_token": logout_token(other, sid="one")}
            assert Client().post("/accounts/sso/other/back-channel-logout/", posted).status_code == 200
        # Control: nor does its own where nothing is registered to end them.
        monkeypatch.setattr(ended_sessions, "endings", ())
        self.told(idp, sid="one")
        assert opened(browser) == [party.pk]

    def test_by_saml_it_ends_here_and_there(self, summit: Summit, embassy: SamlProvider, settings: Any) -> None:
        embassy.sign_in(browser := Client())
        assert len(opened(browser)) == 1
        url = "/accounts/sso/embassy/logout/"
        for other in ({"name_id": "n-2"}, {"session": "i-2"}):
            assert Client().get(f"{url}?{embassy.logout_request(**other)}").status_code == 302
        assert len(opened(browser)) == 1
        assert Client().get(f"{url}?{embassy.logout_request()}").status_code == 302
        assert opened(browser) == []
        settings.SAML_PRIVATE_KEY, settings.SAML_CERTIFICATE = pem(3), certificate(3)
        embassy.sign_in(browser := Client())
        browser.post("/portal/leave/")
        address = urlsplit(browser.get("/accounts/sso/signed-out/").context["address"])
        assert (address.netloc, address.path) == ("saml.example", "/slo")
        assert "SAMLRequest" in parse_qs(address.query)


@pytest.fixture
def embassy(summit: Summit) -> SamlProvider:
    """The SAML provider of a delegation, which has a member who isn't known by the NameID."""
    found = configure_saml(subject_attribute="objectId", for_delegations=True)
    party = PartyFactory(summit=summit)
    PartyProvider.objects.create(party=party, issuer=found.issuer)
    MembershipFactory(party=party, person__email="ben@embassy.example")
    found.attributes |= {"mail": ["ben@embassy.example"], "objectId": ["o-1"]}
    return found


class TestLeavingThePortal:
    def test_it_ends_at_the_provider_too(self, idp: OpenIdProvider, party: Party, ann: Person, settings: Any) -> None:
        settings.BASE_URL = "https://summit.example"
        browser = signed_in(idp, "one")
        response = browser.post("/portal/leave/")
        assert (response.status_code, response["Location"]) == (302, "/accounts/sso/signed-out/")
        assert opened(browser) == []
        page = browser.get("/accounts/sso/signed-out/")
        address = urlsplit(page.context["address"])
        assert address.geturl().startswith("https://idp.example/end?")
        params = parse_qs(address.query)
        assert params["post_logout_redirect_uri"] == ["https://summit.example/accounts/sso/signed-out/"]
        assert jwt.decode(params["id_token_hint"][0], options={"verify_signature": False})["sid"] == "one"
        assert page.headers["Refresh"] == f"0; url={page.context['address']}"
        assert "Refresh" not in browser.get("/accounts/sso/signed-out/").headers
        cache.clear()
        del idp.configuration["end_session_endpoint"]
        browser = signed_in(idp, "one")
        browser.post("/portal/leave/")
        page = browser.get("/accounts/sso/signed-out/")
        assert "You may still be signed in at Ministry" in page.content.decode()
        assert "Refresh" not in page.headers

    def test_an_account_in_the_same_browser_keeps_its_own(
        self, idp: OpenIdProvider, ann: Person, summit: Summit, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        host = OpenIdProvider("https://host.example", "host")
        configure(host)
        user = UserFactory.with_role(Role.PRESS_OFFICER, summit)
        SocialAccount.objects.create(user=user, provider=host.issuer, uid="s-1")
        with monkeypatch.context() as patched:
            patched.setattr(SocialAccountAdapter, "get_requests_session", lambda adapter: host)
            host.sign_in(browser := Client())
        idp.sign_in(browser)
        browser.post("/portal/leave/")
        assert browser.get("/accounts/sso/signed-out/").context["address"].startswith("https://idp.example/end?")
        assert browser.get("/admin/").status_code == 200
        with monkeypatch.context() as patched:
            patched.setattr(SocialAccountAdapter, "get_requests_session", lambda adapter: host)
            browser.post("/accounts/logout/")
            page = browser.get("/accounts/sso/signed-out/")
        assert page.context["address"].startswith("https://host.example/end?")


class TestServices:
    @pytest.fixture
    def protocol(self, summit: Summit) -> User:
        return UserFactory.with_role(Role.PROTOCOL, summit)

    def test_a_desk_gives_and_takes_it(self, idp: OpenIdProvider, summit: Summit, protocol: User) -> None:
        party = PartyFactory(summit=summit)
        row = provider_sign_ins.give_provider(party=party, issuer=idp.issuer, by=protocol)
        refuses(ValidationError, provider_sign_ins.give_provider, party=party, issuer=idp.issuer, by=protocol)
        MembershipFactory(party=party, person__email="ann@ministry.example")
        open_sessions(idp)
        provider_sign_ins.take_provider(row=row, by=protocol)
        assert not PortalSession.objects.live().exists()
        assert not PortalSubject.objects.exists()
        assert refuses(SignInRefused, open_sessions, idp).reason is refusals.NO_DELEGATION
        entries = AuditEntry.objects.filter(by=protocol).order_by("pk")
        assert [rendering.sentence(entry) for entry in entries] == [
            "gave the delegation the identity provider “Ministry”",
            "took the identity provider “Ministry” from the delegation",
            "unlinked the person’s sign-in at the delegation’s identity provider",
        ]
        assert [line.row.name for line in rendering.render(entries[:2])] == [str(party)] * 2
        linked = AuditEntry.objects.get(action="delegations.portalsubject.add")
        assert rendering.sentence(linked) == "linked the person’s sign-in at the delegation’s identity provider"
        IdentityProvider.objects.update(for_delegations=False)
        with pytest.raises(ValidationError, match="for delegations"):
            provider_sign_ins.give_provider(party=PartyFactory(summit=summit), issuer=idp.issuer, by=protocol)

    def test_a_provider_that_a_delegation_has_cannot_be_removed(
        self, idp: OpenIdProvider, party: Party, protocol: User
    ) -> None:
        root, provider = UserFactory(is_superuser=True), IdentityProvider.objects.get()
        with pytest.raises(ValidationError, match=f"at this provider: {party}"):
            provider_services.remove_provider(provider=provider, by=root)
        provider_sign_ins.take_provider(row=PartyProvider.objects.get(), by=protocol)
        provider_services.remove_provider(provider=provider, by=root)
        assert not IdentityProvider.objects.exists()

    def test_whoever_belongs_to_another_delegation_with_it_keeps_the_sign_in(
        self, idp: OpenIdProvider, party: Party, ann: Person, summit: Summit, protocol: User
    ) -> None:
        other = PartyFactory(summit=summit)
        FocalPointFactory(party=other, person=ann)
        row = provider_sign_ins.give_provider(party=other, issuer=idp.issuer, by=protocol)
        open_sessions(idp)
        provider_sign_ins.take_provider(row=row, by=protocol)
        assert (PortalSubject.objects.count(), PortalSession.objects.live().count()) == (1, 1)
        provider_sign_ins.take_provider(row=PartyProvider.objects.get(party=party), by=protocol)
        assert (PortalSubject.objects.count(), PortalSession.objects.live().count()) == (0, 0)

    def test_unlinking_ends_the_sessions_and_others_may_not(
        self, idp: OpenIdProvider, party: Party, ann: Person, summit: Summit, protocol: User
    ) -> None:
        officer = UserFactory.with_role(Role.PRESS_OFFICER, summit)
        open_sessions(idp)
        for work, given in (
            (provider_sign_ins.take_provider, {"row": PartyProvider.objects.get()}),
            (provider_sign_ins.unlink, {"row": PortalSubject.objects.get()}),
            (provider_sign_ins.give_provider, {"party": party, "issuer": idp.issuer}),
        ):
            refuses(PermissionDenied, work, **given, by=officer)
        open_sessions(idp)
        provider_sign_ins.unlink(row=PortalSubject.objects.get(), by=protocol)
        assert not PortalSession.objects.live().exists()
        assert [row.person for row in open_sessions(idp, "s-2")] == [ann]


def test_the_desk(idp: OpenIdProvider, party: Party, ann: Person, summit: Summit) -> None:
    client: Any = Client()
    client.force_login(UserFactory.with_role(Role.PROTOCOL, summit))
    empty = "No one has signed in at a delegation’s identity provider yet."
    assert empty in client.get("/admin/delegations/portalsubject/").content.decode()
    open_sessions(idp)
    assert empty not in client.get("/admin/delegations/portalsubject/").content.decode()
    assert "Ministry" in client.get("/admin/delegations/partyprovider/").content.decode()
    row = PortalSubject.objects.get()
    assert "s-1" in client.get(f"/admin/delegations/portalsubject/{row.pk}/change/").content.decode()
    other = PartyFactory(summit=summit)
    posted = {"party": other.pk, "issuer": idp.issuer}
    added = client.post("/admin/delegations/partyprovider/add/", posted, follow=True).content.decode()
    assert f"“identity provider of {other}” added." in added
    again = client.post("/admin/delegations/partyprovider/add/", posted).content.decode()
    assert "This delegation has an identity provider already." in again
    given = PartyProvider.objects.get(party=other)
    row_page = f"/admin/delegations/partyprovider/{given.pk}"
    assert "/accounts/sso/ministry/" in client.get(f"{row_page}/change/").content.decode()
    assert "signed out of the portal" in client.get(f"{row_page}/delete/").content.decode()
    # Deleting asks first, one as well as several, and names whose sign-in it is.
    several = {"action": "delete_selected", "_selected_action": str(row.pk)}
    for asked in (
        client.get(f"/admin/delegations/portalsubject/{row.pk}/delete/"),
        client.post("/admin/delegations/portalsubject/", several),
    ):
        page = asked.content.decode()
        assert ("The portal closes in the browsers" in page, f"Delete “sign-in of {ann}”?" in page) == (True, True)
        assert PortalSubject.objects.exists()
    assert client.post(f"/admin/delegations/portalsubject/{row.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not PortalSubject.objects.exists()

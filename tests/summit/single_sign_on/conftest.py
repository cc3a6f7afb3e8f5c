"""What tests of single sign-on share."""

from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from summit.permissions.models import Role
from summit.single_sign_on.models import IdentityProvider, Protocol
from summit.single_sign_on.social_adapter import SocialAccountAdapter
from summit.summits.models import Summit
from summit.users.models import User
from tests.clients import signed_in
from tests.factories import UserFactory
from tests.summit.single_sign_on.openid_provider import CLIENT_ID, OpenIdProvider
from tests.summit.single_sign_on.saml_provider import SamlProvider, certificate


@pytest.fixture
def rootdesk(root: User) -> Client:
    return signed_in(root)


@pytest.fixture
def zoe(summit: Summit) -> User:
    """A press officer who has never signed in at a provider."""
    return UserFactory.with_role(Role.PRESS_OFFICER, summit, email="zoe@host.example")


@pytest.fixture
def idp(monkeypatch: pytest.MonkeyPatch) -> OpenIdProvider:
    found = OpenIdProvider()
    configure(found)
    monkeypatch.setattr(SocialAccountAdapter, "get_requests_session", lambda adapter: found)
    return found


def configure(provider: OpenIdProvider, **values: Any) -> IdentityProvider:
    given = {"slug": provider.slug, "name": "Ministry", "issuer": provider.issuer, "client_id": CLIENT_ID}
    return IdentityProvider.objects.create(**{**given, "client_secret": "secret", **values})


def configure_saml(**values: Any) -> SamlProvider:
    given = {"slug": SamlProvider.slug, "name": "Embassy", "protocol": Protocol.SAML, "issuer": SamlProvider.issuer}
    given |= {"sign_in_url": "https://saml.example/sso", "sign_out_url": "https://saml.example/slo"}
    IdentityProvider.objects.create(**{**given, "certificates": certificate(1), **values})
    return SamlProvider()


def link(user: User, subject: str = "s-1", issuer: str = "https://idp.example") -> SocialAccount:
    return SocialAccount.objects.create(user=user, provider=issuer, uid=subject)

"""OpenID Connect by django-allauth, with what this project asks besides: each ID token verified, and a nonce."""

from typing import Any

from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.http import urlencode

from summit.single_sign_on import id_tokens, refusals
from summit.single_sign_on.facts import SignInFacts
from summit.single_sign_on.providers import Provider
from summit.single_sign_on.refusals import SignInRefused

NONCE_LENGTH = 32


class Adapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """Speaks with the endpoints of a provider. Its addresses begin with BASE_URL, whatever host the request names."""

    def __init__(self, request: HttpRequest, slug_or_issuer: str) -> None:
        super().__init__(request, slug_or_issuer)
        self._provider: OidcProvider | None = None

    def get_provider(self) -> "OidcProvider":
        """Return the provider. Raises SocialApp.DoesNotExist if there is none that is active."""
        if self._provider is None:
            self._provider = super().get_provider()
        return self._provider

    @property
    def openid_config(self) -> dict[str, Any]:
        """The provider's configuration, checked and kept for an hour."""
        return id_tokens.configuration(self.get_provider().summit_provider)

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Return the address to which the provider sends the browser back."""
        return self.get_provider().callback_url

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """Return the sign-in that an ID token stands for, with the facts and the nonce. Raises SignInRefused."""
        raw = kwargs["response"].get("id_token")
        if not raw:
            raise SignInRefused(refusals.NO_ID_TOKEN)
        provider = self.get_provider()
        claims = id_tokens.verify_id_token(str(raw), provider.summit_provider)
        facts = _facts(claims, str(raw), token.token, provider.summit_provider)
        login: SocialLogin = provider.sociallogin_from_response(request, claims)
        login.summit_facts, login.summit_claims = facts, claims
        return login


class OidcProvider(OpenIDConnectProvider):  # type: ignore[misc]
    """A provider that speaks OpenID Connect. Its accounts are known by issuer and subject."""

    oauth2_adapter_class = Adapter

    def __init__(self, request: HttpRequest, provider: Provider) -> None:
        app = SocialApp(
            provider=OpenIDConnectProvider.id,
            provider_id=provider.issuer,
            name=provider.name[:40],
            client_id=provider.client_id,
            secret=provider.client_secret,
            settings={"server_url": provider.issuer, "oauth_pkce_enabled": True},
        )
        super().__init__(request, app=app)
        self.summit_provider = provider

    @property
    def callback_url(self) -> str:
        """The address to which the provider sends the browser back."""
        path = reverse("sso_callback", args=[self.summit_provider.slug])
        return f"{settings.BASE_URL}{path}"

    def begin(self, request: HttpRequest, next_url: str | None) -> HttpResponse:
        """Return the redirect to the provider. What belongs to this sign-in is kept in the browser's session."""
        nonce = get_random_string(NONCE_LENGTH)
        response: HttpResponse = self.redirect(
            request, "login", next_url=next_url, auth_params={**self.get_auth_params(), "nonce": nonce}, nonce=nonce
        )
        return response

    def serialize(self) -> dict[str, Any]:
        """Return how this provider is found again, while a sign-in waits for a second factor."""
        return {"id": self.summit_provider.issuer}

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Return the subject. Raises SignInRefused for one that is longer than OpenID Connect allows."""
        subject = str(data["sub"])
        # https://openid.net/specs/openid-connect-core-1_0.html#IDToken: at most 255 ASCII characters; 191 are stored.
        if len(subject) > 191:
            raise SignInRefused(refusals.NO_SUBJECT, "too long")
        return subject

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return nothing: no claims are stored with an account."""
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        """Return nothing: no account is found by its address."""
        return []


def _facts(claims: dict[str, Any], raw: str, access_token: str, provider: Provider) -> SignInFacts:
    said = claims
    wanted = {"email", "name", provider.groups_claim} - {""}
    if not wanted <= claims.keys():
        # Many providers keep groups and profile out of the ID token.
        said = {**id_tokens.userinfo(access_token, provider, claims["sub"]), **claims}
    groups = said.get(provider.groups_claim) if provider.groups_claim else None
    methods = claims.get("amr")
    values = [str(claims.get("acr") or ""), *(map(str, methods) if isinstance(methods, list) else [])]
    return SignInFacts(
        issuer=provider.issuer,
        subject=str(claims["sub"]),
        name=str(said.get("name") or f"{said.get('given_name') or ''} {said.get('family_name') or ''}".strip())[:200],
        email=str(said.get("email") or "")[:254].lower(),
        email_verified=said.get("email_verified") is True,
        groups=tuple(map(str, groups)) if isinstance(groups, list) else ((str(groups),) if groups else ()),
        second_factor=provider.is_second_factor(values),
        session=str(claims.get("sid") or ""),
        proof=raw,
    )


def sign_out_address(facts: SignInFacts, provider: Provider, back: str) -> str:
    """Return the address at which the provider ends its own session, or "" if it has none.

    `back` is where it sends the browser afterwards (OpenID Connect RP-Initiated Logout).
    """
    address = id_tokens.configuration(provider).get("end_session_endpoint")
    if not address:
        return ""
    params = {"client_id": provider.client_id, "post_logout_redirect_uri": back}
    if facts.proof:
        params["id_token_hint"] = facts.proof
    return f"{address}{'&' if '?' in str(address) else '?'}{urlencode(params)}"

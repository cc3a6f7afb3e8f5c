"""django-allauth's adapter for identity providers: which there are, and who is let in."""

import logging
from typing import Any

import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthError
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from summit.core.registry import Registry
from summit.core.request_ids import current_id
from summit.single_sign_on import id_tokens, links, protocols, providers, refusals
from summit.single_sign_on.facts import SignInFacts
from summit.single_sign_on.providers import Provider
from summit.single_sign_on.refusals import Reason, SignInRefused
from summit.users.models import User

logger = logging.getLogger(__name__)
# The session's key for the invitation that whoever signs in has followed.
INVITATION_KEY = "single_sign_on_invitation"
# The session's key for the sign-in of this browser that waits to be linked.
UNLINKED_KEY = "single_sign_on_unlinked"
# Functions of the apps above that let in somebody who signed in at a delegation's provider. They get the request, the
# provider, its facts and the path to go on to ("" if none was asked for), and return the response.
DelegationEntrance = Any
entrances: Registry[DelegationEntrance] = Registry()


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Finds providers by short name or issuer, and refuses whoever isn't linked to an account."""

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Any:
        """Return allauth's object for the provider with a short name or issuer. Raises SocialApp.DoesNotExist."""
        found = providers.find(provider)
        if found is None:
            raise SocialApp.DoesNotExist
        return protocols.of_allauth(request, found)

    def list_providers(self, request: HttpRequest) -> list[Any]:
        """Return allauth's objects for the providers at which accounts sign in."""
        return [protocols.of_allauth(request, each) for each in providers.for_desks()]

    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> list[Any]:
        """Return allauth's rows for the providers at which accounts sign in."""
        return [each.app for each in self.list_providers(request) if provider in (None, each.app.provider_id)]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Return False: no provider makes accounts."""
        return False

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        """Return the account of a sign-in without what the provider says of the person. It is never saved."""
        user: User = sociallogin.user
        return user

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Let in who is linked to an account, and link who followed an invitation.

        Otherwise the response is a page, or that of a delegation's portal (ImmediateHttpResponse).
        """
        facts: SignInFacts = sociallogin.summit_facts
        provider: Provider = sociallogin.provider.summit_provider
        try:
            if not provider.is_saml:
                id_tokens.check_nonce(sociallogin.summit_claims, sociallogin.state.get("nonce"))
            if provider.for_delegations:
                next_url = str(sociallogin.get_redirect_url(request) or "")
                raise ImmediateHttpResponse(self._enter_delegation(request, provider, facts, next_url))
            token = request.session.pop(INVITATION_KEY, "")
            if not sociallogin.is_existing and token:
                sociallogin.account = links.link_invited(token=token, facts=facts)
                sociallogin.user = sociallogin.account.user
        except SignInRefused as refused:
            raise ImmediateHttpResponse(refuse(request, provider, refused)) from None
        if not sociallogin.is_existing:
            row = links.remember(facts)
            logger.info("A sign-in at %s is linked to no account.", provider.slug)
            request.session[UNLINKED_KEY] = row.pk
            raise ImmediateHttpResponse(redirect("sso_unlinked"))

    def _enter_delegation(
        self, request: HttpRequest, provider: Provider, facts: SignInFacts, next_url: str
    ) -> HttpResponse:
        for enter in entrances:
            response: HttpResponse | None = enter(request, provider, facts, next_url)
            if response is not None:
                return response
        raise SignInRefused(refusals.NO_DELEGATION)

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Answer with a page that says why a sign-in failed, instead of allauth's (ImmediateHttpResponse)."""
        reason = refusals.CANCELLED if error == AuthError.CANCELLED else _reason_for(exception)
        refused = SignInRefused(reason, type(exception).__name__ if exception else str(error))
        raise ImmediateHttpResponse(refuse(request, provider.summit_provider, refused))


def _reason_for(exception: Exception | None) -> Reason:
    if isinstance(exception, requests.RequestException):
        return refusals.UNREACHABLE
    if isinstance(exception, OAuth2Error):
        return refusals.WRONG_ANSWER
    return refusals.STALE if exception is None or isinstance(exception, PermissionDenied) else refusals.WRONG_ANSWER


def refuse(
    request: HttpRequest, provider: Provider | None, refused: SignInRefused, status: int = 400
) -> HttpResponse:
    """Return the page that says why a sign-in is refused and whom to ask.

    The log has the reason's key, with the number of the request that the page names.
    """
    logger.warning("A sign-in at %s was refused: %s", provider.slug if provider else "no provider", str(refused))
    context = {
        "provider": provider,
        "reason": refused.reason,
        "request_id": current_id(),
        "at": timezone.now(),
        **refused.context,
    }
    return render(request, "single_sign_on/refused.html", context, status=status)

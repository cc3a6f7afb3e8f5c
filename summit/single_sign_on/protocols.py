"""Leads to the module of a provider's protocol. SAML needs libraries that not every installation has."""

from importlib.util import find_spec
from typing import Any

from django.http import HttpRequest

from summit.single_sign_on import openid_connect, refusals
from summit.single_sign_on.facts import SignInFacts
from summit.single_sign_on.providers import Provider
from summit.single_sign_on.refusals import SignInRefused

HAS_SAML = find_spec("onelogin") is not None and find_spec("xmlsec") is not None
if HAS_SAML:
    from summit.single_sign_on import saml


def check_saml() -> None:
    """Raise SignInRefused if the libraries for SAML aren't installed (requirements/saml.txt)."""
    if not HAS_SAML:
        raise SignInRefused(refusals.NO_SAML)


def of_allauth(request: HttpRequest, provider: Provider) -> Any:
    """Return allauth's object for a provider. Raises SignInRefused for SAML where it isn't installed."""
    if provider.is_saml:
        check_saml()
        return saml.SamlProvider(request, provider)
    return openid_connect.OidcProvider(request, provider)


def sign_out_address(facts: SignInFacts, provider: Provider, back: str) -> str:
    """Return the address at which the provider ends its own session, or "" if it offers none.

    Raises SignInRefused if the provider can't be asked.
    """
    if provider.is_saml:
        check_saml()
        return saml.sign_out_address(facts, provider, back)
    return openid_connect.sign_out_address(facts, provider, back)

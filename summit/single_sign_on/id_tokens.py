"""Verifies ID tokens and logout tokens of OpenID Connect.

django-allauth doesn't verify the signature of an ID token that it fetched itself, and sends no nonce. Here each token
is verified: https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation and
https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation.
"""

import hashlib
import json
import time
from typing import Any

import jwt
import requests
from allauth.socialaccount.adapter import get_adapter
from django.core.cache import cache
from django.utils.crypto import constant_time_compare

from summit.single_sign_on import refusals
from summit.single_sign_on.providers import Provider, is_safe_address
from summit.single_sign_on.refusals import SignInRefused

# Signatures by a key of the provider. Those by the client's secret (HS256) and none are left out.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
# Seconds by which clocks may differ, and the greatest age of a logout token.
LEEWAY, LOGOUT_AGE = 60, 300
# Seconds for which the configuration and keys of a provider are kept, and after which keys may be fetched once more.
KEPT, AGAIN = 3600, 60
BACKCHANNEL_EVENT = "http://schemas.openid.net/event/backchannel-logout"
# The endpoints that are used, if the provider has them.
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint", "end_session_endpoint")


def configuration(provider: Provider) -> dict[str, Any]:
    """Return the provider's configuration, as OpenID Connect Discovery publishes it. It is kept for an hour.

    Raises SignInRefused if the provider can't be reached, or publishes another issuer or an unsafe address.
    """
    key = _key("configuration", provider)
    found: dict[str, Any] | None = cache.get(key)
    if found is None:
        found = _fetch(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != provider.issuer:
            raise SignInRefused(refusals.WRONG_ISSUER, "configuration")
        for name in ENDPOINTS:
            if found.get(name) and not is_safe_address(str(found[name])):
                raise SignInRefused(refusals.WRONG_ANSWER, f"{name} is no https address")
        if not all(found.get(name) for name in ENDPOINTS[:3]):
            raise SignInRefused(refusals.WRONG_ANSWER, "configuration lacks an endpoint")
        cache.set(key, found, KEPT)
    return found


def verify_id_token(raw: str, provider: Provider) -> dict[str, Any]:
    """Return the claims of an ID token whose signature, issuer, audience and times are right.

    The nonce belongs to the sign-in (`check_nonce`). Raises SignInRefused.
    """
    claims = _verified(raw, provider, ["iss", "sub", "aud", "exp", "iat"])
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    party = claims.get("azp", provider.client_id if len(audience) == 1 else None)
    if party != provider.client_id:
        raise SignInRefused(refusals.WRONG_AUDIENCE, "azp")
    if not isinstance(claims["sub"], str) or not claims["sub"]:
        raise SignInRefused(refusals.NO_SUBJECT)
    return claims


def check_nonce(claims: dict[str, Any], nonce: str | None) -> None:
    """Raise SignInRefused if an ID token wasn't made for the sign-in that has sent a nonce."""
    if not nonce or not constant_time_compare(str(claims.get("nonce", "")), nonce):
        raise SignInRefused(refusals.WRONG_NONCE)


def verify_logout_token(raw: str, provider: Provider) -> tuple[str, str]:
    """Return the subject and the provider's session ("" where one is missing) that a logout token ends.

    A token is accepted once. Raises SignInRefused.
    """
    claims = _verified(raw, provider, ["iss", "aud", "iat", "jti"])
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(BACKCHANNEL_EVENT), dict) or "nonce" in claims:
        raise SignInRefused(refusals.WRONG_ANSWER, "not a logout token")
    if time.time() - float(claims["iat"]) > LOGOUT_AGE:
        raise SignInRefused(refusals.WRONG_TIME, "iat")
    subject, session = str(claims.get("sub") or ""), str(claims.get("sid") or "")
    if not subject and not session:
        raise SignInRefused(refusals.NO_SUBJECT)
    if not cache.add(_key(f"logout:{claims['jti']}", provider), True, LOGOUT_AGE + 2 * LEEWAY):
        raise SignInRefused(refusals.STALE, "jti")
    return subject, session


def userinfo(access_token: str, provider: Provider, subject: str) -> dict[str, Any]:
    """Return what the provider's userinfo endpoint says of a subject; nothing if there is no such endpoint.

    Raises SignInRefused if it speaks of another subject.
    """
    address = configuration(provider).get("userinfo_endpoint")
    if not address:
        return {}
    found = _fetch(str(address), headers={"Authorization": f"Bearer {access_token}"})
    if found.get("sub") != subject:
        raise SignInRefused(refusals.WRONG_ANSWER, "userinfo of another subject")
    return found


def _verified(raw: str, provider: Provider, required: list[str]) -> dict[str, Any]:
    try:
        header = jwt.get_unverified_header(raw)
        algorithm = str(header.get("alg"))
        if algorithm not in ALGORITHMS:
            raise SignInRefused(refusals.WRONG_SIGNATURE, "algorithm")
        options: Any = {"require": required, "strict_aud": False}
        return jwt.decode(
            raw,
            _signing_key(provider, header.get("kid"), algorithm),
            algorithms=[algorithm],
            audience=provider.client_id,
            issuer=provider.issuer,
            leeway=LEEWAY,
            options=options,
        )
    except jwt.InvalidIssuerError as problem:
        raise SignInRefused(refusals.WRONG_ISSUER) from problem
    except jwt.InvalidAudienceError as problem:
        raise SignInRefused(refusals.WRONG_AUDIENCE) from problem
    except (jwt.ExpiredSignatureError, jwt.ImmatureSignatureError, jwt.InvalidIssuedAtError) as problem:
        raise SignInRefused(refusals.WRONG_TIME) from problem
    except (jwt.InvalidSignatureError, jwt.InvalidKeyError, jwt.InvalidAlgorithmError) as problem:
        raise SignInRefused(refusals.WRONG_SIGNATURE) from problem
    except jwt.PyJWTError as problem:
        raise SignInRefused(refusals.WRONG_ANSWER, type(problem).__name__) from problem


def _signing_key(provider: Provider, kid: Any, algorithm: str) -> Any:
    """Return the provider's key with an id, for an algorithm. Unknown keys are looked for anew once a minute."""
    found = _key_among(_keys(provider), kid, algorithm)
    if found is None and cache.add(_key("keys fetched again", provider), True, AGAIN):
        cache.delete(_key("keys", provider))
        found = _key_among(_keys(provider), kid, algorithm)
    if found is None:
        raise SignInRefused(refusals.WRONG_SIGNATURE, "unknown key")
    return found


def _keys(provider: Provider) -> list[dict[str, Any]]:
    key = _key("keys", provider)
    found: list[dict[str, Any]] | None = cache.get(key)
    if found is None:
        published = _fetch(str(configuration(provider)["jwks_uri"])).get("keys")
        found = [each for each in published if isinstance(each, dict)] if isinstance(published, list) else []
        cache.set(key, found, KEPT)
    return found


def _key_among(keys: list[dict[str, Any]], kid: Any, algorithm: str) -> Any:
    """Return the key to verify with, or None. A token without a key id is verified by the only key that fits."""
    fitting = []
    for each in keys:
        if each.get("use", "sig") != "sig" or (kid is not None and each.get("kid") != kid):
            continue
        if each.get("alg", algorithm) != algorithm:
            continue
        try:
            made = jwt.PyJWK.from_json(json.dumps(each), algorithm=algorithm)
        except jwt.PyJWTError:
            # A key of another type, or one that this library doesn't know.
            continue
        fitting.append(made.key)
    return fitting[0] if len(fitting) == 1 or (fitting and kid is not None) else None


def _fetch(address: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """Return the JSON object at an address. Raises SignInRefused if there is none within a few seconds."""
    try:
        with get_adapter().get_requests_session() as session:
            response = session.get(address, headers=headers, allow_redirects=False)
            response.raise_for_status()
            found = response.json()
    except (requests.RequestException, ValueError) as problem:
        raise SignInRefused(refusals.UNREACHABLE, type(problem).__name__) from problem
    if not isinstance(found, dict):
        raise SignInRefused(refusals.WRONG_ANSWER, "no JSON object")
    return found


def _key(what: str, provider: Provider) -> str:
    digest = hashlib.sha256(f"{provider.issuer}\n{provider.client_id}\n{what}".encode()).hexdigest()
    return f"single-sign-on:{digest}"

"""An OpenID provider within the test: it answers what is asked over the network, with tokens signed by its key."""

import json
import time
from functools import cache
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from django.http import HttpResponse
from django.test import Client

CLIENT_ID = "summit"


@cache
def key(number: int = 1) -> rsa.RSAPrivateKey:
    """Return a key, the same each time for a number."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class OpenIdProvider:
    """An OpenID provider at an issuer. Tests change what it says."""

    def __init__(self, issuer: str = "https://idp.example", slug: str = "ministry") -> None:
        self.issuer, self.slug = issuer, slug
        self.key, self.kid = key(), "1"
        self.subject = "s-1"
        self.claims: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.configuration: dict[str, Any] = {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/keys",
            "userinfo_endpoint": f"{issuer}/userinfo",
            "end_session_endpoint": f"{issuer}/end",
        }
        self.nonce = ""
        self.asked: list[tuple[str, str]] = []
        self.posted: dict[str, Any] = {}
        # What stands in place of the ID token, if it isn't made of the claims.
        self.raw: str | None = None
        self.down = False

    def keys(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": self.kid, "use": "sig", "alg": "RS256"}]}

    def token(self, **more: Any) -> str:
        """Return an ID token; `more` are further claims."""
        now = int(time.time())
        claims = {"iss": self.issuer, "sub": self.subject, "aud": CLIENT_ID, "iat": now, "exp": now + 300}
        claims |= {"nonce": self.nonce, **self.claims, **more}
        claims = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": self.kid})

    def get(self, url: str, **kwargs: Any) -> Any:
        self.asked.append(("GET", url))
        if self.down:
            raise requests.ConnectionError
        pages = {
            f"{self.issuer}/.well-known/openid-configuration": self.configuration,
            f"{self.issuer}/keys": self.keys(),
            f"{self.issuer}/userinfo": {"sub": self.subject, **self.userinfo},
        }
        return SimpleNamespace(raise_for_status=lambda: None, json=lambda: pages[url])

    def request(self, method: str, url: str, **kwargs: Any) -> Any:
        self.asked.append((method, url))
        self.posted = kwargs["data"]
        answer = {
            "access_token": "a",
            "token_type": "Bearer",
            "id_token": self.token() if self.raw is None else self.raw,
        }
        headers = {"content-type": "application/json"}
        return SimpleNamespace(status_code=200, headers=headers, json=lambda: answer, text="{")

    def __enter__(self) -> "OpenIdProvider":
        return self

    def __exit__(self, *args: object) -> None:
        pass

    def begin(self, browser: Client, query: str = "") -> dict[str, str]:
        """Let a browser choose this provider, and return what it is sent there with."""
        response = browser.get(f"/accounts/sso/{self.slug}/{query}")
        assert response.status_code == 302, response.content.decode()
        address = urlsplit(response["Location"])
        assert f"{address.scheme}://{address.netloc}{address.path}" == f"{self.issuer}/authorize"
        params = {name: values[0] for name, values in parse_qs(address.query).items()}
        self.nonce = params["nonce"]
        return params

    def sign_in(self, browser: Client, query: str = "") -> HttpResponse:
        params = self.begin(browser, query)
        return browser.get(f"/accounts/sso/{self.slug}/callback/", {"state": params["state"], "code": "c"})  # type: ignore[return-value]

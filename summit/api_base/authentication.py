"""Who asks: a program by its token (RFC 6750), or somebody who is signed in in this browser."""

from typing import Any

from django.conf import settings
from django.middleware.csrf import CsrfViewMiddleware
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from summit.api_base import tokens
from summit.api_base.models.tokens import Token
from summit.api_base.problems import Problem
from summit.permissions.rules import narrow
from summit.permissions.second_step import owes_second_step
from summit.users.models import User

REALM = 'Bearer realm="Summit"'


class BearerAuthentication(BaseAuthentication):
    """By "Authorization: Bearer" and a token, which narrows its account to the token's summit."""

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        """Return account and token; None where the header isn't there. Raises Problem for a token that opens
        nothing."""
        scheme, _space, said = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = tokens.find(said.strip())
        if token is None:
            raise Problem("credentials", headers={"WWW-Authenticate": f'{REALM}, error="invalid_token"'})
        tokens.note_use(token)
        token.user.by_token = token.public_id
        if token.summit_id is not None:
            narrow(token.user, token.summit_id)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """Return what a 401 asks for."""
        return REALM


class _Forgery(CsrfViewMiddleware):
    """Says why a request may be forged, instead of answering it."""

    def _reject(self, request: Any, reason: str) -> Any:
        return reason


class BrowserAuthentication(BaseAuthentication):
    """By the session of a browser: what changes something needs its CSRF token, a desk its second step."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        """Return the account that is signed in, or None. Raises Problem."""
        http = request._request
        user = getattr(http, "user", None) if settings.SESSION_COOKIE_NAME in http.COOKIES else None
        if not isinstance(user, User) or not user.is_active:
            return None
        self._check_forgery(http)
        if owes_second_step(http):
            raise Problem("second-step")
        return user, None

    @staticmethod
    def _check_forgery(http: Any) -> None:
        check = _Forgery(lambda request: None)  # type: ignore[arg-type]
        check.process_request(http)
        if check.process_view(http, lambda request: None, (), {}) is not None:  # type: ignore[arg-type, return-value]
            raise Problem("forgery")

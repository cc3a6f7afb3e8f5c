"""Authenticates requests: of a program by its token (RFC 6750), of a user by the session of a browser."""

from typing import Any

from django.conf import settings
from django.middleware.csrf import CsrfViewMiddleware
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from summit.api_base import token_services
from summit.api_base.models.tokens import Token
from summit.api_base.problems import Problem
from summit.permissions.mfa_status import owes_second_step
from summit.permissions.rules import narrow
from summit.users.models import User

REALM = 'Bearer realm="Summit"'


class BearerAuthentication(BaseAuthentication):
    """Authenticates by a token in the header "Authorization: Bearer".

    If the token is limited to a summit, so is the account.
    """

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        """Return the account and the token, or None without such a header. Raises Problem for an invalid token."""
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = token_services.find(secret.strip())
        if token is None:
            raise Problem("credentials", headers={"WWW-Authenticate": f'{REALM}, error="invalid_token"'})
        token_services.record_use(token)
        token.user.by_token = token.public_id
        if token.summit_id is not None:
            narrow(token.user, token.summit_id)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """Return the WWW-Authenticate header of a response with status 401."""
        return REALM


class _Forgery(CsrfViewMiddleware):
    """Django's check of the CSRF token, which returns the reason for a failure instead of a response."""

    def _reject(self, request: Any, reason: str) -> Any:
        return reason


class BrowserAuthentication(BaseAuthentication):
    """Authenticates by the session of a browser.

    Requests that change something need the CSRF token. Users with a desk role need the second step.
    """

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        """Return (account, None) if an account is signed in, else None.

        Raises Problem if the CSRF token or the second step is missing.
        """
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

"""Browsers that are known by a signed cookie: an account has signed in there before."""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string

from summit.users.models import User

KEPT = 180 * 24 * 3600
MOST_ACCOUNTS = 5


@dataclass(frozen=True)
class KnownBrowsers:
    """A cookie with the last five accounts of a browser, each with a name by which the browser is counted."""

    cookie: str
    salt: str

    def accounts(self, request: HttpRequest) -> dict[str, str]:
        """Return the browser's name for each account, by the account's `public_id`; {} without a valid cookie."""
        try:
            found: dict[str, str] = signing.loads(request.COOKIES.get(self.cookie, ""), salt=self.salt, max_age=KEPT)
        except signing.BadSignature:
            return {}
        return found

    def remember(self, request: HttpRequest, response: HttpResponse, user: User) -> None:
        """Set the cookie for an account."""
        known = self.accounts(request)
        browser = known.pop(user.public_id, "") or get_random_string(16)
        remembered = dict([*known.items(), (user.public_id, browser)][-MOST_ACCOUNTS:])
        response.set_cookie(
            self.cookie,
            signing.dumps(remembered, salt=self.salt),
            max_age=KEPT,
            path="/accounts/",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


# An account has signed in; and an account has taken its second step, for which its password isn't enough.
SIGNED_IN = KnownBrowsers("known_account", "summit.accounts.known_account")
SECOND_STEP = KnownBrowsers("known_browser", "summit.accounts.known_browser")

"""Guesses at the codes of a second step, counted so that nobody's guesses keep the account's owner out.

Codes are asked for once the password was right: whoever guesses has stolen it. A browser in which the account has
taken its second step before is known by a cookie and has a count of its own. All others are counted by network, and
together: where those have guessed too often, the app's codes open nothing in them for a while. Recovery codes still
do, of which a network guesses no more than before; so do passkeys, and a new password from a mail
(docs/decisions/0018).
"""

from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from allauth.core.internal import ratelimit
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string

from summit.users.models import User

COOKIE = "known_browser"
_SALT = "summit.accounts.known_browser"
KEPT = 180 * 24 * 3600
MOST_ACCOUNTS = 5

_APP = "second_step"
KNOWN = {"code": "5/300s/key,40/d/key"}
NETWORK = {"code": "5/300s/key"}
# Of the app's codes three are good at a time: 50 guesses are one in 7,000.
STRANGERS = {"code": "10/300s/key,50/d/key"}


@dataclass(frozen=True)
class Guess:
    """A guess that was counted."""

    usages: tuple[ratelimit.RateLimitUsage, ...]
    # Whether a code of the app may be looked at; recovery codes are, in any case.
    app: bool

    def was_right(self) -> None:
        """Take it back from the counts: it was none."""
        for usage in self.usages:
            usage.rollback()


def count(request: HttpRequest, user: User) -> Guess:
    """Count a guess before it is looked at. Raises ValidationError where this browser, or this network, has made too
    many."""
    browser = _known(request).get(user.public_id, "")
    source, limit = (f"browser:{browser}", KNOWN) if browser else (f"network:{ratelimit.get_ip(request)}", NETWORK)
    own = ratelimit.consume(request, app=_APP, action="code", config=limit, key=f"{user.pk}:{source}")
    if own is None:
        raise get_adapter().validation_error("too_many_login_attempts")
    if browser:
        return Guess((own,), True)
    together = ratelimit.consume(request, app=_APP, action="code", config=STRANGERS, key=str(user.pk))
    return Guess((own,) if together is None else (own, together), together is not None)


def forgive(request: HttpRequest, user: User) -> None:
    """Forget what strangers have guessed, and this network: the password that they knew is none any more."""
    ratelimit.clear(request, app=_APP, action="code", config=STRANGERS, key=str(user.pk))
    own = f"{user.pk}:network:{ratelimit.get_ip(request)}"
    ratelimit.clear(request, app=_APP, action="code", config=NETWORK, key=own)


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Let the browser be known in which an account has just taken its second step."""
    known = {key: value for key, value in _known(request).items() if key != user.public_id}
    mine = _known(request).get(user.public_id) or get_random_string(16)
    kept = dict([*known.items(), (user.public_id, mine)][-MOST_ACCOUNTS:])
    response.set_cookie(
        COOKIE,
        signing.dumps(kept, salt=_SALT),
        max_age=KEPT,
        path="/accounts/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _known(request: HttpRequest) -> dict[str, str]:
    try:
        kept: dict[str, str] = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=KEPT)
    except signing.BadSignature:
        return {}
    return kept

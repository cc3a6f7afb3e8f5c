"""Limits on guesses at the codes of a second step, which don't lock out the account's owner.

Codes are only asked for after the right password, so an attacker who guesses codes has stolen the password. A browser
in which the account has taken its second step before is known by a cookie and has its own limit.

All other browsers are counted by network, and all together. Once they have guessed too often together, codes of the
app aren't accepted in them for a while. Recovery codes (within the limit of the network), passkeys, and a new
password by mail still work (docs/decisions/0018).
"""

from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from allauth.core.internal import ratelimit
from django.http import HttpRequest

from summit.accounts.known_browsers import SECOND_STEP
from summit.users.models import User

_APP = "second_step"
KNOWN = {"code": "5/300s/key,40/d/key"}
NETWORK = {"code": "5/300s/key"}
# Three codes of the app are valid at a time, so the chance that one of 50 guesses is right is about 1 in 7,000.
STRANGERS = {"code": "10/300s/key,50/d/key"}


@dataclass(frozen=True)
class Guess:
    """A counted guess: its entries in the rate limits, and whether a code of the app may be accepted."""

    usages: tuple[ratelimit.RateLimitUsage, ...]
    # Whether a code of the app may be accepted; recovery codes always may.
    app: bool

    def was_right(self) -> None:
        """Remove the guess from the counts, because the code was right."""
        for usage in self.usages:
            usage.rollback()


def count(request: HttpRequest, user: User) -> Guess:
    """Count a guess before the code is checked, and return it.

    Raises ValidationError if a known browser, or the network of an unknown browser, has made too many guesses.
    """
    browser = SECOND_STEP.accounts(request).get(user.public_id, "")
    source, limit = (f"browser:{browser}", KNOWN) if browser else (f"network:{ratelimit.get_ip(request)}", NETWORK)
    usage = ratelimit.consume(request, app=_APP, action="code", config=limit, key=f"{user.pk}:{source}")
    if usage is None:
        raise get_adapter().validation_error("too_many_login_attempts")
    if browser:
        return Guess((usage,), True)
    shared = ratelimit.consume(request, app=_APP, action="code", config=STRANGERS, key=str(user.pk))
    return Guess((usage,) if shared is None else (usage, shared), shared is not None)


def forgive(request: HttpRequest, user: User) -> None:
    """Reset the guesses counted for unknown browsers and for this network, after the password was changed."""
    ratelimit.clear(request, app=_APP, action="code", config=STRANGERS, key=str(user.pk))
    key = f"{user.pk}:network:{ratelimit.get_ip(request)}"
    ratelimit.clear(request, app=_APP, action="code", config=NETWORK, key=key)

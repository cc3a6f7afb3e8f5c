"""Limits on wrong passwords (docs/decisions/0009).

Attempts are counted by account and network together: five in five minutes. A browser in which the account has signed
in before is known by a cookie and counted for itself. All others of a network share a limit too. It is so high that
the guests of a venue don't lock each other out, and one who tries a password with many accounts is slowed.
"""

import math
import time

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import ngettext

from summit.accounts.known_browsers import SIGNED_IN
from summit.users.models import User

APP, ACTION = "allauth.account", "login_failed"
# As ACCOUNT_RATE_LIMITS has it for all others.
KNOWN = {ACTION: "5/300s/key"}


def count(request: HttpRequest, *, mailbox: str, key: str) -> ratelimit.RateLimitUsage:
    """Count an attempt to sign in before the password is checked. Return its entries, to be removed if it is right.

    `key` names account and network. Raises ValidationError, with the time to wait, if there were too many.
    """
    browser = _browser(request, mailbox)
    config = KNOWN if browser else None
    counted = f"{mailbox}:browser:{browser}" if browser else key
    usage = ratelimit.consume(request, app=APP, action=ACTION, config=config, key=counted)
    if usage is None:
        raise ValidationError(_too_many(_seconds(request, config, counted)), code="too_many_login_attempts")
    return usage


def _browser(request: HttpRequest, mailbox: str) -> str:
    """Return the name of this browser where the account of a mailbox has signed in there before, "" elsewhere."""
    known = SIGNED_IN.accounts(request)
    user = User.objects.filter(public_id__in=known, email=mailbox).first() if known else None
    return known[user.public_id] if user is not None else ""


def _seconds(request: HttpRequest, config: dict[str, str] | None, key: str) -> int:
    """Return the seconds until another attempt is taken."""
    waits = [1.0]
    for rate in ratelimit.get_rates(app=APP, action=ACTION, config=config):
        name = ratelimit.get_cache_key(request, app=APP, action=ACTION, rate=rate, key=key)
        # The newest comes first.
        attempts: list[float] = cache.get(name, [])
        if len(attempts) >= rate.amount:
            waits.append(attempts[rate.amount - 1] + rate.duration - time.time())
    return math.ceil(max(waits))


def _too_many(seconds: int) -> str:
    if seconds < 60:
        message = ngettext(
            "Too many attempts. Try again in %(n)d second.", "Too many attempts. Try again in %(n)d seconds.", seconds
        )
        return message % {"n": seconds}
    minutes = math.ceil(seconds / 60)
    message = ngettext(
        "Too many attempts. Try again in %(n)d minute.", "Too many attempts. Try again in %(n)d minutes.", minutes
    )
    return message % {"n": minutes}

"""Receivers of signals about sign-ins and about changes of an account's password and second steps."""

import time
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.signals import password_changed, password_reset, password_set, user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from summit.accounts import browser_sessions, mfa_attempt_limits, mfa_reset, sign_in_log
from summit.accounts.known_browsers import SECOND_STEP, SIGNED_IN
from summit.accounts.last_activity import SEEN_KEY
from summit.permissions.mfa_status import PROTECTING, SET_UP_KEY, took_it
from summit.users.models import User


@receiver(user_logged_in)
def record_sign_in(request: HttpRequest, response: HttpResponse, user: User, **kwargs: Any) -> None:
    """Record the sign-in, and store in the session that the browser was seen now.

    Set the cookies by which the browser is known from then on, that of the second step if it was taken there.
    """
    request.session[SEEN_KEY] = int(time.time())
    login = kwargs.get("sociallogin")
    provider = str(login.provider.app.name) if login is not None else ""
    sign_in_log.record_sign_in(account=user, way=_sign_in_method(request, user), provider=provider)
    SIGNED_IN.remember(request, response, user)
    if took_it(request):
        SECOND_STEP.remember(request, response, user)


def _sign_in_method(request: HttpRequest, user: User) -> str:
    """Return how an account has just signed in: "password", "passkey", "provider", or the kind of the second step."""
    records = get_authentication_records(request, user)
    steps = [record for record in records if record.get("method") == "mfa"]
    if any(record.get("method") == "socialaccount" for record in records):
        return "provider"
    if not steps:
        return "password"
    return "passkey" if steps[-1].get("passwordless") else str(steps[-1].get("type"))


@receiver(user_logged_out)
def record_sign_out(user: User | None, **kwargs: Any) -> None:
    """Record that an account signed out."""
    if isinstance(user, User):
        sign_in_log.record_sign_out(account=user)


@receiver(authentication_failed)
def count_wrong_code(user: User, **kwargs: Any) -> None:
    """Count a refused second step as a refused sign-in of the account."""
    sign_in_log.count_refused_sign_in(account=user, code=True)


@receiver(authenticator_added)
def protect(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """Record a new authenticator, and sign out the other browsers, which signed in without it.

    This browser stays signed in, because it has just reauthenticated. New recovery codes sign out no browser.
    """
    mfa_reset.record(account=user, kind=authenticator.type, added=True)
    if authenticator.type in PROTECTING:
        request.session[SET_UP_KEY] = user.pk
        browser_sessions.end_all(user=user, but=request.session.session_key)


@receiver(authenticator_reset)
def record_new_recovery_codes(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """Record that new recovery codes have replaced the old ones."""
    mfa_reset.record(account=user, kind=authenticator.type, added=True)


@receiver(authenticator_removed)
def record_authenticator_removal(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """Record that an authenticator was removed."""
    mfa_reset.record(account=user, kind=authenticator.type, added=False)


@receiver([password_changed, password_set])
def end_others(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Sign out the account's other browsers after a change of password, and reset the counts of guesses."""
    browser_sessions.end_all(user=user, but=request.session.session_key)
    mfa_attempt_limits.forgive(request, user)


@receiver(password_reset)
def end_every_one(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Sign out all browsers after a password reset, and reset the counts of guesses."""
    browser_sessions.end_all(user=user)
    mfa_attempt_limits.forgive(request, user)

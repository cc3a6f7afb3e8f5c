"""What follows when somebody signs in or changes how their account is protected."""

import time
from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set, user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from summit.accounts import guesses
from summit.accounts.guard import SET_UP_KEY, took_it
from summit.accounts.mfa import PROTECTING
from summit.accounts.seen import SEEN_KEY
from summit.domain import browsers, second_step
from summit.models import User


@receiver(user_logged_in)
def note_sign_in(request: HttpRequest, response: HttpResponse, user: User, **kwargs: Any) -> None:
    """Begin to note when this browser was last seen, and know it again where the second step was taken in it."""
    request.session[SEEN_KEY] = int(time.time())
    if took_it(request):
        guesses.remember(request, response, user)


@receiver(authenticator_added)
def protect(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """End the other browsers, which signed in without it; this one has just said once more who it is."""
    second_step.note(account=user, kind=authenticator.type, added=True)
    if authenticator.type in PROTECTING:
        request.session[SET_UP_KEY] = user.pk
        browsers.end_all(user=user, but=request.session.session_key)


@receiver(authenticator_reset)
def note_new_codes(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """Record that recovery codes were made anew."""
    second_step.note(account=user, kind=authenticator.type, added=True)


@receiver(authenticator_removed)
def note_removal(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """Record what was taken away."""
    second_step.note(account=user, kind=authenticator.type, added=False)


@receiver([password_changed, password_set])
def end_others(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """End the other browsers: they knew the old password."""
    browsers.end_all(user=user, but=request.session.session_key)
    guesses.forgive(request, user)


@receiver(password_reset)
def end_every_one(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """End all browsers: whoever sets the password anew signs in anew."""
    browsers.end_all(user=user)
    guesses.forgive(request, user)

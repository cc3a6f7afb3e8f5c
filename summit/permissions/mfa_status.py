"""Checks of the second step of sign-in: whether an account has one, and whether a browser has taken it."""

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

from summit.permissions.rules import can_use_admin
from summit.users.models import User

# The session's key for the account that set up a second step in this session. It needn't take the step here again.
SET_UP_KEY = "second_step_set_up"
# The session's key for the account whose identity provider said that it took a second factor at this sign-in.
PROVIDER_KEY = "second_step_at_provider"


def took_it_at_provider(request: HttpRequest) -> bool:
    """Return whether the account's identity provider said that it took a second factor at this sign-in."""
    return request.user.pk is not None and request.session.get(PROVIDER_KEY) == request.user.pk


def took_it(request: HttpRequest) -> bool:
    """Return whether this browser has taken the second step, here or at its provider, or set one up."""
    if request.session.get(SET_UP_KEY) == request.user.pk or took_it_at_provider(request):
        return True
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


def must_set_up(request: HttpRequest) -> bool:
    """Return whether the account works at a desk, needs a second step (REQUIRE_SECOND_FACTOR) and has none yet.

    It needs none of ours where its identity provider took one at this sign-in.
    """
    user = request.user
    required = settings.REQUIRE_SECOND_FACTOR and isinstance(user, User) and can_use_admin(user)
    return bool(required and isinstance(user, User) and not took_it_at_provider(request) and not is_protected(user))


def owes_second_step(request: HttpRequest) -> bool:
    """Return whether the account works at a desk, needs a second step, and this browser hasn't taken it.

    That includes an account that has no second step yet.
    """
    user = request.user
    required = settings.REQUIRE_SECOND_FACTOR and isinstance(user, User) and can_use_admin(user)
    return bool(required and (must_set_up(request) or not took_it(request)))


# The authenticators that protect an account; recovery codes only replace one of them.
PROTECTING = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def is_protected(user: User) -> bool:
    """Return whether an account has a second step: a passkey or an app. Makes one query."""
    return bool(Authenticator.objects.filter(user=user, type__in=PROTECTING).exists())

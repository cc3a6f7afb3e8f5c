"""Who opens a desk has taken a second step, where that is asked for (REQUIRE_SECOND_FACTOR, production's default)."""

from collections.abc import Callable

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from summit.accounts.mfa import is_protected
from summit.permissions.rules import can_use_admin
from summit.users.models import User

# In the browser's session: the second step was set up in it, so that it need not be taken there as well.
SET_UP_KEY = "second_step_set_up"

Handler = Callable[[HttpRequest], HttpResponse]


def took_it(request: HttpRequest) -> bool:
    """Return whether this browser has taken the second step, or set one up, since it signed in."""
    if request.session.get(SET_UP_KEY) == request.user.pk:
        return True
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


def must_set_up(request: HttpRequest) -> bool:
    """Return whether this is an account whose desk stays closed until a passkey or an app protects it."""
    user = request.user
    works = settings.REQUIRE_SECOND_FACTOR and isinstance(user, User) and can_use_admin(user)
    return bool(works and isinstance(user, User) and not is_protected(user))


def owes_second_step(request: HttpRequest) -> bool:
    """Return whether this browser is that of a desk that asks for a second step, and hasn't taken it."""
    user = request.user
    asked = settings.REQUIRE_SECOND_FACTOR and isinstance(user, User) and can_use_admin(user)
    return bool(asked and (must_set_up(request) or not took_it(request)))


class SecondStepMiddleware:
    """Keeps the admin closed to whoever signed in by a password alone.

    Every address under /admin/ passes here, whichever view answers it. Public pages and what is public in the API
    know no account; the API's working views ask for themselves (summit.api.credentials). The portal shows an account
    no more than it shows whoever has the letter's link.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or lead to where the second step is set up or taken."""
        if settings.REQUIRE_SECOND_FACTOR and request.path_info.startswith("/admin/"):
            if must_set_up(request):
                return redirect("mfa_index")
            user = request.user
            if isinstance(user, User) and can_use_admin(user) and not took_it(request):
                # It was set up in another browser since this one signed in by the password alone.
                query = urlencode({"next": request.get_full_path()})
                return redirect(f"{reverse('account_reauthenticate')}?{query}")
        return self.get_response(request)

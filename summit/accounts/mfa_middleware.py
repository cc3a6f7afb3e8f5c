"""Middleware that requires a second step for the admin (REQUIRE_SECOND_FACTOR, the default in production)."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from summit.permissions import mfa_status
from summit.permissions.rules import can_use_admin
from summit.users.models import User

Handler = Callable[[HttpRequest], HttpResponse]


class SecondStepMiddleware:
    """Keeps browsers that signed in with a password alone out of the admin.

    The middleware covers every URL under /admin/. Public pages and the public part of the API use no account. The
    other views of the API check the second step themselves (summit.api_base.authentication). The portal needs no
    second step, because an account sees no more there than anybody with the link from the letter.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the view's response, or a redirect to the page where the second step is set up or taken."""
        if settings.REQUIRE_SECOND_FACTOR and request.path_info.startswith("/admin/"):
            if mfa_status.must_set_up(request):
                return redirect("mfa_index")
            user = request.user
            if isinstance(user, User) and can_use_admin(user) and not mfa_status.took_it(request):
                # The second step was set up in another browser after this one signed in with the password alone.
                query = urlencode({"next": request.get_full_path()})
                return redirect(f"{reverse('account_reauthenticate')}?{query}")
        return self.get_response(request)

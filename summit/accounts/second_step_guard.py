"""Who opens a desk has taken a second step, where that is asked for (REQUIRE_SECOND_FACTOR, production's default)."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from summit.permissions import second_step
from summit.permissions.rules import can_use_admin
from summit.users.models import User

Handler = Callable[[HttpRequest], HttpResponse]


class SecondStepMiddleware:
    """Keeps the admin closed to whoever signed in by a password alone.

    Every address under /admin/ passes here, whichever view answers it. Public pages and what is public in the API
    know no account; the API's working views ask for themselves (summit.api_base.authentication). The portal shows an
    account no more than it shows whoever has the letter's link.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or lead to where the second step is set up or taken."""
        if settings.REQUIRE_SECOND_FACTOR and request.path_info.startswith("/admin/"):
            if second_step.must_set_up(request):
                return redirect("mfa_index")
            user = request.user
            if isinstance(user, User) and can_use_admin(user) and not second_step.took_it(request):
                # It was set up in another browser since this one signed in by the password alone.
                query = urlencode({"next": request.get_full_path()})
                return redirect(f"{reverse('account_reauthenticate')}?{query}")
        return self.get_response(request)

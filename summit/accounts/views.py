"""Views that adjust pages of allauth, and the list of signed-in browsers."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.mfa.base.views import IndexView
from allauth.mfa.internal.flows.add import redirect_if_add_not_allowed
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from summit.accounts import browser_sessions as signed_in
from summit.permissions.second_step import must_set_up
from summit.users.models import User


@method_decorator(redirect_if_add_not_allowed, name="dispatch")
@method_decorator(reauthentication_required(app="allauth.mfa"), name="dispatch")
class AddPasskeyView(AddWebAuthnView):  # type: ignore[misc]
    """A page that adds a passkey for sign-in without a password.

    The device stores the passkey and verifies its user.
    """

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the context. Its options for the browser require the device to verify its user."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["js_data"] = {"creation_options": auth.begin_registration(self.request.user, True)}
        return context


add_passkey = AddPasskeyView.as_view()


class SignInMethodsView(IndexView):  # type: ignore[misc]
    """Show an account's ways to sign in: passkeys, app, recovery codes, password."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the context. `must_set_up` says whether the account needs a second step to open the admin."""
        return {**super().get_context_data(**kwargs), "must_set_up": must_set_up(self.request)}


ways = never_cache(SignInMethodsView.as_view())


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def browsers(request: HttpRequest) -> HttpResponse:
    """List the browsers in which the account is signed in; a POST signs out one of them, or all others."""
    assert isinstance(request.user, User)  # noqa: S101 - login_required
    session_key = request.session.session_key
    if request.method != "POST":
        context = {"rows": signed_in.listed(request.user), "this": session_key}
        return render(request, "account/browsers.html", context)
    posted = request.POST.get("end", "")
    if posted == "others":
        ended = signed_in.end_all(user=request.user, but=session_key)
    else:
        ended = signed_in.end(user=request.user, pk=int(posted)) if posted.isdecimal() and len(posted) < 18 else 0
    if ended:
        message = ngettext("%(n)d browser is signed out.", "%(n)d browsers are signed out.", ended)
        messages.success(request, message % {"n": ended})
    else:
        messages.warning(request, _("It was signed out before."))
    return redirect("account_browsers")

"""Views that adjust pages of allauth, and the list of signed-in browsers."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.mfa.base.views import IndexView
from allauth.mfa.internal.flows.add import redirect_if_add_not_allowed
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from summit.permissions.mfa_status import must_set_up


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

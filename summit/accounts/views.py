"""Pages of allauth that do something else here."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.mfa.internal.flows.add import redirect_if_add_not_allowed
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.utils.decorators import method_decorator


@method_decorator(redirect_if_add_not_allowed, name="dispatch")
@method_decorator(reauthentication_required(app="allauth.mfa"), name="dispatch")
class AddPasskeyView(AddWebAuthnView):  # type: ignore[misc]
    """Adds a passkey that signs in alone: the device keeps it and asks who is using it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Ask the device for a passkey, and remember that it must have made sure of its user."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["js_data"] = {"creation_options": auth.begin_registration(self.request.user, True)}
        return context


add_passkey = AddPasskeyView.as_view()

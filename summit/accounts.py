"""How allauth signs people in here."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by organisers: nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: there is no sign-up."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Send a desk to the admin and everybody else to the portal."""
        from summit.permissions import can_use_admin

        return "/admin/" if can_use_admin(request.user) else "/portal/"

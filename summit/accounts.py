"""How allauth signs people in here."""

from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as current
from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
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

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail about an account. Its links begin with BASE_URL, whatever host the request was sent to."""
        origin = current.request.build_absolute_uri("/")
        ours = {
            key: f"{settings.BASE_URL}/{value.removeprefix(origin)}"
            for key, value in context.items()
            if isinstance(value, str) and value.startswith(origin)
        }
        site = SimpleNamespace(name="Summit", domain=urlsplit(settings.BASE_URL).netloc)
        super().send_mail(template_prefix, email, {**context, **ours, "current_site": site})

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count failed sign-ins by mailbox and client, so that nobody locks out the owner of a mailbox from afar."""
        key: str = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{key}:{get_ip(request)}"

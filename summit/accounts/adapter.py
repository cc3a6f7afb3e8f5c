"""How allauth signs people in here."""

from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as current
from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from summit.accounts import form_texts, sign_in_log
from summit.accounts.devices import device
from summit.core.languages import begun, spoken
from summit.permissions.rules import can_use_admin
from summit.users.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by organisers: nobody signs up."""

    error_messages = {**DefaultAccountAdapter.error_messages, **form_texts.ACCOUNT_ERRORS}

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: there is no sign-up."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Send a desk to the admin and everybody else to the portal."""
        return "/admin/" if can_use_admin(request.user) else "/portal/"

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Return the ways to say once more that it is you, in the words of this house. Where a second step protects
        the account, the password alone changes nothing of how it is protected."""
        said = {
            "reauthenticate": _("Enter the password"),
            "mfa_reauthenticate": _("Enter a code of the app, or a recovery code"),
            "mfa_reauthenticate:webauthn": _("Use a passkey"),
        }
        ways = [{**way, "description": said[way["id"]]} for way in super().get_reauthentication_methods(user)]
        stronger = [way for way in ways if way["id"] != "reauthenticate"]
        # The first is the one that is asked for: a passkey, where there is one.
        return sorted(stronger, key=lambda way: not way["id"].endswith(":webauthn")) or ways

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tell the owner of an account what was changed on it, and from which browser."""
        found = device(self.get_http_user_agent(self.request))
        super().send_notification_mail(
            template_prefix, user, {"device": found, **(context or {}), "user": user}, email
        )

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail about an account, in its language. Its links begin with BASE_URL, whatever host the request
        was sent to."""
        origin = current.request.build_absolute_uri("/")
        ours = {
            key: f"{settings.BASE_URL}/{value.removeprefix(origin)}"
            for key, value in context.items()
            if isinstance(value, str) and value.startswith(origin)
        }
        site = SimpleNamespace(name="Summit", domain=urlsplit(settings.BASE_URL).netloc)
        account = context.get("user")
        asked = translation.get_language() or settings.LANGUAGE_CODE
        language = spoken(account.language if isinstance(account, User) else asked)
        said = {**context, **ours, "current_site": site, "account_url": f"{settings.BASE_URL}/accounts/2fa/"}
        with translation.override(language):
            super().send_mail(template_prefix, email, said)

    def render_mail(self, *args: Any, **kwargs: Any) -> EmailMessage:
        """Mark the mail as automatic (RFC 3834), and with its language."""
        language = translation.get_language() or settings.LANGUAGE_CODE
        mail: EmailMessage = super().render_mail(*args, **kwargs)
        mail.body = begun(str(mail.body), language)
        mail.extra_headers["Auto-Submitted"] = "auto-generated"
        mail.extra_headers["Content-Language"] = language
        return mail

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Note that a password was refused, for the account that has the address, if any."""
        address = str(credentials.get("email") or credentials.get("username") or "")[:254].replace("\0", "")
        sign_in_log.note_refused(account=User.objects.filter(email=address.strip().lower()).first())

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Note that a closed account was refused, whose password was right."""
        sign_in_log.note_refused(account=user)
        response: HttpResponse = super().respond_user_inactive(request, user)
        return response

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count failed sign-ins by mailbox and client, so that nobody locks out the owner of a mailbox from afar."""
        key: str = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{key}:{get_ip(request)}"

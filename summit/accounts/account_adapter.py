"""An allauth adapter that changes redirects and mails, and records refused sign-ins."""

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

from summit.accounts import form_texts, sign_in_limits, sign_in_log
from summit.accounts.devices import device
from summit.core.languages import spoken, with_direction_mark
from summit.permissions.rules import can_use_admin
from summit.users.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's adapter, without sign-up: organisers create accounts."""

    error_messages = {**DefaultAccountAdapter.error_messages, **form_texts.ACCOUNT_ERRORS}

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: there is no sign-up."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return the URL to open after sign-in: the admin for users who may use it, the portal for all others."""
        return "/admin/" if can_use_admin(request.user) else "/portal/"

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Return the methods of reauthentication, with our descriptions, the preferred one first.

        An account with a second step can't reauthenticate by its password alone, so a stolen password isn't enough to
        change its protection.
        """
        descriptions = {
            "reauthenticate": _("Enter the password"),
            "mfa_reauthenticate": _("Enter a code from the app, or a recovery code"),
            "mfa_reauthenticate:webauthn": _("Use a passkey"),
        }
        methods = [
            {**method, "description": descriptions[method["id"]]}
            for method in super().get_reauthentication_methods(user)
        ]
        stronger = [method for method in methods if method["id"] != "reauthenticate"]
        # allauth asks for the first method: a passkey, where there is one.
        return sorted(stronger, key=lambda method: not method["id"].endswith(":webauthn")) or methods

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Mail an account's owner about a change to the account, and name the browser that made the change."""
        browser = device(self.get_http_user_agent(self.request))
        super().send_notification_mail(
            template_prefix, user, {"device": browser, **(context or {}), "user": user}, email
        )

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail about an account, in the account's language.

        Links in the mail begin with BASE_URL, whatever the host name of the request.
        """
        origin = current.request.build_absolute_uri("/")
        links = {
            key: f"{settings.BASE_URL}/{value.removeprefix(origin)}"
            for key, value in context.items()
            if isinstance(value, str) and value.startswith(origin)
        }
        site = SimpleNamespace(name="Summit", domain=urlsplit(settings.BASE_URL).netloc)
        account = context.get("user")
        active = translation.get_language() or settings.LANGUAGE_CODE
        language = spoken(account.language if isinstance(account, User) else active)
        mail_context = {**context, **links, "current_site": site, "account_url": f"{settings.BASE_URL}/accounts/2fa/"}
        with translation.override(language):
            super().send_mail(template_prefix, email, mail_context)

    def render_mail(self, *args: Any, **kwargs: Any) -> EmailMessage:
        """Return the rendered mail, marked as automatic (RFC 3834) and with its language."""
        language = translation.get_language() or settings.LANGUAGE_CODE
        mail: EmailMessage = super().render_mail(*args, **kwargs)
        mail.body = with_direction_mark(str(mail.body), language)
        mail.extra_headers["Auto-Submitted"] = "auto-generated"
        mail.extra_headers["Content-Language"] = language
        return mail

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count an attempt to sign in. Raises ValidationError, with the time to wait, if there were too many."""
        mailbox = str(credentials.get("email") or credentials.get("username") or "")[:254].replace("\0", "")
        key = self._get_login_attempts_cache_key(request, **credentials)
        self._login_failed_rl_usage = sign_in_limits.count(request, mailbox=mailbox.strip().lower(), key=key)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a refused password for the account with the e-mail address in `credentials`.

        If there is no such account, nothing is stored.
        """
        address = str(credentials.get("email") or credentials.get("username") or "")[:254].replace("\0", "")
        sign_in_log.count_refused_sign_in(account=User.objects.filter(email=address.strip().lower()).first())

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Count a refused sign-in to a closed account, and return allauth's response. The password was right."""
        sign_in_log.count_refused_sign_in(account=user)
        response: HttpResponse = super().respond_user_inactive(request, user)
        return response

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Return the cache key under which failed sign-ins are counted, by e-mail address and client IP address.

        If the key had the e-mail address alone, anybody could lock out its owner from elsewhere.
        """
        key: str = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{key}:{get_ip(request)}"

"""Error messages that replace those of allauth's pages."""

from typing import Any

from django.utils.translation import gettext_lazy as _

_WRONG_CODE = _("This code is not right. Enter the newest code.")
_LATER = _("Too many attempts. Wait five minutes and try again.")

ACCOUNT_ERRORS: dict[str, Any] = {
    "account_inactive": _("This account is closed. Ask the organisers to reopen it."),
    "email_password_mismatch": _("The email address or password is wrong."),
    "enter_current_password": _("This is not your current password."),
    "incorrect_code": _WRONG_CODE,
    "incorrect_password": _("This is not the password of your account."),
    "invalid_password_reset": _("This link was already used or has expired. Get a new one."),
    "rate_limited": _LATER,
    "too_many_login_attempts": _LATER,
}

MFA_ERRORS: dict[str, Any] = {
    "cannot_delete_authenticator": _("The app can’t be turned off."),
    "cannot_generate_recovery_codes": _("First set up a passkey or an app. Recovery codes are a backup for these."),
    "incorrect_code": _WRONG_CODE,
    "unverified_email": _("The email address of this account is not confirmed. Ask the organisers for help."),
}

NOT_THE_PASSKEY = _("The passkey was not recognised. Try again, or sign in another way.")
APP_CLOSED = _(
    "Too many codes were tried for this account in unknown browsers. Enter a recovery code, use a passkey or get a "
    "new password. You can still use app codes in a browser where you verified before."
)

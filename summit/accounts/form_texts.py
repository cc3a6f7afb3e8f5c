"""Error messages that replace those of allauth's pages."""

from typing import Any

from django.utils.translation import gettext_lazy as _

_WRONG_CODE = _("This is not the code. Look at the newest one and enter it.")
_LATER = _("There were too many attempts. Wait for five minutes and try again.")

ACCOUNT_ERRORS: dict[str, Any] = {
    "account_inactive": _("This account is closed. The organisers can open it again."),
    "email_password_mismatch": _("The address and the password do not belong together."),
    "enter_current_password": _("This is not the password that you have now."),
    "incorrect_code": _WRONG_CODE,
    "incorrect_password": _("This is not the password of your account."),
    "invalid_password_reset": _("This link has been used or is too old. Get another one."),
    "rate_limited": _LATER,
    "too_many_login_attempts": _LATER,
}

MFA_ERRORS: dict[str, Any] = {
    "cannot_delete_authenticator": _("The app can’t be turned off."),
    "cannot_generate_recovery_codes": _("Set up a passkey or an app first: recovery codes stand in for them."),
    "incorrect_code": _WRONG_CODE,
    "unverified_email": _("The address of this account has not been confirmed. The organisers can help."),
}

NOT_THE_PASSKEY = _("The passkey was not recognised. Try again, or sign in another way.")
APP_CLOSED = _(
    "Too many codes were tried for this account in browsers that it does not know. Enter a recovery code, use a "
    "passkey, or get a new password. A browser in which you took the second step before takes codes of the app as "
    "ever."
)

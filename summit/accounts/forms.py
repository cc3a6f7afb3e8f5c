"""allauth's forms, with our labels, hints and error messages."""

from collections.abc import Mapping
from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.core import context as current
from allauth.mfa.base import forms as codes
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.forms import GenerateRecoveryCodesForm
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as passkeys
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from summit.accounts import form_texts, mfa_attempt_limits
from summit.users.models import User

_ADDRESS, _PASSWORD, _CODE = _("Email address"), _("Password"), _("Code")
_NEW, _AGAIN = _("New password"), _("Repeat new password")
_LENGTH = _("Use at least 12 characters, such as several unrelated words.")
NAME_LENGTH = 60


def _forgotten() -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("account_reset_password"), _("Get new password"))


_FORGOTTEN = lazy(_forgotten, str)()


class Worded:
    """A mixin that gives a form's fields labels and hints, and removes their placeholders."""

    labels: ClassVar[Mapping[str, Any]] = {}
    hints: ClassVar[Mapping[str, Any]] = {}
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = self.labels.get(name, field.label)
            field.help_text = self.hints.get(name, "")
            field.widget.attrs.pop("placeholder", None)
            field.error_messages["required"] = _("Fill in this field.")
            if isinstance(field, forms.EmailField):
                # An address is written from left to right in any language.
                field.widget.attrs["dir"] = "ltr"


class OneCode(Worded):
    """A mixin for forms that ask for a code."""

    labels = {"code": _CODE}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.update({"inputmode": "numeric", "dir": "ltr"})


class SignIn(Worded, account.LoginForm):  # type: ignore[misc]
    """The sign-in form: e-mail address and password."""

    labels = {"login": _ADDRESS, "password": _PASSWORD}
    hints = {"password": _FORGOTTEN}


class NewPassword(Worded):
    """A mixin for forms with a new password in two fields."""

    labels = {"oldpassword": _("Current password"), "password1": _NEW, "password2": _AGAIN}
    hints = {"password1": _LENGTH, "oldpassword": _FORGOTTEN}

    def clean(self) -> Any:
        """Return the cleaned data; replace allauth's message where the two passwords differ."""
        cleaned = super().clean()  # type: ignore[misc]
        errors = getattr(self, "_errors", {})
        if "password2" in errors and cleaned.get("password1"):
            errors["password2"] = type(errors["password2"])(
                [_("The passwords don’t match. Enter the same password twice.")]
            )
        return cleaned


class ChangePassword(NewPassword, account.ChangePasswordForm):  # type: ignore[misc]
    """A form that changes the password."""


class SetPassword(NewPassword, account.SetPasswordForm):  # type: ignore[misc]
    """A form that sets the first password."""


class ResetPassword(Worded, account.ResetPasswordForm):  # type: ignore[misc]
    """A form that asks for an e-mail address and sends it a link for a new password."""

    labels = {"email": _ADDRESS}
    users: list[User]
    cleaned_data: dict[str, Any]

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Send the link to the account with this e-mail address, and return the address.

        If no account has the address, the mail is stored too and then rolled back. The response time therefore
        doesn't reveal which addresses have accounts.
        """
        nobody = not self.users
        if nobody:
            self.users = [User(pk=0, email=self.cleaned_data["email"], password="!")]  # noqa: S106 - opens nothing
        with transaction.atomic():
            address: str = super().save(request, **kwargs)
            if nobody:
                transaction.set_rollback(True)
        return address


class PasswordFromLink(NewPassword, account.ResetPasswordKeyForm):  # type: ignore[misc]
    """A form for a new password, opened by a link in a mail."""


class PasswordAgain(Worded, account.ReauthenticateForm):  # type: ignore[misc]
    """A form that asks for the password again before the account's protection is changed."""

    labels = {"password": _PASSWORD}
    hints = {"password": _FORGOTTEN}


class SingleUseCodeForm(OneCode):
    """A form that accepts each code of a second step only once.

    A code is valid for 90 seconds, but allauth remembers used codes for only 30 seconds.
    """

    user: User
    cleaned_data: dict[str, Any]

    def clean_code(self) -> str:
        """Return the code. Raises ValidationError for a wrong or used code, and after too many guesses."""
        code: str = self.cleaned_data["code"]
        guess = mfa_attempt_limits.count(current.request, self.user)
        authenticator = self._found(code, app=guess.app)
        if authenticator is None:
            main = self._main()
            if main is not None:
                self._emit_authentication_failed(main)  # type: ignore[attr-defined]
            raise forms.ValidationError(
                form_texts.MFA_ERRORS["incorrect_code"] if guess.app else form_texts.APP_CLOSED
            )
        key = f"second_step_used:{self.user.pk}:{''.join(filter(str.isdecimal, code))}"
        if not cache.add(key, 1, timeout=120):
            raise forms.ValidationError(form_texts.MFA_ERRORS["incorrect_code"])
        guess.was_right()
        authenticator.user = self.user
        self.authenticator = authenticator
        return code

    def _found(self, code: str, *, app: bool) -> Authenticator | None:
        """Return the authenticator of a code: recovery codes or, with `app`, the app; None for a wrong code."""
        kinds = [Authenticator.Type.RECOVERY_CODES, *([Authenticator.Type.TOTP] if app else [])]
        rows = Authenticator.objects.filter(user=self.user, type__in=kinds)
        return next((row for row in rows if row.wrap().validate_code(code)), None)

    def _main(self) -> Authenticator | None:
        """Return the authenticator that a wrong code is counted for: the app, or else the recovery codes, or None."""
        rows = list(Authenticator.objects.filter(user=self.user).exclude(type=Authenticator.Type.WEBAUTHN))
        return next((row for row in rows if row.type == Authenticator.Type.TOTP), rows[0] if rows else None)


class SecondStep(SingleUseCodeForm, codes.AuthenticateForm):  # type: ignore[misc]
    """The second step after the password: a code of the app, or a recovery code."""


class CodeAgain(SingleUseCodeForm, codes.ReauthenticateForm):  # type: ignore[misc]
    """A form that asks for a code again before the account's protection is changed."""


class SetUpApp(OneCode, totp.ActivateTOTPForm):  # type: ignore[misc]
    """A form that sets up an app by its first code."""

    labels = {"code": _("Code from the app")}


class TurnAppOff(Worded, totp.DeactivateTOTPForm):  # type: ignore[misc]
    """A form without fields that turns the app off."""


class MakeCodes(Worded, GenerateRecoveryCodesForm):  # type: ignore[misc]
    """A form without fields that creates recovery codes."""


class AddPasskey(Worded, passkeys._BaseAddWebAuthnForm):  # type: ignore[misc]
    """A form that adds a passkey, with a name for the owner's list."""

    labels = {"name": _("Passkey name")}
    hints = {"name": _("A name to recognise it by, such as “Office computer”.")}
    name = forms.CharField(required=False, max_length=NAME_LENGTH)
    credential = forms.JSONField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Return the cleaned data. Raises ValidationError if the posted passkey isn't valid.

        A passkey counts as both steps of sign-in, so the device must verify its user. A passkey without that is
        refused.
        """
        error = forms.ValidationError(form_texts.NOT_THE_PASSKEY)
        try:
            # allauth parses the posted data, which may be anything, and raises various exceptions for it.
            return super().clean()  # type: ignore[no-any-return]
        except (AttributeError, KeyError, TypeError, ValueError, forms.ValidationError):
            raise error from None


class RenamePasskey(Worded, passkeys.EditWebAuthnForm):  # type: ignore[misc]
    """A form that renames a passkey."""

    labels = {"name": _("Passkey name")}
    name = forms.CharField(max_length=NAME_LENGTH)


class _Passkey:
    """A mixin that verifies the response of a passkey, and refuses any other posted data."""

    user: User | None
    cleaned_data: dict[str, Any]

    def clean_credential(self) -> Authenticator:
        """Return the passkey that signed the response. Raises ValidationError if no passkey of the account did.

        Attempts aren't counted, because a signature can't be guessed. A count would let somebody with a stolen
        password use up the owner's attempts.
        """
        credential = self.cleaned_data["credential"]
        try:
            auth.parse_authentication_response(credential)
            user = self.user or auth.extract_user_from_response(credential)
            return auth.complete_authentication(user, credential)
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError, forms.ValidationError):
            raise forms.ValidationError(form_texts.NOT_THE_PASSKEY) from None


class PasskeySignIn(_Passkey, passkeys.LoginWebAuthnForm):  # type: ignore[misc]
    """The sign-in form for a passkey alone. The device verifies its user, so no second step follows."""


class PasskeySecondStep(_Passkey, passkeys.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """The second step after the password: a passkey."""


class PasskeyAgain(_Passkey, passkeys.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A form that asks for a passkey again before the account's protection is changed."""

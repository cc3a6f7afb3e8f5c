"""allauth's forms with labels, hints and sentences of this house."""

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

from summit.accounts import form_texts, guess_limits
from summit.users.models import User

_ADDRESS, _PASSWORD, _CODE = _("E-mail address"), _("Password"), _("Code")
_NEW, _AGAIN = _("New password"), _("New password once more")
_LENGTH = _("At least 12 characters; a few words that don’t belong together are good.")
NAME_LENGTH = 60


def _forgotten() -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("account_reset_password"), _("Get a new password"))


_FORGOTTEN = lazy(_forgotten, str)()


class Worded:
    """Gives a form's fields labels and hints; what stands in an empty field itself is taken out."""

    labels: ClassVar[Mapping[str, Any]] = {}
    hints: ClassVar[Mapping[str, Any]] = {}
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = self.labels.get(name, field.label)
            field.help_text = self.hints.get(name, "")
            field.widget.attrs.pop("placeholder", None)
            field.error_messages["required"] = _("This is missing.")
            if isinstance(field, forms.EmailField):
                # Whatever the page's language, an address runs from left to right.
                field.widget.attrs["dir"] = "ltr"


class OneCode(Worded):
    """A form that asks for a code."""

    labels = {"code": _CODE}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.update({"inputmode": "numeric", "dir": "ltr"})


class SignIn(Worded, account.LoginForm):  # type: ignore[misc]
    """Address and password."""

    labels = {"login": _ADDRESS, "password": _PASSWORD}
    hints = {"password": _FORGOTTEN}


class NewPassword(Worded):
    """Two fields for one new password."""

    labels = {"oldpassword": _("Password now"), "password1": _NEW, "password2": _AGAIN}
    hints = {"password1": _LENGTH, "oldpassword": _FORGOTTEN}

    def clean(self) -> Any:
        """Say in our words that the two differ."""
        cleaned = super().clean()  # type: ignore[misc]
        errors = getattr(self, "_errors", {})
        if "password2" in errors and cleaned.get("password1"):
            errors["password2"] = type(errors["password2"])([_("The two differ. Enter the same twice.")])
        return cleaned


class ChangePassword(NewPassword, account.ChangePasswordForm):  # type: ignore[misc]
    """A new password in place of the old one."""


class SetPassword(NewPassword, account.SetPasswordForm):  # type: ignore[misc]
    """A first password."""


class ResetPassword(Worded, account.ResetPasswordForm):  # type: ignore[misc]
    """The address to which a link goes."""

    labels = {"email": _ADDRESS}
    users: list[User]
    cleaned_data: dict[str, Any]

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Write to the account that has the address. Where there is none the mail is written as well, and taken back:
        how long it takes tells nothing."""
        nobody = not self.users
        if nobody:
            self.users = [User(pk=0, email=self.cleaned_data["email"], password="!")]  # noqa: S106 - opens nothing
        with transaction.atomic():
            said: str = super().save(request, **kwargs)
            if nobody:
                transaction.set_rollback(True)
        return said


class PasswordFromLink(NewPassword, account.ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password, from a link in a mail."""


class PasswordAgain(Worded, account.ReauthenticateForm):  # type: ignore[misc]
    """The password, before something changes that protects the account."""

    labels = {"password": _PASSWORD}
    hints = {"password": _FORGOTTEN}


class OnceOnly(OneCode):
    """A form whose code opens once. The library keeps a code for 30 seconds, and it is good for 90."""

    user: User
    cleaned_data: dict[str, Any]

    def clean_code(self) -> str:
        """Return the code. Raises ValidationError where it is not the one, or was used already, or where too many
        were guessed."""
        code: str = self.cleaned_data["code"]
        guess = guess_limits.count(current.request, self.user)
        found = self._found(code, app=guess.app)
        if found is None:
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
        found.user = self.user
        self.authenticator = found
        return code

    def _found(self, code: str, *, app: bool) -> Authenticator | None:
        """Return whose code it is, the app's or one for recovery, if any."""
        kinds = [Authenticator.Type.RECOVERY_CODES, *([Authenticator.Type.TOTP] if app else [])]
        rows = Authenticator.objects.filter(user=self.user, type__in=kinds)
        return next((row for row in rows if row.wrap().validate_code(code)), None)

    def _main(self) -> Authenticator | None:
        """Return what was guessed at: the app, where there is one."""
        rows = list(Authenticator.objects.filter(user=self.user).exclude(type=Authenticator.Type.WEBAUTHN))
        return next((row for row in rows if row.type == Authenticator.Type.TOTP), rows[0] if rows else None)


class SecondStep(OnceOnly, codes.AuthenticateForm):  # type: ignore[misc]
    """The code of an app, or a recovery code, after the password."""


class CodeAgain(OnceOnly, codes.ReauthenticateForm):  # type: ignore[misc]
    """The code, before something changes that protects the account."""


class SetUpApp(OneCode, totp.ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an app."""

    labels = {"code": _("Code that the app shows")}


class TurnAppOff(Worded, totp.DeactivateTOTPForm):  # type: ignore[misc]
    """Nothing to enter."""


class MakeCodes(Worded, GenerateRecoveryCodesForm):  # type: ignore[misc]
    """Nothing to enter."""


class AddPasskey(Worded, passkeys._BaseAddWebAuthnForm):  # type: ignore[misc]
    """A new passkey, and a name by which its owner knows it."""

    labels = {"name": _("Name of the passkey")}
    hints = {"name": _("Such as “Office computer”: it stands in your list of passkeys.")}
    name = forms.CharField(required=False, max_length=NAME_LENGTH)
    credential = forms.JSONField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Take only what the device has signed, after it has made sure who is using it: a passkey is both steps."""
        said = forms.ValidationError(form_texts.NOT_THE_PASSKEY)
        try:
            # The library reads what anybody may have posted, and stumbles over it in many ways.
            return super().clean()  # type: ignore[no-any-return]
        except (AttributeError, KeyError, TypeError, ValueError, forms.ValidationError):
            raise said from None


class RenamePasskey(Worded, passkeys.EditWebAuthnForm):  # type: ignore[misc]
    """Another name."""

    labels = {"name": _("Name of the passkey")}
    name = forms.CharField(max_length=NAME_LENGTH)


class _Passkey:
    """Takes what a device has signed, whatever was posted in its place."""

    user: User | None
    cleaned_data: dict[str, Any]

    def clean_credential(self) -> Authenticator:
        """Return the passkey that signed. Raises ValidationError. Nothing is counted, since nothing can be guessed:
        whoever has an account's password can't use up its owner's attempts."""
        credential = self.cleaned_data["credential"]
        try:
            auth.parse_authentication_response(credential)
            user = self.user or auth.extract_user_from_response(credential)
            return auth.complete_authentication(user, credential)
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError, forms.ValidationError):
            raise forms.ValidationError(form_texts.NOT_THE_PASSKEY) from None


class PasskeySignIn(_Passkey, passkeys.LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey alone: the device has asked who is using it."""


class PasskeySecondStep(_Passkey, passkeys.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey after the password."""


class PasskeyAgain(_Passkey, passkeys.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey, before something changes that protects the account."""

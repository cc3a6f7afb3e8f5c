"""URLs for signing in and out and for the account's own pages. There is no sign-up."""

from allauth.account import views as account
from allauth.mfa.base import views as second
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.urls import path, register_converter
from django.urls.converters import StringConverter
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView

from summit.accounts import browser_pages, mfa_views, token_pages
from summit.permissions.route_access import Gate, View, route


class Base36(StringConverter):
    """A path converter for an account's key in a link, which ends at the hyphen before the token."""

    regex = "[0-9A-Za-z]+"


register_converter(Base36, "base36")


def _library(view: View, gate: Gate, methods: str, *, kind: str = "") -> View:
    """Return a view of allauth or Django with the declaration of its route. It asks for the sign-in itself."""
    return route(gate, methods, kind=kind, of_library=True)(view)


urlpatterns = [
    path("login/", _library(account.login, Gate.EVERYBODY, "GET POST"), name="account_login"),
    path("logout/", _library(account.logout, Gate.EVERYBODY, "GET POST"), name="account_logout"),
    path("inactive/", _library(account.account_inactive, Gate.EVERYBODY, "GET"), name="account_inactive"),
    path(
        "reauthenticate/", _library(account.reauthenticate, Gate.ACCOUNT, "GET POST"), name="account_reauthenticate"
    ),
    path(
        "password/change/",
        _library(account.password_change, Gate.ACCOUNT, "GET POST"),
        name="account_change_password",
    ),
    path("password/set/", _library(account.password_set, Gate.ACCOUNT, "GET POST"), name="account_set_password"),
    path(
        "password/reset/",
        _library(never_cache(account.password_reset), Gate.EVERYBODY, "GET POST"),
        name="account_reset_password",
    ),
    path(
        "password/reset/done/",
        _library(never_cache(account.password_reset_done), Gate.EVERYBODY, "GET"),
        name="account_reset_password_done",
    ),
    path(
        "password/reset/key/<base36:uidb36>-<key>/",
        _library(never_cache(account.password_reset_from_key), Gate.EVERYBODY, "GET POST"),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        _library(account.password_reset_from_key_done, Gate.EVERYBODY, "GET"),
        name="account_reset_password_from_key_done",
    ),
    path("sessions/", browser_pages.browsers, name="account_browsers"),
    path("tokens/", token_pages.own_tokens, name="account_tokens"),
    path("2fa/", _library(mfa_views.ways, Gate.ACCOUNT, "GET"), name="mfa_index"),
    path("2fa/authenticate/", _library(second.authenticate, Gate.ACCOUNT, "GET POST"), name="mfa_authenticate"),
    path("2fa/reauthenticate/", _library(second.reauthenticate, Gate.ACCOUNT, "GET POST"), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", _library(totp.activate_totp, Gate.ACCOUNT, "GET POST"), name="mfa_activate_totp"),
    path(
        "2fa/totp/deactivate/", _library(totp.deactivate_totp, Gate.ACCOUNT, "GET POST"), name="mfa_deactivate_totp"
    ),
    path(
        "2fa/recovery-codes/",
        _library(codes.view_recovery_codes, Gate.ACCOUNT, "GET"),
        name="mfa_view_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/generate/",
        _library(codes.generate_recovery_codes, Gate.ACCOUNT, "GET POST"),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/download/",
        _library(codes.download_recovery_codes, Gate.ACCOUNT, "GET"),
        name="mfa_download_recovery_codes",
    ),
    # One page lists passkeys together with all other ways to sign in.
    path(
        "2fa/webauthn/",
        _library(RedirectView.as_view(pattern_name="mfa_index"), Gate.EVERYBODY, "GET"),
        name="mfa_list_webauthn",
    ),
    path("2fa/webauthn/add/", _library(mfa_views.add_passkey, Gate.ACCOUNT, "GET POST"), name="mfa_add_webauthn"),
    path(
        "2fa/webauthn/login/", _library(passkeys.login_webauthn, Gate.ACCOUNT, "GET POST"), name="mfa_login_webauthn"
    ),
    path(
        "2fa/webauthn/reauthenticate/",
        _library(passkeys.reauthenticate_webauthn, Gate.ACCOUNT, "GET POST"),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "2fa/webauthn/keys/<int:pk>/remove/",
        _library(passkeys.remove_webauthn, Gate.ACCOUNT, "GET POST", kind="passkey"),
        name="mfa_remove_webauthn",
    ),
    path(
        "2fa/webauthn/keys/<int:pk>/edit/",
        _library(passkeys.edit_webauthn, Gate.ACCOUNT, "GET POST", kind="passkey"),
        name="mfa_edit_webauthn",
    ),
]

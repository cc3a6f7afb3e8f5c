"""Declarations of the routes for signing in and for the account's own pages."""

from summit.permissions.route_table import Gate, declare

for _name in ("account_login", "account_logout", "account_reset_password"):
    declare(_name, Gate.EVERYBODY, "GET POST")
for _name in ("account_inactive", "account_reset_password_done", "account_reset_password_from_key_done"):
    declare(_name, Gate.EVERYBODY)
# The page says whether the key in the URL is valid. A key that never existed gets the same message as an old one.
declare("account_reset_password_from_key", Gate.EVERYBODY, "GET POST")

for _name in (
    *("account_reauthenticate", "account_change_password", "account_set_password"),
    *("mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp"),
    *("mfa_generate_recovery_codes", "mfa_add_webauthn", "mfa_reauthenticate_webauthn"),
):
    declare(_name, Gate.ACCOUNT, "GET POST")
for _name in ("mfa_index", "mfa_view_recovery_codes", "mfa_download_recovery_codes"):
    declare(_name, Gate.ACCOUNT)
declare("account_browsers", Gate.ACCOUNT, "GET POST")
declare("account_tokens", Gate.ACCOUNT, "GET POST")
# Both redirect: to the page that asks for a passkey, and to the list of passkeys.
declare("mfa_login_webauthn", Gate.ACCOUNT, "GET POST")
declare("mfa_list_webauthn", Gate.EVERYBODY)
for _name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
    declare(_name, Gate.ACCOUNT, "GET POST", kind="passkey")

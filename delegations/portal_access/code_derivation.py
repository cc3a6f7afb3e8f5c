"""The digits of a sign-in code, computed from a nonce and SECRET_KEY, so that no table holds them."""

from django.conf import settings
from django.utils.crypto import salted_hmac

_SALT = "delegations.sign_in.code"
DIGITS = 8


def code_of(nonce: str, secret: str | None = None, *, digits: int = DIGITS) -> str:
    """Return the sign-in code for a nonce, as a text of `digits` digits. `secret` is SECRET_KEY unless given."""
    packed = salted_hmac(_SALT, nonce, secret=secret or settings.SECRET_KEY, algorithm="sha256").digest()
    return f"{int.from_bytes(packed, 'big') % 10**digits:0{digits}}"

"""Tokens of the links in letters, and the links' URLs, made from a nonce and SECRET_KEY.

A token is the link's nonce (16 bytes) and the first 17 bytes of an HMAC over it with SECRET_KEY, in URL-safe base64:
44 characters without padding. The database holds only the nonce, so that reading the database isn't enough to make a
link.
"""

import base64

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

_SALT = "delegations.invitation.link"
_SIGNATURE_BYTES = 17


def signature(nonce: str, secret: str) -> bytes:
    """Return the signature of a nonce with a secret key."""
    return salted_hmac(_SALT, nonce, secret=secret, algorithm="sha256").digest()[:_SIGNATURE_BYTES]


def sign(nonce: str) -> str:
    """Return the token for a nonce of 32 hexadecimal digits. The same nonce always gives the same token."""
    return base64.urlsafe_b64encode(bytes.fromhex(nonce) + signature(nonce, settings.SECRET_KEY)).decode()


def address(nonce: str) -> str:
    """Return the absolute URL of the link with a nonce."""
    return f"{settings.BASE_URL}{reverse('letter:follow', args=[sign(nonce)])}"

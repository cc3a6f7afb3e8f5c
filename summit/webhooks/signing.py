"""Signatures of Standard Webhooks (https://www.standardwebhooks.com, version 1.0.0)."""

import secrets
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime

from standardwebhooks import Webhook

# Bytes of a secret; the specification asks for 24 to 64.
LENGTH = 32


def new_secret() -> str:
    """Return a secret as the specification writes it: "whsec_" and base 64."""
    return "whsec_" + b64encode(secrets.token_bytes(LENGTH)).decode()


def headers(*, key: str, at: datetime, body: bytes, known: Sequence[str]) -> dict[str, str]:
    """Return the three headers of a request: `key` names the delivery, the same on every attempt, `at` is when this
    one is made, and each of the `known` secrets signs."""
    signed = " ".join(Webhook(secret).sign(key, at, body.decode()) for secret in known)
    return {"webhook-id": key, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signed}

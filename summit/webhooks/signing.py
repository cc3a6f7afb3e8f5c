"""Signatures of Standard Webhooks (https://www.standardwebhooks.com, version 1.0.0)."""

import secrets
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime

from standardwebhooks import Webhook

# Bytes of a secret; the specification asks for 24 to 64.
LENGTH = 32


def new_secret() -> str:
    """Return a new secret in the specification's form: "whsec_" and base64."""
    return "whsec_" + b64encode(secrets.token_bytes(LENGTH)).decode()


def headers(*, key: str, at: datetime, body: bytes, known: Sequence[str]) -> dict[str, str]:
    """Return the three headers that sign a request.

    `key` is the delivery's id, the same on every attempt. `at` is the moment of this attempt. The request has a
    signature for each of the secrets in `known`.
    """
    signed = " ".join(Webhook(secret).sign(key, at, body.decode()) for secret in known)
    return {"webhook-id": key, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signed}

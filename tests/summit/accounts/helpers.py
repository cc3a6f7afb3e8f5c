"""Signing in with what is needed."""

import time
from email import message_from_bytes
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.test import Client

from summit.outbox.models import Message
from summit.users.models import User
from tests.factories import PASSWORD


def by_password(user: User, client: Client | None = None, **extra: Any) -> Client:
    """Return a browser that has entered an account's address and password."""
    client = client or Client(**extra)
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return client


def with_app(user: User) -> str:
    """Turn an authenticator app on for an account, and return its secret."""
    secret: str = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def code(secret: str) -> str:
    """Return what the app shows now, as if it had not been used yet."""
    cache.clear()
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def mails() -> list[str]:
    """Return the stored mails, headers and text, oldest first."""
    found = [message_from_bytes(bytes(row.rendered or b"")) for row in Message.objects.order_by("id")]
    heads = ["\n".join(f"{name}: {value}" for name, value in mail.items()) for mail in found]
    texts = [mail.get_payload(decode=True).decode() for mail in found]  # type: ignore[union-attr]
    return [f"{head}\n\n{text}" for head, text in zip(heads, texts, strict=True)]

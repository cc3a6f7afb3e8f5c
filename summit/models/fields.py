"""Fields and abstract models that every app uses."""

import secrets
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

# Crockford's base 32 in lower case: no letter that is taken for a digit when it is read out over the telephone.
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
PUBLIC_ID_LENGTH = 16


def new_public_id() -> str:
    """Return 16 random characters of base 32, 80 bits: nobody guesses one from another."""
    return "".join(secrets.choice(ALPHABET) for _ in range(PUBLIC_ID_LENGTH))


class PublicModel(models.Model):
    """A row that is known outside by an opaque id; the primary key never leaves the system."""

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id, editable=False)

    class Meta:
        abstract = True


def cipher() -> MultiFernet:
    """Return the cipher of FIELD_KEYS: written with the first key, read with any of them."""
    return MultiFernet([Fernet(key) for key in settings.FIELD_KEYS])


class EncryptedBytesField(models.BinaryField):  # type: ignore[type-arg]
    """Bytes that are encrypted in the database with FIELD_KEYS.

    Reading raises `cryptography.fernet.InvalidToken` where the key that wrote the value is gone.
    """

    description = "Bytes, encrypted at rest"

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        """Encrypt on the way in."""
        if value is not None:
            value = cipher().encrypt(bytes(value))
        return super().get_db_prep_value(value, connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> bytes | None:
        """Decrypt on the way out."""
        return None if value is None else cipher().decrypt(bytes(value))


__all__ = [
    "ALPHABET",
    "PUBLIC_ID_LENGTH",
    "EncryptedBytesField",
    "InvalidToken",
    "PublicModel",
    "cipher",
    "new_public_id",
]

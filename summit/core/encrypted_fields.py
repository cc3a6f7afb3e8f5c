"""Fields whose values are encrypted in the database."""

from datetime import date
from functools import cache
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django import forms
from django.conf import settings
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


def cipher() -> MultiFernet:
    """Return the cipher of FIELD_KEYS: written with the first key, read with any of them."""
    return _cipher(tuple(settings.FIELD_KEYS))


@cache
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


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


class EncryptedTextField(EncryptedBytesField):
    """Text that is encrypted in the database with FIELD_KEYS; no text is no bytes, so that what is missing can be
    counted without a key. It can't be searched: equal texts are different bytes.

    `max_length` counts characters of the text and is checked by forms.
    """

    description = "Text, encrypted at rest"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("editable", True)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def _check_str_default_value(self) -> list[Any]:
        """Allow a default that is text: this is what the field gives and takes."""
        return []

    def to_python(self, value: Any) -> Any:
        """Return the text as it was given."""
        return "" if value is None else value

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        """Encrypt on the way in, but for no text."""
        if value in (None, ""):
            return models.BinaryField.get_db_prep_value(self, b"", connection, prepared)
        return super().get_db_prep_value(str(value).encode(), connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Any:
        """Decrypt on the way out."""
        return (super().from_db_value(value, expression, connection) or b"").decode() if value else ""

    def value_to_string(self, obj: models.Model) -> str:
        """Return the text for serializers."""
        return str(self.value_from_object(obj))

    def formfield(self, **kwargs: Any) -> Any:
        """Return a field for a line of text, or of choices."""
        kwargs.setdefault("max_length", self.max_length)
        return models.Field.formfield(self, **kwargs)


class EncryptedDateField(EncryptedTextField):
    """A day, or None, that is encrypted in the database with FIELD_KEYS."""

    description = "Day, encrypted at rest"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", None)
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> date | None:
        """Return the day. Raises ValidationError where the text is none."""
        day: date | None = forms.DateField(required=False).clean(value)
        return day

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        """Encrypt the day as ISO 8601 writes it."""
        day = self.to_python(value)
        return super().get_db_prep_value(day.isoformat() if day else "", connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Any:
        """Decrypt on the way out."""
        text = super().from_db_value(value, expression, connection)
        return date.fromisoformat(text) if text else None

    def formfield(self, **kwargs: Any) -> Any:
        """Return a field for a day."""
        return models.Field.formfield(self, form_class=forms.DateField, **kwargs)

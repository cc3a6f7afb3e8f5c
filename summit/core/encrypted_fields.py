"""Model fields that are encrypted in the database."""

from datetime import date
from functools import cache
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django import forms
from django.conf import settings
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


def cipher() -> MultiFernet:
    """Return the cipher of FIELD_KEYS. It encrypts with the first key and decrypts with any of the keys."""
    return _cipher(tuple(settings.FIELD_KEYS))


@cache
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


class EncryptedBytesField(models.BinaryField):  # type: ignore[type-arg]
    """A field of bytes that are encrypted in the database with FIELD_KEYS.

    Reading raises `cryptography.fernet.InvalidToken` if the key that encrypted the value is no longer in FIELD_KEYS.
    """

    description = "Bytes, encrypted at rest"

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        """Return a value encrypted for the database; None stays None."""
        if value is not None:
            value = cipher().encrypt(bytes(value))
        return super().get_db_prep_value(value, connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> bytes | None:
        """Return a stored value decrypted. Raises InvalidToken if none of FIELD_KEYS decrypts it."""
        return None if value is None else cipher().decrypt(bytes(value))


class EncryptedTextField(EncryptedBytesField):
    """A field of text that is encrypted in the database with FIELD_KEYS.

    An empty text is stored as no bytes, so that missing values can be counted without a key. The field can't be
    searched: equal texts are stored as different bytes. `max_length` counts characters of the text and is checked by
    forms.
    """

    description = "Text, encrypted at rest"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("editable", True)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def _check_str_default_value(self) -> list[Any]:
        """Return no errors: unlike for BinaryField, a default may be a text."""
        return []

    def to_python(self, value: Any) -> Any:
        """Return the value unchanged, or "" for None."""
        return "" if value is None else value

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        """Return a text encrypted for the database; an empty text becomes no bytes."""
        if value in (None, ""):
            return models.BinaryField.get_db_prep_value(self, b"", connection, prepared)
        return super().get_db_prep_value(str(value).encode(), connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Any:
        """Return a stored text decrypted. Raises InvalidToken if none of FIELD_KEYS decrypts it."""
        return (super().from_db_value(value, expression, connection) or b"").decode() if value else ""

    def value_to_string(self, obj: models.Model) -> str:
        """Return the decrypted text, for Django's serializers."""
        return str(self.value_from_object(obj))

    def formfield(self, **kwargs: Any) -> Any:
        """Return a form field for a line of text; if the field has choices, return a form field for a choice."""
        kwargs.setdefault("max_length", self.max_length)
        return models.Field.formfield(self, **kwargs)


class EncryptedDateField(EncryptedTextField):
    """A field of a day, or None, that is encrypted in the database with FIELD_KEYS."""

    description = "Day, encrypted at rest"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", None)
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> date | None:
        """Return a value as a day, or None if it is empty. Raises ValidationError for a text that isn't a day."""
        day: date | None = forms.DateField(required=False).clean(value)
        return day

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        """Return a day in ISO 8601 format, encrypted for the database."""
        day = self.to_python(value)
        return super().get_db_prep_value(day.isoformat() if day else "", connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Any:
        """Return a stored day decrypted, or None. Raises InvalidToken if none of FIELD_KEYS decrypts it."""
        text = super().from_db_value(value, expression, connection)
        return date.fromisoformat(text) if text else None

    def formfield(self, **kwargs: Any) -> Any:
        """Return a form field for a day."""
        return models.Field.formfield(self, form_class=forms.DateField, **kwargs)

"""Checks of the keys: they are none of development, and they read what is stored."""

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import models
from django.db.models import ExpressionWrapper, F

from summit.core import key_rotation
from summit.core.encrypted_fields import cipher
from summit.maintenance.doctor.findings import Finding, fail, ok


def read_what_is_stored() -> list[Finding]:
    """FIELD_KEYS read the newest value of each encrypted column."""
    development = settings.DEVELOPMENT_FIELD_KEY in settings.FIELD_KEYS or (
        settings.DEVELOPMENT_SECRET in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    )
    if settings.PRODUCTION and development:
        return [fail("FIELD_KEYS or SECRET_KEY are those of development", "Make new ones: everybody knows these.")]
    columns = key_rotation.columns()
    closed = [f"{model._meta.label_lower}.{field.name}" for model, field in columns if not _opens(model, field.name)]
    if closed:
        todo = "Put the key that wrote them behind the others in FIELD_KEYS."
        return [fail(f"no key reads the newest of {', '.join(closed)}", todo)]
    return [ok(f"{len(settings.FIELD_KEYS)} in FIELD_KEYS read the newest of {len(columns)} columns")]


def _opens(model: type[models.Model], name: str) -> bool:
    """Return whether a key reads the newest value of a column, or there is none."""
    raw = ExpressionWrapper(F(name), output_field=models.BinaryField())
    rows = model._base_manager.annotate(raw=raw).filter(raw__isnull=False).exclude(raw=b"").order_by("-pk")
    newest = rows.values_list("raw", flat=True).first()
    try:
        return newest is None or cipher().decrypt(bytes(newest)) is not None
    except InvalidToken:
        return False

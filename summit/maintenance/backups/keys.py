"""Fingerprints of keys, by which a backup names the keys that it needs without holding them."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping

from django.conf import settings

Fingerprints = Mapping[str, list[str]]


def fingerprint(key: str) -> str:
    """Return the fingerprint of a key: 16 hexadecimal digits, from which the key can't be computed."""
    return hmac.new(key.encode(), b"summit: fingerprint of a key", hashlib.sha256).hexdigest()[:16]


def fingerprints() -> dict[str, list[str]]:
    """Return the fingerprints of this installation's keys by the names of their settings, the newest key first."""
    return {
        "FIELD_KEYS": _all(settings.FIELD_KEYS),
        "SECRET_KEY": _all([settings.SECRET_KEY]),
        "SECRET_KEY_FALLBACKS": _all(settings.SECRET_KEY_FALLBACKS),
    }


def missing(needed: Fingerprints) -> list[str]:
    """Return what to add to this installation's settings so that it has all keys of a backup, one line for each key.

    Keys for signatures may be in SECRET_KEY or in SECRET_KEY_FALLBACKS.
    """
    here = fingerprints()
    signing = {*here["SECRET_KEY"], *here["SECRET_KEY_FALLBACKS"]}
    lines = [f"FIELD_KEYS: the key {each}" for each in needed["FIELD_KEYS"] if each not in here["FIELD_KEYS"]]
    for each in (*needed["SECRET_KEY"], *needed["SECRET_KEY_FALLBACKS"]):
        if each not in signing:
            lines.append(f"SECRET_KEY, or SECRET_KEY_FALLBACKS: the key {each}")
    return lines


def _all(keys: Iterable[str]) -> list[str]:
    return [fingerprint(key) for key in keys]

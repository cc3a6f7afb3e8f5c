"""The format of a token's secret. Scanners can recognise a leaked secret by it."""

import hashlib
import secrets
import zlib

# The prefixes of a personal token and of an application's. Scanners of source code and logs find tokens by them.
PERSONAL, OF_API_CLIENT = "sk_", "sa_"
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# 256 bits and 32 bits in base 62.
_RANDOM, _CHECK = 43, 6
LENGTH = len(PERSONAL) + _RANDOM + _CHECK
# How many characters an owner is shown again: only few of them are random.
SHOWN = 7


def make(start: str) -> str:
    """Return a new secret: the prefix `start`, 256 random bits, and a checksum of both (CRC-32)."""
    random = _base62(int.from_bytes(secrets.token_bytes(32)), _RANDOM)
    return f"{start}{random}{_checksum(start + random)}"


def is_well_formed(said: str) -> bool:
    """Return whether a text has the format of a secret, including its checksum. Makes no query."""
    if len(said) != LENGTH or not said.isascii() or not said.startswith((PERSONAL, OF_API_CLIENT)):
        return False
    return secrets.compare_digest(said[-_CHECK:], _checksum(said[:-_CHECK]))


def digest(secret: str) -> str:
    """Return the digest of a secret that is stored: its SHA-256 in hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _checksum(text: str) -> str:
    return _base62(zlib.crc32(text.encode()), _CHECK)


def _base62(number: int, length: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits.rjust(length, _DIGITS[0])

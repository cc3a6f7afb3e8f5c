"""The form of a token's secret: random bits that are known again where they have leaked."""

import hashlib
import secrets
import zlib

# What begins so is a token of this system: scanners of source code and logs find it. Personal, and an application's.
PERSONAL, OF_API_CLIENT = "sk_", "sa_"
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# 256 bits and 32 bits in base 62.
_RANDOM, _CHECK = 43, 6
LENGTH = len(PERSONAL) + _RANDOM + _CHECK
# Of what an owner is shown again: few of the random letters.
SHOWN = 7


def make(start: str) -> str:
    """Return a new secret: `start`, 256 random bits, and a checksum of these (CRC-32)."""
    random = _base62(int.from_bytes(secrets.token_bytes(32)), _RANDOM)
    return f"{start}{random}{_checksum(start + random)}"


def looks_like_one(said: str) -> bool:
    """Return whether something has the form of a secret, checksum and all: else no row needs to be looked for."""
    if len(said) != LENGTH or not said.isascii() or not said.startswith((PERSONAL, OF_API_CLIENT)):
        return False
    return secrets.compare_digest(said[-_CHECK:], _checksum(said[:-_CHECK]))


def digest(secret: str) -> str:
    """Return what is kept of a secret: its SHA-256 in hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _checksum(text: str) -> str:
    return _base62(zlib.crc32(text.encode()), _CHECK)


def _base62(number: int, length: int) -> str:
    found = ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        found = _DIGITS[digit] + found
    return found.rjust(length, _DIGITS[0])

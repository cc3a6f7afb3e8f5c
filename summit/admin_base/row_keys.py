"""Keys of rows that an address or a form names: numbers that a database can hold."""

from collections.abc import Iterable

# The digits of a number that always fits into a key's 64 bits.
DIGITS = 18


def key_of(written: str) -> int | None:
    """Return the key that is written, or None for what can't be one."""
    return int(written) if written.isdecimal() and len(written) <= DIGITS else None


def keys_of(written: Iterable[str]) -> list[int]:
    """Return the keys among what is written."""
    return [key for key in map(key_of, written) if key is not None]

"""Reads primary keys from URLs and forms: only numbers that a database can hold."""

from collections.abc import Iterable

# A number with this many digits always fits into the 64 bits of a key.
DIGITS = 18


def key_of(written: str) -> int | None:
    """Return the primary key in a text, or None if the text isn't a number of at most 18 digits."""
    return int(written) if written.isdecimal() and len(written) <= DIGITS else None


def keys_of(written: Iterable[str]) -> list[int]:
    """Return the primary keys in some texts. Texts that can't be keys are left out."""
    return [key for key in map(key_of, written) if key is not None]

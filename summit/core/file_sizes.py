"""File sizes as texts for people, in MB."""

import math

MEGABYTE = 1024 * 1024


def megabytes(size: int) -> str:
    """Return a number of bytes in MB, with at most one decimal, such as "10" or "12.4"."""
    return f"{size / MEGABYTE:.1f}".removesuffix(".0")


def too_large(size: int, limit: int) -> dict[str, str]:
    """Return a dict with the `size` and the `limit` in MB, for the message about a file larger than `limit` bytes.

    If both texts would be equal, the size is rounded up: "20 MB, where up to 20 MB are kept" explains nothing.
    """
    size_text, limit_text = megabytes(size), megabytes(limit)
    rounded_up = (math.floor(size * 10 / MEGABYTE) + 1) / 10
    return {
        "size": f"{rounded_up:.1f}".removesuffix(".0") if size_text == limit_text else size_text,
        "limit": limit_text,
    }

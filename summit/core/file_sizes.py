"""Sizes of files, as people are told them."""

import math

MEGABYTE = 1024 * 1024


def megabytes(size: int) -> str:
    """Return a number of bytes in MB, to a tenth, such as "10" or "12.4"."""
    return f"{size / MEGABYTE:.1f}".removesuffix(".0")


def too_large(size: int, limit: int) -> dict[str, str]:
    """Return the `size` of a file that is larger than `limit` bytes, and the `limit`, in MB. Where both would be told
    alike the size is rounded up: "20 MB, where up to 20 MB are kept" tells nobody what is wrong."""
    said, most = megabytes(size), megabytes(limit)
    up = (math.floor(size * 10 / MEGABYTE) + 1) / 10
    return {"size": f"{up:.1f}".removesuffix(".0") if said == most else said, "limit": most}

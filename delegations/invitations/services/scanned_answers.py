"""Scans of the papers on which answers come. What a file is, is looked up in its bytes: neither its name nor what a
browser says of it counts."""

import re
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _

from summit.core.file_sizes import too_large

# A letter of some pages, scanned in colour, is well below.
LARGEST = 10 * 1024 * 1024
LONGEST_NAME = 200

# How files of each format begin, and what their names end in.
FORMATS: dict[str, tuple[bytes, str]] = {
    "application/pdf": (b"%PDF-", "pdf"),
    "image/jpeg": (b"\xff\xd8\xff", "jpg"),
    "image/png": (b"\x89PNG\r\n\x1a\n", "png"),
}


class ScanProblem(Exception):
    """A file can't be kept as a scan; the text says what to do."""


@dataclass(frozen=True)
class Scan:
    """A file as it is kept: `filename` is harmless and ends as its format does."""

    filename: str
    media_type: str
    content: bytes


def read(*, filename: str, content: bytes) -> Scan:
    """Return a file as a scan. Raises ScanProblem for what is too large, empty, or no PDF, JPEG or PNG."""
    if not content:
        raise ScanProblem(_("This file is empty. Choose the scan again."))
    look_at_size(len(content))
    for media_type, (begins, ending) in FORMATS.items():
        if content.startswith(begins):
            return Scan(harmless_name(filename, ending, LONGEST_NAME, "scan"), media_type, content)
    raise ScanProblem(_("This is neither a PDF nor a JPEG nor a PNG picture. Save the scan as one of them."))


def look_at_size(size: int) -> None:
    """Raise ScanProblem for a file of more bytes than are kept; ask before reading it."""
    if size > LARGEST:
        said = _("This file has %(size)s MB. Scan it smaller: up to %(limit)s MB are kept.")
        raise ScanProblem(said % too_large(size, LARGEST))


def harmless_name(given: str, ending: str, longest: int, otherwise: str) -> str:
    """Return the last part of a file's name without what is not printed, with its format's ending and no longer than
    `longest`; `otherwise` where nothing is left of it."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", given))[-1]
    plain = "".join(char for char in last if unicodedata.category(char)[0] not in "CZ" or char == " ")
    stem = plain.rsplit(".", 1)[0].strip(" .")[: longest - len(ending) - 1]
    return f"{stem or otherwise}.{ending}"

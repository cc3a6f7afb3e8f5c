"""Validates scans of the papers on which answers come.

The format is determined from the file's first bytes, not from its name or the browser's media type.
"""

import re
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _

from summit.core.file_sizes import too_large
from summit.core.pictures import PictureProblem, read_header

# A letter of several pages, scanned in colour, is well below this.
LARGEST = 10 * 1024 * 1024
LONGEST_NAME = 200

# The first bytes and the file name ending of each format.
FORMATS: dict[str, tuple[bytes, str]] = {
    "application/pdf": (b"%PDF-", "pdf"),
    "image/jpeg": (b"\xff\xd8\xff", "jpg"),
    "image/png": (b"\x89PNG\r\n\x1a\n", "png"),
}


# Of a picture, by its format: A3 at 600 dpi has 70 million pixels.
MOST_PIXELS = {"JPEG": 80_000_000, "PNG": 80_000_000}


class ScanProblem(Exception):
    """Raised if a file can't be stored as a scan. The message says what to do."""


@dataclass(frozen=True)
class Scan:
    """A file as it is stored. `filename` has no unprintable characters, and the ending of its format."""

    filename: str
    media_type: str
    content: bytes


def read(*, filename: str, content: bytes) -> Scan:
    """Return a file as a scan.

    Raises ScanProblem if it is empty, too large, a picture that is damaged or has too many pixels, or neither PDF,
    JPEG nor PNG.
    """
    if not content:
        raise ScanProblem(_("This file is empty. Choose the scan again."))
    check_size(len(content))
    for media_type, (begins, ending) in FORMATS.items():
        if content.startswith(begins):
            if media_type.startswith("image/"):
                _check_picture(content)
            return Scan(harmless_name(filename, ending, LONGEST_NAME, "scan"), media_type, content)
    raise ScanProblem(_("This file is not a PDF, JPEG or PNG. Save the scan in one of these formats."))


def _check_picture(content: bytes) -> None:
    try:
        read_header(content, most=MOST_PIXELS)
    except PictureProblem as problem:
        raise ScanProblem(str(problem)) from None


def check_size(size: int) -> None:
    """Raise ScanProblem if a file of this many bytes is too large. Call it before reading the file."""
    if size > LARGEST:
        message = _("This file is %(size)s MB. The limit is %(limit)s MB: scan at a lower resolution.")
        raise ScanProblem(message % too_large(size, LARGEST))


def harmless_name(given: str, ending: str, longest: int, otherwise: str) -> str:
    """Return the last part of a file's path without unprintable characters, with the ending of its format.

    It has at most `longest` characters. If nothing is left of the name, `otherwise` is used instead.
    """
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", given))[-1]
    plain = "".join(char for char in last if unicodedata.category(char)[0] not in "CZ" or char == " ")
    stem = plain.rsplit(".", 1)[0].strip(" .")[: longest - len(ending) - 1]
    return f"{stem or otherwise}.{ending}"

"""Validation of uploaded files.

The format is detected from the content. The file's name and the media type that the browser sent are ignored.
"""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.translation import gettext as _

from delegations.invitations.services.scanned_answers import harmless_name
from summit.core.file_sizes import too_large
from summit.core.pictures import PictureProblem, read_header

# A brief of some dozen pages with pictures is well below this.
LARGEST = 20 * 1024 * 1024
LONGEST_NAME = 150
_OFFICE = "application/vnd.openxmlformats-officedocument"
# Of a picture, by its format: an A0 poster at 200 dpi has 62 million pixels.
MOST_PIXELS = {"JPEG": 80_000_000, "PNG": 80_000_000}
# For each format: its first bytes, its media type and its file name extension.
_PLAIN = (
    (b"%PDF-", "application/pdf", "pdf"),
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
)
# For each office format, which is a zip archive: a part that identifies it, its media type and its extension.
_PACKED = (
    ("word/document.xml", f"{_OFFICE}.wordprocessingml.document", "docx"),
    ("xl/workbook.xml", f"{_OFFICE}.spreadsheetml.sheet", "xlsx"),
    ("ppt/presentation.xml", f"{_OFFICE}.presentationml.presentation", "pptx"),
)
_OPEN = "application/vnd.oasis.opendocument"
_OPEN_ENDINGS = {f"{_OPEN}.text": "odt", f"{_OPEN}.spreadsheet": "ods", f"{_OPEN}.presentation": "odp"}
# The display name of each media type.
CALLED: Mapping[str, str] = MappingProxyType(
    {media_type: ending.upper().replace("JPG", "JPEG") for _begin, media_type, ending in (*_PLAIN, *_PACKED)}
    | {media_type: ending.upper() for media_type, ending in _OPEN_ENDINGS.items()}
)


class FileProblem(Exception):
    """Raised if a file can't be stored as a document. The message tells the user what to do."""


@dataclass(frozen=True)
class File:
    """A validated file. `name` is safe, and its extension matches the format."""

    name: str
    content_type: str
    content: bytes

    @property
    def stem(self) -> str:
        """The name without its extension."""
        return self.name.rpartition(".")[0]


def check_size(size: int) -> None:
    """Raise FileProblem if a file has more bytes than allowed. Call it before reading the file."""
    if size > LARGEST:
        message = _("This file is %(size)s MB. Reduce it to %(limit)s MB or less.")
        raise FileProblem(message % too_large(size, LARGEST))


def read(*, name: str, content: bytes) -> File:
    """Return uploaded content as a validated file.

    Raises FileProblem if the content is empty, too large, damaged or in a format that not everybody can open, if it
    has macros, which would run on the reader's machine, or is a picture with too many pixels.
    """
    if not content:
        raise FileProblem(_("This file is empty. Choose the document again."))
    check_size(len(content))
    for signature, media_type, ending in _PLAIN:
        if content.startswith(signature):
            if media_type.startswith("image/"):
                _check_picture(content)
            return File(harmless_name(name, ending, LONGEST_NAME, "document"), media_type, content)
    if content.startswith(b"PK"):
        media_type, ending = _packed(content)
        return File(harmless_name(name, ending, LONGEST_NAME, "document"), media_type, content)
    raise FileProblem(_("This file type is not accepted. Save the document as a PDF."))


def _check_picture(content: bytes) -> None:
    try:
        read_header(content, most=MOST_PIXELS)
    except PictureProblem as problem:
        raise FileProblem(str(problem)) from None


def _packed(content: bytes) -> tuple[str, str]:
    """Return the media type and extension of a zipped office file. Only its list of parts and its `mimetype` are
    read.

    Raises FileProblem if the file is damaged, has macros or isn't an office file.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = set(archive.namelist())
            if any(part.rpartition("/")[2].lower() == "vbaproject.bin" for part in parts):
                raise FileProblem(_("This file has macros. Save it without macros, or as a PDF."))
            for part, media_type, ending in _PACKED:
                if part in parts:
                    return media_type, ending
            declared_type = archive.read("mimetype")[:100].decode("ascii", "replace") if _is_open(archive) else ""
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, EOFError):
        raise FileProblem(_("This file is damaged. Open it, save it again and choose it again.")) from None
    if declared_type in _OPEN_ENDINGS:
        return declared_type, _OPEN_ENDINGS[declared_type]
    raise FileProblem(_("This is a compressed folder. Add documents one at a time."))


def _is_open(archive: zipfile.ZipFile) -> bool:
    """Return whether the archive has a `mimetype` part of at most 100 bytes, so that nothing large
    is ever unpacked."""
    return "mimetype" in archive.namelist() and archive.getinfo("mimetype").file_size <= 100

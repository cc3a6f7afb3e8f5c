"""The gate for uploaded pictures: format and size are read from the header, before anything is decoded.

A file of a hundred kilobytes may fill the memory of whoever decodes it: of our own process, of a reader's program.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

from django.utils.translation import gettext as _
from PIL import Image


class PictureProblem(ValueError):
    """Raised if a picture isn't taken. The message tells the user what to do."""


class UnreadablePicture(PictureProblem):
    """Raised if a file is no picture of the formats asked for."""


@dataclass(frozen=True)
class Header:
    """What a picture says of itself: its format, such as "PNG", and its size in pixels."""

    kind: str
    width: int
    height: int


def read_header(content: bytes, *, most: Mapping[str, int]) -> Header:
    """Return the header of a picture. `most` has the formats that are taken, with the most pixels of each.

    Raises PictureProblem if it has more pixels, UnreadablePicture if it is damaged or of another format.
    """
    try:
        with Image.open(BytesIO(content), formats=[*most]) as opened:
            header = Header(str(opened.format), *opened.size)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PictureProblem(_too_many(max(most.values()))) from None
    # The decoder raises many kinds of errors for a broken or forged file.
    except Exception:
        raise UnreadablePicture(_("This file is damaged. Open it, save it again and choose it again.")) from None
    if header.width * header.height > most[header.kind]:
        raise PictureProblem(_too_many(most[header.kind]))
    return header


def _too_many(limit: int) -> str:
    message = _("This picture has more than %(n)d million pixels. Make it smaller and choose it again.")
    return message % {"n": limit // 1_000_000}

"""A summit's emblem in the size in which mails have it."""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from summit.core.process_cache import Memory
from summit.summits.emblem import emblem_png
from summit.summits.models import Summit

# The largest size at which a mail shows it, in CSS pixels. The picture has twice as many, for dense screens.
WIDTH, HEIGHT = 160, 40
DENSITY = 2
# A picture with more bytes gets fewer colours.
LARGEST = 12 * 1024
COLOURS = 64


@dataclass(frozen=True)
class MailEmblem:
    """An emblem as a mail has it: a PNG, with the size in CSS pixels at which it is shown."""

    content: bytes
    width: int
    height: int


# By the digest of the stored picture, so that a batch of mails decodes it once.
_EMBLEMS: Memory[MailEmblem] = Memory(32)


def emblem_of(summit: Summit | None) -> MailEmblem | None:
    """Return a summit's emblem for mails, or None if it has none.

    Makes no query for a summit without an emblem, or with one that this process has read before.
    """
    if summit is None or not summit.emblem_digest:
        return None
    kept = _EMBLEMS.get(summit.emblem_digest)
    if kept is None:
        stored = emblem_png(summit)
        if stored is None:
            return None
        kept = shrunk(stored)
        _EMBLEMS.put(summit.emblem_digest, kept)
    return kept


def shrunk(stored: bytes) -> MailEmblem:
    """Return a stored emblem in the size of mails."""
    with Image.open(BytesIO(stored), formats=["PNG"]) as opened:
        picture = opened.convert("RGBA")
    picture.thumbnail((WIDTH * DENSITY, HEIGHT * DENSITY), Image.Resampling.LANCZOS)
    content = _png(picture)
    if len(content) > LARGEST:
        content = _png(picture.quantize(COLOURS, method=Image.Quantize.FASTOCTREE))
    return MailEmblem(content, max(1, picture.width // DENSITY), max(1, picture.height // DENSITY))


def _png(picture: Image.Image) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()

"""A summit's emblem: an uploaded picture is checked, reduced and stored as PNG, and read for pages and papers.

The emblem is shown on white paper and on pages, which keep a light ground for it in the dark theme. A picture that is
too pale for a light ground is refused.
"""

import hashlib
from dataclasses import dataclass
from io import BytesIO

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image

from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.core.file_sizes import too_large
from summit.core.pictures import PictureProblem, UnreadablePicture, read_header
from summit.permissions.rules import check
from summit.quarantine.kept_files import KeptFile, declare
from summit.quarantine.models import FileScan
from summit.quarantine.selectors import check_of, content_of, is_on
from summit.quarantine.services import hold
from summit.summits import colours
from summit.summits.models import Emblem, Summit
from summit.users.models import User

LARGEST = 5 * 1024 * 1024
# The formats that are taken, with the most pixels. Decoded, each pixel takes four bytes of memory.
MOST_PIXELS = dict.fromkeys(("PNG", "JPEG", "WEBP"), 6_000_000)
# The shorter side, in pixels: 20 mm on paper at 150 dpi have 118.
SMALLEST = 120
# The longer side is at most this many times the shorter one, so that the emblem fits beside the summit's name.
MOST_LONGER = 5
# The longer side of the stored picture in pixels, and its largest size in bytes: each mail has it.
STORED_SIDE = 480
STORED_BYTES = 48 * 1024
# WCAG 2.2, 1.4.11: graphics need a contrast of 3. At least this share of what can be seen must have it.
GRAPHICS = 3.0
SEEN_SHARE = 0.2
# Pixels with less opacity (0 to 255) are empty.
_OPAQUE = 32
_SAMPLE = 64

STORE = audit_action("summit.emblem.store", gettext_lazy("saved the emblem"), fields_of=Summit)
REMOVE = audit_action("summit.emblem.remove", gettext_lazy("deleted the emblem"), fields_of=Summit)


class EmblemProblem(ValueError):
    """A file can't be stored as an emblem; the message says what to do."""


@dataclass(frozen=True)
class Picture:
    """An emblem as it is stored: a PNG, with its size in pixels."""

    content: bytes
    width: int
    height: int


def emblem_png(summit: Summit) -> bytes | None:
    """Return the picture of a summit's emblem as PNG, or None. Makes no query for a summit without an emblem."""
    if not summit.emblem_digest:
        return None
    row = Emblem.objects.filter(summit=summit).first()
    return None if row is None else content_of(row)


def read(content: bytes) -> Picture:
    """Decode an uploaded file and return it as a Picture without its empty margins. Raises EmblemProblem."""
    if not content:
        raise EmblemProblem(_("This file is empty. Choose the emblem again."))
    if len(content) > LARGEST:
        message = _("This file is %(size)s MB. Choose one of up to %(limit)s MB.")
        raise EmblemProblem(message % too_large(len(content), LARGEST))
    try:
        header = read_header(content, most=MOST_PIXELS)
        with Image.open(BytesIO(content), formats=[header.kind]) as opened:
            picture = _trimmed(opened.convert("RGBA"))
    except EmblemProblem:
        raise
    except UnreadablePicture:
        raise EmblemProblem(_unreadable()) from None
    except PictureProblem as problem:
        raise EmblemProblem(str(problem)) from None
    # The decoder raises many kinds of errors for a broken or forged file.
    except Exception:
        raise EmblemProblem(_unreadable()) from None
    _check_shape(*picture.size)
    _check_contrast(picture)
    return _encoded(picture)


def _unreadable() -> str:
    return _("This file is not a readable image. Save it as PNG, then choose it again.")


def _trimmed(picture: Image.Image) -> Image.Image:
    """Return a picture without the transparent margins, and without anything but its pixels."""
    box = picture.getchannel("A").point(lambda opacity: 255 if opacity >= _OPAQUE else 0).getbbox()
    if box is None:
        raise EmblemProblem(_("This image is fully transparent. Choose another."))
    cropped = picture.crop(box)
    plain = Image.new("RGBA", cropped.size)
    plain.paste(cropped)
    return plain


def _check_shape(width: int, height: int) -> None:
    if max(width, height) > MOST_LONGER * min(width, height):
        message = _("This image is more than %(n)d times as long as it is wide. Choose a more compact version.")
        raise EmblemProblem(message % {"n": MOST_LONGER})
    if min(width, height) < SMALLEST:
        message = _(
            "This image is %(width)d by %(height)d pixels and would print blurred. Choose one with at least %(n)d "
            "pixels on each side."
        )
        raise EmblemProblem(message % {"width": width, "height": height, "n": SMALLEST})


def _check_contrast(picture: Image.Image) -> None:
    if seen_share(picture) < SEEN_SHARE:
        raise EmblemProblem(_("This emblem is too pale to be seen on white paper. Choose a darker version."))


def seen_share(picture: Image.Image) -> float:
    """Return the share (0 to 1) of a picture's opaque pixels that stand out from a white ground."""
    sample = picture.copy()
    sample.thumbnail((_SAMPLE, _SAMPLE))
    pixels = [pixel[:3] for pixel in _pixels(sample) if pixel[3] >= _OPAQUE]
    seen = [rgb for rgb in pixels if colours.contrast("#" + bytes(rgb).hex(), "#ffffff") >= GRAPHICS]
    return len(seen) / max(len(pixels), 1)


def _pixels(picture: Image.Image) -> list[tuple[int, int, int, int]]:
    raw = picture.tobytes()
    return [(raw[at], raw[at + 1], raw[at + 2], raw[at + 3]) for at in range(0, len(raw), 4)]


def _encoded(picture: Image.Image) -> Picture:
    """Return a picture as PNG, at most STORED_SIDE pixels long, with fewer colours or pixels if it is too large."""
    side = STORED_SIDE
    while True:
        smaller = picture.copy()
        smaller.thumbnail((side, side), Image.Resampling.LANCZOS)
        for colours_used in (smaller, smaller.quantize(128, method=Image.Quantize.FASTOCTREE)):
            buffer = BytesIO()
            colours_used.save(buffer, "PNG", optimize=True)
            if buffer.tell() <= STORED_BYTES:
                return Picture(buffer.getvalue(), *smaller.size)
        side = side * 3 // 4


def prepare(*, summit: Summit, content: bytes, by: User) -> Picture:
    """Return an uploaded file as the picture that `store_picture` stores for a summit.

    Decoding takes long: call it outside of a transaction. Raises EmblemProblem, PermissionDenied.
    """
    check(by, "summit.summit.change", summit)
    return read(content)


def store(*, summit: Summit, content: bytes, by: User) -> Emblem:
    """Store an uploaded file as a summit's emblem and return it. An earlier emblem is replaced.

    Raises EmblemProblem, PermissionDenied.
    """
    return store_picture(summit=summit, picture=prepare(summit=summit, content=content, by=by), by=by)


def store_picture(*, summit: Summit, picture: Picture, by: User) -> Emblem:
    """Store a prepared picture as a summit's emblem and return it. An earlier emblem is replaced.

    Raises PermissionDenied.
    """
    with transaction.atomic():
        row = Summit.objects.select_for_update().get(pk=summit.pk)
        check(by, "summit.summit.change", row)
        emblem, _created = Emblem.objects.update_or_create(
            summit=row, defaults={"image": picture.content, "width": picture.width, "height": picture.height}
        )
        # While it is kept back, the summit has no emblem on any page.
        kept_back = hold(row=emblem, summit=row, by=by)
        row.emblem_digest = "" if kept_back else _digest(picture.content)
        row.save(update_fields=["emblem_digest"])
        audit.record(by=by, action=STORE, target=row, summit=row, fields=["emblem_digest"])
    summit.emblem_digest = row.emblem_digest
    return emblem


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _release(emblem: Emblem, scan: FileScan) -> None:
    """Let a summit's pages and papers show an emblem, which is found clean."""
    image = Emblem.objects.values_list("image", flat=True).get(pk=emblem.pk)
    Summit.objects.filter(pk=emblem.summit_id).update(emblem_digest=_digest(bytes(image)))


def _refuse(emblem: Emblem) -> None:
    Summit.objects.filter(pk=emblem.summit_id).update(emblem_digest="")


def check_of_emblem(summit: Summit) -> FileScan | None:
    """Return the check that keeps a summit's emblem back, or None. Makes no query without a scanner."""
    emblem = Emblem.objects.filter(summit=summit).defer("image").first() if is_on() else None
    return check_of(emblem) if emblem is not None else None


declare(
    KeptFile(
        model=Emblem,
        field="image",
        summit="summit",
        page=lambda row: reverse("admin:emblem", args=[row.summit.slug]),
        subject=lambda row: row.summit,
        lock=lambda row: Summit.objects.select_for_update().get(pk=row.summit_id),
        released=_release,
        refused=_refuse,
    )
)


def remove(*, summit: Summit, by: User) -> bool:
    """Delete a summit's emblem and return whether there was one. Raises PermissionDenied."""
    check(by, "summit.summit.change", summit)
    with transaction.atomic():
        row = Summit.objects.select_for_update().get(pk=summit.pk)
        deleted, _rows = Emblem.objects.filter(summit=row).delete()
        if deleted:
            row.emblem_digest = ""
            row.save(update_fields=["emblem_digest"])
            audit.record(by=by, action=REMOVE, target=row, summit=row, fields=["emblem_digest"])
    summit.emblem_digest = ""
    return bool(deleted)

"""Photographs of people: an upload is decoded and stored as a new JPEG, upright and small.

The new file has no metadata from the camera or other programs, such as where it was taken. A file that isn't a
picture is refused.
"""

from dataclasses import dataclass
from io import BytesIO

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image, ImageCms, ImageOps

from delegations.members.models.particulars import Photo
from delegations.members.permissions import can_act
from delegations.members.person_field_groups import PHOTO, FieldReader, others, party_of, photo_of
from delegations.members.services.people import acts_for
from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.audit.services import By
from summit.core.file_sizes import too_large
from summit.core.pictures import PictureProblem, UnreadablePicture, read_header
from summit.people.models import Person
from summit.permissions.rules import refusal
from summit.quarantine.kept_files import KeptFile, declare
from summit.quarantine.services import hold
from summit.uploads.process_slots import Busy, slot

LARGEST = 10 * 1024 * 1024
# A file of a hundred kilobytes may fill the memory once it is decoded, so pixels are limited by format. A JPEG can be
# decoded at a reduced size; the others can't.
MOST_PIXELS = {"JPEG": 50_000_000, "PNG": 16_000_000, "WEBP": 12_000_000}
# The longer side is at most this many times the shorter one, because no portrait is longer or wider.
MOST_LONGER = 3
# At most this many pictures are decoded at once on a host. Another upload waits at most this many seconds.
AT_ONCE, PATIENCE = 2, 15.0
# A face on a badge of 35 mm at 300 dpi has 413 pixels.
SMALLEST = 400
# The longer side of the stored picture, in pixels.
KEPT = 1200
QUALITY = 85
STORE = audit_action("delegations.photo.store", gettext_lazy("uploaded a photograph"), fields_of=Person)
REMOVE = audit_action("delegations.photo.remove", gettext_lazy("deleted the photograph"), fields_of=Person)


declare(
    KeptFile(
        model=Photo,
        field="image",
        summit="person__summit",
        page=lambda row: reverse("admin:summit_person_photo", args=[row.person_id]),
        subject=lambda row: row.person,
        # A person with an empty photograph would count as complete.
        refused=lambda row: Photo.objects.filter(pk=row.pk).delete(),
    )
)


class PhotoProblem(ValueError):
    """A file can't be stored as a photograph; the message says what to do."""


@dataclass(frozen=True)
class Picture:
    """A photograph as it is stored: a JPEG, with its size in pixels."""

    content: bytes
    width: int
    height: int


def read(content: bytes) -> Picture:
    """Decode an uploaded file and return it as a Picture, reduced and upright. Raises PhotoProblem."""
    if not content:
        raise PhotoProblem(_("This file is empty. Choose the photograph again."))
    if len(content) > LARGEST:
        message = _("This file is %(size)s MB. Choose one of up to %(limit)s MB.")
        raise PhotoProblem(message % too_large(len(content), LARGEST))
    try:
        header = read_header(content, most=MOST_PIXELS)
        _check_size(header.width, header.height)
        with (
            slot("photographs", number=AT_ONCE, patience=PATIENCE),
            Image.open(BytesIO(content), formats=[header.kind]) as opened,
        ):
            return _reencode(opened)
    except Busy:
        raise PhotoProblem(_("Other photographs are being processed. Try again in a minute.")) from None
    except PhotoProblem:
        raise
    except UnreadablePicture:
        raise PhotoProblem(_unreadable()) from None
    except PictureProblem as problem:
        raise PhotoProblem(str(problem)) from None
    # The decoder raises many kinds of errors for a broken or forged file.
    except Exception:
        raise PhotoProblem(_unreadable()) from None


def _unreadable() -> str:
    return _("This file can’t be read as a photograph. Save it as JPEG, PNG or WebP and choose it again.")


def _check_size(width: int, height: int) -> None:
    if max(width, height) > MOST_LONGER * min(width, height):
        raise PhotoProblem(_("This picture is much taller than it is wide. Crop it to head and shoulders."))
    if min(width, height) < SMALLEST:
        message = _(
            "This picture is %(width)d × %(height)d pixels and would be blurred on a badge. Choose one of at least "
            "%(n)d pixels."
        )
        raise PhotoProblem(message % {"width": width, "height": height, "n": SMALLEST})


def _reencode(opened: Image.Image) -> Picture:
    profile = opened.info.get("icc_profile")
    opened.draft("RGB", (KEPT * 2, KEPT * 2))
    # The picture is reduced first, because the next steps copy it.
    opened.thumbnail((KEPT, KEPT), Image.Resampling.LANCZOS)
    upright = ImageOps.exif_transpose(opened)
    plain = _in_colours_of_screens(_without_transparency(upright), profile)
    # Only pixels are copied: a new picture has no metadata that could be saved with it.
    clean_picture = Image.new("RGB", plain.size)
    clean_picture.paste(plain)
    buffer = BytesIO()
    clean_picture.save(buffer, "JPEG", quality=QUALITY, optimize=True)
    return Picture(buffer.getvalue(), *clean_picture.size)


def _without_transparency(picture: Image.Image) -> Image.Image:
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        white = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(white, picture.convert("RGBA")).convert("RGB")
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def _in_colours_of_screens(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert a picture to sRGB if it has another colour profile.

    The profile isn't stored with the picture, and without it the colours would look pale.
    """
    if not profile:
        return picture
    try:
        source_profile = ImageCms.ImageCmsProfile(BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, source_profile, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    return picture if converted is None else converted


def prepare(*, person: Person, content: bytes, by: By) -> Picture:
    """Return an uploaded file as the picture that `store_picture` stores for a person.

    Decoding takes long: call it outside of a transaction. Raises PhotoProblem, PermissionDenied.
    """
    _check(person, by)
    return read(content)


def store(*, person: Person, content: bytes, by: By) -> Photo:
    """Store an uploaded file as a person's photograph and return it. An earlier photograph is replaced.

    Raises PhotoProblem, PermissionDenied.
    """
    return store_picture(person=person, picture=prepare(person=person, content=content, by=by), by=by)


def store_picture(*, person: Person, picture: Picture, by: By) -> Photo:
    """Store a prepared picture as a person's photograph and return it. An earlier photograph is replaced.

    Raises PermissionDenied, whatever `prepare` allowed.
    """
    with transaction.atomic():
        current = _locked(person)
        _check(current, by)
        party = party_of(current)
        by_party = party is not None and acts_for(by, party)
        photo, _made = Photo.objects.update_or_create(
            person=current,
            defaults={
                "image": picture.content,
                "width": picture.width,
                "height": picture.height,
                "entered_for": party if by_party else None,
            },
        )
        hold(row=photo, summit=current.summit, by=by)
        audit.record(by=by, action=STORE, target=current, summit=current.summit, fields=["photo"])
    return photo


def remove(*, person: Person, by: By) -> bool:
    """Delete a person's photograph and return whether there was one. Raises PermissionDenied."""
    with transaction.atomic():
        current = _locked(person)
        _check(current, by)
        deleted, _rows = Photo.objects.filter(person=current).delete()
        if deleted:
            audit.record(by=by, action=REMOVE, target=current, summit=current.summit, fields=["photo"])
    return bool(deleted)


def _locked(person: Person) -> Person:
    Person.objects.select_for_update().get(pk=person.pk)
    related = ("summit", "membership__party__summit", "particulars__entered_for__summit", "photo")
    return Person.objects.select_related(*related).get(pk=person.pk)


def _check(person: Person, by: By) -> None:
    if "photo" in FieldReader(by).changeable(person):
        return
    party = party_of(person)
    if (
        party is not None
        and photo_of(person)
        and "photo" in others(person, party)
        and can_act(by, PHOTO.change, party)
    ):
        message = _("The host uploaded this photograph. To change it, write to %(contact)s.")
        raise PermissionDenied(message % {"contact": person.summit.contact_email})
    raise PermissionDenied(refusal(PHOTO.change))

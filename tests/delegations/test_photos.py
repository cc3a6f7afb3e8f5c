"""Photographs are made upright, small and free of what a camera wrote into them."""

from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from PIL import Image, ImageCms

from delegations.domain import photos
from delegations.domain.photos import PhotoProblem, read, remove, store
from delegations.models import Party, Photo
from summit.domain.audit import Link
from summit.models import AuditEntry, Person, Role
from tests import factories as f

RED, BLUE = (250, 0, 0), (0, 0, 250)


def picture(size: tuple[int, int] = (800, 600), kind: str = "JPEG", mode: str = "RGB", **options: Any) -> bytes:
    """A picture whose left half is red and whose right half is blue."""
    made = Image.new(mode, size, RED if mode == "RGB" else 0)
    if mode == "RGB":
        made.paste(BLUE, (size[0] // 2, 0, size[0], size[1]))
    written = BytesIO()
    made.save(written, kind, **options)
    return written.getvalue()


def shown(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def near(pixel: Any, colour: tuple[int, int, int]) -> bool:
    return all(abs(one - other) < 30 for one, other in zip(pixel, colour, strict=True))


class TestRead:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_becomes_a_jpeg(self, kind: str) -> None:
        found = read(picture(kind=kind))
        made = shown(found.content)
        assert (made.format, made.mode, made.size) == ("JPEG", "RGB", (800, 600))
        assert (found.width, found.height) == (800, 600)

    @pytest.mark.parametrize(
        ("given", "kept"), [((2400, 1200), (1200, 600)), ((1200, 1200), (1200, 1200)), ((500, 1300), (462, 1200))]
    )
    def test_is_no_larger_than_it_need_be(self, given: tuple[int, int], kept: tuple[int, int]) -> None:
        assert shown(read(picture(given)).content).size == kept

    def test_stands_upright(self) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6
        made = shown(read(picture(exif=exif.tobytes())).content)
        assert made.size == (600, 800)
        # What was on the left is on top.
        assert near(made.getpixel((300, 100)), RED)
        assert near(made.getpixel((300, 700)), BLUE)

    def test_holds_nothing_that_the_camera_wrote(self) -> None:
        exif = Image.Exif()
        exif[0x010E] = "taken at home"
        exif.get_ifd(0x8825)[1] = "N"
        given = picture(exif=exif.tobytes(), comment=b"taken by me")
        assert b"taken at home" in given
        kept = read(given).content
        made = shown(kept)
        assert (dict(made.getexif()), made.info.get("comment"), made.info.get("icc_profile")) == ({}, None, None)
        assert b"taken" not in kept

    def test_the_control(self) -> None:
        """Saved as it was opened, it would keep the comment."""
        written = BytesIO()
        opened = shown(picture(comment=b"taken by me"))
        opened.save(written, "JPEG")
        assert b"taken by me" in written.getvalue()

    def test_what_is_transparent_becomes_white(self) -> None:
        clear = Image.new("RGBA", (500, 500), (0, 0, 0, 0))
        written = BytesIO()
        clear.save(written, "PNG")
        assert near(shown(read(written.getvalue()).content).getpixel((9, 9)), (255, 255, 255))

    @pytest.mark.parametrize("mode", ["L", "P", "CMYK"])
    def test_other_kinds_of_colour(self, mode: str) -> None:
        kind = "JPEG" if mode == "CMYK" else "PNG"
        assert shown(read(picture((500, 500), kind, mode)).content).mode == "RGB"

    @pytest.mark.parametrize("profile", [None, b"no profile"])
    def test_colours_of_another_space_are_turned(self, profile: bytes | None) -> None:
        given = profile or ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        made = shown(read(picture(icc_profile=given)).content)
        assert near(made.getpixel((100, 100)), RED)

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "This file is empty. Choose the photograph again."),
            (
                b"%PDF-1.7 text",
                "This is no photograph that can be read. Save it as a JPEG, PNG or WebP, and choose it again.",
            ),
            (
                picture((500, 500))[:900],
                "This is no photograph that can be read. Save it as a JPEG, PNG or WebP, and choose it again.",
            ),
            (
                picture((500, 500), "GIF"),
                "This is no photograph that can be read. Save it as a JPEG, PNG or WebP, and choose it again.",
            ),
            (
                picture((900, 399)),
                "This picture is 900 by 399 pixels. On a badge it would be blurred: take one of 400.",
            ),
            (
                b"\xff\xd8\xff" + b"x" * 11 * 1024 * 1024,
                "This file has 11 MB. Save it smaller: up to 10 MB are taken.",
            ),
        ],
    )
    def test_what_is_refused(self, content: bytes, said: str) -> None:
        with pytest.raises(PhotoProblem) as refused:
            read(content)
        assert str(refused.value) == said

    def test_a_small_file_that_would_fill_the_memory(self) -> None:
        content = picture((8000, 7501), "PNG", "L")
        assert len(content) < 200_000
        with pytest.raises(PhotoProblem, match="more than 60 million pixels"):
            read(content)


@pytest.mark.django_db
class TestStore:
    @pytest.fixture
    def party(self) -> Party:
        found: Party = f.PartyFactory()
        return found

    @pytest.fixture
    def person(self, party: Party) -> Person:
        found: Person = f.MembershipFactory(party=party).person
        return found

    def test_by_the_focal_point_and_then_by_a_desk(self, party: Party, person: Person) -> None:
        focal = Link(f.InvitationLinkFactory(invitation__party=party).public_id)
        protocol = f.UserFactory.with_role(Role.PROTOCOL, party.summit)
        photo = store(person=person, content=picture(), by=focal)
        assert (photo.entered_for, photo.width, photo.height) == (party, 800, 600)
        store(person=person, content=picture((500, 500)), by=protocol)
        kept = Photo.objects.get()
        assert (kept.entered_for, kept.width) == (None, 500)
        with pytest.raises(PermissionDenied) as refused:
            store(person=person, content=picture(), by=focal)
        said = "The host’s desk keeps this photograph. Write to protocol@host.example to have it changed."
        assert str(refused.value) == said
        assert remove(person=person, by=protocol) is True
        assert remove(person=person, by=protocol) is False
        deeds = AuditEntry.objects.order_by("id").values_list("action", "object_key", "fields")
        assert [*deeds] == [
            ("delegations.photo.store", person.public_id, ["photo"]),
            ("delegations.photo.store", person.public_id, ["photo"]),
            ("delegations.photo.remove", person.public_id, ["photo"]),
        ]

    def test_is_encrypted(self, party: Party, person: Person) -> None:
        store(person=person, content=picture(), by=f.UserFactory.with_role(Role.VETTING, party.summit))
        with connection.cursor() as cursor:
            cursor.execute("SELECT image FROM delegations_photo")
            stored = bytes(cursor.fetchone()[0])
        assert b"JFIF" not in stored
        assert b"JFIF" in bytes(Photo.objects.get().image)

    def test_by_nobody_else(self, party: Party, person: Person) -> None:
        others = [
            f.UserFactory.with_role(Role.PROGRAMME, party.summit),
            f.UserFactory.with_role(Role.PROTOCOL, f.SummitFactory()),
            Link(f.InvitationLinkFactory(invitation__party__summit=party.summit).public_id),
        ]
        for by in others:
            for act in (
                lambda by=by: store(person=person, content=picture(), by=by),
                lambda by=by: remove(person=person, by=by),
            ):
                with pytest.raises(PermissionDenied) as refused:
                    act()
                said = "This can be done by: organiser, protocol, accreditation, vetting, focal point."
                assert str(refused.value) == said
        assert not Photo.objects.exists()

    def test_what_is_refused_leaves_the_earlier_one(self, party: Party, person: Person) -> None:
        by = f.UserFactory.with_role(Role.PROTOCOL, party.summit)
        store(person=person, content=picture(), by=by)
        with pytest.raises(photos.PhotoProblem):
            store(person=person, content=b"x", by=by)
        assert Photo.objects.get().width == 800

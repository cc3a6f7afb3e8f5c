"""Photographs: made upright, small and free of what a camera wrote into them; the sheet of them, and who sees it."""

import base64
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from PIL import Image, ImageCms, JpegImagePlugin

from delegations.members.models.particulars import Photo
from delegations.members.services import photos as domain
from delegations.members.services.photos import PhotoProblem, read, remove, store
from delegations.participants.selectors import photo_sheet
from delegations.parties.models.parties import Party
from summit.audit.access_log import SEEN
from summit.audit.models import AuditEntry
from summit.audit.services import Link
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.uploads.process_slots import slot
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import refuses, said, text
from tests.pictures import jpeg, png

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


def _stop(content: bytes) -> None:
    raise LookupError


def megabytes(content: bytes) -> float:
    """Return how much memory pictures take while one is read, all of them counted."""
    core, size = Image.core, Image.core.get_block_size()
    core.set_block_size(2**20)
    core.clear_cache()
    core.reset_stats()
    try:
        read(content)
        return float(core.get_stats()["allocated_blocks"])
    finally:
        core.set_block_size(size)


class TestRead:
    def test_becomes_a_jpeg_no_larger_than_it_need_be(self) -> None:
        for kind in ("JPEG", "PNG", "WEBP"):
            found = read(picture(kind=kind))
            made = shown(found.content)
            assert (made.format, made.mode, made.size) == ("JPEG", "RGB", (800, 600))
            assert (found.width, found.height) == (800, 600)
        for given, kept in (((1400, 700), (1200, 600)), ((1200, 400), (1200, 400)), ((500, 1300), (462, 1200))):
            assert shown(read(picture(given)).content).size == kept
        for mode in ("L", "P", "CMYK"):
            kind = "JPEG" if mode == "CMYK" else "PNG"
            assert shown(read(picture((500, 500), kind, mode)).content).mode == "RGB"
        clear = Image.new("RGBA", (500, 500), (0, 0, 0, 0))
        written = BytesIO()
        clear.save(written, "PNG")
        assert near(shown(read(written.getvalue()).content).getpixel((9, 9)), (255, 255, 255))
        # Colours of another space are turned.
        for profile in (ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(), b"no profile"):
            made = shown(read(picture(icc_profile=profile)).content)
            assert near(made.getpixel((100, 100)), RED)

    def test_stands_upright_and_holds_nothing_that_the_camera_wrote(self) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6
        made = shown(read(picture(exif=exif.tobytes())).content)
        assert made.size == (600, 800)
        assert near(made.getpixel((300, 100)), RED)
        assert near(made.getpixel((300, 700)), BLUE)
        exif = Image.Exif()
        exif[0x010E] = "taken at home"
        exif.get_ifd(0x8825)[1] = "N"
        given = picture(exif=exif.tobytes(), comment=b"taken by me")
        assert b"taken at home" in given
        kept = read(given).content
        made = shown(kept)
        assert (dict(made.getexif()), made.info.get("comment"), made.info.get("icc_profile")) == ({}, None, None)
        assert b"taken" not in kept
        # Control: saved as it was opened, it would keep the comment.
        written = BytesIO()
        shown(given).save(written, "JPEG")
        assert b"taken by me" in written.getvalue()

    def test_what_is_refused(self) -> None:
        unread = "This file can’t be read as a photograph. Save it as JPEG, PNG or WebP and choose it again."
        small = "This picture is 900 × 399 pixels and would be blurred on a badge. Choose one of at least 400 pixels."
        for content, words in (
            (b"", "This file is empty. Choose the photograph again."),
            *((b"%PDF-1.7 text", unread), (picture((500, 500))[:900], unread), (picture((500, 500), "GIF"), unread)),
            (picture((900, 399)), small),
            (b"\xff\xd8\xff" + b"x" * 11 * 1024**2, "This file is 11 MB. Choose one of up to 10 MB."),
        ):
            assert str(refuses(PhotoProblem, read, content)) == words
        long = "This picture is much taller than it is wide. Crop it to head and shoulders."
        assert str(refuses(PhotoProblem, read, picture((400, 1201)))) == long
        assert read(picture((400, 1200))).height == 1200

    def test_a_small_file_that_would_fill_the_memory_is_not_decoded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert domain.MOST_PIXELS == {"JPEG": 50_000_000, "PNG": 16_000_000, "WEBP": 12_000_000}
        monkeypatch.setattr(domain, "_reencode", lambda opened: opened.size)
        for draw, size in ((jpeg, (10_000, 5_000)), (png, (4_000, 4_000))):
            assert read(draw(*size)) == size
            said = str(refuses(PhotoProblem, read, draw(size[0] + 1, size[1])))
            assert said.startswith(f"This picture has more than {size[0] * size[1] // 10**6} million pixels.")

    def test_the_largest_that_are_taken_fill_no_memory(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """106 KB of one colour took 1.1 GB of a web process. Here all lengths are a half."""
        monkeypatch.setattr(domain, "KEPT", domain.KEPT // 2)

        def of_the_largest(kind: str, size: tuple[int, int]) -> list[float]:
            content, share = picture(size, kind), size[0] * size[1] / domain.MOST_PIXELS[kind]
            found = [megabytes(content) / share]
            # Control: a JPEG that is decoded at its full size.
            with monkeypatch.context() as patched:
                patched.setattr(JpegImagePlugin.JpegImageFile, "draft", lambda *given: None)
                return [*found, megabytes(content) / share]

        assert max(of_the_largest("WEBP", (1000, 750))) < 200
        reduced, whole = of_the_largest("JPEG", (2400, 2400))
        assert reduced < 200 < whole, (reduced, whole)

    def test_another_waits_for_its_turn_and_is_told_after_a_while(
        self, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
    ) -> None:
        # Other tests read photographs at the same time, on the same host.
        settings.VAR_DIR = tmp_path
        monkeypatch.setattr(domain, "PATIENCE", 0.1)
        with slot("photographs", number=2, patience=0), slot("photographs", number=2, patience=0):
            said = str(refuses(PhotoProblem, read, picture()))
            assert said == "Other photographs are being processed. Try again in a minute."
            # The control: where there is a third place, it is read.
            monkeypatch.setattr(domain, "AT_ONCE", 3)
            assert read(picture()).width == 800
        monkeypatch.setattr(domain, "AT_ONCE", 2)
        assert read(picture()).width == 800


@pytest.mark.django_db
class TestStore:
    @pytest.fixture
    def person(self, party: Party) -> Person:
        return f.MembershipFactory(party=party).person

    def test_by_the_focal_point_and_then_by_a_desk(
        self, party: Party, person: Person, protocol: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        focal = Link(f.InvitationLinkFactory(invitation__party=party).public_id)
        photo = store(person=person, content=picture(), by=focal)
        assert (photo.entered_for, photo.width, photo.height) == (party, 800, 600)
        store(person=person, content=picture((500, 500)), by=protocol)
        refuses(PhotoProblem, store, person=person, content=b"x", by=protocol)
        # Whoever may not has nothing decoded, and nobody waits for the row meanwhile.
        with monkeypatch.context() as patched:
            patched.setattr(domain, "_locked", None)
            patched.setattr(domain, "read", lambda content: pytest.fail("decoded"))
            refuses(PermissionDenied, store, person=person, content=picture(), by=f.UserFactory())
            patched.setattr(domain, "read", _stop)
            refuses(LookupError, store, person=person, content=picture(), by=protocol)
        kept = Photo.objects.get()
        assert (kept.entered_for, kept.width) == (None, 500)
        with connection.cursor() as cursor:
            cursor.execute("SELECT image FROM delegations_photo")
            stored = bytes(cursor.fetchone()[0])
        assert (b"JFIF" in stored, b"JFIF" in bytes(kept.image)) == (False, True)
        refused = refuses(PermissionDenied, store, person=person, content=picture(), by=focal)
        said = "The host uploaded this photograph. To change it, write to protocol@host.example."
        assert str(refused) == said
        assert remove(person=person, by=protocol) is True
        assert remove(person=person, by=protocol) is False
        done = AuditEntry.objects.order_by("id").values_list("action", "object_key", "fields")
        actions = ["delegations.photo.store"] * 2 + ["delegations.photo.remove"]
        assert [*done] == [(action, person.public_id, ["photo"]) for action in actions]

    def test_by_nobody_else(self, party: Party, person: Person) -> None:
        for by in (
            f.UserFactory.with_role(Role.PROGRAMME, party.summit),
            Link(f.InvitationLinkFactory(invitation__party__summit=party.summit).public_id),
        ):
            for act, given in ((store, {"content": picture()}), (remove, {})):
                refused = refuses(PermissionDenied, act, person=person, by=by, **given)
                said = "Roles that can do this: organiser, protocol, accreditation, vetting, focal point."
                assert str(refused) == said
        assert not Photo.objects.exists()


pytestmark = pytest.mark.django_db
# A grey dot, the smallest JPEG that there is.
JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP////////////////////////////////////////////////////////////////////////////"
    "//////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQAB"
    "PxA="
)
PAGE = "/admin/photographs/here/"


def somebody(summit: Summit, name: str, party: Any = None, *, photo: bool = True, **more: Any) -> Person:
    party = party or f.PartyFactory(summit=summit, name=f"Land of {name}")
    person = f.MembershipFactory(party=party, person__name=name, person__office="Minister", **more).person
    if photo:
        f.PhotoFactory(person=person, image=JPEG)
    return person


def names(found: list[photo_sheet.Face]) -> list[str]:
    return [face.name for face in found]


class TestWhom:
    def test_by_protocol_order_and_rank(self, summit: Summit, vetting: User, monkeypatch: pytest.MonkeyPatch) -> None:
        first = f.PartyFactory(summit=summit, name="Zed", protocol_order=1)
        somebody(summit, "Beta", f.PartyFactory(summit=summit, name="Aland"))
        somebody(summit, "Second", first, position=2)
        somebody(summit, "First", first, position=1)
        somebody(f.SummitFactory(), "Elsewhere")
        faces = lambda by=vetting: photo_sheet.faces(summit=summit, by=by, language="en")  # noqa: E731
        assert names(faces()) == ["First", "Second", "Beta"]
        refuses(PermissionDenied, faces, f.UserFactory.with_role(Role.PROGRAMME, summit))
        monkeypatch.setattr(photo_sheet, "MOST", 2)
        many = str(refuses(photo_sheet.TooManyPhotos, faces))
        assert many == "A sheet holds 2 people. Choose fewer delegations, or an arrival date."


def test_it_is_chosen_taken_and_recorded(summit: Summit, vetting: User) -> None:
    desk, person = signed_in(vetting), somebody(summit, "Ada Bly")
    somebody(summit, "Cy Dee", photo=False)
    f.ParticularsFactory(person=person, arrives_at=f.START + timedelta(hours=1))
    page = text(desk.get(PAGE))
    for words in ("2 people named.", "1 has no photograph and is shown with an empty box", "Monday 31 March 2025"):
        assert words in page
    for given in ({"party": "999999"}, {"day": "2020-01-01"}, {"language": "tlh"}):
        odd = said(desk.get(f"{PAGE}file/", given))[-1]
        assert odd == "Choose from the delegations, dates and languages in the lists."
    assert not AuditEntry.objects.filter(action=SEEN).exists()
    chosen = {"party": person.membership.party_id, "language": "en", "day": "2025-03-31"}
    assert desk.get(f"{PAGE}file/", chosen).content.startswith(b"%PDF-")
    entry = AuditEntry.objects.get(action=SEEN)
    assert (entry.object_type, entry.detail["keys"]) == ("summit.person", [person.public_id])
    assert "photo" in entry.fields

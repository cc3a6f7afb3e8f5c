"""A summit's emblem: what is refused and why, what is stored, and where it is shown."""

import base64
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from summit.audit.models import AuditEntry
from summit.permissions.models import Role
from summit.summits import colours, emblem
from summit.summits.emblem import EmblemProblem, emblem_png, read, remove, store
from summit.summits.models import Emblem, Summit
from summit.users.models import User
from tests import factories as f
from tests.summit.conftest import desk_of

pytestmark = pytest.mark.django_db


def drawn(size: tuple[int, int] = (400, 400), colour: str = "#1d4f91", kind: str = "PNG") -> bytes:
    """A disc on a transparent ground, or on white where the format knows no transparency."""
    picture = Image.new("RGBA", size, (255, 255, 255, 0) if kind == "PNG" else "white")
    ImageDraw.Draw(picture).ellipse((50, 50, size[0] - 50, size[1] - 50), fill=colour)
    written = BytesIO()
    (picture if kind == "PNG" else picture.convert("RGB")).save(written, kind)
    return written.getvalue()


def noise() -> bytes:
    written = BytesIO()
    Image.effect_noise((300, 300), 120).convert("RGBA").save(written, "PNG")
    return written.getvalue()


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", "This file is empty. Choose the emblem again."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is not a readable image. Save it as PNG"),
        (b"x" * (emblem.LARGEST + 1), "This file is 5.1 MB. Choose one of up to 5 MB."),
        (drawn((3000, 2001)), "This picture has more than 6 million pixels."),
        (drawn((150, 150)), "This image is 51 by 51 pixels and would print blurred."),
        (drawn((1400, 220)), "This image is more than 5 times as long as it is wide."),
        (drawn(colour="#ffffff00"), "This image is fully transparent."),
        (drawn(colour="#f4f4d0"), "This emblem is too pale to be seen on white paper."),
    ],
    ids=["empty", "svg", "large", "pixels", "small", "long", "transparent", "pale"],
)
def test_what_can_not_be_an_emblem_is_refused_in_words(content: bytes, refusal: str) -> None:
    with pytest.raises(EmblemProblem) as refused:
        read(content)
    assert refusal in str(refused.value)


def test_the_stored_picture_is_small_and_has_no_empty_margin() -> None:
    stored = read(drawn((700, 700)))
    picture = Image.open(BytesIO(stored.content))
    assert (stored.width, stored.height) == picture.size == (480, 480)
    assert picture.format == "PNG"
    # The disc touches the edge: the margin of 50 pixels is gone.
    assert picture.convert("RGBA").getpixel((240, 1))[3] > 200  # type: ignore[index]
    assert len(read(noise()).content) <= emblem.STORED_BYTES


def test_a_jpeg_becomes_a_png_without_what_the_camera_wrote() -> None:
    exif = Image.Exif()
    exif[0x010F] = "CANARY"
    written = BytesIO()
    Image.open(BytesIO(drawn(kind="JPEG"))).save(written, "JPEG", exif=exif)
    content = read(written.getvalue()).content
    assert content.startswith(b"\x89PNG")
    assert b"CANARY" not in content


def test_a_new_emblem_replaces_the_old_and_both_are_audited(summit: Summit, organiser: User) -> None:
    store(summit=summit, content=drawn(), by=organiser)
    first = summit.emblem_digest
    store(summit=summit, content=drawn(colour="#8a1c1c"), by=organiser)
    assert summit.emblem_digest not in ("", first)
    assert Emblem.objects.count() == 1
    assert emblem_png(Summit.objects.get()) == read(drawn(colour="#8a1c1c")).content
    assert remove(summit=summit, by=organiser)
    assert not remove(summit=summit, by=organiser)
    assert emblem_png(Summit.objects.get()) is None
    actions = AuditEntry.objects.filter(action__startswith="summit.emblem").order_by("pk")
    names = [action.rpartition(".")[2] for action in actions.values_list("action", flat=True)]
    assert names == ["store", "store", "remove"]


def test_only_who_may_change_the_summit_stores_an_emblem(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    press = f.UserFactory.with_role(Role.PRESS_OFFICER, summit)
    writes = (
        lambda: store(summit=summit, content=drawn(), by=press),
        lambda: emblem.store_picture(summit=summit, picture=read(drawn()), by=press),
        lambda: remove(summit=summit, by=press),
    )
    for refused in writes:
        with pytest.raises(PermissionDenied):
            refused()
    assert not Emblem.objects.exists()
    # The control: nothing else holds it back.
    monkeypatch.setattr(emblem, "check", lambda *args: None)
    store(summit=summit, content=drawn(), by=press)
    assert Emblem.objects.exists()


def test_the_public_page_shows_the_emblem_at_once(summit: Summit, organiser: User, client: Client) -> None:
    home, address = f"/{summit.slug}/", f"/{summit.slug}/emblem.png"
    assert client.get(address).status_code == 404
    assert 'class="emblem"' not in client.get(home).content.decode()
    store(summit=summit, content=drawn(), by=organiser)
    assert f'src="{address}?v={summit.emblem_digest}" alt=""' in client.get(home).content.decode()
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert response.content == emblem_png(summit)


def test_the_desk_stores_and_deletes_the_emblem_and_others_read_who_may(summit: Summit, desk: Client) -> None:
    address = f"/admin/emblem/{summit.slug}/"
    assert "No emblem yet." in desk.get(address).content.decode()
    pale = SimpleUploadedFile("pale.png", drawn(colour="#f4f4d0"), "image/png")
    refused = desk.post(address, {"file": pale})
    assert refused.status_code == 400
    assert "This emblem is too pale to be seen on white paper." in refused.content.decode()
    saved = desk.post(address, {"file": SimpleUploadedFile("e.png", drawn(), "image/png")}, follow=True)
    assert [said for said in ("Emblem saved.", "Current emblem") if said not in saved.content.decode()] == []
    deleted = desk.post(address, {"delete": "1"}, follow=True)
    assert "Emblem deleted." in deleted.content.decode()
    assert not Emblem.objects.exists()
    page = desk_of(summit, Role.PROGRAMME).get(address).content.decode()
    assert ("Organisers can change the emblem." in page, 'name="file"' in page) == (True, False)


def test_a_program_stores_replaces_and_deletes_the_emblem(summit: Summit, desk: Client) -> None:
    address = f"/api/v1/summits/{summit.slug}/desk/"

    def send(content: bytes | None) -> Any:
        coded = None if content is None else base64.b64encode(content).decode()
        etag = desk.get(address)["ETag"]
        return desk.patch(address, {"emblem": coded}, content_type="application/json", headers={"If-Match": etag})

    refused = send(drawn(colour="#f4f4d0"))
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["detail"].startswith("This emblem is too pale")
    stored = send(drawn())
    assert stored.status_code == 200
    assert stored.json()["emblem"] == f"/{summit.slug}/emblem.png?v={Summit.objects.get().emblem_digest}"
    assert send(None).json()["emblem"] is None
    assert not Emblem.objects.exists()


# --- the colour -----------------------------------------------------------------------------------------------------
CSS = Path(settings.BASE_DIR) / "static" / "css" / "summit.css"
any_colour = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def tokens(theme: str) -> dict[str, str]:
    text = CSS.read_text()
    dark_from = text.index("prefers-color-scheme: dark")
    part = text[:dark_from] if theme == "light" else text[dark_from : text.index("forced-colors")]
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", part))


def test_contrast_is_that_of_wcag() -> None:
    ratios = {("#000000", "#ffffff"): 21.0, ("#ffffff", "#ffffff"): 1.0, ("#777777", "#ffffff"): 4.478}
    for (one, other), wanted in ratios.items():
        assert colours.contrast(one, other) == pytest.approx(wanted, abs=0.001)
        assert colours.contrast(other, one) == colours.contrast(one, other)
    for wrong in ("", "red", "#fff", "1d4f91", "#1d4f9g", "#1d4f91 "):
        with pytest.raises(ValueError, match=r"."):
            colours.channels(wrong)


@given(any_colour)
@examples(max_examples=40)
def test_every_colour_becomes_readable_on_pages_buttons_and_paper(colour: str) -> None:
    for found, grounds, wash, theme in (
        (colours.light_accent(colour), colours.LIGHT_GROUNDS, colours.LIGHT_WASH, "light"),
        (colours.dark_accent(colour), colours.DARK_GROUNDS, colours.DARK_WASH, "dark"),
    ):
        behind = (*grounds, colours.mix(grounds[0], found.colour, wash), found.ink)
        assert min(colours.contrast(found.colour, each) for each in behind) >= colours.TEXT
        # Beneath the pointer static/css/components.css mixes 14 % of the ink into the colour.
        hovered = colours.mix(found.colour, tokens(theme)["ink"], 0.14)
        assert colours.contrast(found.ink, hovered) >= colours.TEXT
    assert colours.contrast(colour, colours.print_ink(colour)) >= colours.TEXT


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_tokens_are_readable_on_every_ground(theme: str) -> None:
    found = tokens(theme)
    for ground in ("ground", "raised", "sunken"):
        for ink in ("ink", "muted", "accent", "good", "warn", "bad"):
            assert colours.contrast(found[ink], found[ground]) >= 4.5, (theme, ink, ground)
        assert colours.contrast(found["edge"], found[ground]) >= 3, (theme, ground)
    assert colours.contrast(found["accent"], found["accent-ink"]) >= 4.5
    assert colours.contrast(found["bad"], found["ground"]) >= 4.5


def test_the_grounds_of_the_arithmetic_are_those_of_the_stylesheet() -> None:
    names = ("ground", "raised", "sunken")
    assert tuple(tokens("light")[name] for name in names) == colours.LIGHT_GROUNDS
    assert tuple(tokens("dark")[name] for name in names) == colours.DARK_GROUNDS

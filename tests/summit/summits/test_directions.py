"""The way to a room: who says it, in which language it is read, and where it stands."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from summit.audit.models import AuditEntry
from summit.summits import services
from summit.summits.directions import Directions, directions_by_room, directions_to, in_language
from summit.summits.models import Room, Summit
from summit.users.models import User
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(summit: Summit) -> Room:
    summit.language = "fr"
    summit.save()
    venue = f.VenueFactory(summit=summit)
    return f.RoomFactory(venue=venue, name="Blue", directions={"fr": "À gauche", "ar": "إلى اليسار"})


def test_the_readers_language_then_the_summits_then_any(room: Room) -> None:
    summit = room.venue.summit
    assert directions_to(summit, room.public_id, "ar") == Directions("إلى اليسار", "ar")
    assert directions_to(summit, room.public_id, "en") == Directions("À gauche", "fr")
    assert in_language({"ar": "إلى اليسار"}, "en", summit) == Directions("إلى اليسار", "ar")
    assert directions_to(summit, f.RoomFactory(venue=room.venue).public_id, "fr") is None
    assert directions_to(f.SummitFactory(), room.public_id, "fr") is None
    assert directions_to(summit, "", "fr") is None
    assert directions_by_room(summit) == {room.public_id: room.directions}


@pytest.mark.parametrize(
    "wrong", [["left"], {"xx": "Left"}, {"en": ""}, {"en": "Two\nlines"}, {"en": "a" * 121}, {"en": {"a": "b"}}]
)
def test_directions_are_one_line_in_a_known_language(room: Room, organiser: User, wrong: object) -> None:
    with pytest.raises(ValidationError):
        services.change_room(by=organiser, room=room, values={"directions": wrong})


def test_the_desk_enters_them_in_each_language(room: Room, desk: Client) -> None:
    address = f"/admin/summit/room/{room.pk}/change/"
    assert 'name="directions_ar" value="إلى اليسار"' in desk.get(address).content.decode()
    values = {"venue": room.venue_id, "name": "Blue", "position": 0, "directions_fr": "À droite"}
    assert desk.post(address, values).status_code == 302
    room.refresh_from_db()
    assert room.directions == {"fr": "À droite"}
    assert AuditEntry.objects.get().fields == ["directions"]

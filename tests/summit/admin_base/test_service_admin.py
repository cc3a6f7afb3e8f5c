"""Pages of the admin write by the functions that the API calls, and by no way of their own."""

from typing import Any

import pytest
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.test import Client

from delegations.privacy.models import Retention
from delegations.privacy.services import retention_times
from press.texts.models.texts import Text
from sessions.draft.admin.kinds import CustomKindAdmin
from sessions.draft.models.kinds import CustomKind
from summit.admin_base.model_admin import SummitModelAdmin
from summit.audit.models import AuditEntry
from summit.permissions.route_access import NOBODY
from summit.summits.models import Room, Summit, Venue
from tests import factories as f
from tests.clients import signed_in

pytestmark = pytest.mark.django_db
VENUES = "/admin/summit/venue/"
HOUSE = {"name": "House", "address": "Quay", "opens_at": "", "closes_at": ""}


def done() -> list[tuple[str, str]]:
    rows = AuditEntry.objects.exclude(action__contains="seen").order_by("pk")
    return list(rows.values_list("action", "part_of"))


def test_no_list_writes_django_s_way() -> None:
    desks: list[Any] = [each for each in admin.site._registry.values() if isinstance(each, SummitModelAdmin)]
    assert len(desks) > 30
    writing = [each for each in desks if {each.permission_for("add"), each.permission_for("change")} != {NOBODY}]
    # A text's pages are its own from the first line.
    assert {each.model for each in writing if type(each).save_model is SummitModelAdmin.save_model} == {Text}
    # The rows on their pages: all of them are stored by functions, too.
    usual = [
        each
        for each in desks
        if type(each).save_formset is admin.ModelAdmin.save_formset
        if type(each).save_related is admin.ModelAdmin.save_related
    ]
    rows = [found(each.model, admin.site) for each in usual for found in each.inlines]
    assert [each.model for each in rows if each.permission_for("change") != NOBODY] == []
    deletes = {each.model for each in desks if each.permission_for("delete") != NOBODY}
    ways = {each.model for each in desks if type(each).delete_model is not admin.ModelAdmin.delete_model}
    assert Retention in deletes
    assert deletes - ways == set()


def test_a_time_is_taken_away_by_the_domain(desk: Client, summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    time = Retention.objects.create(summit=summit, what="photo", days=3)

    def refuse(**_given: Any) -> None:
        raise ValidationError("Not now.")

    base = "/admin/delegations/retention/"
    given = {"action": "delete_selected", "_selected_action": time.pk, "post": "yes"}
    with monkeypatch.context() as patched:
        patched.setattr(retention_times, "remove", refuse)
        for address in (base, f"{base}{time.pk}/delete/"):
            page = desk.post(address, given, follow=True).content.decode()
            assert ("Not now." in page, "deleted." in page) == (True, False)
    assert (Retention.objects.count(), done()) == (1, [])
    again = Retention.objects.create(summit=summit, what="passport", days=3)
    for address in (base, f"{base}{again.pk}/delete/"):
        assert "deleted." in desk.post(address, given, follow=True).content.decode()
    assert not Retention.objects.exists()
    assert done() == [("delegations.retention.remove", "")] * 2


def test_a_kind_that_a_session_just_got_stays(desk: Client, summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = CustomKind.objects.create(summit=summit, name="Ceremony", like="plenary")
    f.SessionFactory(summit=summit, custom_kind=kind, kind="plenary")
    monkeypatch.setattr(CustomKindAdmin, "get_deleted_objects", lambda *_args: ([], {}, set(), []))
    page = desk.post(f"/admin/agenda/customkind/{kind.pk}/delete/", {"post": "yes"}, follow=True).content.decode()
    assert "This is still in use: sessions. Change these first." in page
    assert CustomKind.objects.get() == kind


def test_a_venue_s_page_writes_its_rooms_by_the_domain(desk: Client, summit: Summit) -> None:
    rows = {"rooms-TOTAL_FORMS": 2, "rooms-INITIAL_FORMS": 0}
    rows |= {f"rooms-{at}-{name}": value for at in (0, 1) for name, value in (("name", f"R{at}"), ("position", at))}
    given = {**HOUSE, "summit": summit.pk}
    assert desk.post(f"{VENUES}add/", {**given, **rows}).status_code == 302
    venue = Venue.objects.get()
    first, second = venue.rooms.order_by("position")
    assert done() == [("summit.venue.add", ""), *[("summit.room.add", f"summit.venue:{venue.public_id}")] * 2]
    rows |= {"rooms-INITIAL_FORMS": 2, "rooms-0-id": first.pk, "rooms-1-id": second.pk, "rooms-1-DELETE": "on"}
    rows |= {f"rooms-{at}-venue": venue.pk for at in (0, 1)} | {"rooms-0-capacity": 40}
    before = len(done())
    assert desk.post(f"{VENUES}{venue.pk}/change/", {**given, **rows, "address": "Pier"}).status_code == 302
    after = [action for action, _part in done()[before:]]
    assert after == ["summit.venue.change", "summit.room.remove", "summit.room.change"]
    assert (Venue.objects.get().address, Room.objects.get().capacity) == ("Pier", 40)
    entries = AuditEntry.objects.order_by("-pk").values_list("object_key", "fields")
    assert list(entries[:2]) == [(first.public_id, ["capacity"]), (second.public_id, [])]


def test_what_a_venue_and_a_room_can_t_be_is_said_and_nothing_is_lost(desk: Client, summit: Summit) -> None:
    room = f.RoomFactory(venue__summit=summit, name="Music Room", capacity=None)
    f.RoomFactory(venue=room.venue, name="Hall")
    venue, kept = f"{VENUES}{room.venue_id}/change/", {"venue": room.venue_id, "name": "Hall", "position": 0}
    hours = {**HOUSE, "summit": summit.pk, "rooms-TOTAL_FORMS": 0, "rooms-INITIAL_FORMS": 0, "opens_at": "08:00"}
    for address, given, said in (
        (venue, {**hours, "closes_at": ""}, "Enter both opening and closing times, or leave both blank."),
        (venue, {**hours, "closes_at": "08:00"}, "Enter different opening and closing times, or leave both blank"),
        (f"/admin/summit/room/{room.pk}/change/", kept, "The venue already has a room with this name."),
        (f"/admin/summit/room/{room.pk}/change/", {**kept, "capacity": "-5"}, "Enter 0 or more."),
    ):
        page = desk.post(address, given)
        found = page.content.decode()
        assert (page.status_code, said in found, f'value="{given["name"]}"' in found) == (200, True, True)
    room.refresh_from_db()
    assert (room.name, room.capacity) == ("Music Room", None)
    for opens, closes, listed in (("08:00", "01:00", "08:00–\u206001:00"), ("", "", "always")):
        page = desk.post(venue, {**hours, "opens_at": opens, "closes_at": closes}, follow=True)
        assert listed in page.content.decode()


def test_a_room_stays_in_its_summit(summit: Summit) -> None:
    room, other = f.RoomFactory(venue__summit=summit), f.VenueFactory()
    client = signed_in(f.UserFactory(is_superuser=True))
    given = {"venue": other.pk, "name": "Hall", "capacity": "", "position": 0}
    page = client.post(f"/admin/summit/room/{room.pk}/change/", given)
    assert "This venue belongs to another summit. Choose one from this summit." in page.content.decode()
    inside = f.VenueFactory(summit=summit, name="Annex")
    assert client.post(f"/admin/summit/room/{room.pk}/change/", {**given, "venue": inside.pk}).status_code == 302
    assert Room.objects.get(pk=room.pk).venue == inside


def test_no_data_are_kept_until_a_day_that_no_calendar_has(desk: Client, summit: Summit) -> None:
    add, given = "/admin/delegations/retention/add/", {"summit": summit.pk, "what": "photo", "category": ""}
    page = desk.post(add, {**given, "days": "36526"})
    # Once above the form and once at the field.
    assert (page.status_code, page.content.decode().count("Enter 36525 or less.")) == (200, 2)
    assert desk.post(add, {**given, "days": "36525"}).status_code == 302
    assert Retention.objects.get().days == 36525


def test_a_room_in_which_a_session_is_stays_on_its_venue_s_page(desk: Client, summit: Summit) -> None:
    room = f.RoomFactory(venue__summit=summit, name="Music Room")
    f.SessionFactory(summit=summit, room=room)
    rows = {"rooms-TOTAL_FORMS": 1, "rooms-INITIAL_FORMS": 1, "rooms-0-id": room.pk, "rooms-0-venue": room.venue_id}
    rows |= {"rooms-0-name": room.name, "rooms-0-position": room.position, "rooms-0-DELETE": "on"}
    page = desk.post(f"{VENUES}{room.venue_id}/change/", {**HOUSE, "summit": summit.pk, **rows})
    said = page.content.decode()
    assert (page.status_code, "Quay" in said, room.venue.rooms.count()) == (200, True, 1)
    assert "“Music Room” can’t be deleted. This is still in use: sessions. Change these first." in said

"""What a desk's form refuses, it refuses in words at the field: no constraint's name is shown."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from summit.models import Person, Summit
from tests import factories as f

pytestmark = pytest.mark.django_db


def errors(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 200
    assert b"Constraint" not in answer.content
    found: dict[str, list[str]] = answer.context["adminform"].form.errors
    return found


def test_somebody_without_name_and_office(desk: Client, summit: Summit) -> None:
    data = {"summit": summit.pk, "name": " ", "office": "", "language": "en"}
    answer = desk.post("/admin/summit/person/add/", data)
    assert errors(answer) == {"name": ["Give a name or the office held."]}
    # The page's own title is no heading of what stops it.
    assert "<h2>Some things need your attention</h2>" in answer.content.decode()
    assert desk.post("/admin/summit/person/add/", {**data, "office": "Minister"}).status_code == 302
    assert Person.objects.get().office == "Minister"


def test_a_summit_that_ends_before_it_starts(desk: Client, summit: Summit) -> None:
    fields = ("name", "short_name", "host", "place", "time_zone", "language", "contact_email", "accent")
    data = {name: getattr(summit, name) for name in fields}
    data |= {"starts_on": "2025-04-02", "ends_on": "2025-04-01", "venues-TOTAL_FORMS": 0, "venues-INITIAL_FORMS": 0}
    answer = desk.post(f"/admin/summit/summit/{summit.pk}/change/", data)
    assert errors(answer) == {"ends_on": ["The summit would end before it starts. Give a later day."]}


def test_a_code_of_no_country_and_a_second_host(desk: Client, summit: Summit) -> None:
    f.PartyFactory(summit=summit, is_host=True)
    data = {"summit": summit.pk, "kind": "organisation", "name": "A", "formal_name": "A", "sort_key": "A"}
    data |= {"region": "none", "language": "en", "flag": "own", "recognised": "on"}
    rows = ("names", "focal_points", "external_ids")
    data |= {f"{prefix}-{name}_FORMS": 0 for prefix in rows for name in ("TOTAL", "INITIAL")}
    add = "/admin/delegations/party/add/"
    assert errors(desk.post(add, {**data, "iso_code": "FR"})) == {
        "iso_code": ["A party of this kind has no code. Leave this empty."]
    }
    assert errors(desk.post(add, {**data, "is_host": "on"})) == {
        "is_host": ["The summit has a host already. There is one."]
    }
    assert desk.post(add, data).status_code == 302


def test_a_speech_of_no_minutes(summit: Summit) -> None:
    slot = f.SlotFactory(session__summit=summit, speaker__summit=summit)
    slot.minutes = 0
    with pytest.raises(ValidationError) as refused:
        slot.full_clean()
    assert refused.value.message_dict == {"minutes": ["Give at least one minute."]}


def test_what_is_changed_and_not_deleted_on_a_page_of_its_own(desk: Client, summit: Summit) -> None:
    venue = f.VenueFactory(summit=summit)
    answer = desk.get(f"/admin/summit/venue/{venue.pk}/delete/")
    assert answer.status_code == 403
    assert "Venues are deleted on the page of their summit." in answer.content.decode()
    back = '<a class="button" href="/admin/">Back to the desk</a>'
    assert back in answer.content.decode()
    assert back in desk.get("/admin/summit/venue/0/change/").content.decode()
    assert back not in desk.get("/nowhere/").content.decode()
    room = f.RoomFactory(venue=venue)
    refused = desk.get(f"/admin/summit/room/{room.pk}/delete/")
    assert refused.status_code == 403
    assert "Rooms are deleted on the page of their venue." in refused.content.decode()
    # Where nothing says where, it is said that it isn't here.
    refused = desk.get(f"/admin/summit/summit/{summit.pk}/delete/")
    assert refused.status_code == 403
    assert "This is not deleted here." in refused.content.decode()
    # What the system writes is said to be that.
    refused = desk.get("/admin/outbox/message/add/").content.decode()
    assert "The system writes this itself" in refused

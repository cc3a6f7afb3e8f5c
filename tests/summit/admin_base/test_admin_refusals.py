"""What a desk's form refuses, it refuses in words at the field: no constraint's name is shown."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from summit.people.models import Person
from summit.summits.models import Summit
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
    assert errors(answer) == {"name": ["Enter a name or the office held."]}
    # The page's own title is no heading of what stops it.
    assert "<h2>There is a problem</h2>" in answer.content.decode()
    assert desk.post("/admin/summit/person/add/", {**data, "office": "Minister"}).status_code == 302
    assert Person.objects.get().office == "Minister"


def test_a_code_of_no_country_and_a_second_host(desk: Client, summit: Summit) -> None:
    f.PartyFactory(summit=summit, is_host=True)
    data = {"summit": summit.pk, "kind": "organisation", "name": "A", "formal_name": "A", "sort_key": "A"}
    data |= {"language": "en", "flag": "own", "recognised": "on", "public_listing": "name"}
    rows = ("names", "focal_points", "contacts", "external_ids")
    data |= {f"{prefix}-{name}_FORMS": 0 for prefix in rows for name in ("TOTAL", "INITIAL")}
    add = "/admin/delegations/party/add/"
    assert errors(desk.post(add, {**data, "iso_code": "FR"})) == {
        "iso_code": ["Delegations of this type have no code. Leave this blank."]
    }
    assert errors(desk.post(add, {**data, "is_host": "on"})) == {
        "is_host": ["The summit already has a host. There can be only one."]
    }
    assert desk.post(add, data).status_code == 302


def test_a_speech_of_no_minutes(summit: Summit) -> None:
    slot = f.SlotFactory(session__summit=summit, speaker__summit=summit)
    slot.minutes = 0
    with pytest.raises(ValidationError) as refused:
        slot.full_clean()
    assert refused.value.message_dict == {"minutes": ["Enter at least one minute."]}


def test_what_is_changed_and_not_deleted_on_a_page_of_its_own(desk: Client, summit: Summit) -> None:
    room = f.RoomFactory(venue__summit=summit)
    back = '<a class="button" href="/admin/">Back to the desk</a>'
    for address, said in (
        (f"summit/venue/{room.venue_id}/delete/", "Delete venues on the page of their summit."),
        (f"summit/room/{room.pk}/delete/", "Delete rooms on the page of their venue."),
        # Where nothing says where, it is said that it isn't here.
        (f"summit/summit/{summit.pk}/delete/", "You can’t delete this here."),
        # What the system writes is said to be that.
        ("outbox/message/add/", "The system creates this record"),
    ):
        answer = desk.get(f"/admin/{address}")
        page = answer.content.decode()
        assert (answer.status_code, said in page, back in page) == (403, True, True), address
    for address, shown in (("/admin/summit/venue/0/change/", True), ("/nowhere/", False)):
        assert (back in desk.get(address).content.decode()) is shown

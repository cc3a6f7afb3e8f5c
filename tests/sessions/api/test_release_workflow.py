"""The main job by the API alone: a session is planned with speaker and participants, previewed and released, and
everybody reads it in the public agenda."""

from typing import Any

import pytest
from django.test import Client

from delegations.parties.models.parties import Party
from sessions.agenda.models.releases import Release
from summit.audit.models import AuditEntry
from summit.summits.models import Room, Summit
from tests.factories import MembershipFactory, PartyFactory
from tests.summit.api.conftest import Program

pytestmark = pytest.mark.django_db
DESK = "summits/here/desk/"


@pytest.fixture
def party(here: Summit) -> Party:
    here.public = True
    here.save(update_fields=["public"])
    made: Party = PartyFactory(summit=here, name="Aland", mission_email="office@aland.example")
    MembershipFactory(party=made, person__office="Minister of Ports", person__email="minister@aland.example")
    return made


def add(who: Program, what: str, **values: Any) -> Any:
    answer = who.post(f"{DESK}{what}/", values)
    assert answer.status_code == 201, answer.content
    return answer.json()


def done(who: Program, what: str, **values: Any) -> Any:
    answer = who.post(f"{DESK}{what}/", values)
    assert answer.status_code == 200, answer.content
    return answer.json()


def planned(who: Program, party: Party, room: Room) -> Any:
    """Plan a public session with a speaker and a party."""
    made = add(
        who,
        "sessions",
        title="Of ports",
        kind="plenary",
        starts_at="2025-03-31T09:00:00+01:00",
        ends_at="2025-03-31T11:00:00+01:00",
        room=room.public_id,
        visibility="public",
    )
    add(who, "session-texts", session=made["id"], language="fr", title="Des ports")
    add(who, "interpretation", session=made["id"], source="en", target="fr", booth="2")
    add(who, "session-participants", session=made["id"], party=party.public_id, level="head1")
    speaker = party.memberships.get().person
    add(who, "slots", session=made["id"], speaker=speaker.public_id, party=party.public_id, title="Welcome")
    return made


def test_a_planned_session_becomes_public(here: Summit, organiser: Program, party: Party, rooms: list[Room]) -> None:
    made = planned(organiser, party, rooms[0])
    public = "/api/v1/summits/here/agenda/"
    assert Client().get(public).json()["results"] == []
    found = done(organiser, "releases/preview")
    assert (found["number"], found["first"], found["sessions"], found["changed"]) == (1, True, 1, 1)
    assert [(each["session"], each["nature"], each["title"]) for each in found["changes"]] == [
        (made["id"], "added", "Of ports")
    ]
    assert sorted((each["address"], each["sessions"]) for each in found["notices"]) == [
        ("minister@aland.example", [made["id"]]),
        ("office@aland.example", [made["id"]]),
    ]
    released = done(organiser, "releases/release", expected=found["expected"], note="The first.", tell=False)
    assert (released["number"], released["note"]) == (1, "The first.")
    (row,) = Client().get(public).json()["results"]
    assert (row["id"], row["title"], row["room"], row["sequence"]) == (made["id"], "Of ports", "Hall", 1)
    assert [(each["role"], each["name"], each["party"], each["title"]) for each in row["participants"]] == [
        ("speaker", "Minister of Ports", "Aland", "Welcome"),
        ("participant", "Aland", "", ""),
    ]
    assert row["texts"] == [{"language": "fr", "title": "Des ports", "summary": ""}]
    assert row["interpretation"] == [{"from_language": "en", "into_language": "fr"}]
    actions = AuditEntry.objects.filter(action__startswith="agenda.").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == [
        *("agenda.session.add", "agenda.texts", "agenda.interpretation", "agenda.participants"),
        *("agenda.speakers.add", "agenda.release"),
    ]


def test_what_was_not_seen_is_not_released(here: Summit, organiser: Program, party: Party, rooms: list[Room]) -> None:
    made = planned(organiser, party, rooms[0])
    seen = done(organiser, "releases/preview")["expected"]
    assert organiser.post(f"{DESK}releases/release/", {"note": "Blind."}).status_code == 422
    done(organiser, f"sessions/{made['id']}/move", starts_at=made["starts_at"], ends_at="2025-03-31T12:00:00Z")
    late = organiser.post(f"{DESK}releases/release/", {"expected": seen})
    assert (late.status_code, late.json()["detail"]) == (
        412,
        "The draft has changed since you opened this page. Check the changes, then release it.",
    )
    assert not Release.objects.exists()
    found = done(organiser, "releases/preview", day="2025-03-31")
    done(organiser, "releases/release", day="2025-03-31", expected=found["expected"])
    again = organiser.post(f"{DESK}releases/release/", {"expected": found["expected"]})
    assert (again.status_code, again.json()["detail"]) == (409, "No changes since release 1.")
    (row,) = organiser.get(f"{DESK}releases/").json()["results"]
    assert organiser.get(f"{DESK}releases/{row['id']}/").json() == row


def test_the_draft_is_taken_back(here: Summit, organiser: Program, party: Party, rooms: list[Room]) -> None:
    made = planned(organiser, party, rooms[0])
    found = done(organiser, "releases/preview")
    release = done(organiser, "releases/release", expected=found["expected"], tell=False)
    etag = organiser.get(f"{DESK}sessions/{made['id']}/")["ETag"]
    changed = organiser.patch(f"{DESK}sessions/{made['id']}/", {"title": "Of harbours"}, If_Match=etag)
    assert changed.status_code == 200
    where = f"releases/{release['id']}"
    back = done(organiser, f"{where}/preview-restore", session=made["id"])
    assert [(each["session"], each["nature"]) for each in back["changes"]] == [(made["id"], "changed")]
    done(organiser, f"{where}/restore", expected=back["expected"])
    assert organiser.get(f"{DESK}sessions/{made['id']}/").json()["title"] == "Of ports"

"""Focal points and delegates by the API: what the portal shows them of the released agenda and lets them do, and
nothing of what is kept from them."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from sessions.draft.models.participants import FloorRequest
from sessions.draft.models.sessions import Session
from sessions.draft.models.signups import SignUp
from summit.audit.models import AuditEntry
from summit.summits.models import Summit
from tests.factories import ParticipantFactory, SessionFactory, SummitFactory
from tests.sessions.api.conftest import Land
from tests.sessions.api.test_release_workflow import DESK, add
from tests.sessions.conftest import release
from tests.summit.api.conftest import Program, program

pytestmark = pytest.mark.django_db


@pytest.fixture
def by_title(here: Summit, own: Land, other: Land) -> dict[str, Session]:
    """Released sessions, tomorrow: for everybody, of one party each, of the desks; and one that isn't released."""
    soon = timezone.now() + timedelta(days=1)
    times = {"summit": here, "starts_at": soon, "ends_at": soon + timedelta(hours=1)}
    found = {
        "Open": SessionFactory(title="Open", visibility="accredited", sign_up=True, capacity=1, **times),
        "Ours": SessionFactory(title="Ours", visibility="participants", requests_until=soon, **times),
        "Theirs": SessionFactory(title="Theirs", visibility="participants", requests_until=soon, **times),
        "Desk": SessionFactory(title="Desk", visibility="organisers", **times),
    }
    for title in ("Ours", "Desk"):
        ParticipantFactory(session=found[title], party=own.party)
    ParticipantFactory(session=found["Theirs"], party=other.party)
    release(here, tell=False)
    found["Draft"] = SessionFactory(title="Draft", visibility="accredited", sign_up=True, **times)
    return found


def titles(who: Program, asked: str = "") -> list[str]:
    return [row["title"] for row in who.get(f"{DESK}agenda/{asked}").json()["results"]]


def test_the_agenda_shows_what_the_portal_shows(
    own: Land, by_title: dict[str, Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    who = program(own.focal)
    assert titles(who) == titles(program(own.user)) == ["Open", "Ours"]
    assert titles(who, "?mine=true") == ["Ours"]
    answers = {title: who.get(f"{DESK}agenda/{row.public_id}/") for title, row in by_title.items()}
    assert {title for title, answer in answers.items() if answer.status_code == 200} == {"Open", "Ours"}
    # What isn't theirs to know is answered as what isn't there.
    missing = who.get(f"{DESK}agenda/nothing-here/").content
    assert {answers[title].content for title in ("Theirs", "Desk", "Draft")} == {missing}
    # The control: without the predicate all of it would be shown.
    monkeypatch.setattr("sessions.agenda.models.releases.EntryQuerySet.for_members", lambda self, members: self.at(3))
    assert {"Theirs", "Desk"} < set(titles(who))


def test_a_focal_point_signs_up_its_own_people_alone(own: Land, other: Land, by_title: dict[str, Session]) -> None:
    who, theirs, session = program(own.focal), program(other.focal), by_title["Open"].public_id
    made = add(who, "sign-ups", session=session, person=own.head.public_id)
    assert (made["state"], made["party"]) == ("place", own.party.public_id)
    waits = add(theirs, "sign-ups", session=session, person=other.head.public_id)
    assert waits["state"] == "waiting"
    assert [each["id"] for each in who.get(f"{DESK}sign-ups/").json()["results"]] == [made["id"]]
    assert who.get(f"{DESK}sign-ups/{waits['id']}/").status_code == 404
    foreign = who.post(f"{DESK}sign-ups/", {"session": session, "person": other.head.public_id})
    missing = who.post(f"{DESK}sign-ups/", {"session": session, "person": "nobody-here"})
    assert (foreign.status_code, foreign.content) == (422, missing.content)
    again = who.post(f"{DESK}sign-ups/", {"session": session, "person": own.head.public_id})
    assert (again.status_code, again.json()["detail"]) == (409, f"{own.head.label} is already signed up.")
    where = f"{DESK}sign-ups/{made['id']}/"
    assert who.delete(where, If_Match=who.get(where)["ETag"]).status_code == 204
    assert SignUp.objects.get().state == "place"
    seen = AuditEntry.objects.filter(action="summit.person.seen", object_type="agenda.signup")
    assert own.head.public_id in str(list(seen.values_list("detail", flat=True)))


def test_what_one_may_not_know_of_cannot_be_named(own: Land, by_title: dict[str, Session]) -> None:
    who, person = program(own.focal), own.head.public_id
    for what, more in (
        ("sign-ups", {"person": person}),
        ("floor-requests", {"party": own.party.public_id, "speaker": person}),
    ):
        missing = who.post(f"{DESK}{what}/", {"session": "nothing-here", **more})
        for title in ("Theirs", "Desk", "Draft"):
            hidden = who.post(f"{DESK}{what}/", {"session": by_title[title].public_id, **more})
            assert (hidden.status_code, hidden.content) == (422, missing.content)


def test_the_floor_is_asked_for_granted_and_declined(desk: Program, own: Land, by_title: dict[str, Session]) -> None:

    def asked(who: Program) -> Any:
        of = {"session": by_title["Ours"].public_id, "party": own.party.public_id}
        return add(who, "floor-requests", **of, speaker=own.head.public_id, subject="Ports")

    focal, head = program(own.focal), program(own.user)
    first = asked(focal)
    where = f"{DESK}floor-requests/{first['id']}"
    assert [row["id"] for row in head.get(f"{DESK}floor-requests/").json()["results"]] == [first["id"]]
    refused = focal.post(f"{where}/grant/", {})
    assert (refused.status_code, FloorRequest.objects.get().state) == (403, "asked")
    assert head.post(f"{where}/withdraw/", {}).json()["state"] == "withdrawn"
    late = desk.post(f"{where}/grant/", {})
    assert (late.status_code, late.json()["detail"][:44]) == (409, "This request has already been decided or wit")
    second = asked(head)
    done = desk.post(f"{DESK}floor-requests/{second['id']}/decline/", {"reason": "No time is left."})
    assert (done.json()["state"], done.json()["reason"]) == ("declined", "No time is left.")
    granted = desk.post(f"{DESK}floor-requests/{asked(focal)['id']}/grant/", {}).json()
    (speech,) = desk.get(f"{DESK}slots/").json()["results"]
    assert (granted["state"], granted["slot"]) == ("granted", speech["id"])
    assert (speech["name"], speech["title"]) == (own.head.label, "Ports")


def test_nobody_of_a_summit_reads_what_it_would_show_everybody(own: Land) -> None:
    closed = SummitFactory(slug="closed", public=False)
    session = SessionFactory(summit=closed, visibility="public")
    release(closed, tell=False)
    who, where = program(own.focal), "summits/closed/desk/agenda/"
    assert (who.get(where).status_code, who.get(f"{where}{session.public_id}/").status_code) == (404, 404)

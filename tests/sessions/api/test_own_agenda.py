"""Focal points and delegates by the API: the released agenda, its print and calendars, as the portal has them."""

import io
from base64 import b64decode
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from sessions.calendars import api as calendars_api
from sessions.calendars import services as calendars_services
from sessions.calendars.models import CalendarFeed
from sessions.draft.models.participants import FloorRequest
from sessions.draft.models.sessions import Session
from sessions.draft.models.signups import SignUp
from summit.audit.models import AuditEntry
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.module_fixtures import once_a_module
from tests.sessions.api.conftest import Land
from tests.sessions.api.test_release_workflow import DESK, add
from tests.sessions.conftest import release
from tests.summit.api.conftest import Program, program
from tests.summit.api.test_viewsets import kind

pytestmark = pytest.mark.django_db
TITLES = ("Open", "Ours", "Theirs", "Desk")


class Agenda:
    """Released sessions, tomorrow: for everybody, of one party each, of the desks; and one that isn't released."""

    def __init__(self) -> None:
        self.here: Summit = f.SummitFactory(slug="here", public=False)
        self.own, self.other = Land(self.here, "Ownland"), Land(self.here, "Otherland")
        soon = timezone.now() + timedelta(days=1)
        times = {"summit": self.here, "starts_at": soon, "ends_at": soon + timedelta(hours=1)}
        values: dict[str, dict[str, Any]] = {
            "Open": {"visibility": "accredited", "sign_up": True, "capacity": 1},
            "Ours": {"visibility": "participants", "requests_until": soon},
            "Theirs": {"visibility": "participants", "requests_until": soon},
            "Desk": {"visibility": "organisers"},
        }
        self.by_title = {title: f.SessionFactory(title=title, **times, **values[title]) for title in TITLES}
        for title in ("Ours", "Desk"):
            f.ParticipantFactory(session=self.by_title[title], party=self.own.party)
        f.ParticipantFactory(session=self.by_title["Theirs"], party=self.other.party)
        release(self.here, tell=False)
        self.by_title["Draft"] = f.SessionFactory(title="Draft", visibility="accredited", sign_up=True, **times)


@once_a_module
def agenda() -> Agenda:
    return Agenda()


@pytest.fixture
def here(agenda: Agenda) -> Summit:
    return agenda.here


@pytest.fixture
def own(agenda: Agenda) -> Land:
    return agenda.own


@pytest.fixture
def other(agenda: Agenda) -> Land:
    return agenda.other


@pytest.fixture
def by_title(agenda: Agenda) -> dict[str, Session]:
    return agenda.by_title


def titles(who: Program, asked: str = "") -> list[str]:
    return [row["title"] for row in who.get(f"{DESK}agenda/{asked}").json()["results"]]


@pytest.mark.slow("asks for each session of an agenda")
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
    floor = {"party": own.party.public_id, "speaker": person}
    asked = [("sign-ups", {"person": person}, ("Theirs", "Desk", "Draft")), ("floor-requests", floor, ("Theirs",))]
    for what, more, titles in asked:
        missing = who.post(f"{DESK}{what}/", {"session": "nothing-here", **more})
        for title in titles:
            hidden = who.post(f"{DESK}{what}/", {"session": by_title[title].public_id, **more})
            assert (hidden.status_code, hidden.content) == (422, missing.content)


@pytest.mark.slow("asks the API for three readers")
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
    closed = f.SummitFactory(slug="closed", public=False)
    session = f.SessionFactory(summit=closed, visibility="public")
    release(closed, tell=False)
    who, where = program(own.focal), "summits/closed/desk/agenda/"
    assert (who.get(where).status_code, who.get(f"{where}{session.public_id}/").status_code) == (404, 404)


PROGRAMME = f"{DESK}agenda/programme/"


def printed(who: Program, **values: Any) -> bytes:
    found = who.told("post", PROGRAMME, values)
    name = f"Pocket programme – {Summit.objects.get(slug='here').short_name}.pdf"
    assert (found["file_name"], found["content_type"]) == (name, "application/pdf")
    return b64decode(found["content"])


def titles_printed(who: Program, **values: Any) -> list[str]:
    reader = PdfReader(io.BytesIO(printed(who, **values)))
    lines = [line.strip() for page in reader.pages for line in page.extract_text().splitlines()]
    return [title for title in TITLES if title in lines]


def test_only_whoever_reads_the_whole_agenda_is_given_all_of_it(
    here: Summit, own: Land, by_title: dict[str, Session]
) -> None:
    whole, mine = program(f.UserFactory(is_superuser=True)), program(own.user)
    assert titles_printed(whole) == list(TITLES)
    assert (titles_printed(mine), titles_printed(mine, everything=True)) == (["Ours"], ["Open", "Ours"])
    missing = mine.post("summits/nowhere/desk/agenda/programme/", {})
    f.InvitationFactory(party=own.party, state="revoked", sent_at=f.START)
    for user in (own.user, f.UserFactory.with_role(Role.ORGANISER, here)):
        answer = program(user).post(PROGRAMME, {"everything": True})
        assert (answer.status_code, answer.content) == (404, missing.content)


def test_its_bytes_are_kept_with_no_key_and_a_reader_in_several_parties_is_named_by_all(
    here: Summit, own: Land, by_title: dict[str, Session]
) -> None:
    Land(here, "Secondland").party.focal_points.create(person=own.head)
    who = program(own.user)
    first, again = (who.post(PROGRAMME, {}, Idempotency_Key="k-1").json() for _number in range(2))
    portal = signed_in(own.user).get("/portal/agenda/programme.pdf").content
    assert (b64decode(first["content"]), again) == (portal, {**first, "content": None})


MINE = "me/calendars/"


def make(user: User, data: Any, **headers: str) -> Any:
    browser = signed_in(user)
    return browser.post(f"/api/v1/{MINE}", data, content_type="application/json", headers=headers)


def test_an_address_is_made_told_once_and_ended(here: Summit, own: Land) -> None:
    party, person = own.party, own.focal.people.get()
    of_party = make(own.focal, {"party": party.public_id, "reminders": True}, **{"Idempotency-Key": "a"})
    again = make(own.focal, {"party": party.public_id, "reminders": True}, **{"Idempotency-Key": "a"})
    assert (of_party.status_code, again.json()) == (201, {**of_party.json(), "address": None})
    assert (of_party.json()["summit"], of_party.json()["reminders"]) == ("here", True)
    where = of_party.json()["address"].partition("localhost:8000")[2]
    assert Client().get(where).status_code == 200
    second = make(own.focal, {"person": person.public_id}).json()
    asks = program(own.focal)
    listed = asks.get(MINE).json()["results"]
    assert [(row["person"], row["party"]) for row in listed] == [(person.public_id, None), (None, party.public_id)]
    assert "address" not in listed[0]
    one = f"{MINE}{of_party.json()['id']}/"
    assert asks.post(f"{one}remind/", {"reminders": False}).json()["reminders"] is False
    ended = [asks.post(f"{one}end/", {}, Idempotency_Key="b").status_code for _time in range(2)]
    assert ended == [204, 204]
    for gone in (one, f"{MINE}%00/", f"{MINE}%C3%8A/"):
        assert kind(asks.post(f"{gone}end/", {})) == (404, "not-found")
    assert Client().get(where).status_code == 404
    assert [row["id"] for row in asks.get(MINE).json()["results"]] == [second["id"]]
    assert AuditEntry.objects.filter(action="agenda.end_feed", by=own.focal).count() == 1


def test_it_is_one_s_own_or_of_whom_one_acts_for(here: Summit, own: Land) -> None:
    member = f.MembershipFactory(party=f.PartyFactory(summit=here), person__user=f.UserFactory())
    theirs = calendars_services.make(by=member.person.user, person=member.person)[0]
    for data in ({}, {"party": member.party.public_id}, {"person": member.person.public_id}, {"person": "nobody"}):
        assert kind(make(own.focal, data)) == (422, "fields")
    assert program(own.focal).post(f"{MINE}{theirs.public_id}/end/", {}).status_code == 404
    assert CalendarFeed.objects.count() == 1


def test_a_token_makes_none_and_one_of_another_summit_sees_none(own: Land, monkeypatch: pytest.MonkeyPatch) -> None:
    person = {"person": own.focal.people.get().public_id}
    asks = program(own.focal, ["calendars:write"])
    assert kind(asks.post(MINE, person)) == (403, "browser-only")
    made = make(own.focal, person).json()
    there = f.SummitFactory(slug="there")
    f.FocalPointFactory(party=f.PartyFactory(summit=there), person__user=own.focal)
    elsewhere: Program = program(own.focal, summit=there)
    assert elsewhere.get(MINE).json() == {"results": []}
    assert elsewhere.post(f"{MINE}{made['id']}/end/", {}).status_code == 404
    # The control: without it a token makes what goes on when it is revoked.
    monkeypatch.setattr(calendars_api.Calendars, "token", None)
    assert asks.post(MINE, person).status_code == 201

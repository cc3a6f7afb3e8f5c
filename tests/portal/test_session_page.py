"""A session's page in the portal: papers, places, the floor; what was seen, on all devices; private calendars."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from delegations.parties.models.parties import Party
from sessions.calendars.models import CalendarFeed
from sessions.draft.models.participants import FloorRequest
from sessions.draft.models.sessions import Interpretation, Session
from sessions.draft.services import cancel_and_move
from sessions.notifications.models import AgendaReadMark
from sessions.releases.services import releases
from sessions.speakers.services import floor_requests, speakers_list
from sessions.visibility.models import Visibility
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import read, signed_in
from tests.portal.test_agenda import AGENDA, client, titles
from tests.sessions.conftest import SOON, focal, later, member, open_session, release, session

__all__ = ["client"]

pytestmark = pytest.mark.django_db


def test_papers_are_for_whom_the_release_tells(client: Client, summit: Summit, party: Party) -> None:
    room = f.RoomFactory(venue__summit=summit, directions={"en": "Past the east lobby"})
    own = session(summit, party, room=room)
    seen = session(summit, visibility=Visibility.ACCREDITED, documents_to="participants")
    hidden = session(summit)
    papers = {row.pk: f.DocumentFactory(session=row, content=b"words") for row in (own, seen, hidden)}
    release(summit)
    unreleased = f.DocumentFactory(session=own)

    def ask(row: Session, key: str) -> Any:
        return client.get(f"{AGENDA}{row.public_id}/documents/{key}/")

    got = ask(own, papers[own.pk].public_id)
    assert (got.status_code, got.content) == (200, b"words")
    assert (got["Cache-Control"], got["X-Content-Type-Options"]) == ("private, no-store", "nosniff")
    assert got["Content-Disposition"] == 'attachment; filename="brief.pdf"'
    refused = [(row, papers[row.pk].public_id) for row in (seen, hidden)]
    refused += [(own, unreleased.public_id), (own, papers[seen.pk].public_id), (own, "nothing")]
    assert {ask(row, key).status_code for row, key in refused} == {404}
    shown = read(client, f"{AGENDA}{own.public_id}/")
    assert papers[own.pk].title in shown
    assert papers[seen.pk].title not in read(client, f"{AGENDA}{seen.public_id}/")
    # The page tells the way to a room that one may know.
    assert "Past the east lobby" in shown


@pytest.mark.slow("opens four sessions after each release")
def test_of_a_cancelled_one_whoever_could_read_it_learns_when_and_participants_why(
    client: Client, summit: Summit, party: Party, organiser: User
) -> None:
    own = session(summit, party, title="Own")
    seen = session(summit, title="Seen", visibility=Visibility.ACCREDITED)
    hidden = session(summit, title="Hidden", visibility=Visibility.PARTICIPANTS)
    later_hidden = session(summit, visibility=Visibility.ACCREDITED)

    def status(row: Session) -> int:
        return client.get(f"{AGENDA}{row.public_id}/").status_code

    release(summit)
    for row in (own, seen, hidden):
        cancel_and_move.cancel(session=row, by=organiser, reason="The room is flooded.")
    Session.objects.filter(pk=later_hidden.pk).update(visibility=Visibility.ORGANISERS)
    assert status(own) == 200
    release(summit, note="We look for another day.")
    for row, told in ((own, True), (seen, False)):
        response = client.get(f"{AGENDA}{row.public_id}/")
        shown = response.content.decode()
        assert (response.status_code, row.title in shown, ">cancelled<" in shown) == (410, True, True)
        assert ("The room is flooded." in shown, "We look for another day." in shown) == (told, told)
    assert [status(hidden), status(later_hidden)] == [404, 404]
    # What is scheduled again is there again; what was hidden and then cancelled is not told of either.
    cancel_and_move.reinstate(session=seen, by=organiser)
    Session.objects.filter(pk=later_hidden.pk).update(cancelled_at=f.START)
    release(summit)
    assert [status(seen), status(later_hidden)] == [200, 404]


class TestSignUp:
    @pytest.mark.slow("opens the agenda and a session after each step")
    def test_a_delegate_takes_the_place_and_gives_it_back(
        self, client: Client, delegate: Person, summit: Summit, party: Party
    ) -> None:
        row, colleague = open_session(summit), f.MembershipFactory(party=party).person
        during = session(summit, title="Elsewhere", starts_at=SOON, ends_at=SOON + timedelta(minutes=20))
        f.ParticipantFactory(session=during, person=delegate)
        release(summit)
        address = f"{AGENDA}{row.public_id}/"
        assert "open for sign-up" in read(client, f"{AGENDA}?show=all")
        shown = read(client, address)
        assert ("Take place" in shown, "Elsewhere" in shown) == (True, True)
        answer = client.post(f"{address}sign-up/", {"person": colleague.public_id, "do": "take"}, follow=True)
        assert "Choose a person for the place." in answer.content.decode()
        assert row.sign_ups.count() == 0
        answer = client.post(f"{address}sign-up/", {"person": delegate.public_id, "do": "take"}, follow=True)
        assert answer.redirect_chain == [(address, 303)]
        shown = answer.content.decode()
        assert ("Place reserved for" in shown, "1 of 1 places taken." in shown) == (True, True)
        assert titles(read(client, AGENDA)) == {row.title, "Elsewhere"}
        assert "open for sign-up" not in read(client, f"{AGENDA}?show=all")
        client.post(f"{address}sign-up/", {"person": delegate.public_id, "do": "leave"})
        assert row.sign_ups.count() == 0


def test_what_was_seen_on_one_device_is_seen_on_the_other(
    client: Client, delegate: Person, summit: Summit, party: Party, organiser: User
) -> None:
    first, second = session(summit, party, title="First"), session(summit, party, title="Second")
    release(summit)
    for row in (first, second):
        later(row, organiser, hours=1)
    release(summit)
    other = signed_in(delegate.user)
    fresh = "changed since your last visit"
    assert read(client, AGENDA).count(fresh) == 2
    read(client, f"{AGENDA}{first.public_id}/")
    assert [read(each, AGENDA).count(fresh) for each in (client, other)] == [1, 1]
    read(other, "/portal/changes/")
    assert [read(each, AGENDA).count(fresh) for each in (client, other)] == [0, 0]
    assert set(AgendaReadMark.objects.values_list("session", "number")) == {(first.pk, 2), (None, 2)}


def test_the_reader_is_named_by_a_mark_that_tells_nothing(client: Client, summit: Summit) -> None:
    mark = client.get(AGENDA)["Summit-Reader"]
    assert len(mark) == 16
    assert mark == client.get("/portal/")["Summit-Reader"]
    other = signed_in(member(f.PartyFactory(summit=summit)).user)
    assert other.get(AGENDA)["Summit-Reader"] != mark
    assert "Summit-Reader" not in Client().get(AGENDA)
    script = Client().get("/portal/worker.js")
    assert (script["Content-Type"], script["Cache-Control"]) == ("text/javascript; charset=utf-8", "no-cache")


ASK = "Ask to speak"


@pytest.fixture
def head(party: Party) -> Person:
    return member(party, "head", name="Head", office="")


@pytest.fixture
def debate(summit: Summit, party: Party, head: Person, organiser: User) -> Session:
    made = session(summit, party, starts_at=SOON, ends_at=SOON + timedelta(hours=1), opening=10)
    # Interpreted both ways, as plenaries are: the page's own languages are others.
    for source, target in (("en", "fr"), ("fr", "en")):
        Interpretation.objects.create(session=made, source=source, target=target)
    floor_requests.set_request_deadline(session=made, until=SOON, by=organiser)
    releases.release(summit=summit, by=organiser)
    return made


def path(row: Session) -> str:
    return f"/portal/agenda/{row.public_id}/"


def test_a_head_asks_and_sees_what_became_of_it(
    debate: Session, head: Person, organiser: User, summit: Summit
) -> None:
    client = signed_in(head.user)
    assert ASK in read(client, path(debate))
    response = client.post(f"{path(debate)}floor/", {"do": "ask", "person": head.public_id, "subject": "Rivers"})
    assert (response.status_code, response["Location"]) == (303, path(debate))
    shown = read(client, path(debate))
    assert ("pending" in shown, "Rivers" in shown, ASK in shown) == (True, True, False)
    request = FloorRequest.objects.get()
    first = f.PersonFactory(summit=summit)
    speakers_list.add(session=debate, speaker=first, minutes=20, by=organiser)
    floor_requests.grant(requests=[request], session=debate, by=organiser)
    # The draft is nobody's to know: the place comes with the release.
    shown = read(client, path(debate))
    assert "The next agenda release sets the position." in shown
    releases.release(summit=summit, by=organiser)
    begins = (SOON + timedelta(minutes=30)).astimezone(summit.zone)
    assert f"Number 2, at about {begins:%H:%M}" in read(client, path(debate))


def test_focal_points_ask_and_delegates_do_not(debate: Session, head: Person, party: Party) -> None:
    acting, delegate = signed_in(focal(party).user), member(party)
    assert ASK in read(acting, path(debate))
    client = signed_in(delegate.user)
    assert ASK not in read(client, path(debate))
    assert client.post(f"{path(debate)}floor/", {"do": "ask", "person": delegate.public_id}).status_code == 403
    acting.post(f"{path(debate)}floor/", {"do": "ask", "person": delegate.public_id})
    request = FloorRequest.objects.get()
    assert request.speaker == delegate
    # Who is to speak reads of it; the others of the delegation don't.
    assert "pending" in read(client, path(debate))
    assert "pending" not in read(signed_in(head.user), path(debate))


def test_others_neither_ask_nor_learn_that_there_is_a_session(debate: Session, summit: Summit) -> None:
    other = member(f.PartyFactory(summit=summit), "head")
    client = signed_in(other.user)
    for each in (debate, Session(public_id="x")):
        assert client.post(f"{path(each)}floor/", {"person": other.public_id}).status_code == 404
    # Where all delegations see it, only those who take part are offered the floor.
    Session.objects.filter(pk=debate.pk).update(visibility=Visibility.ACCREDITED)
    release(summit)
    assert ASK not in read(client, path(debate))
    client.post(f"{path(debate)}floor/", {"do": "ask", "person": other.public_id})
    assert not FloorRequest.objects.exists()


CALENDARS = "/portal/calendars/"
ADDRESS = re.compile(r"http://localhost:8000/calendar/([0-9a-f]{48})\.ics")


@pytest.mark.slow("opens two calendars and ends one")
def test_a_calendars_address_is_shown_once_and_opens_until_it_is_ended(summit: Summit, party: Party) -> None:
    person: Person = focal(party)
    f.MembershipFactory(party=party, person=person)
    browser = signed_in(person.user)
    assert "No calendar subscriptions yet." in read(browser, CALENDARS)
    response = browser.post(CALENDARS, {"make": f.PartyFactory(summit=summit).public_id})
    assert (response.status_code, CalendarFeed.objects.count()) == (422, 0)
    assert "Choose an agenda." in response.content.decode()
    for value, of_person, of in (("own", person, None), (party.public_id, None, party)):
        made = browser.post(CALENDARS, {"make": value, "alarms": "yes"})
        assert (made.status_code, made["Cache-Control"]) == (200, "private, no-store")
        said = made.content.decode()
        (token,) = set(ADDRESS.findall(said))
        assert f'href="webcal://localhost:8000/calendar/{token}.ics"' in said
        assert Client().get(f"/calendar/{token}.ics").status_code == 200
        row = CalendarFeed.objects.latest("pk")
        assert (row.person, row.party, row.alarms) == (of_person, of, True)
        assert token not in read(browser, CALENDARS)
    assert browser.post(CALENDARS, {"remind": row.public_id}).status_code == 302
    row.refresh_from_db()
    assert row.alarms is False
    for said in ("1 calendar address turned off.", "This address was already turned off."):
        assert said in browser.post(CALENDARS, {"end": row.public_id}, follow=True).content.decode()
        assert Client().get(f"/calendar/{token}.ics").status_code == 404

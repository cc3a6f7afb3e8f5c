"""Asking for the floor in the portal: who is offered it, what is read of it, and what nobody else learns."""

from datetime import timedelta

import pytest

from delegations.parties.models.parties import Party
from sessions.draft.models.participants import FloorRequest
from sessions.draft.models.sessions import Interpretation, Session
from sessions.releases.services import releases
from sessions.speakers.services import floor_requests, speakers_list
from sessions.visibility.models import Visibility
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User
from tests.clients import signed_in
from tests.factories import PartyFactory, PersonFactory
from tests.portal.test_agenda import page
from tests.sessions.conftest import SOON, focal, member, release, session

pytestmark = pytest.mark.django_db
ASK = "Ask to speak"


@pytest.fixture
def head(party: Party) -> Person:
    return member(party, "head", name="Head", office="")


@pytest.fixture
def row(summit: Summit, party: Party, head: Person, organiser: User) -> Session:
    made = session(summit, party, starts_at=SOON, ends_at=SOON + timedelta(hours=1), opening=10)
    # Interpreted both ways, as plenaries are: the page's own languages are others.
    for source, target in (("en", "fr"), ("fr", "en")):
        Interpretation.objects.create(session=made, source=source, target=target)
    floor_requests.set_request_deadline(session=made, until=SOON, by=organiser)
    releases.release(summit=summit, by=organiser)
    return made


def path(row: Session) -> str:
    return f"/portal/agenda/{row.public_id}/"


def test_a_head_asks_and_sees_what_became_of_it(row: Session, head: Person, organiser: User, summit: Summit) -> None:
    client = signed_in(head.user)
    assert ASK in page(client, path(row))
    response = client.post(f"{path(row)}floor/", {"do": "ask", "person": head.public_id, "subject": "Rivers"})
    assert (response.status_code, response["Location"]) == (303, path(row))
    shown = page(client, path(row))
    assert "pending" in shown
    assert "Rivers" in shown
    assert ASK not in shown
    request = FloorRequest.objects.get()
    first = PersonFactory(summit=summit)
    speakers_list.add(session=row, speaker=first, minutes=20, by=organiser)
    floor_requests.grant(requests=[request], session=row, by=organiser)
    # The draft is nobody's to know: the place comes with the release.
    shown = page(client, path(row))
    assert "The next agenda release sets the position." in shown
    releases.release(summit=summit, by=organiser)
    begins = (SOON + timedelta(minutes=30)).astimezone(summit.zone)
    assert f"Number 2, at about {begins:%H:%M}" in page(client, path(row))


def test_declined_says_why_and_withdrawn_can_be_asked_anew(row: Session, head: Person, organiser: User) -> None:
    client = signed_in(head.user)
    request = floor_requests.ask(session=row, party=head.membership.party, speaker=head, by=head.user)
    client.post(f"{path(row)}floor/", {"do": "withdraw", "request": request.public_id})
    request.refresh_from_db()
    assert request.state == "withdrawn"
    assert ASK in page(client, path(row))
    again = floor_requests.ask(session=row, party=head.membership.party, speaker=head, by=head.user)
    floor_requests.decline(request=again, reason="No time is left.", by=organiser)
    assert "No time is left." in page(client, path(row))


def test_focal_points_ask_and_delegates_do_not(row: Session, head: Person, party: Party) -> None:
    acting, delegate = signed_in(focal(party).user), member(party)
    assert ASK in page(acting, path(row))
    client = signed_in(delegate.user)
    assert ASK not in page(client, path(row))
    assert client.post(f"{path(row)}floor/", {"do": "ask", "person": delegate.public_id}).status_code == 403
    acting.post(f"{path(row)}floor/", {"do": "ask", "person": delegate.public_id})
    request = FloorRequest.objects.get()
    assert request.speaker == delegate
    # Who is to speak reads of it; the others of the delegation don't.
    assert "pending" in page(client, path(row))
    assert "pending" not in page(signed_in(head.user), path(row))


def test_others_neither_ask_nor_learn_that_there_is_a_session(row: Session, summit: Summit) -> None:
    other = member(PartyFactory(summit=summit), "head")
    client = signed_in(other.user)
    answers = [
        client.post(f"{path(each)}floor/", {"person": other.public_id}) for each in (row, Session(public_id="x"))
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    # Where all delegations see it, only those who take part are offered the floor.
    Session.objects.filter(pk=row.pk).update(visibility=Visibility.ACCREDITED)
    release(summit)
    assert ASK not in page(client, path(row))
    client.post(f"{path(row)}floor/", {"do": "ask", "person": other.public_id})
    assert not FloorRequest.objects.exists()

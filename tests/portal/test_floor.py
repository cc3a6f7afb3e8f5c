"""Asking for the floor in the portal: who is offered it, what is read of it, and what nobody else learns."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from delegations.models import Party
from sessions.domain import floor, releases, speakers
from sessions.models import FloorRequest, Interpretation, Session, Visibility
from summit.models import Person, Summit, User
from tests.factories import FocalPointFactory, MembershipFactory, PartyFactory, PersonFactory, UserFactory
from tests.portal.test_agenda import page
from tests.sessions.conftest import organiser, session, summit

__all__ = ["organiser", "summit"]

pytestmark = pytest.mark.django_db
SOON = timezone.now() + timedelta(days=2)
ASK = "Ask for the floor"


@pytest.fixture
def party(summit: Summit) -> Party:
    return PartyFactory(summit=summit, name="Aland")


@pytest.fixture
def head(party: Party) -> Person:
    person = PersonFactory(summit=party.summit, name="Head", office="", user=UserFactory())
    MembershipFactory(party=party, person=person, code="head")
    return person


@pytest.fixture
def row(summit: Summit, party: Party, head: Person, organiser: User) -> Session:
    made = session(summit, party, starts_at=SOON, ends_at=SOON + timedelta(hours=1), opening=10)
    # Interpreted both ways, as plenaries are: the page's own languages are others.
    for source, target in (("en", "fr"), ("fr", "en")):
        Interpretation.objects.create(session=made, source=source, target=target)
    floor.take_requests(session=made, until=SOON, by=organiser)
    releases.release(summit=summit, by=organiser)
    return made


def client_of(user: User | None) -> Client:
    client = Client()
    assert user is not None
    client.force_login(user)
    return client


def path(row: Session) -> str:
    return f"/portal/agenda/{row.public_id}/"


def test_a_head_asks_sees_what_became_of_it_and_when_they_speak(
    row: Session, head: Person, organiser: User, summit: Summit
) -> None:
    client = client_of(head.user)
    assert ASK in page(client, path(row))
    response = client.post(f"{path(row)}floor/", {"deed": "ask", "person": head.public_id, "subject": "Rivers"})
    assert (response.status_code, response["Location"]) == (303, path(row))
    shown = page(client, path(row))
    assert "asked, to be decided" in shown
    assert "Rivers" in shown
    assert ASK not in shown
    request = FloorRequest.objects.get()
    first = PersonFactory(summit=summit)
    speakers.add(session=row, speaker=first, minutes=20, by=organiser)
    floor.grant(requests=[request], session=row, by=organiser)
    # The draft is nobody's to know: the place comes with the release.
    shown = page(client, path(row))
    assert "The place on the list comes with the next release of the agenda." in shown
    releases.release(summit=summit, by=organiser)
    begins = (SOON + timedelta(minutes=30)).astimezone(summit.zone)
    assert f"Place 2, at about {begins:%H:%M}" in page(client, path(row))


def test_declined_says_why_and_withdrawn_can_be_asked_anew(row: Session, head: Person, organiser: User) -> None:
    client = client_of(head.user)
    request = floor.ask(session=row, party=head.membership.party, speaker=head, by=head.user)
    client.post(f"{path(row)}floor/", {"deed": "withdraw", "request": request.public_id})
    request.refresh_from_db()
    assert request.state == "withdrawn"
    assert ASK in page(client, path(row))
    again = floor.ask(session=row, party=head.membership.party, speaker=head, by=head.user)
    floor.decline(request=again, reason="No time is left.", by=organiser)
    assert "No time is left." in page(client, path(row))


def test_a_focal_point_asks_for_any_member_and_a_delegate_for_nobody(
    row: Session, head: Person, party: Party, summit: Summit
) -> None:
    focal = FocalPointFactory(party=party, person=PersonFactory(summit=summit, user=UserFactory())).person
    delegate = PersonFactory(summit=summit, name="Delegate", office="", user=UserFactory())
    MembershipFactory(party=party, person=delegate, code="delegate")
    assert ASK in page(client_of(focal.user), path(row))
    client = client_of(delegate.user)
    assert ASK not in page(client, path(row))
    assert client.post(f"{path(row)}floor/", {"deed": "ask", "person": delegate.public_id}).status_code == 403
    client_of(focal.user).post(f"{path(row)}floor/", {"deed": "ask", "person": delegate.public_id})
    request = FloorRequest.objects.get()
    assert request.speaker == delegate
    # Who is to speak reads of it; the others of the delegation don't.
    assert "asked, to be decided" in page(client, path(row))
    assert "asked, to be decided" not in page(client_of(head.user), path(row))


def test_others_neither_ask_nor_learn_that_there_is_a_session(row: Session, summit: Summit, organiser: User) -> None:
    other = PersonFactory(summit=summit, user=UserFactory())
    MembershipFactory(party=PartyFactory(summit=summit), person=other, code="head")
    client = client_of(other.user)
    answers = [
        client.post(f"{path(each)}floor/", {"person": other.public_id}) for each in (row, Session(public_id="x"))
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    # Where all delegations see it, only those who take part are offered the floor.
    Session.objects.filter(pk=row.pk).update(visibility=Visibility.ACCREDITED)
    releases.release(summit=summit, by=organiser)
    assert ASK not in page(client, path(row))
    client.post(f"{path(row)}floor/", {"deed": "ask", "person": other.public_id})
    assert not FloorRequest.objects.exists()

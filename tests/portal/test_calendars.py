"""The page of private calendar addresses: made and shown once, ended, reminders on and off."""

import re

import pytest
from django.test import Client

from delegations.models import Party
from sessions.models import Feed
from summit.models import Person, Summit
from tests.factories import (
    FocalPointFactory,
    MembershipFactory,
    PartyFactory,
    PersonFactory,
    SummitFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
PAGE = "/portal/calendars/"
ADDRESS = re.compile(r"http://localhost:8000/calendar/([0-9a-f]{48})\.ics")


@pytest.fixture
def party() -> Party:
    summit: Summit = SummitFactory()
    return PartyFactory(summit=summit, name="Aland")


@pytest.fixture
def focal(party: Party) -> Person:
    person: Person = PersonFactory(summit=party.summit, user=UserFactory(), name="Ada")
    FocalPointFactory(party=party, person=person)
    MembershipFactory(party=party, person=person)
    return person


@pytest.fixture
def browser(focal: Person) -> Client:
    client = Client()
    client.force_login(focal.user)  # type: ignore[arg-type]
    return client


@pytest.mark.parametrize("whose", ["own", "party"])
def test_an_address_is_shown_once_and_opens(whose: str, browser: Client, party: Party, focal: Person) -> None:
    assert "No calendar follows your programme yet." in browser.get(PAGE).content.decode()
    value = "own" if whose == "own" else party.public_id
    made = browser.post(PAGE, {"make": value, "alarms": "yes"})
    assert (made.status_code, made["Cache-Control"]) == (200, "private, no-store")
    said = made.content.decode()
    (token,) = set(ADDRESS.findall(said))
    assert f'href="webcal://localhost:8000/calendar/{token}.ics"' in said
    assert Client().get(f"/calendar/{token}.ics").status_code == 200
    row = Feed.objects.get()
    assert (row.person, row.party, row.alarms) == ((focal, None, True) if whose == "own" else (None, party, True))
    assert token not in browser.get(PAGE).content.decode()


def test_it_is_ended_and_its_reminders_are_turned_on(browser: Client) -> None:
    (token,) = set(ADDRESS.findall(browser.post(PAGE, {"make": "own"}).content.decode()))
    row = Feed.objects.get()
    assert browser.post(PAGE, {"remind": row.public_id}).status_code == 302
    row.refresh_from_db()
    assert row.alarms is True
    assert "1 address is dead now." in browser.post(PAGE, {"end": row.public_id}, follow=True).content.decode()
    assert Client().get(f"/calendar/{token}.ics").status_code == 404
    assert "It was ended before." in browser.post(PAGE, {"end": row.public_id}, follow=True).content.decode()


def test_of_another_partys_programme_none_is_made(browser: Client, party: Party) -> None:
    other = PartyFactory(summit=party.summit)
    response = browser.post(PAGE, {"make": other.public_id})
    assert (response.status_code, Feed.objects.count()) == (422, 0)
    assert "Choose whose programme it is." in response.content.decode()

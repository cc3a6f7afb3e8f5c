"""The page of private calendar addresses: made and shown once, ended, reminders on and off."""

import re

import pytest
from django.test import Client

from delegations.parties.models.parties import Party
from sessions.calendars.models import CalendarFeed
from summit.people.models import Person
from summit.summits.models import Summit
from tests.clients import signed_in
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
    return signed_in(focal.user)  # type: ignore[arg-type]


def test_an_address_is_shown_once_and_opens_until_it_is_ended(browser: Client, party: Party, focal: Person) -> None:
    assert "No calendar subscriptions yet." in browser.get(PAGE).content.decode()
    for value, person, of in (("own", focal, None), (party.public_id, None, party)):
        made = browser.post(PAGE, {"make": value, "alarms": "yes"})
        assert (made.status_code, made["Cache-Control"]) == (200, "private, no-store")
        said = made.content.decode()
        (token,) = set(ADDRESS.findall(said))
        assert f'href="webcal://localhost:8000/calendar/{token}.ics"' in said
        assert Client().get(f"/calendar/{token}.ics").status_code == 200
        row = CalendarFeed.objects.latest("pk")
        assert (row.person, row.party, row.alarms) == (person, of, True)
        assert token not in browser.get(PAGE).content.decode()
    assert browser.post(PAGE, {"remind": row.public_id}).status_code == 302
    row.refresh_from_db()
    assert row.alarms is False
    assert (
        "1 calendar address turned off." in browser.post(PAGE, {"end": row.public_id}, follow=True).content.decode()
    )
    assert Client().get(f"/calendar/{token}.ics").status_code == 404
    assert (
        "This address was already turned off."
        in browser.post(PAGE, {"end": row.public_id}, follow=True).content.decode()
    )


def test_of_another_partys_programme_none_is_made(browser: Client, party: Party) -> None:
    other = PartyFactory(summit=party.summit)
    response = browser.post(PAGE, {"make": other.public_id})
    assert (response.status_code, CalendarFeed.objects.count()) == (422, 0)
    assert "Choose an agenda." in response.content.decode()

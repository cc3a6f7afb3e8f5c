"""What people of a summit eat and how they get in, for the conference officer."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from delegations.domain import needs
from delegations.models import Party
from summit.domain.seen import SEEN
from summit.models import AuditEntry, Person, Role, Summit
from tests import factories as f

pytestmark = pytest.mark.django_db
PAGE = "/admin/needs/here/"


@pytest.fixture
def summit() -> Summit:
    found: Summit = f.SummitFactory(slug="here", starts_on=date(2025, 3, 31), ends_on=date(2025, 4, 1))
    return found


def somebody(summit: Summit, name: str, party: Party | None = None, **values: Any) -> Person:
    person: Person = f.PersonFactory(summit=summit, name=name, office="")
    if party is not None:
        f.MembershipFactory(party=party, person=person)
    f.ParticularsFactory(person=person, **values)
    return person


def client_of(role: Role, summit: Summit) -> Client:
    client = Client()
    client.force_login(f.UserFactory.with_role(role, summit))
    return client


def names(found: list[needs.Line]) -> list[str]:
    return [line.person.name for line in found]


def test_by_the_parties_alphabet_and_without_who_needs_nothing(summit: Summit) -> None:
    bland = f.PartyFactory(summit=summit, name="Bland", sort_key="Bland")
    aland = f.PartyFactory(summit=summit, name="Aland", sort_key="Aland")
    somebody(summit, "Alone", diet="vegan")
    somebody(summit, "Bea", bland, access="ramp")
    somebody(summit, "Ann", aland, diet="Vegan")
    somebody(summit, "Nobody", aland)
    somebody(f.SummitFactory(), "Elsewhere", diet="vegan")
    found = needs.lines(summit=summit)
    assert names(found) == ["Ann", "Bea", "Alone"]
    assert names(needs.lines(summit=summit, party=bland)) == ["Bea"]
    assert [number for _said, number in needs.counted(found)] == [2]


def test_by_day_who_is_there_as_far_as_one_knows(summit: Summit) -> None:
    # f.START is 31 March, 09:00 in London.
    somebody(summit, "Late", diet="a", arrives_at=f.START + timedelta(days=1))
    somebody(summit, "Early", diet="a", arrives_at=f.START, departs_at=f.START + timedelta(hours=5))
    somebody(summit, "Unknown", diet="a")
    assert names(needs.lines(summit=summit, day=date(2025, 3, 31))) == ["Early", "Unknown"]
    assert names(needs.lines(summit=summit, day=date(2025, 4, 1))) == ["Late", "Unknown"]


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.CONFERENCE_OFFICER, 200), (Role.PROTOCOL, 200), (Role.ORGANISER, 200), (Role.VETTING, 404)],
)
def test_who_sees_them(summit: Summit, role: Role, status: int) -> None:
    somebody(summit, "Zoe", diet="vegan", access="ramp")
    answer = client_of(role, summit).get(PAGE)
    assert answer.status_code == status
    assert ("vegan" in answer.content.decode()) == (status == 200)
    assert AuditEntry.objects.filter(action=SEEN, fields=["access", "diet"]).count() == (status == 200)


def test_the_officers_home_leads_there(summit: Summit) -> None:
    assert PAGE in client_of(Role.CONFERENCE_OFFICER, summit).get("/admin/").content.decode()


def test_the_page_is_narrowed_and_asks_as_much_for_many(summit: Summit) -> None:
    party = f.PartyFactory(summit=summit, name="Aland")
    somebody(summit, "Ann", party, diet="vegan")
    somebody(summit, "Bea", diet="halal")
    client = client_of(Role.CONFERENCE_OFFICER, summit)
    shown = client.get(PAGE, {"party": party.pk, "day": "2025-04-01"}).content.decode()
    assert ("vegan" in shown, "halal" in shown) == (True, False)
    assert client.get(PAGE, {"party": "x", "day": "2030-01-01"}).status_code == 200

    def count() -> int:
        client.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        return len(queries)

    few = count()
    for number in range(10):
        somebody(summit, f"P{number}", f.PartyFactory(summit=summit), diet="vegan")
    assert count() == few

"""What people of a summit eat and how they get in, for the conference officer."""

from datetime import date, timedelta
from typing import Any

import pytest

from delegations.parties.models.parties import Party
from delegations.travel.selectors import dietary_and_access_needs
from summit.audit.access_log import SEEN
from summit.audit.models import AuditEntry
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.helpers import sign_in, text

pytestmark = pytest.mark.django_db
PAGE = "/admin/needs/here/"


def somebody(summit: Summit, name: str, party: Party | None = None, **values: Any) -> Person:
    person = f.PersonFactory(summit=summit, name=name, office="")
    if party is not None:
        f.MembershipFactory(party=party, person=person)
    f.ParticularsFactory(person=person, **values)
    return person


def names(found: list[dietary_and_access_needs.NeedsLine]) -> list[str]:
    return [line.person.name for line in found]


def test_by_the_parties_alphabet_and_without_who_needs_nothing(summit: Summit) -> None:
    bland, aland = (f.PartyFactory(summit=summit, name=name) for name in ("Bland", "Aland"))
    somebody(summit, "Alone", diet="vegan")
    somebody(summit, "Bea", bland, access="ramp")
    somebody(summit, "Ann", aland, diet="Vegan")
    somebody(summit, "Nobody", aland)
    somebody(f.SummitFactory(), "Elsewhere", diet="vegan")
    found = dietary_and_access_needs.lines(summit=summit)
    assert names(found) == ["Ann", "Bea", "Alone"]
    assert names(dietary_and_access_needs.lines(summit=summit, party=bland)) == ["Bea"]
    assert [number for _said, number in dietary_and_access_needs.counted(found)] == [2]


def test_by_day_who_is_there_as_far_as_one_knows(summit: Summit) -> None:
    # f.START is 31 March, 09:00 in London.
    somebody(summit, "Late", diet="a", arrives_at=f.START + timedelta(days=1))
    somebody(summit, "Early", diet="a", arrives_at=f.START, departs_at=f.START + timedelta(hours=5))
    somebody(summit, "Unknown", diet="a")
    assert names(dietary_and_access_needs.lines(summit=summit, day=date(2025, 3, 31))) == ["Early", "Unknown"]
    assert names(dietary_and_access_needs.lines(summit=summit, day=date(2025, 4, 1))) == ["Late", "Unknown"]


def test_the_page_is_the_officers_and_who_sees_it_is_recorded(summit: Summit) -> None:
    party = f.PartyFactory(summit=summit, name="Aland")
    somebody(summit, "Ann", party, diet="vegan")
    somebody(summit, "Bea", diet="halal", access="ramp")
    assert sign_in(summit, Role.VETTING).get(PAGE).status_code == 404
    client = sign_in(summit, Role.CONFERENCE_OFFICER)
    assert PAGE in text(client.get("/admin/"))
    shown = text(client.get(PAGE))
    assert all(words in shown for words in ("vegan", "halal", "ramp"))
    shown_fields = sorted(dietary_and_access_needs.columns())
    assert {"access", "diet"} <= set(shown_fields)
    assert AuditEntry.objects.filter(action=SEEN, fields=shown_fields).count() == 1
    shown = text(client.get(PAGE, {"party": party.pk, "day": "2025-04-01"}))
    assert ("vegan" in shown, "halal" in shown) == (True, False)
    assert client.get(PAGE, {"party": "x", "day": "2030-01-01"}).status_code == 200

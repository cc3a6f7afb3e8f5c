"""Private calendars by the API: made in a browser, told once, ended by whoever they are of."""

from typing import Any

import pytest
from django.test import Client

from sessions.calendars import api as calendars_api
from sessions.calendars import services as calendars_services
from sessions.calendars.models import CalendarFeed
from summit.audit.models import AuditEntry
from summit.summits.models import Summit
from summit.users.models import User
from tests.clients import signed_in
from tests.factories import FocalPointFactory, MembershipFactory, PartyFactory, SummitFactory, UserFactory
from tests.summit.api.conftest import Program, program
from tests.summit.api.test_viewsets import kind

pytestmark = pytest.mark.django_db
MINE = "me/calendars/"


@pytest.fixture
def focal(here: Summit) -> User:
    made: User = UserFactory()
    FocalPointFactory(party=PartyFactory(summit=here), person__user=made)
    return made


def make(user: User, data: Any, **headers: str) -> Any:
    browser = signed_in(user)
    return browser.post(f"/api/v1/{MINE}", data, content_type="application/json", headers=headers)


def test_an_address_is_made_told_once_and_ended(here: Summit, focal: User) -> None:
    party, person = FocalPointFactory._meta.model.objects.get(person__user=focal).party, focal.people.get()
    of_party = make(focal, {"party": party.public_id, "reminders": True}, **{"Idempotency-Key": "a"})
    again = make(focal, {"party": party.public_id, "reminders": True}, **{"Idempotency-Key": "a"})
    assert (of_party.status_code, again.json()) == (201, {**of_party.json(), "address": None})
    assert (of_party.json()["summit"], of_party.json()["reminders"]) == ("here", True)
    where = of_party.json()["address"].partition("localhost:8000")[2]
    assert Client().get(where).status_code == 200
    own = make(focal, {"person": person.public_id}).json()
    asks = program(focal)
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
    assert [row["id"] for row in asks.get(MINE).json()["results"]] == [own["id"]]
    assert AuditEntry.objects.filter(action="agenda.end_feed", by=focal).count() == 1


def test_it_is_one_s_own_or_of_whom_one_acts_for(here: Summit, focal: User) -> None:
    member = MembershipFactory(party=PartyFactory(summit=here), person__user=UserFactory())
    theirs = calendars_services.make(by=member.person.user, person=member.person)[0]
    for data in ({}, {"party": member.party.public_id}, {"person": member.person.public_id}, {"person": "nobody"}):
        assert kind(make(focal, data)) == (422, "fields")
    assert program(focal).post(f"{MINE}{theirs.public_id}/end/", {}).status_code == 404
    assert CalendarFeed.objects.count() == 1


def test_a_token_makes_none_and_one_of_another_summit_sees_none(focal: User, monkeypatch: pytest.MonkeyPatch) -> None:
    own = {"person": focal.people.get().public_id}
    asks = program(focal, ["calendars:write"])
    assert kind(asks.post(MINE, own)) == (403, "browser-only")
    made = make(focal, own).json()
    there = SummitFactory(slug="there")
    FocalPointFactory(party=PartyFactory(summit=there), person__user=focal)
    elsewhere: Program = program(focal, summit=there)
    assert elsewhere.get(MINE).json() == {"results": []}
    assert elsewhere.post(f"{MINE}{made['id']}/end/", {}).status_code == 404
    # The control: without it a token makes what goes on when it is revoked.
    monkeypatch.setattr(calendars_api.Calendars, "token", None)
    assert asks.post(MINE, own).status_code == 201

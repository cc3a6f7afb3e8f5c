"""The page on which the desk signs people up for a session and takes them off."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sessions.draft.models.sessions import Session
from sessions.draft.models.signups import SignUp
from sessions.signups.messages import PLACE_FREE
from summit.outbox.models import Message
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.helpers import sign_in
from tests.sessions.conftest import Parties, member, open_session, release
from tests.sessions.signups.test_signups import states

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(summit: Summit) -> Session:
    """A side event with one place, released."""
    made = open_session(summit, title="Side event")
    release(summit)
    return made


@pytest.fixture
def people(parties: Parties) -> list[Person]:
    return [
        member(parties["Aland"], name=name, office="", email=f"{name}@x.example".lower())
        for name in ("Ann", "Bo", "Cy")
    ]


def page(row: Session) -> str:
    return reverse("admin:agenda_session_sign_ups", args=[row.pk])


def said(answer: Any) -> str:
    """Return the newest message on a page."""
    return [str(message) for message in answer.context["messages"]][-1]


def _leave(desk: Client, row: Session, person: Person, **more: str) -> Any:
    key = SignUp.objects.get(person=person).public_id
    return desk.post(page(row), {"do": "leave", "row": key, **more}, follow=True)


def test_a_place_or_a_number_is_given_and_the_list_moves_up(desk: Client, row: Session, people: list[Person]) -> None:
    answers = [said(desk.post(page(row), {"person": person.pk}, follow=True)) for person in people]
    assert answers == [
        "Ann has a place.",
        "All places are taken. Bo is number 1 on the waiting list.",
        "All places are taken. Cy is number 2 on the waiting list.",
    ]
    assert [(each.person.name, each.number) for each in desk.get(page(row)).context["rows"]] == [
        ("Ann", None),
        ("Bo", 1),
        ("Cy", 2),
    ]
    assert "2 people wait for a place." in _leave(desk, row, people[0]).content.decode()
    assert len(states(row)) == 3
    assert said(_leave(desk, row, people[0], sure="yes")) == "Ann no longer has a place."
    assert states(row) == [("Bo", "place"), ("Cy", "waiting")]
    assert [message.address for message in Message.objects.filter(kind=PLACE_FREE.name)] == ["bo@x.example"]


def test_who_loses_nothing_is_taken_off_at_once(desk: Client, row: Session, people: list[Person]) -> None:
    desk.post(page(row), {"person": people[0].pk})
    assert said(_leave(desk, row, people[0])) == "Ann no longer has a place."
    assert states(row) == []


def test_what_is_refused_is_said(desk: Client, row: Session, people: list[Person], summit: Summit) -> None:
    desk.post(page(row), {"person": people[0].pk})
    again = desk.post(page(row), {"person": people[0].pk})
    assert said(again) == "Ann is already signed up."
    alone = f.PersonFactory(summit=summit)
    assert desk.post(page(row), {"person": alone.pk}).context["form"].errors == {"person": ["Choose a person."]}
    gone = desk.post(page(row), {"do": "leave", "row": "gone"}, follow=True)
    assert said(gone) == "This person is no longer signed up."


def test_who_may_only_see_signs_nobody_up(summit: Summit, row: Session, people: list[Person]) -> None:
    protocol = sign_in(summit, Role.PROTOCOL)
    assert protocol.get(page(row)).context["may_sign_up"] is False
    assert protocol.post(page(row), {"person": people[0].pk}).status_code == 403
    assert states(row) == []


def test_people_are_found_as_one_types(desk: Client, summit: Summit, people: list[Person]) -> None:
    asked = {"app_label": "agenda", "model_name": "signup", "field_name": "person", "term": "bo"}
    found = desk.get(reverse("admin:autocomplete"), {**asked, "summit": summit.slug}).json()["results"]
    assert [each["text"] for each in found] == ["Bo (Aland)"]

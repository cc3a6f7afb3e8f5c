"""Sign-ups at the desk: the list of open sessions, the page that opens one, and the page that signs people up."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sessions.draft.models.sessions import Session
from sessions.draft.models.signups import SignUp
from sessions.signups.messages import AGAIN, PLACE_FREE, PLACE_REMOVED
from sessions.signups.services import signups
from summit.outbox.failure_reasons import because
from summit.outbox.models import Message
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.helpers import said, sign_in, text
from tests.module_fixtures import once_a_module
from tests.sessions.conftest import SOON, member, open_session, release, session
from tests.sessions.signups.test_signups import states

pytestmark = pytest.mark.django_db


@once_a_module
def row() -> Session:
    """A side event with one place, released."""
    made = open_session(f.SummitFactory(), title="Side event")
    release(made.summit)
    return made


@pytest.fixture
def summit(row: Session) -> Summit:
    return row.summit


@pytest.fixture
def people(summit: Summit) -> list[Person]:
    party = f.PartyFactory(summit=summit, name="Aland")
    names = ("Ann", "Bo", "Cy")
    return [member(party, name=name, office="", email=f"{name}@x.example".lower()) for name in names]


def page(row: Session) -> str:
    return reverse("admin:agenda_session_sign_ups", args=[row.pk])


def test_the_list_begins_with_them_and_leads_to_each(desk: Client, summit: Summit, row: Session) -> None:
    path = f"{reverse('admin:agenda_signup_changelist')}?session__summit__id__exact={summit.pk}"
    f.SignUpFactory(session=row, state="place")
    # Accreditation reads all sign-ups, and opens no session of the draft.
    for client, opens in ((desk, True), (sign_in(summit, Role.ACCREDITATION), False)):
        shown = client.get(path)
        assert [each.session for each in shown.context_data["open_sessions"]] == [row]
        assert (f'href="{page(row)}"' in shown.content.decode()) is opens


def test_a_session_is_opened_in_one_place(desk: Client, summit: Summit) -> None:
    closed = open_session(summit, places=None, sign_up=False, title="Dinner")
    session(summit, starts_at=SOON, ends_at=SOON + timedelta(hours=1), title="Dinner of few")
    path = f"{reverse('admin:agenda_signup_open')}?summit={summit.slug}"
    asked = {"app_label": "agenda", "model_name": "signup", "field_name": "session", "term": "dinner"}
    found = desk.get(reverse("admin:autocomplete"), {**asked, "summit": summit.slug})
    assert [each["id"] for each in found.json()["results"]] == [str(closed.pk)]
    answer = desk.post(path, {"session": closed.pk, "capacity": "12"}, follow=True)
    assert answer.redirect_chain[-1][0] == page(closed)
    for words in (
        "“Dinner” opens for sign-up with the next release.",
        "0 of 12 places taken.",
        "Sign-up opens with the next release.",
    ):
        assert words in text(answer)
    closed.refresh_from_db()
    assert (closed.sign_up, closed.capacity) == (True, 12)
    again = desk.post(path, {"session": closed.pk})
    assert again.context["form"].errors == {"session": ["Choose a session."]}
    assert sign_in(summit, Role.PROTOCOL).get(path).status_code == 403


def _leave(desk: Client, row: Session, person: Person, **more: str) -> Any:
    key = SignUp.objects.get(person=person).public_id
    return desk.post(page(row), {"do": "leave", "row": key, **more})


def test_a_place_or_a_number_is_given_and_the_list_moves_up(desk: Client, row: Session, people: list[Person]) -> None:
    answers = [said(desk.post(page(row), {"person": person.pk}))[-1] for person in people]
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
    assert said(_leave(desk, row, people[0], sure="yes"))[-1] == "Ann no longer has a place."
    assert states(row) == [("Bo", "place"), ("Cy", "waiting")]
    assert [message.address for message in Message.objects.filter(kind=PLACE_FREE.name)] == ["bo@x.example"]
    told = Message.objects.get(kind=PLACE_REMOVED.name)
    assert (told.address, told.facts["people"]) == ("ann@x.example", ["Ann"])
    assert PLACE_REMOVED.why_withdrawn(told) == ""
    signups.sign_up(session=row, person=people[0], by=people[0].user)
    assert PLACE_REMOVED.why_withdrawn(told) == because(AGAIN)


def test_who_leaves_is_not_told(row: Session, people: list[Person]) -> None:
    signups.sign_up(session=row, person=people[0], by=people[0].user)
    signups.cancel_sign_up(session=row, person=people[0], by=people[0].user)
    assert not Message.objects.filter(kind=PLACE_REMOVED.name).exists()


def test_what_is_refused_is_said(desk: Client, row: Session, people: list[Person], summit: Summit) -> None:
    desk.post(page(row), {"person": people[0].pk})
    again = desk.post(page(row), {"person": people[0].pk})
    assert "Ann is already signed up." in again.content.decode()
    alone = f.PersonFactory(summit=summit)
    assert desk.post(page(row), {"person": alone.pk}).context["form"].errors == {"person": ["Choose a person."]}
    gone = desk.post(page(row), {"do": "leave", "row": "gone"})
    assert said(gone)[-1] == "This person is no longer signed up."
    # Who loses nothing is taken off at once.
    assert said(_leave(desk, row, people[0]))[-1] == "Ann no longer has a place."
    assert states(row) == []

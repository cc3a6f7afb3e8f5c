"""For each sort of reader what they see of a session: the same as is shown to them once it is released."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sessions.models import Session
from sessions.models.visibility import PARTS
from summit.models import Role, Summit, User
from tests.factories import FocalPointFactory, PartyFactory, SessionFactory, UserFactory
from tests.sessions.api.test_main_job import DESK
from tests.summit.api.conftest import Program, program

pytestmark = pytest.mark.django_db
READERS = ["public", "accredited", "participants", "organisers"]
# Room and people are shown to fewer than the session, papers to the desks alone.
KEPT = {"visibility": "accredited", "room_to": "participants", "participants_to": "participants"}


@pytest.fixture
def row(here: Summit) -> Session:
    made: Session = SessionFactory(summit=here, documents_to="organisers", **KEPT)
    return made


def where(row: Session) -> str:
    return f"{DESK}sessions/{row.public_id}/who-sees/"


def read(who: Program, row: Session, **headers: str) -> Any:
    answer = who.post(where(row), {}, **headers)
    assert answer.status_code == 200
    return answer.json()


def test_each_sort_of_reader_sees_what_is_shown_to_them(row: Session, viewer: Program) -> None:
    found = read(viewer, row)
    seen = [(each["reader"], each["knows"], [part for part in PARTS if each["parts"][part]]) for each in found]
    assert seen == [
        ("public", False, []),
        ("accredited", True, ["title", "times"]),
        ("participants", True, ["title", "room", "times", "participants"]),
        ("organisers", True, list(PARTS)),
    ]
    assert list(found[0]["parts"]) == list(PARTS)
    called = [each["called"] for each in found]
    assert called == ["everybody", "all delegations", "those who take part", "organisers only"]
    assert read(viewer, row, Accept_Language="fr")[0]["called"] == "tous"


def test_nobody_sees_a_part_of_what_they_do_not_know_of(here: Summit, viewer: Program) -> None:
    for number, visibility in enumerate(READERS):
        row = SessionFactory(summit=here, visibility=visibility)
        found = read(viewer, row)
        assert [each["knows"] for each in found] == [place >= number for place in range(len(READERS))]
        assert [set(each["parts"].values()) for each in found] == [{each["knows"]} for each in found]


def test_it_is_asked_by_whoever_sees_the_draft(here: Summit, row: Session) -> None:
    party = PartyFactory(summit=here)
    focal: User = UserFactory()
    FocalPointFactory(party=party, person__user=focal)
    asked = {
        "organiser": UserFactory.with_role(Role.ORGANISER, here),
        "press": UserFactory.with_role(Role.PRESS_OFFICER, here),
        "vetting": UserFactory.with_role(Role.VETTING, here),
        "focal point": focal,
        "nobody": UserFactory(),
    }
    answers = {name: program(user).post(where(row), {}) for name, user in asked.items()}
    assert {name: answer.status_code for name, answer in answers.items()} == {
        "organiser": 200,
        "press": 200,
        "vetting": 404,
        "focal point": 404,
        "nobody": 404,
    }
    missing = program(focal).post(f"{DESK}sessions/nothing-here/who-sees/", {})
    assert answers["focal point"].content == missing.content


def test_it_writes_nothing(row: Session, organiser: Program) -> None:
    read(organiser, row)
    with CaptureQueriesContext(connection) as queries:
        read(organiser, row)
    assert [each["sql"] for each in queries if "programme_" in each["sql"] and "SELECT" not in each["sql"]] == []
    row.refresh_from_db()
    assert row.revision == 0

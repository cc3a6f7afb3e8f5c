"""For each sort of reader what they see of a session: the same as is shown to them once it is released."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sessions.models import Session
from sessions.models.visibility import PARTS
from summit.models import Role, Summit
from tests.factories import SessionFactory, UserFactory
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


def test_it_is_asked_by_whoever_sees_the_draft(row: Session, here: Summit, viewer: Program) -> None:
    press, vetting = (program(UserFactory.with_role(role, here)) for role in (Role.PRESS_OFFICER, Role.VETTING))
    hidden, missing = (vetting.post(f"{DESK}sessions/{key}/who-sees/", {}) for key in (row.public_id, "nothing-here"))
    assert (press.post(where(row), {}).status_code, hidden.status_code) == (200, 404)
    assert hidden.content == missing.content
    # Nobody sees a part of what they do not know of.
    for number, visibility in enumerate(READERS):
        found = read(viewer, SessionFactory(summit=here, visibility=visibility))
        assert [each["knows"] for each in found] == [place >= number for place in range(len(READERS))]
        assert [set(each["parts"].values()) for each in found] == [{each["knows"]} for each in found]


def test_it_writes_nothing(row: Session, organiser: Program) -> None:
    read(organiser, row)
    with CaptureQueriesContext(connection) as queries:
        read(organiser, row)
    assert [each["sql"] for each in queries if "programme_" in each["sql"] and "SELECT" not in each["sql"]] == []
    row.refresh_from_db()
    assert row.revision == 0

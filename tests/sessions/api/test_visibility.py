"""For each sort of reader what they see of a session: the same as is shown to them once it is released."""

from typing import Any

import pytest

from sessions.draft.models.sessions import Session
from sessions.visibility.models import PARTS
from summit.summits.models import Summit
from tests.factories import SessionFactory
from tests.sessions.api.test_release_workflow import DESK
from tests.summit.api.conftest import Program

pytestmark = pytest.mark.django_db
READERS = ["public", "accredited", "participants", "organisers"]
# Room and people are shown to fewer than the session, papers to the desks alone.
KEPT = {"visibility": "accredited", "room_to": "participants", "participants_to": "participants"}


@pytest.fixture
def row(here: Summit) -> Session:
    return SessionFactory(summit=here, documents_to="organisers", **KEPT)


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
    assert called == ["everyone", "all delegations", "participants of the session", "organisers only"]
    assert read(viewer, row, Accept_Language="fr")[0]["called"] == "tous"


def test_nobody_sees_a_part_of_what_they_do_not_know_of(here: Summit, viewer: Program) -> None:
    for number, visibility in enumerate(READERS):
        found = read(viewer, SessionFactory(summit=here, visibility=visibility))
        assert [each["knows"] for each in found] == [place >= number for place in range(len(READERS))]
        assert [set(each["parts"].values()) for each in found] == [{each["knows"]} for each in found]

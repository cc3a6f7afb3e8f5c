"""What releases changed, by the API: for everybody as the public page tells it, for focal points and delegates as the
portal does, and for nobody more."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sessions.domain import edits, releases
from sessions.models import Session
from summit.models import Role, Summit
from tests.factories import (
    START,
    InvitationFactory,
    ParticipantFactory,
    PartyFactory,
    SessionFactory,
    SlotFactory,
    SummitFactory,
    UserFactory,
)
from tests.sessions.api.conftest import Land
from tests.sessions.api.test_main_job import DESK
from tests.summit.api.conftest import Program, program

pytestmark = pytest.mark.django_db
CHANGES = f"{DESK}agenda/changes/"
TITLES = {"public": "Opening", "accredited": "Open", "ours": "Ours", "theirs": "Theirs", "organisers": "Desk"}


@pytest.fixture
def changed(here: Summit, own: Land, other: Land) -> dict[str, Session]:
    """A session for each sort of reader, all of them moved by the second release; that of Ownland has a speech."""
    Summit.objects.filter(pk=here.pk).update(public=True, public_changes=True)
    desk, hour = UserFactory.with_role(Role.ORGANISER, here), timedelta(hours=1)
    rows = {
        who: SessionFactory(
            summit=here,
            title=title,
            visibility="participants" if who in ("ours", "theirs") else who,
            starts_at=START + number * hour,
            ends_at=START + (number + 1) * hour,
        )
        for number, (who, title) in enumerate(TITLES.items())
    }
    ParticipantFactory(session=rows["ours"], party=own.party)
    SlotFactory(session=rows["ours"], speaker=own.head, party=own.party, minutes=5)
    ParticipantFactory(session=rows["theirs"], party=other.party)
    releases.release(summit=here, by=desk, tell=False)
    for row in rows.values():
        later = row.starts_at + timedelta(minutes=30)
        edits.move(session=row, starts_at=later, ends_at=later + hour, room=None, by=desk, expected=None)
    releases.release(summit=here, by=desk, tell=False, note="Half an hour later")
    return rows


def told(who: Program, **more: Any) -> list[tuple[int, list[str]]]:
    answer = who.post(CHANGES, more)
    assert answer.status_code == 200
    return [(row["number"], [each["title"] for each in row["changes"]]) for row in answer.json()["releases"]]


def test_a_change_is_told_in_words(own: Land, changed: dict[str, Session]) -> None:
    answer = program(own.user).post(CHANGES, {}).json()
    (release,) = answer["releases"]
    assert (release["number"], release["note"], answer["footnotes"]) == (2, "Half an hour later", [])
    assert release["changes"] == [
        {
            "session": changed["ours"].public_id,
            "nature": "changed",
            "title": "Ours",
            "language": "",
            "state": "changed",
            "when": "Monday 31 March 2025, 11:30–12:30 London time",
            "room": "",
            "lines": [
                {
                    "what": "Time",
                    "old": "Monday 31 March 2025, 11:00–12:00 London time",
                    "new": "Monday 31 March 2025, 11:30–12:30 London time",
                }
            ],
            "speeches": [f"Speech of {own.head.label} (Ownland): place 1, at about 11:30 London time"],
        }
    ]
    french = program(own.user).post(CHANGES, {}, Accept_Language="fr").json()["releases"][0]["changes"][0]
    assert (french["state"], french["lines"][0]["what"]) == ("modifiée", "Date et heure")


def test_each_is_told_of_their_own_or_of_all_that_they_may_know(
    own: Land, other: Land, changed: dict[str, Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = program(own.focal)
    assert told(mine) == told(program(own.user), everything=False) == [(2, ["Ours"])]
    assert told(mine, everything=True) == [(2, ["Opening", "Open", "Ours"])]
    assert told(program(other.user), everything=True) == [(2, ["Opening", "Open", "Theirs"])]
    assert told(program(UserFactory(is_superuser=True))) == [(2, list(TITLES.values()))]
    # The control: without the predicate everybody would be told all of it.
    monkeypatch.setattr("sessions.models.releases.EntryQuerySet.for_members", lambda self, members: self.at(3))
    assert told(mine, everything=True) == [(2, list(TITLES.values()))]


def test_whoever_is_nobody_there_finds_nothing(here: Summit, own: Land, changed: dict[str, Session]) -> None:
    who = program(own.user)
    assert program(UserFactory.with_role(Role.ORGANISER, here)).post(CHANGES, {}).status_code == 404
    SummitFactory(slug="closed", public=False)
    assert who.post("summits/closed/desk/agenda/changes/", {}).status_code == 404
    assert who.post(CHANGES, {"all": True}).status_code == 422
    # Nor does anybody of a party that has left.
    InvitationFactory(party=own.party, state="revoked", sent_at=START)
    assert who.post(CHANGES, {"everything": True}).status_code == 404


def test_queries_do_not_grow_with_changes(here: Summit, own: Land) -> None:
    desk, who = UserFactory.with_role(Role.ORGANISER, here), program(own.user)
    SessionFactory(summit=here, visibility="public")
    releases.release(summit=here, by=desk, tell=False)
    numbers: list[tuple[int, int]] = []
    told(who)
    for wanted in (1, 3):
        for _number in range(wanted):
            ParticipantFactory(session=SessionFactory(summit=here, visibility="public"), party=own.party)
        releases.release(summit=here, by=desk, tell=False)
        with CaptureQueriesContext(connection) as queries:
            found = told(who)
        numbers.append((len(queries), len(found[0][1])))
    assert numbers[0][0] == numbers[1][0]
    assert [found for _queries, found in numbers] == [1, 3]
    assert [number for number, _titles in told(who)] == [3, 2]


# --- for everybody --------------------------------------------------------------------------------------------------
PUBLIC = "/api/v1/summits/here/changes/"


def test_everybody_is_told_of_what_is_public_alone(
    changed: dict[str, Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    (release,) = Client().get(PUBLIC).json()["releases"]
    (change,) = release["changes"]
    assert set(release) == {"number", "released_at", "changes"}
    assert (change["session"], change["title"], change["state"]) == (
        changed["public"].public_id,
        "Opening",
        "changed",
    )
    assert "speeches" not in change
    assert Client().get(f"{PUBLIC}?lang=fr").json()["releases"][0]["changes"][0]["state"] == "modifiée"
    # The control: without the predicate everybody would be told all of it.
    monkeypatch.setattr("sessions.models.releases.EntryQuerySet.for_public", lambda self: self.at(3))
    (release,) = Client().get(PUBLIC).json()["releases"]
    assert [each["title"] for each in release["changes"]] == list(TITLES.values())


def test_where_the_summit_tells_nobody_it_is_as_what_is_not_there(changed: dict[str, Session]) -> None:
    etag = Client().get(PUBLIC)["ETag"]
    assert Client().get(PUBLIC, headers={"If-None-Match": etag}).status_code == 304
    assert Client().get(f"{PUBLIC}?everything=true").status_code == 400
    for closed in ({"public_changes": False}, {"public": False, "public_changes": True}):
        Summit.objects.update(**closed)
        answer, missing = (Client().get(f"/api/v1/summits/{name}/changes/") for name in ("here", "nowhere"))
        assert (answer.status_code, answer.content) == (404, missing.content)


def test_a_footnote_comes_with_the_name(here: Summit, changed: dict[str, Session], own: Land) -> None:
    noted = PartyFactory(summit=here, name="Newland", footnote="Without prejudice.")
    ParticipantFactory(session=changed["public"], party=noted)
    releases.release(summit=here, by=UserFactory.with_role(Role.ORGANISER, here), tell=False)
    ask: list[Callable[[], Any]] = [
        lambda: Client().get(PUBLIC),
        lambda: program(own.user).post(CHANGES, {"everything": True}),
    ]
    for asked in ask:
        answer = asked().json()
        (change,) = answer["releases"][0]["changes"]
        assert [line["new"] for line in change["lines"]] == ["Newland¹"]
        assert answer["footnotes"] == [{"mark": "1", "words": "Without prejudice.", "language": "en"}]

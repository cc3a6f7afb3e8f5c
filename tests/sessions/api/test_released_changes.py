"""What releases changed, by the API: for everybody as the public page tells it, for focal points and delegates as the
portal does, and for nobody more."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from sessions.draft.models.sessions import Session
from sessions.releases.services import releases
from summit.permissions.models import Role
from summit.public_base.page_cache import PAGES
from summit.summits.models import Summit
from tests import factories as f
from tests.sessions.api.conftest import Land
from tests.sessions.api.test_release_workflow import DESK
from tests.sessions.conftest import later, release
from tests.summit.api.conftest import Program, program

pytestmark = pytest.mark.django_db
CHANGES = f"{DESK}agenda/changes/"
TITLES = {"public": "Opening", "accredited": "Open", "ours": "Ours", "theirs": "Theirs", "organisers": "Desk"}


@pytest.fixture
def changed(here: Summit, own: Land, other: Land) -> dict[str, Session]:
    """A session for each sort of reader, all of them moved by the second release; that of Ownland has a speech."""
    Summit.objects.filter(pk=here.pk).update(public=True, public_changes=True)
    desk, hour = f.UserFactory.with_role(Role.ORGANISER, here), timedelta(hours=1)
    rows = {
        who: f.SessionFactory(
            summit=here,
            title=title,
            visibility="participants" if who in ("ours", "theirs") else who,
            starts_at=f.START + number * hour,
            ends_at=f.START + (number + 1) * hour,
        )
        for number, (who, title) in enumerate(TITLES.items())
    }
    f.ParticipantFactory(session=rows["ours"], party=own.party)
    f.SlotFactory(session=rows["ours"], speaker=own.head, party=own.party, minutes=5)
    f.ParticipantFactory(session=rows["theirs"], party=other.party)
    releases.release(summit=here, by=desk, tell=False)
    for row in rows.values():
        later(row, desk, minutes=30)
    releases.release(summit=here, by=desk, tell=False, note="Half an hour later")
    return rows


def told(who: Program, **more: Any) -> list[list[str]]:
    answer = who.post(CHANGES, more)
    assert answer.status_code == 200
    return [[each["title"] for each in row["changes"]] for row in answer.json()["releases"]]


def test_a_change_is_told_in_words(own: Land, changed: dict[str, Session]) -> None:
    answer = program(own.user).post(CHANGES, {}).json()
    (release,) = answer["releases"]
    assert (release["note"], answer["footnotes"]) == ("Half an hour later", [])
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
            "speeches": [f"Speech of {own.head.label} (Ownland): position 1, at about 11:30 London time"],
        }
    ]
    french = program(own.user).post(CHANGES, {}, Accept_Language="fr").json()["releases"][0]["changes"][0]
    assert (french["state"], french["lines"][0]["what"]) == ("modifiée", "Date et heure")


def test_each_is_told_of_theirs_or_of_all_they_may_know(own: Land, other: Land, changed: dict[str, Session]) -> None:
    mine = program(own.focal)
    assert told(mine) == told(program(own.user), everything=False) == [["Ours"]]
    assert told(mine, everything=True) == [["Opening", "Open", "Ours"]]
    assert told(program(other.user), everything=True) == [["Opening", "Open", "Theirs"]]
    assert told(program(f.UserFactory(is_superuser=True))) == [list(TITLES.values())]


def test_whoevers_party_has_left_finds_nothing(own: Land, changed: dict[str, Session]) -> None:
    who = program(own.user)
    assert who.post(CHANGES, {"all": True}).status_code == 422
    f.InvitationFactory(party=own.party, state="revoked", sent_at=f.START)
    assert who.post(CHANGES, {"everything": True}).status_code == 404


# --- for everybody --------------------------------------------------------------------------------------------------
PUBLIC = "/api/v1/summits/here/changes/"


def test_everybody_is_told_only_what_is_public(changed: dict[str, Session], monkeypatch: pytest.MonkeyPatch) -> None:
    (release,) = Client().get(PUBLIC).json()["releases"]
    (change,) = release["changes"]
    assert set(release) == {"released_at", "changes"}
    assert (change["session"], change["title"], change["state"]) == (
        changed["public"].public_id,
        "Opening",
        "changed",
    )
    assert "speeches" not in change
    assert Client().get(f"{PUBLIC}?lang=fr").json()["releases"][0]["changes"][0]["state"] == "modifiée"
    # The control: without the predicate everybody would be told all of it.
    monkeypatch.setattr("sessions.agenda.models.releases.EntryQuerySet.for_public", lambda self: self.at(3))
    PAGES.clear()
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
    noted = f.PartyFactory(summit=here, name="Newland", footnote="Without prejudice.")
    f.ParticipantFactory(session=changed["public"], party=noted)
    release(here, tell=False)
    ask: list[Callable[[], Any]] = [
        lambda: Client().get(PUBLIC),
        lambda: program(own.user).post(CHANGES, {"everything": True}),
    ]
    for asked in ask:
        answer = asked().json()
        (change,) = answer["releases"][0]["changes"]
        assert [line["new"] for line in change["lines"]] == ["Newland¹"]
        assert answer["footnotes"] == [{"mark": "1", "words": "Without prejudice.", "language": "en"}]

"""Releases by the API: planned, previewed and released by programs alone, and what changed, for whoever may know."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from delegations.parties.models.parties import Party
from sessions.agenda.models.releases import Release
from sessions.draft.models.sessions import Session
from sessions.releases.services import releases
from summit.audit.models import AuditEntry
from summit.permissions.models import Role
from summit.public_base.page_cache import PAGES
from summit.summits.models import Room, Summit
from tests import factories as f
from tests.module_fixtures import once_a_module
from tests.sessions.api.conftest import Land
from tests.sessions.conftest import later
from tests.summit.api.conftest import Program, program

pytestmark = pytest.mark.django_db
DESK = "summits/here/desk/"


@pytest.fixture
def party(here: Summit) -> Party:
    here.public = True
    here.save(update_fields=["public"])
    made: Party = f.PartyFactory(summit=here, name="Aland", mission_email="office@aland.example")
    f.MembershipFactory(party=made, person__office="Minister of Ports", person__email="minister@aland.example")
    return made


def add(who: Program, what: str, **values: Any) -> Any:
    return who.told("post", f"{DESK}{what}/", values, status=201)


def done(who: Program, what: str, **values: Any) -> Any:
    return who.told("post", f"{DESK}{what}/", values)


def test_a_planned_session_becomes_public(here: Summit, organiser: Program, party: Party, rooms: list[Room]) -> None:
    times = {"starts_at": "2025-03-31T09:00:00+01:00", "ends_at": "2025-03-31T11:00:00+01:00"}
    values = {"title": "Of ports", "kind": "plenary", "room": rooms[0].public_id, "visibility": "public"}
    made = add(organiser, "sessions", **values, **times)
    of = {"session": made["id"]}
    add(organiser, "session-texts", **of, language="fr", title="Des ports")
    add(organiser, "interpretation", **of, source="en", target="fr", booth="2")
    add(organiser, "session-participants", **of, party=party.public_id, level="head1")
    speaker = party.memberships.get().person
    add(organiser, "slots", **of, speaker=speaker.public_id, party=party.public_id, title="Welcome")
    public = "/api/v1/summits/here/agenda/"
    assert Client().get(public).json()["results"] == []
    found = done(organiser, "releases/preview")
    assert (found["number"], found["first"], found["sessions"], found["changed"]) == (1, True, 1, 1)
    changes = [(each["session"], each["nature"], each["title"]) for each in found["changes"]]
    assert changes == [(made["id"], "added", "Of ports")]
    assert sorted((each["address"], each["sessions"]) for each in found["notices"]) == [
        ("minister@aland.example", [made["id"]]),
        ("office@aland.example", [made["id"]]),
    ]
    released = done(organiser, "releases/release", expected=found["expected"], note="The first.", tell=False)
    assert (released["number"], released["note"]) == (1, "The first.")
    (row,) = Client().get(public).json()["results"]
    assert (row["id"], row["title"], row["room"], row["sequence"]) == (made["id"], "Of ports", "Hall", 1)
    assert [(each["role"], each["name"], each["party"], each["title"]) for each in row["participants"]] == [
        ("speaker", "Minister of Ports", "Aland", "Welcome"),
        ("participant", "Aland", "", ""),
    ]
    assert row["texts"] == [{"language": "fr", "title": "Des ports", "summary": ""}]
    assert row["interpretation"] == [{"from_language": "en", "into_language": "fr"}]
    actions = AuditEntry.objects.filter(summit=here, action__startswith="agenda.").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == [
        *("agenda.session.add", "agenda.texts", "agenda.interpretation", "agenda.participants"),
        *("agenda.speakers.add", "agenda.release"),
    ]


def test_what_was_not_seen_is_not_released_and_the_draft_is_taken_back(here: Summit, organiser: Program) -> None:
    session = f.SessionFactory(summit=here, title="Of ports")
    where = f"sessions/{session.public_id}"
    seen = done(organiser, "releases/preview")["expected"]
    assert organiser.post(f"{DESK}releases/release/", {"note": "Blind."}).status_code == 422
    later(session, organiser.user, hours=1)
    late = organiser.post(f"{DESK}releases/release/", {"expected": seen})
    assert late.status_code == 412
    assert late.json()["detail"].startswith("The draft has changed since you opened this page.")
    assert not Release.objects.filter(summit=here).exists()
    found = done(organiser, "releases/preview", day="2025-03-31")
    made = done(organiser, "releases/release", day="2025-03-31", expected=found["expected"], tell=False)
    again = organiser.post(f"{DESK}releases/release/", {"expected": found["expected"]})
    assert (again.status_code, again.json()["detail"]) == (409, "No changes since release 1.")
    (row,) = organiser.get(f"{DESK}releases/").json()["results"]
    assert organiser.get(f"{DESK}releases/{row['id']}/").json() == row
    Session.objects.filter(pk=session.pk).update(title="Of harbours")
    back = done(organiser, f"releases/{made['id']}/preview-restore", session=session.public_id)
    assert [(each["session"], each["nature"]) for each in back["changes"]] == [(session.public_id, "changed")]
    done(organiser, f"releases/{made['id']}/restore", expected=back["expected"])
    assert organiser.get(f"{DESK}{where}/").json()["title"] == "Of ports"


CHANGES = "summits/there/desk/agenda/changes/"
TITLES = {"public": "Opening", "accredited": "Open", "ours": "Ours", "theirs": "Theirs", "organisers": "Desk"}


class Changed:
    """A session for each sort of reader, all of them moved by the second release; that of Ownland has a speech."""

    def __init__(self) -> None:
        self.summit: Summit = f.SummitFactory(slug="there", public_changes=True)
        self.own, self.other = Land(self.summit, "Ownland"), Land(self.summit, "Otherland")
        desk, hour = f.UserFactory.with_role(Role.ORGANISER, self.summit), timedelta(hours=1)
        self.rows: dict[str, Session] = {}
        for number, (who, title) in enumerate(TITLES.items()):
            times = {"starts_at": f.START + number * hour, "ends_at": f.START + (number + 1) * hour}
            visibility = "participants" if who in ("ours", "theirs") else who
            self.rows[who] = f.SessionFactory(summit=self.summit, title=title, visibility=visibility, **times)
        f.ParticipantFactory(session=self.rows["ours"], party=self.own.party)
        f.SlotFactory(session=self.rows["ours"], speaker=self.own.head, party=self.own.party, minutes=5)
        f.ParticipantFactory(session=self.rows["theirs"], party=self.other.party)
        releases.release(summit=self.summit, by=desk, tell=False)
        for row in self.rows.values():
            later(row, desk, minutes=30)
        releases.release(summit=self.summit, by=desk, tell=False, note="Half an hour later")


@once_a_module
def changed() -> Changed:
    return Changed()


def told(who: Program, **more: Any) -> list[list[str]]:
    return [[each["title"] for each in row["changes"]] for row in who.told("post", CHANGES, more)["releases"]]


def test_each_is_told_of_theirs_or_of_all_they_may_know(changed: Changed) -> None:
    mine = program(changed.own.focal)
    assert told(mine) == told(program(changed.own.user), everything=False) == [["Ours"]]
    assert told(mine, everything=True) == [["Opening", "Open", "Ours"]]
    assert told(program(changed.other.user), everything=True) == [["Opening", "Open", "Theirs"]]
    assert told(program(f.UserFactory(is_superuser=True))) == [list(TITLES.values())]
    assert mine.post(CHANGES, {"all": True}).status_code == 422
    # Whoever's party has left finds nothing.
    f.InvitationFactory(party=changed.own.party, state="revoked", sent_at=f.START)
    assert mine.post(CHANGES, {"everything": True}).status_code == 404


PUBLIC = "/api/v1/summits/there/changes/"


def test_everybody_is_told_only_what_is_public(changed: Changed, monkeypatch: pytest.MonkeyPatch) -> None:
    (release,) = Client().get(PUBLIC).json()["releases"]
    (change,) = release["changes"]
    assert set(release) == {"released_at", "changes"}
    told = (change["session"], change["title"], change["state"])
    assert told == (changed.rows["public"].public_id, "Opening", "changed")
    assert "speeches" not in change
    assert Client().get(f"{PUBLIC}?lang=fr").json()["releases"][0]["changes"][0]["state"] == "modifiée"
    # The control: without the predicate everybody would be told all of it.
    monkeypatch.setattr("sessions.agenda.models.releases.EntryQuerySet.for_public", lambda self: self.at(3))
    PAGES.clear()
    (release,) = Client().get(PUBLIC).json()["releases"]
    assert [each["title"] for each in release["changes"]] == list(TITLES.values())


def test_where_the_summit_tells_nobody_it_is_as_what_is_not_there(changed: Changed) -> None:
    etag = Client().get(PUBLIC)["ETag"]
    assert Client().get(PUBLIC, headers={"If-None-Match": etag}).status_code == 304
    assert Client().get(f"{PUBLIC}?everything=true").status_code == 400
    for closed in ({"public_changes": False}, {"public": False, "public_changes": True}):
        Summit.objects.filter(slug="there").update(**closed)
        answer, missing = (Client().get(f"/api/v1/summits/{name}/changes/") for name in ("there", "nowhere"))
        assert (answer.status_code, answer.content) == (404, missing.content)

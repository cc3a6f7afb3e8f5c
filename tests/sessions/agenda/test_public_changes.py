"""What readers learn of changes: when the agenda changed last, of what they may read."""

import re
from datetime import datetime

import pytest
from django.test import Client

from delegations.parties.models.parties import Party
from sessions.agenda.models.releases import Release
from sessions.agenda.selectors import last_changed, release_changes
from sessions.calendars import services as calendars_services
from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move
from sessions.visibility.models import Visibility
from sessions.visibility.viewers import Members
from summit.people.models import Person
from summit.summits.models import Summit
from tests import factories as f
from tests.clients import signed_in
from tests.module_fixtures import once_a_module
from tests.sessions.conftest import member, release, session

pytestmark = pytest.mark.django_db


def test_what_is_cancelled_and_then_hidden_is_not_there() -> None:
    open_summit = f.SummitFactory(public_changes=True)
    row, _other = session(open_summit, visibility=Visibility.PUBLIC), session(open_summit)
    path = f"/{open_summit.slug}/agenda/{row.public_id}/"
    release(open_summit)
    by = f.UserFactory.with_role("organiser", open_summit)
    cancel_and_move.cancel(session=row, by=by)
    release(open_summit)
    assert (Client().get(path).status_code, len(release_changes.public_changes(summit=open_summit))) == (410, 1)
    cancel_and_move.reinstate(session=row, by=by)
    Session.objects.filter(pk=row.pk).update(visibility=Visibility.ORGANISERS)
    release(open_summit)
    assert (Client().get(path).status_code, release_changes.public_changes(summit=open_summit)) == (404, [])
    cancel_and_move.cancel(session=row, by=by)
    release(open_summit)
    assert (Client().get(path).status_code, release_changes.public_changes(summit=open_summit)) == (404, [])


# What a form carries and the clock shows is another one on each page.
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"|<p class="clock".*?</p>', re.DOTALL)


class Readers:
    """A session for each circle of readers, all of them released; a delegate who takes part, and one who doesn't."""

    def __init__(self, summit: Summit) -> None:
        self.summit = summit
        self.party: Party = f.PartyFactory(summit=summit)
        self.delegate, self.other = member(self.party), member(f.PartyFactory(summit=summit))
        self.rows = {
            visibility: session(summit, self.party, title=f"For {visibility}", visibility=visibility)
            for visibility in Visibility.values
        }
        self.feed = calendars_services.make(by=self.delegate.user, person=self.delegate)[0]  # type: ignore[arg-type]
        self.first = release(summit)

    def change(self, visibility: str) -> Release:
        row = self.rows[visibility]
        Session.objects.filter(pk=row.pk).update(summary=f"Words {self.summit.releases.count()}")
        return release(self.summit)


def moments(readers: Readers) -> dict[str, datetime | None]:
    """Return when each reader reads that the agenda changed last."""

    def of(person: Person, *, everything: bool) -> datetime | None:
        members = Members.of([person.membership.party], [person])
        return last_changed.of_members(readers.summit, members, everything=everything)

    return {
        "everybody": last_changed.public(readers.summit),
        "other": of(readers.other, everything=True),
        "other's own": of(readers.other, everything=False),
        "delegate": of(readers.delegate, everything=True),
        "delegate's own": of(readers.delegate, everything=False),
        "delegate's calendar": calendars_services.updated_at(readers.feed),
    }


DELEGATE = {"delegate", "delegate's own", "delegate's calendar"}
# For whom a change of a session that is for these readers is an update.
MOVED: dict[str, set[str]] = {
    "public": {"everybody", "other", *DELEGATE},
    "accredited": {"other", *DELEGATE},
    "participants": DELEGATE,
    "organisers": set(),
}


@once_a_module
def readers() -> Readers:
    return Readers(f.SummitFactory())


@pytest.mark.parametrize("visibility", MOVED)
def test_only_what_one_may_read_is_an_update(
    readers: Readers, monkeypatch: pytest.MonkeyPatch, visibility: str
) -> None:
    before = moments(readers)
    assert before == {**dict.fromkeys(before, readers.first.released_at), "other's own": None}
    moved = readers.change(visibility).released_at
    readers.change("organisers")
    for compared in (1, last_changed.COMPARED):
        monkeypatch.setattr(last_changed, "COMPARED", compared)
        after = moments(readers)
        assert {reader for reader, moment in after.items() if moment == moved} == MOVED[visibility]
        assert {reader: moment for reader, moment in after.items() if moment != moved} == {
            reader: moment for reader, moment in before.items() if reader not in MOVED[visibility]
        }


def test_the_desk_reads_what_each_rank_reads_of_a_release(readers: Readers) -> None:
    readers.change("organisers")
    made = Release.objects.filter(summit=readers.summit).order_by("-number")[0]
    found = {who: (number, since) for who, number, since in last_changed.by_rank(made)}
    assert set(found) == {"public", "accredited", "participants", "organisers"}
    assert found["organisers"][1] == made.number
    assert {since < made.number for who, (_number, since) in found.items() if who != "organisers"} == {True}
    assert [number for number, _since in found.values()] == sorted(number for number, _since in found.values())
    desk = signed_in(f.UserFactory.with_role("organiser", readers.summit))
    page = desk.get(f"/admin/agenda/release/{made.pk}/change/").content.decode()
    assert ("Versions by audience" in page, page.count(">in this release<")) == (True, 1)


@pytest.mark.slow("opens each page of the agenda twice")
def test_a_release_of_hidden_things_shows_nowhere(readers: Readers) -> None:
    base, api = f"/{readers.summit.slug}/agenda", f"/api/v1/summits/{readers.summit.slug}"
    public = [f"{base}/", f"{base}.ics", f"{base}/schedule.json", f"{base}/schedule.xml", f"{base}/sitemap.xml"]
    public += [f"{api}/agenda/", "/sitemap.xml"]
    portal = ["/portal/agenda/", "/portal/agenda/?show=all", "/portal/agenda/programme.pdf"]
    browser = signed_in(readers.other.user)

    def answers() -> dict[str, bytes]:
        found = {path: Client().get(path) for path in public}
        assert {path for path, response in found.items() if response.status_code != 200} == set()
        return {
            **{path: found[path].content + found[path].headers.get("ETag", "").encode() for path in public},
            **{path: TOKEN.sub(b"", browser.get(path).content) for path in portal},
        }

    before = answers()
    readers.change("organisers")
    readers.change("participants")
    assert answers() == before
    # The control: what is public does show.
    readers.change("public")
    for path in (f"{base}.ics", f"{api}/agenda/"):
        response = Client().get(path)
        assert response.content + response.headers.get("ETag", "").encode() != before[path]

"""When the agenda changed last is said of what its readers may read: what is hidden from them moves nothing."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from delegations.parties.models.parties import Party
from sessions.agenda.models.releases import Release
from sessions.agenda.selectors import last_changed
from sessions.calendars import services as calendars_services
from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move
from sessions.visibility.models import Visibility
from sessions.visibility.viewers import Members
from summit.people.models import Person
from summit.summits.models import Summit
from tests import factories as f
from tests.clients import signed_in
from tests.sessions.conftest import member, release, session

pytestmark = pytest.mark.django_db
# What a form carries and the clock shows is another one on each page.
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"|<p class="clock".*?</p>', re.DOTALL)


class World:
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


def moments(world: World) -> dict[str, datetime | None]:
    """Return when each reader reads that the agenda changed last."""

    def of(person: Person, *, everything: bool) -> datetime | None:
        members = Members.of([person.membership.party], [person])
        return last_changed.of_members(world.summit, members, everything=everything)

    return {
        "everybody": last_changed.public(world.summit),
        "other": of(world.other, everything=True),
        "other's own": of(world.other, everything=False),
        "delegate": of(world.delegate, everything=True),
        "delegate's own": of(world.delegate, everything=False),
        "delegate's calendar": calendars_services.updated_at(world.feed),
    }


DELEGATE = {"delegate", "delegate's own", "delegate's calendar"}
# For whom a change of a session that is for these readers is an update.
MOVED: dict[str, set[str]] = {
    "public": {"everybody", "other", *DELEGATE},
    "accredited": {"other", *DELEGATE},
    "participants": DELEGATE,
    "organisers": set(),
}


@pytest.fixture
def world(summit: Summit) -> World:
    return World(summit)


@pytest.mark.parametrize("visibility", MOVED)
@pytest.mark.parametrize("compared", [1, last_changed.COMPARED])
def test_only_what_one_may_read_is_an_update(
    world: World, monkeypatch: pytest.MonkeyPatch, visibility: str, compared: int
) -> None:
    monkeypatch.setattr(last_changed, "COMPARED", compared)
    before = moments(world)
    assert before == {**dict.fromkeys(before, world.first.released_at), "other's own": None}
    moved = world.change(visibility).released_at
    world.change("organisers")
    after = moments(world)
    assert {reader for reader, moment in after.items() if moment == moved} == MOVED[visibility]
    assert {reader: moment for reader, moment in after.items() if moment != moved} == {
        reader: moment for reader, moment in before.items() if reader not in MOVED[visibility]
    }


def test_what_leaves_ones_sight_is_an_update(world: World) -> None:
    by = f.UserFactory.with_role("organiser", world.summit)
    cancel_and_move.cancel(session=world.rows["public"], by=by)
    gone = release(world.summit)
    assert last_changed.public(world.summit) == gone.released_at


def test_the_desk_reads_what_each_rank_reads_of_a_release(world: World) -> None:
    world.change("organisers")
    made = Release.objects.filter(summit=world.summit).order_by("-number")[0]
    found = {who: (number, since) for who, number, since in last_changed.by_rank(made)}
    assert set(found) == {"public", "accredited", "participants", "organisers"}
    assert found["organisers"][1] == made.number
    assert {since < made.number for who, (_number, since) in found.items() if who != "organisers"} == {True}
    assert [number for number, _since in found.values()] == sorted(number for number, _since in found.values())
    desk = signed_in(f.UserFactory.with_role("organiser", world.summit))
    page = desk.get(f"/admin/agenda/release/{made.pk}/change/").content.decode()
    assert ("Versions by audience" in page, page.count(">in this release<")) == (True, 1)


def answers(read: Callable[[str], bytes], paths: list[str]) -> dict[str, bytes]:
    return {path: read(path) for path in paths}


def test_a_release_of_hidden_things_shows_nowhere(world: World) -> None:
    base, api = f"/{world.summit.slug}/agenda", f"/api/v1/summits/{world.summit.slug}"
    public = [f"{base}/", f"{base}.ics", f"{base}/schedule.json", f"{base}/schedule.xml", f"{base}/sitemap.xml"]
    public += [f"{api}/agenda/", "/sitemap.xml"]
    portal = ["/portal/agenda/", "/portal/agenda/?show=all", "/portal/agenda/programme.pdf"]
    browser = signed_in(world.other.user)

    def everybodys(path: str) -> bytes:
        response = Client().get(path)
        assert response.status_code == 200, path
        return response.content + response.headers.get("ETag", "").encode()

    def theirs(path: str) -> bytes:
        return TOKEN.sub(b"", browser.get(path).content)

    before = answers(everybodys, public), answers(theirs, portal)
    world.change("organisers")
    world.change("participants")
    assert answers(everybodys, public) == before[0]
    assert answers(theirs, portal) == before[1]
    world.change("public")
    changed = {path for path, content in answers(everybodys, public).items() if content != before[0][path]}
    assert changed >= {f"{base}.ics", f"{api}/agenda/"}

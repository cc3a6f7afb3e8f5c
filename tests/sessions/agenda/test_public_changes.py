"""What readers learn of changes: when the agenda changed last, and nothing of what is hidden from them now."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from delegations.parties.models.parties import Party
from sessions.agenda.models.releases import Release
from sessions.agenda.selectors import change_descriptions, last_changed, release_changes
from sessions.calendars import services as calendars_services
from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move
from sessions.releases.services import releases
from sessions.visibility.models import DELEGATIONS, EVERYBODY, PARTS, Visibility, rank_of
from sessions.visibility.viewers import Members
from summit.core.process_cache import forget_all
from summit.people.models import Person
from summit.public_base.page_cache import PAGES
from summit.summits.models import Summit
from tests import factories as f
from tests.clients import signed_in
from tests.module_fixtures import once_a_module
from tests.sessions.conftest import SILENTLY, member, release, session

pytestmark = pytest.mark.django_db
NUMBER = 2
# What the draft says of a session at a release; None where it is cancelled.
State = Mapping[str, str] | None
# Something of a session as one release had it: the session's number, the release's, the part.
Word = tuple[int, int, str]
# When sessions begin: no hour at which a page may say that the agenda was updated.
HOUR = (timezone.now().hour + 6) % 24


def word(number: int, step: int, part: str) -> str:
    """Return what a part of a session says in one release and nowhere else: a name, or when it begins."""
    return f"{HOUR:02}:{10 + 2 * step + number}" if part == "times" else f"canary-{part}-{number}-{step}"


class World:
    """Sessions whose every part says something else in each release."""

    def __init__(self, summit: Summit) -> None:
        # Numbers of changes come again where the rows before were rolled back.
        PAGES.clear()
        forget_all()
        self.summit = summit
        self.by = f.UserFactory.with_role("organiser", summit)
        self.venue = f.VenueFactory(summit=summit, name="House")
        self.outside = f.PartyFactory(summit=summit, name="Outside")
        self.rows = [session(summit) for _number in range(NUMBER)]
        self.released: list[list[State]] = []

    def release(self, step: list[State]) -> None:
        """Bring the draft into a state and release it, where it differs from the release before."""
        for number, (row, state) in enumerate(zip(self.rows, step, strict=True)):
            place = len(self.released)
            if state is None:
                Session.objects.filter(pk=row.pk).update(cancelled_at=f.START)
                continue
            start = datetime.fromisoformat(f"2025-03-31T{word(number, place, 'times')}:00+01:00")
            Session.objects.filter(pk=row.pk).update(
                **state,
                cancelled_at=None,
                title=word(number, place, "title"),
                room=f.RoomFactory(venue=self.venue, name=word(number, place, "room")),
                starts_at=start,
                ends_at=start + timedelta(hours=2),
            )
            row.participants.all().delete()
            party = f.PartyFactory(summit=self.summit, name=word(number, place, "participants"))
            f.ParticipantFactory(session=row, party=party)
        try:
            releases.release(summit=self.summit, by=self.by, decisions=SILENTLY)
        except releases.NothingToRelease:
            return
        self.released.append(step)

    def words(self) -> set[Word]:
        """Return all that releases have ever said."""
        return {
            (number, place, part)
            for place, step in enumerate(self.released)
            for number, state in enumerate(step)
            if state is not None
            for part in PARTS
            if part != "documents"
        }

    def hidden(self, rank: int) -> set[str]:
        """Return all that readers of a rank may not read now, whether they could read it once or not."""
        return {word(*each) for each in self.words() if not self._is_known(*each, rank)}

    def _is_known(self, number: int, place: int, part: str, rank: int) -> bool:
        history = [step[number] for step in self.released]
        # Of what is cancelled, the release before decides.
        last = next(state for state in reversed(history) if state is not None)
        return all(
            rank_of(state["visibility"], state[f"{part}_to"]) <= rank for state in (history[place], last) if state
        )


def told_to_everybody(summit: Summit, rows: Iterable[Session]) -> str:
    """Return all answers in which anybody may read of changes."""
    paths = [f"/{summit.slug}/agenda/changes/", f"/api/v1/summits/{summit.slug}/changes/"]
    paths += [f"/{summit.slug}/agenda/{row.public_id}/" for row in rows]
    return "\n".join(Client().get(path).content.decode() for path in paths)


def told_to_delegations(world: World) -> str:
    """Return what whoever has no place in any session reads of changes of all that they may know."""
    members = Members.of([world.outside], [])
    found = release_changes.changes(summit=world.summit, members=members, everything=True, language="en")
    return repr([change_descriptions.stories(entry.changes, world.summit) for entry in found])


def said(hidden: Iterable[str], told: str) -> list[str]:
    # No time is looked for in the minutes and seconds of another.
    return sorted(each for each in hidden if re.search(rf"(?<![\d:]){each}", told))


@pytest.fixture
def open_summit() -> Summit:
    return f.SummitFactory(public_changes=True)


PUBLIC: State = {"visibility": "public", **{f"{part}_to": "" for part in PARTS if part != "documents"}}
HIDING: dict[str, State] = {
    "the session": {**PUBLIC, "visibility": "participants"},
    **{part: {**PUBLIC, f"{part}_to": "participants"} for part in PARTS if part != "documents"},
}


def _as_it_was(summit: Summit, visible: Any, history: Any, *asked: Any, notices: Any = None) -> Any:
    """Return changes as their readers could read them then."""
    return history


@pytest.mark.parametrize("what", HIDING)
def test_hiding_ends_what_older_releases_told(
    open_summit: Summit, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    world = World(open_summit)
    for state in (PUBLIC, PUBLIC, HIDING[what]):
        world.release([state, PUBLIC])
    assert said(world.hidden(EVERYBODY), told_to_everybody(open_summit, world.rows)) == []
    assert said(world.hidden(DELEGATIONS), told_to_delegations(world)) == []
    # The control: without the filter it is told.
    monkeypatch.setattr(release_changes, "_as_read_now", _as_it_was)
    PAGES.clear()
    forget_all()
    assert said(world.hidden(EVERYBODY), told_to_everybody(open_summit, world.rows)) != []
    assert said(world.hidden(DELEGATIONS), told_to_delegations(world)) != []


def test_what_is_cancelled_and_then_hidden_is_not_there(open_summit: Summit) -> None:
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

"""Differences of agendas: nothing is missed, nobody is told of what they may not know, and readers learn when."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from delegations.parties.models.parties import Party
from sessions.agenda.models.releases import Release
from sessions.agenda.selectors import last_changed, release_changes
from sessions.agenda.selectors.change_descriptions import story
from sessions.agenda.selectors.changed_lines import ChangedLine
from sessions.agenda.selectors.differences import (
    ROLES,
    Nature,
    Programme,
    SessionChange,
    What,
    affected_programme,
    aspects,
    differences,
    personal,
)
from sessions.agenda.selectors.sequence_numbers import numbered
from sessions.agenda.selectors.snapshots import Agenda, ParticipantSnapshot, Snapshot
from sessions.calendars import services as calendars_services
from sessions.draft.models.kinds import SessionKind
from sessions.draft.models.sessions import MediaAccess, Session
from sessions.draft.services import cancel_and_move
from sessions.notifications.selectors.change_serialization import from_facts, to_facts
from sessions.visibility.models import DESK, PARTS, RANKS, Visibility, rank_of
from sessions.visibility.viewers import Members
from summit.people.models import Person
from summit.summits.models import Summit
from tests import factories as f
from tests.clients import signed_in
from tests.factories import START, SummitFactory
from tests.module_fixtures import once_a_module
from tests.sessions.conftest import member, release, session

pytestmark = pytest.mark.django_db
SOME = settings(max_examples=25)
PLACE = ParticipantSnapshot("participant", 1, None, "", "Aland", "")
SESSION = Snapshot(
    key="k" * 16,
    session_id=1,
    sequence=1,
    kind=SessionKind.PLENARY.value,
    title="Opening",
    summary="",
    starts_at=START,
    ends_at=START + timedelta(hours=1),
    room_name="Blue Room",
    venue_name="House",
    visibility=Visibility.PARTICIPANTS.value,
    places=(PLACE,),
)

places = st.builds(
    ParticipantSnapshot,
    role=st.sampled_from(["chair", "moderator", "speaker", "participant", "interpreter"]),
    party_id=st.none() | st.integers(1, 4),
    person_id=st.none() | st.integers(1, 4),
    category_id=st.none() | st.integers(1, 4),
    level=st.sampled_from(["", "head", "head1"]),
    slot_key=st.just(""),
    label=st.sampled_from(["Aland", "Beland", "Minister"]),
    party_label=st.sampled_from(["", "Celand"]),
    title=st.sampled_from(["", "Opening"]),
    minutes=st.none() | st.integers(1, 60),
)


audiences = st.dictionaries(st.sampled_from(PARTS), st.sampled_from(Visibility.values))


@st.composite
def snapshots(draw: st.DrawFn, session_id: int) -> Snapshot:
    start = START + timedelta(minutes=draw(st.integers(0, 600)))
    return Snapshot(
        key=f"{session_id:016}",
        session_id=session_id,
        sequence=0,
        kind=draw(st.sampled_from(SessionKind.values)),
        title=draw(st.sampled_from(["Opening", "Talks", "Dinner"])),
        summary=draw(st.sampled_from(["", "Bring maps."])),
        starts_at=start,
        ends_at=start + timedelta(minutes=draw(st.integers(1, 120))),
        room_name=draw(st.sampled_from(["", "Blue Room", "Red Room"])),
        venue_name="",
        visibility=draw(st.sampled_from(Visibility.values)),
        places=tuple(draw(st.lists(places, max_size=3))),
        audiences=tuple(sorted(draw(audiences).items())),
        texts=draw(st.sampled_from([(), (("fr", "Ouverture", ""),)])),
        media=draw(st.sampled_from(MediaAccess.values)),
        languages=draw(st.sampled_from([(), (("en", "fr", "1"),), (("en", "fr", "2"),)])),
        documents=draw(st.sampled_from([(), (("d" * 16, "Draft", "en"),)])),
        capacity=draw(st.none() | st.integers(1, 3)),
        sign_up=draw(st.booleans()),
        zone="Europe/London",
    )


@st.composite
def agendas(draw: st.DrawFn) -> Agenda:
    keys = draw(st.sets(st.integers(1, 6)))
    return {key: draw(snapshots(key)) for key in sorted(keys)}


def read(agenda: Agenda, number: int, mine: Programme) -> object:
    """Return what one reads of a session in one's programme; None where it doesn't stand in it."""
    full = agenda.get(number)
    view = full.at(RANKS["participants"]) if full and mine.rank_in(full) is not None else None
    return view and (
        *(view.kind, view.titled(""), view.texts, view.starts_at, view.ends_at, view.times_known, view.where),
        *(view.visibility, view.audiences, view.media, view.languages, view.documents),
        view.capacity if view.sign_up else None,
        [[place.reads for place in view.by_role(role)] for role in ROLES.values()],
    )


def check_applied(changes: list[SessionChange], old: Agenda, new: Agenda) -> None:
    """The difference applied to the first agenda gives the second."""
    found = {**old, **{each.session.session_id: each.after for each in changes}}
    assert {key: row.content for key, row in found.items() if row} == {key: row.content for key, row in new.items()}


def check_told(changes: list[SessionChange], old: Agenda, new: Agenda) -> None:
    """Those whose programme changed are told, and nobody else."""
    theirs = affected_programme(changes)
    for name in ("parties", "people", "categories", "signed_up"):
        for key in range(1, 7):
            mine = Programme(**{name: frozenset({key})})
            told = {change.session.session_id for change in personal(changes, mine)}
            assert told == {number for number in range(1, 7) if read(old, number, mine) != read(new, number, mine)}
            assert key in getattr(theirs, name) or not told


def check_hidden(changes: list[SessionChange], old: Agenda, new: Agenda) -> None:
    """Nobody reads a state of a session that they may not know of."""
    for change in personal(changes, Programme(parties=frozenset({1}))):
        for state, whole in ((change.before, old), (change.after, new)):
            if state is not None:
                full = whole[state.session_id]
                assert state.visibility != Visibility.ORGANISERS
                assert 1 in {place.party_id for place in full.places}
                kept = {part for part, shown_to in full.audiences if shown_to == Visibility.ORGANISERS}
                assert not ("title" in kept and (state.title or state.summary or state.texts))
                assert not ("room" in kept and (state.room_name or state.room_key))
                assert not ("documents" in kept and state.documents)
                assert not ("participants" in kept and state.places)
                assert state.times_known == ("times" not in kept)
        if change.nature == Nature.CANCELLED:
            assert change.session.session_id not in new
        if change.nature == Nature.GONE:
            assert change.session.session_id in new


def check_facts(changes: list[SessionChange]) -> None:
    """What is stored of a change says the same when it is read back."""
    for change in changes:
        again = from_facts(to_facts(change))
        assert (again.nature, again.session.starts_at) == (change.nature, change.session.starts_at)
        for language in (None, "en", "fr"):
            told = [aspect.what for aspect in again.aspects(language)]
            assert told == [aspect.what for aspect in change.aspects(language)]


@pytest.mark.slow("compares drawn agendas")
@SOME
@given(old=agendas(), new=agendas())
def test_differences_of_two_agendas(old: Agenda, new: Agenda) -> None:
    changes = differences(old=old, new=new)
    check_applied(changes, old, new)
    check_told(changes, old, new)
    check_hidden(changes, old, new)
    check_facts(changes)
    assert differences(old=old, new=dict(old)) == []
    assert numbered(old, old, {}) == old


@SOME
@given(session=snapshots(1))
def test_readers_of_a_rank_know_what_is_for_them_and_no_more(session: Snapshot) -> None:
    for rank in range(DESK + 1):
        view = session.at(rank)
        assert (view is None) == (RANKS[session.visibility] > rank)
        if view is None:
            continue
        kept = {part for part, shown_to in session.audiences if rank_of(session.visibility, shown_to) > rank}
        shown = {
            "title": view.title == session.title,
            "room": view.room_name == session.room_name,
            "times": (view.starts_at, view.ends_at) == (session.starts_at, session.ends_at),
            "documents": view.documents == session.documents,
        }
        for part, is_shown in shown.items():
            assert is_shown or part in kept
        if rank < RANKS["participants"]:
            assert not view.audiences
            assert "interpreter" not in {place.role for place in view.places}
            assert {booth for _source, _target, booth in view.languages} <= {""}


LATER = timedelta(minutes=30)
DAY = "Monday 31 March 2025"
# What changes of the session, which parts differ, and the lines that tell it: the part, what was, what is.
CHANGED: dict[str, tuple[dict[str, Any], list[What], list[tuple[str, str, str]] | None]] = {
    "moved": (
        {"starts_at": START + LATER, "ends_at": SESSION.ends_at + LATER},
        [What.MOVED],
        [("Time", f"{DAY}, 09:00–10:00 London time", f"{DAY}, 09:30–10:30 London time")],
    ),
    "longer": (
        {"ends_at": SESSION.ends_at + LATER},
        [What.LONGER],
        [("Longer", f"{DAY}, 09:00–10:00 London time (60 minutes)", f"{DAY}, 09:00–10:30 London time (90 minutes)")],
    ),
    "shorter": ({"ends_at": SESSION.ends_at - LATER}, [What.SHORTER], None),
    "moved and shorter": ({"starts_at": START + LATER}, [What.MOVED, What.SHORTER], None),
    "room": ({"room_name": "Red Room"}, [What.ROOM], [("Room", "Blue Room, House", "Red Room, House")]),
    "venue": ({"venue_name": "Palace"}, [What.ROOM], None),
    "title": ({"title": "Closing"}, [What.TITLE], None),
    "kind": ({"kind": "signing"}, [What.KIND], None),
    "summary": ({"summary": "Bring maps."}, [What.SUMMARY], [("Summary", "none", "Bring maps.")]),
    "visibility": (
        {"visibility": "public"},
        [What.VISIBILITY],
        [("Visible to", "participants of the session", "everyone")],
    ),
    "chair": ({"places": (replace(PLACE, role="chair"),)}, [What.CHAIR, What.PARTICIPANTS], None),
    "moderator": ({"places": (PLACE, replace(PLACE, role="moderator"))}, [What.MODERATOR], None),
    "speakers": (
        {"places": (PLACE, replace(PLACE, role="speaker", minutes=5))},
        [What.SPEAKERS],
        [("Speakers", "no one", "Aland: 5 minutes")],
    ),
    "participants": ({"places": ()}, [What.PARTICIPANTS], [("Participants", "Aland", "no one")]),
    "level": (
        {"places": (replace(PLACE, level="head1"),)},
        [What.PARTICIPANTS],
        [("Participants", "Aland", "Aland: head +1")],
    ),
    "interpreters": ({"places": (PLACE, replace(PLACE, role="interpreter"))}, [What.INTERPRETERS], None),
    "title in another language": ({"texts": (("fr", "Ouverture", ""),)}, [What.TITLE], None),
    "custom type": ({"kind_names": (("en", "Fireside talk"),)}, [What.KIND], [("Type", "plenary", "Fireside talk")]),
    "languages": (
        {"languages": (("en", "fr", "2"),)},
        [What.LANGUAGES],
        [("Interpretation", "none", "from English into French: booth 2")],
    ),
    "documents": ({"documents": (("d" * 16, "Draft", "en"),)}, [What.DOCUMENTS], [("Documents", "none", "Draft")]),
    "media": ({"media": "pooled"}, [What.MEDIA], [("Media", "closed to the media", "pooled media")]),
    "places": ({"sign_up": True, "capacity": 20}, [What.PLACES], [("Places", "the seats of the room", "20")]),
    "a part shown to fewer": (
        {"audiences": (("room", "organisers"),)},
        [What.VISIBILITY],
        [("Visible to", "participants of the session", "participants of the session; room: organisers only")],
    ),
}


@pytest.mark.parametrize("case", CHANGED)
def test_each_part_is_found_and_told_in_words(case: str) -> None:
    values, parts, told = CHANGED[case]
    after = replace(SESSION, **values)
    assert [aspect.what for aspect in aspects(SESSION, after)] == parts
    assert after.fingerprint != SESSION.fingerprint
    (change,) = differences(old={1: SESSION}, new={1: after})
    lines = list(story(change, SummitFactory.build()).lines)
    assert lines == ([ChangedLine(*line) for line in told] if told else lines)


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

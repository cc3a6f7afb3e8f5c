"""Releases as they are stored: for random agendas and edits, each reader reads what the draft lets them know."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from delegations.parties.models.parties import Party
from sessions.agenda.models.releases import ReleasedSession
from sessions.agenda.selectors import sequence_numbers
from sessions.agenda.selectors.draft_snapshots import draft
from sessions.agenda.selectors.released_snapshots import snapshot
from sessions.agenda.selectors.snapshots import Agenda, Snapshot
from sessions.documents.models import Document
from sessions.draft.models.sessions import Interpretation, Session, SessionText
from sessions.releases.services import release_writer, releases
from sessions.visibility.models import DELEGATIONS, DESK, EVERYBODY, PARTS, RANKS, TAKING_PART, Visibility
from sessions.visibility.viewers import Members
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Room, Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import refuses
from tests.module_fixtures import once_a_module
from tests.sessions.conftest import SILENTLY, parties_of, session

pytestmark = pytest.mark.django_db
NUMBER = 2
FIRST = Phase.explicit, Phase.generate


@st.composite
def states(draw: st.DrawFn) -> dict[str, Any]:
    """A session as a desk may leave it."""
    seen = draw(st.sampled_from(Visibility.values))
    narrower = [value for value in Visibility.values if RANKS[value] >= RANKS[seen]]
    return {
        "visibility": seen,
        **{f"{part}_to": draw(st.sampled_from(["", *narrower])) for part in PARTS},
        "title": draw(st.sampled_from(["Opening", "Talks"])),
        "room": draw(st.sampled_from([None, 0, 1])),
        "hour": draw(st.integers(0, 1)),
        "opening": draw(st.sampled_from([None, 10])),
        "parties": draw(st.sets(st.integers(0, 1))),
        # Only what all delegations know of can be open for sign-up.
        "sign_up": RANKS[seen] <= DELEGATIONS and draw(st.booleans()),
        **{name: draw(st.booleans()) for name in ("speech", "ear", "french", "paper", "cancelled")},
    }


class World:
    """Two sessions, with what may hang on them; readers without a place, with one by their party, by a speech, and by
    signing up."""

    def __init__(self, summit: Summit, parties: Iterable[Party], by: User) -> None:
        self.summit, self.by = summit, by
        self.parties = list(parties)
        venue = f.VenueFactory(summit=summit)
        self.rooms: list[Room] = f.RoomFactory.create_batch(2, venue=venue)
        self.rows = [session(summit) for _number in range(NUMBER)]
        self.papers = [f.DocumentFactory(session=row, added_by=by) for row in self.rows]
        self.speaker, self.ear, self.guest = (f.PersonFactory(summit=summit) for _name in range(3))
        f.SignUpFactory(session=self.rows[0], person=self.guest)

    def edit(self, number: int, state: dict[str, Any]) -> None:
        """Bring a session of the draft into a state; what stays as it was keeps its identity."""
        row = self.rows[number]
        start = f.START + timedelta(hours=state["hour"])
        values = {
            name: state[name]
            for name in ("visibility", "title", "opening", "sign_up", *[f"{part}_to" for part in PARTS])
        }
        room = None if state["room"] is None else self.rooms[state["room"]]
        ends = {"starts_at": start, "ends_at": start + timedelta(hours=1)}
        gone = f.START if state["cancelled"] else None
        Session.objects.filter(pk=row.pk).update(**values, **ends, room=room, cancelled_at=gone)
        Document.objects.filter(pk=self.papers[number].pk).update(removed_at=None if state["paper"] else f.START)
        row.participants.all().delete()
        row.slots.all().delete()
        for key in sorted(state["parties"]):
            f.ParticipantFactory(session=row, party=self.parties[key])
        if state["speech"]:
            f.SlotFactory(session=row, speaker=self.speaker)
        if state["ear"]:
            f.ParticipantFactory(session=row, party=None, person=self.ear, role="interpreter")
        SessionText.objects.filter(session=row).delete()
        Interpretation.objects.filter(session=row).delete()
        if state["french"]:
            SessionText.objects.create(session=row, language="fr", title="Ouverture")
            Interpretation.objects.create(session=row, source="en", target="fr", booth="2")

    def rank_of(self, party: int | None, person: Person | None, full: Snapshot) -> int:
        """Return at which rank a reader reads a session: by a place in it, or else as delegations do."""
        placed = party is not None and self.parties[party].pk in {place.party_id for place in full.places}
        speaks = person is not None and person.pk in {place.person_id for place in full.places}
        signed_up = person == self.guest and full.session_id == self.rows[0].pk
        return TAKING_PART if placed or speaks or signed_up else DELEGATIONS


Reader = tuple[str, Any, Callable[[Snapshot], int]]


def readers(world: World) -> list[Reader]:
    """Everybody who reads: how they are called, their rows, and their rank in a session."""
    found: list[Reader] = [
        ("public", ReleasedSession.objects.public(world.summit), lambda full: EVERYBODY),
        ("desk", ReleasedSession.objects.for_desk(world.summit), lambda full: DESK),
    ]
    for party, person in ((0, None), (2, None), (None, world.speaker), (None, world.guest)):
        members = Members.of([] if party is None else [world.parties[party]], [person] if person else [])
        rows = ReleasedSession.objects.for_members(world.summit, members)
        found.append((f"{party} {person}", rows, lambda full, p=party, q=person: world.rank_of(p, q, full)))  # type: ignore[misc]
    return found


def reads(rows: Any) -> dict[int, tuple[object, int]]:
    """Return what stands in rows by the session's key, each with its SEQUENCE."""
    joined = rows.select_related("session").prefetch_related("participants")
    return {row.session_id: (snapshot(row, row.participants.all()).content, row.sequence) for row in joined}


def told(agenda: Agenda, rank: Callable[[Snapshot], int]) -> dict[int, object]:
    """Return what readers may know of a draft."""
    views = {key: full.at(rank(full)) for key, full in agenda.items()}
    return {key: view.content for key, view in views.items() if view is not None}


def play(world: World, steps: list[list[dict[str, Any]]], most: int = 4) -> None:
    """Edit and release, time and again; after each release the first readers read what the draft tells them, and a
    session's SEQUENCE has risen by one for each change that its readers could read, and for nothing else."""
    count: dict[tuple[int, int], int] = {}
    last: Agenda = {}
    for step in steps:
        for number, state in enumerate(step):
            world.edit(number, state)
        agenda = draft(world.summit)
        try:
            releases.release(summit=world.summit, by=world.by, decisions=SILENTLY)
        except releases.NothingToRelease:
            continue
        now = [(name, reads(rows), rank) for name, rows, rank in readers(world)[:most]]
        for key in (row.pk for row in world.rows):
            for each in RANKS.values():
                count[key, each] = risen(count.get((key, each), 0), last.get(key), agenda.get(key), each)
        for name, found, rank in now:
            assert {key: content for key, (content, _number) in found.items()} == told(agenda, rank), name
            for key, (_content, sequence) in found.items():
                assert sequence == count[key, rank(agenda[key])], name
        last = agenda


def risen(count: int, before: Snapshot | None, after: Snapshot | None, rank: int) -> int:
    """Return how often what readers of a rank need to attend a session has changed once it is as `after`."""
    was, now = (full.at(rank) if full else None for full in (before, after))
    return count + int((was and was.to_attend) != (now and now.to_attend))


PLAIN = {
    **{
        "visibility": Visibility.PUBLIC,
        "title": "Opening",
        "room": 0,
        "hour": 0,
        "opening": None,
        "parties": {0},
        "sign_up": False,
    },
    **{f"{part}_to": "" for part in PARTS},
    **dict.fromkeys(("speech", "ear", "french", "paper", "cancelled"), False),
}


def run(world: World, examples: int) -> None:
    @settings(max_examples=examples, phases=FIRST)
    @given(steps=st.lists(st.lists(states(), min_size=NUMBER, max_size=NUMBER), min_size=1, max_size=2))
    def each(steps: list[list[dict[str, Any]]]) -> None:
        with transaction.atomic():
            play(world, steps, most=6)
            transaction.set_rollback(True)

    each()


@once_a_module
def world() -> World:
    summit = f.SummitFactory()
    return World(summit, parties_of(summit).values(), f.UserFactory.with_role(Role.ORGANISER, summit))


@pytest.mark.slow("reads a release as each of many people")
def test_each_reads_what_the_draft_lets_them_know(world: World) -> None:
    run(world, 5)


def test_control_without_ranges_of_ranks_somebody_reads_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def everything(row: Snapshot, row_at: Callable[[int, Snapshot], Any]) -> list[tuple[int, int, Any]]:
        return [(RANKS[row.visibility], DESK, row_at(DESK, row))]

    monkeypatch.setattr(release_writer, "ranges", everything)
    refuses(AssertionError, run, world, 20)


@pytest.mark.slow("reads seven releases as each of many people")
def test_what_goes_and_comes_back_rises(world: World) -> None:
    """Twice it is for the desk alone, once it is cancelled: whoever was told that it is gone takes it for newer."""
    hidden = {**PLAIN, "visibility": Visibility.ORGANISERS}
    shown = [{**PLAIN, "visibility": seen} for seen in (Visibility.PUBLIC, Visibility.PARTICIPANTS)]
    moved = [{**state, "title": "Talks"} for state in shown]
    gone = [{**state, "cancelled": True} for state in moved]
    play(world, [shown, [hidden] * 2, shown, [hidden] * 2, moved, gone, moved])


def test_control_without_what_went_before_it_would_not(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequence_numbers, "highest", lambda summit, keys: {})
    refuses(AssertionError, test_what_goes_and_comes_back_rises, world)


def test_a_sequence_never_falls_where_readers_of_two_ranks_come_to_read_the_same(world: World) -> None:
    """Delegations know of a room that changes, everybody of none; then there is none. Nobody but those who take part
    knows who interprets, so that the two have a row of their own."""
    heard = {**PLAIN, "ear": True}
    kept = [{**heard, "room": room, "room_to": Visibility.ACCREDITED} for room in (0, 1)]
    play(world, [[state, PLAIN] for state in (*kept, {**heard, "room": None})])

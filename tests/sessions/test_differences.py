"""Differences of agendas: nothing is missed, nobody is told of what they may not know."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.domain.clashes import clashes, overlapping
from sessions.domain.differences import (
    Nature,
    What,
    aspects,
    differences,
    from_facts,
    personal,
    to_facts,
    touched,
)
from sessions.domain.snapshots import Agenda, Place, Snapshot, numbered
from sessions.domain.wording import Line, place_line, story
from sessions.models import SessionKind, Visibility
from tests.factories import START, SummitFactory

PLACE = Place("participant", 1, None, "", "Aland", "")
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
    Place,
    role=st.sampled_from(["chair", "moderator", "speaker", "participant"]),
    party_id=st.none() | st.integers(1, 4),
    person_id=st.none() | st.integers(1, 4),
    slot_key=st.just(""),
    label=st.sampled_from(["Aland", "Beland", "Minister"]),
    party_label=st.sampled_from(["", "Celand"]),
    title=st.sampled_from(["", "Opening"]),
    minutes=st.none() | st.integers(1, 60),
)


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
    )


@st.composite
def agendas(draw: st.DrawFn) -> Agenda:
    keys = draw(st.sets(st.integers(1, 6)))
    return {key: draw(snapshots(key)) for key in sorted(keys)}


@given(old=agendas(), new=agendas())
def test_the_difference_applied_to_the_first_gives_the_second(old: Agenda, new: Agenda) -> None:
    found = dict(old)
    for change in differences(old=old, new=new):
        if change.after is None:
            del found[change.session.session_id]
        else:
            found[change.session.session_id] = change.after
    assert {key: row.content for key, row in found.items()} == {key: row.content for key, row in new.items()}


@given(agenda=agendas())
def test_an_agenda_does_not_differ_from_itself(agenda: Agenda) -> None:
    assert differences(old=agenda, new=dict(agenda)) == []
    assert numbered(agenda, agenda, 7) == agenda


@given(old=agendas(), new=agendas())
def test_those_told_are_those_touched(old: Agenda, new: Agenda) -> None:
    changes = differences(old=old, new=new)
    parties, people = touched(changes)
    nobody: frozenset[int] = frozenset()
    for key in range(1, 5):
        assert bool(personal(changes, parties=frozenset({key}), people=nobody)) == (key in parties)
        assert bool(personal(changes, parties=nobody, people=frozenset({key}))) == (key in people)


@given(old=agendas(), new=agendas())
def test_nobody_reads_a_state_that_they_may_not_know_of(old: Agenda, new: Agenda) -> None:
    mine = frozenset({1})
    for change in personal(differences(old=old, new=new), parties=mine, people=frozenset()):
        for state in (change.before, change.after):
            if state is not None:
                assert state.visibility != Visibility.ORGANISERS
                assert 1 in {place.party_id for place in state.places}
        if change.nature == Nature.CANCELLED:
            assert change.session.session_id not in new
        if change.nature == Nature.GONE:
            assert change.session.session_id in new


@given(old=agendas(), new=agendas())
def test_facts_read_back_say_the_same(old: Agenda, new: Agenda) -> None:
    for change in differences(old=old, new=new):
        again = from_facts(to_facts(change))
        assert again.nature == change.nature
        assert [aspect.what for aspect in again.aspects] == [aspect.what for aspect in change.aspects]
        assert again.session.starts_at == change.session.starts_at


@given(agenda=agendas())
def test_overlapping_finds_each_pair_once(agenda: Agenda) -> None:
    rows = list(agenda.values())
    expected = {
        frozenset((one.session_id, two.session_id))
        for number, one in enumerate(rows)
        for two in rows[number + 1 :]
        if one.starts_at < two.ends_at and two.starts_at < one.ends_at
    }
    found = [frozenset((one.session_id, two.session_id)) for one, two in overlapping(rows)]
    assert len(found) == len(set(found))
    assert set(found) == expected


LATER = timedelta(minutes=30)
PARTS = {
    "moved": ({"starts_at": START + LATER, "ends_at": SESSION.ends_at + LATER}, [What.MOVED]),
    "longer": ({"ends_at": SESSION.ends_at + LATER}, [What.LONGER]),
    "shorter": ({"ends_at": SESSION.ends_at - LATER}, [What.SHORTER]),
    "moved and shorter": ({"starts_at": START + LATER}, [What.MOVED, What.SHORTER]),
    "room": ({"room_name": "Red Room"}, [What.ROOM]),
    "venue": ({"venue_name": "Palace"}, [What.ROOM]),
    "title": ({"title": "Closing"}, [What.TITLE]),
    "kind": ({"kind": "signing"}, [What.KIND]),
    "summary": ({"summary": "Bring maps."}, [What.SUMMARY]),
    "visibility": ({"visibility": "public"}, [What.VISIBILITY]),
    "chair": ({"places": (replace(PLACE, role="chair"),)}, [What.CHAIR, What.PARTICIPANTS]),
    "moderator": ({"places": (PLACE, replace(PLACE, role="moderator"))}, [What.MODERATOR]),
    "speakers": ({"places": (PLACE, replace(PLACE, role="speaker", minutes=5))}, [What.SPEAKERS]),
    "participants": ({"places": ()}, [What.PARTICIPANTS]),
}


@pytest.mark.parametrize("case", PARTS)
def test_each_part_is_found(case: str) -> None:
    values, expected = PARTS[case]
    after = replace(SESSION, **values)  # type: ignore[arg-type]
    assert [aspect.what for aspect in aspects(SESSION, after)] == expected
    assert after.fingerprint != SESSION.fingerprint


WORDS = {
    "moved": [
        Line("Time", "Monday 31 March 2025, 09:00–10:00 London time", "Monday 31 March 2025, 09:30–10:30 London time")
    ],
    "longer": [
        Line(
            "Longer",
            "Monday 31 March 2025, 09:00–10:00 London time (60 minutes)",
            "Monday 31 March 2025, 09:00–10:30 London time (90 minutes)",
        )
    ],
    "moved and shorter": [
        Line(
            "Moved and shorter",
            "Monday 31 March 2025, 09:00–10:00 London time (60 minutes)",
            "Monday 31 March 2025, 09:30–10:00 London time (30 minutes)",
        )
    ],
    "room": [Line("Room", "Blue Room, House", "Red Room, House")],
    "kind": [Line("Kind", "plenary", "signing")],
    "summary": [Line("Summary", "none", "Bring maps.")],
    "visibility": [Line("Visible to", "those who take part", "everybody")],
    "speakers": [Line("Speakers", "nobody", "Aland: 5 minutes")],
    "participants": [Line("Participants", "Aland", "nobody")],
}


@pytest.mark.parametrize("case", WORDS)
def test_each_part_in_words(case: str) -> None:
    values, _parts = PARTS[case]
    (change,) = differences(old={1: SESSION}, new={1: replace(SESSION, **values)})  # type: ignore[arg-type]
    assert list(story(change, SummitFactory.build()).lines) == WORDS[case]


def test_a_party_is_not_named_twice() -> None:
    named = replace(PLACE, label="Minister, Aland", party_label="Aland")
    assert place_line(named) == "Minister, Aland"
    assert place_line(replace(named, label="Minister")) == "Minister (Aland)"


def test_a_session_over_midnight_names_both_days() -> None:
    (change,) = differences(old={}, new={1: replace(SESSION, ends_at=START + timedelta(hours=20))})
    assert story(change, SummitFactory.build()).when == (
        "Monday 31 March 2025, 09:00 to Tuesday 1 April 2025, 05:00 London time"
    )


def test_what_ends_as_the_other_starts_is_no_clash() -> None:
    second = replace(SESSION, session_id=2, key="2" * 16, starts_at=SESSION.ends_at, ends_at=SESSION.ends_at + LATER)
    person = replace(PLACE, party_id=None, person_id=9, label="Minister")
    assert clashes({1: replace(SESSION, places=(person,)), 2: replace(second, places=(person,))}) == []
    earlier = replace(second, starts_at=SESSION.ends_at - timedelta(minutes=1), places=(person,))
    found = clashes({1: replace(SESSION, places=(person,)), 2: earlier})
    assert [(clash.who, clash.is_room) for clash in found] == [("Blue Room, House", True), ("Minister", False)]
    # Several delegates of one party may be in several places.
    assert [clash.is_room for clash in clashes({1: SESSION, 2: replace(earlier, places=(PLACE,))})] == [True]

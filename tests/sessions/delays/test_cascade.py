"""What follows from new times: what moves, what stays, and that nothing is lost."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sessions.agenda.models.releases import ReleasedRole
from sessions.agenda.selectors.release_scopes import Placement, placement_of
from sessions.agenda.selectors.snapshots import Agenda, ParticipantSnapshot, Snapshot
from sessions.conflicts.selectors.warning_context import Circumstances, Seats
from sessions.delays.selectors.cascade import Cascade, cascade
from sessions.draft.models.kinds import SessionKind

DAY = datetime(2025, 7, 9, tzinfo=UTC)


def at(hour: int, minute: int = 0) -> datetime:
    return DAY + timedelta(hours=hour, minutes=minute)


def person(key: int) -> ParticipantSnapshot:
    return ParticipantSnapshot(ReleasedRole.PARTICIPANT, None, key, "", f"Person {key}", "")


def snapshot(
    key: int, starts_at: datetime, ends_at: datetime, *people: int, room: str = "", **values: str
) -> Snapshot:
    given = {"kind": SessionKind.WORKING_SESSION, "title": f"Session {key}", "summary": "", "visibility": "public"}
    return Snapshot(
        key=f"s{key}",
        session_id=key,
        sequence=1,
        starts_at=starts_at,
        ends_at=ends_at,
        room_name=room,
        room_key=room,
        venue_name="House" if room else "",
        places=tuple(person(each) for each in people),
        **{**given, **values},
    )


def circumstances(
    lead: Mapping[int, tuple[timedelta, timedelta]] | None = None, hours: tuple[time, time] | None = None
) -> Circumstances:
    rooms = {name: Seats(None, *(hours or (None, None))) for name in ("Blue", "Red")}
    days = {"starts_on": DAY.date(), "ends_on": DAY.date()}
    people: dict[str, Any] = {"heads": {}, "members": {}, "in_category": {}, "party_of": {}, "stays": {}}
    return Circumstances(zone=ZoneInfo("UTC"), rooms=rooms, lead=dict(lead or {}), signed_up={}, **days, **people)


def agenda_of(*sessions: Snapshot) -> Agenda:
    return {session.session_id: session for session in sessions}


def longer(session: Snapshot, minutes: int) -> dict[int, Placement]:
    place = placement_of(session)
    end = session.ends_at + timedelta(minutes=minutes)
    return {session.session_id: Placement(place.starts_at, end, place.room_key, place.room_name, place.venue_name)}


def times(found: Cascade) -> dict[int, tuple[str, str]]:
    return {key: (f"{each.starts_at:%H:%M}", f"{each.ends_at:%H:%M}") for key, each in found.moves.items()}


PLENARY = snapshot(1, at(10), at(11, 20), 1, 2, room="Blue")


def follow(*sessions: Snapshot, minutes: int = 25, **more: Any) -> Cascade:
    """Return what follows where the plenary takes so many minutes more."""
    given = {"about": circumstances(), **more}
    return cascade(agenda_of(PLENARY, *sessions), longer(PLENARY, minutes), **given)


class TestWhatFollows:
    def test_sessions_of_the_same_people_and_room_move_only_as_far_as_they_must(self) -> None:
        talks = snapshot(2, at(11, 30), at(12), 1)
        lunch = snapshot(3, at(12, 30), at(13, 30), 1, 2)
        in_the_room = snapshot(4, at(11, 20), at(11, 50), 7, room="Blue")
        elsewhere = snapshot(5, at(11, 30), at(12), 9, room="Red")
        found = follow(talks, lunch, in_the_room, elsewhere)
        # The plenary ends at 11:45. The break before lunch takes what is left of the delay.
        assert times(found) == {1: ("10:00", "11:45"), 4: ("11:45", "12:15"), 2: ("11:45", "12:15")}
        assert found.met == {4: 1, 2: 1}

    def test_set_up_and_clear_down_count(self) -> None:
        lead = {1: (timedelta(), timedelta(minutes=5)), 2: (timedelta(minutes=10), timedelta())}
        found = follow(snapshot(2, at(11, 40), at(12), 7, room="Blue"), about=circumstances(lead))
        assert times(found)[2] == ("12:00", "12:20")

    def test_a_break_gives_way_and_keeps_ten_minutes(self) -> None:
        pause = snapshot(2, at(11, 20), at(11, 50), 1, kind=SessionKind.BREAK)
        after = snapshot(3, at(11, 50), at(12, 30), 1)
        shorter, shortest = (times(follow(pause, after, minutes=minutes)) for minutes in (15, 25))
        assert shorter == {1: ("10:00", "11:35"), 2: ("11:35", "11:50")}
        assert shortest == {1: ("10:00", "11:45"), 2: ("11:45", "11:55"), 3: ("11:55", "12:35")}
        kept = follow(pause, after, minutes=15, shorten_breaks=False)
        assert times(kept)[3] == ("12:05", "12:45")

    def test_what_is_pinned_asked_for_earlier_or_of_another_day_stays(self) -> None:
        talks = snapshot(2, at(11, 30), at(12), 1)
        pinned = follow(talks, pinned=[2])
        assert (times(pinned).keys(), pinned.stays) == ({1}, {2: 1})
        asked = {**longer(PLENARY, 25), 2: placement_of(talks)}
        assert times(cascade(agenda_of(PLENARY, talks), asked, about=circumstances())).keys() == {1}
        earlier, tomorrow = snapshot(2, at(9), at(10), 1, 2), snapshot(3, at(24 + 1), at(24 + 2), 1, 2)
        assert times(follow(earlier, tomorrow, minutes=900)).keys() == {1}

"""What must always hold is held by the database."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from sessions.agenda.models.releases import Release, ReleasedParticipant, ReleasedRole, ReleasedSession, ReleaseEntry
from sessions.agenda.models.removals import PublicRemoval
from sessions.bilaterals.models import Bilateral
from sessions.board.models import BoardStep
from sessions.conflicts.models import ConflictPolicy, RoomHold
from sessions.delays.models import DelayNotice, Retiming, SessionRun
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import Session
from sessions.presence.models import PresenceMark, Representation, ToldByTelephone
from sessions.screens.models import Screen
from sessions.speakers.models import ON_THE_FLOOR, SpeechInterval, SpeechRun, SpeechState
from sessions.visibility.models import RANKS, TAKING_PART, Visibility
from sessions.visibility.viewers import Members
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.helpers import refuses

pytestmark = pytest.mark.django_db


def released(session: Session, **kwargs: Any) -> ReleasedSession:
    values: dict[str, Any] = {
        "session": session,
        "sequence": 1,
        "fingerprint": "f" * 64,
        "kind": session.kind,
        "title": session.title,
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "visibility": session.visibility,
    }
    return ReleasedSession.objects.create(**{**values, **kwargs})


def entry(release: Release, row: ReleasedSession) -> ReleaseEntry:
    """Put a row into a release, for all who know of the session."""
    return ReleaseEntry.objects.create(
        release=release, session=row.session, released_session=row, full=row, low=RANKS[row.visibility]
    )


def _twice_in_release(summit: Summit) -> None:
    session, release = f.SessionFactory(summit=summit), f.ReleaseFactory(summit=summit, number=1)
    for sequence in (1, 2):
        entry(release, released(session, sequence=sequence))


def _twice(summit: Summit, **kwargs: Any) -> None:
    session = f.SessionFactory(summit=summit)
    f.ParticipantFactory(session=session, **kwargs)
    f.ParticipantFactory(session=session, **kwargs)


def _run(summit: Summit, **values: Any) -> SessionRun:
    by = f.UserFactory()
    given = {"session": f.SessionFactory(summit=summit), "started_by": by, "ended_by": by, **values}
    return SessionRun.objects.create(**given)


def _late(session: Session, **values: Any) -> DelayNotice:
    return DelayNotice.objects.create(session=session, announced_by=f.UserFactory(), **values)


def _late_twice(summit: Summit) -> None:
    session = f.SessionFactory(summit=summit)
    _late(session)
    _late(session)


def _retiming(summit: Summit, **values: Any) -> Retiming:
    return f.RetimingFactory(summit=summit, **values)


def _bilateral(summit: Summit, *, with_oneself: bool = False, **kwargs: Any) -> Bilateral:
    party = f.PartyFactory(summit=summit)
    other = party if with_oneself else f.PartyFactory(summit=summit)
    return f.BilateralFactory(party=party, counterpart=other, **kwargs)


def _asked_twice(summit: Summit) -> None:
    first = _bilateral(summit, state="approved")
    # The other way round, and once the first one is over, it may be asked.
    f.BilateralFactory(party=first.counterpart, counterpart=first.party)
    f.BilateralFactory(party=first.party, counterpart=first.counterpart, state="declined")
    f.BilateralFactory(party=first.party, counterpart=first.counterpart)


def _mark(summit: Summit, **kwargs: Any) -> PresenceMark:
    member = f.MembershipFactory(party=f.PartyFactory(summit=summit))
    values = {"party": member.party, "person": member.person, "by": f.UserFactory(), "day": f.START.date()}
    return PresenceMark.objects.create(**{"summit": summit, "place": "door", **values, **kwargs})


def _marked_twice(summit: Summit, place: str) -> None:
    first = _mark(summit, place=place, session=f.SessionFactory(summit=summit) if place == "room" else None)
    # What was taken back doesn't count.
    first.taken_back_at, first.taken_back_by = timezone.now(), first.by
    first.save()
    other_day = first.day if place == "door" else first.day + timedelta(days=1)
    for _time in range(2):
        _mark(summit, person=first.person, place=place, session=first.session, day=other_day)


def _represented_twice(summit: Summit) -> None:
    party, session = f.PartyFactory(summit=summit), f.SessionFactory(summit=summit)
    for _time in range(2):
        person = f.MembershipFactory(party=party).person
        Representation.objects.create(party=party, session=session, person=person, by=f.UserFactory())


def _told(summit: Summit, **whom: Any) -> ToldByTelephone:
    values = {"session": f.SessionFactory(summit=summit), "release": f.ReleaseFactory(summit=summit, number=7)}
    return ToldByTelephone.objects.create(**{**values, "by": f.UserFactory(), **whom})


def _told_twice(summit: Summit, **whom: Any) -> None:
    first = _told(summit, **whom)
    ToldByTelephone.objects.create(session=first.session, release=first.release, by=first.by, **whom)


def _interval(summit: Summit, slot: Slot | None = None, **values: Any) -> SpeechInterval:
    slot = slot or f.SlotFactory(session__summit=summit)
    return SpeechInterval.objects.create(session=slot.session, slot=slot, by=f.UserFactory(), **values)


def _run_of_speech(summit: Summit, slot: Slot | None = None, **values: Any) -> SpeechRun:
    slot = slot or f.SlotFactory(session__summit=summit)
    return SpeechRun.objects.create(session=slot.session, slot=slot, **values)


def _two_speeches(summit: Summit, make: Callable[..., object], **values: Any) -> None:
    session = f.SessionFactory(summit=summit)
    make(summit, f.SlotFactory(session=session), **values)
    make(summit, f.SlotFactory(session=session), **dict.fromkeys(values, SpeechState.PAUSED))


def _screen(summit: Summit, **values: Any) -> Screen:
    return Screen.objects.create(**{"summit": summit, "name": "Foyer", "digest": "a" * 64, **values})


def _removed_twice(summit: Summit) -> None:
    first = _removal(summit)
    _removal(summit, release=first.release, session=first.session)


def _removal(summit: Summit, **values: Any) -> PublicRemoval:
    given = {"release": f.ReleaseFactory(summit=summit), "session": f.SessionFactory(summit=summit), **values}
    return PublicRemoval.objects.create(**{"notice": "none", "reason": "For a test", **given})


BROKEN: dict[str, Callable[[Summit], object]] = {
    "session_ends_after_start": lambda s: f.SessionFactory(summit=s, ends_at=f.START),
    "session_kind_known": lambda s: f.SessionFactory(summit=s, kind="picnic"),
    "session_visibility_known": lambda s: f.SessionFactory(summit=s, visibility="friends"),
    "session_reasons_if_cancelled": lambda s: f.SessionFactory(summit=s, cancellation_reasons={"fr": "Maladie"}),
    "session_reason_if_cancelled": lambda s: f.SessionFactory(summit=s, cancellation_reason="The minister is ill."),
    "participant_of_one_sort (neither)": lambda s: f.ParticipantFactory(session__summit=s),
    "participant_of_one_sort (both)": lambda s: f.ParticipantFactory(
        session__summit=s, party=f.PartyFactory(summit=s), person=f.PersonFactory(summit=s)
    ),
    "participant_party_once": lambda s: _twice(s, party=f.PartyFactory(summit=s)),
    "participant_person_once": lambda s: _twice(s, person=f.PersonFactory(summit=s)),
    "participant_role_known": lambda s: f.ParticipantFactory(
        session__summit=s, party=f.PartyFactory(summit=s), role="jester"
    ),
    "slot_has_minutes": lambda s: f.SlotFactory(session__summit=s, minutes=0),
    "bilateral_state_known": lambda s: _bilateral(s, state="dreamt"),
    "bilateral_level_known": lambda s: _bilateral(s, level="crowd"),
    "bilateral_of_two": lambda s: _bilateral(s, with_oneself=True),
    "bilateral_minutes_in_range": lambda s: _bilateral(s, minutes=4),
    "bilateral_open_once": _asked_twice,
    "bilateral_placed_has_session (without)": lambda s: _bilateral(s, state="placed"),
    "bilateral_placed_has_session (too early)": lambda s: _bilateral(
        s, state="approved", session=f.SessionFactory(summit=s)
    ),
    "bilateral_proposed_has_time": lambda s: _bilateral(s, state="proposed"),
    "bilateral_refused_says_why": lambda s: _bilateral(s, state="refused"),
    "bilateral_spray_of_both": lambda s: _bilateral(s, spray_by_party=True, spray=True),
    "bilateral_known_once_forwarded (not yet)": lambda s: _bilateral(s, forwarded_at=None),
    "bilateral_known_once_forwarded (too early)": lambda s: _bilateral(s, state="screening"),
    "unavailable_ends_after_start": lambda s: _bilateral(s).unavailable.create(
        party=f.PartyFactory(summit=s), starts_at=f.START, ends_at=f.START
    ),
    "release_number_once": lambda s: f.ReleaseFactory.create_batch(2, summit=s, number=1),
    "release_number_from_one": lambda s: f.ReleaseFactory(summit=s, number=0),
    "released_sequence_from_one": lambda s: released(f.SessionFactory(summit=s), sequence=0),
    "released_ends_after_start": lambda s: released(f.SessionFactory(summit=s), ends_at=f.START),
    "released_visibility_known": lambda s: released(f.SessionFactory(summit=s), visibility="friends"),
    "release_entry_once": _twice_in_release,
    "session_run_ends_after_start": lambda s: _run(s, started_at=f.START, ended_at=f.START - timedelta(1)),
    "session_run_ended_by_somebody": lambda s: _run(s, started_at=f.START, ended_at=f.START, ended_by=None),
    "delay_notice_open_once": _late_twice,
    "delay_notice_ended_by_somebody": lambda s: _late(f.SessionFactory(summit=s), ended_at=f.START),
    "fixed_point_kind_known": lambda s: f.FixedPointFactory(summit=s, kind="whim", minutes=None),
    "fixed_point_has_its_subject": lambda s: f.FixedPointFactory(summit=s, kind="leaves", at=f.START),
    "fixed_point_minutes_of_interpreters": lambda s: f.FixedPointFactory(summit=s),
    "retiming_state_known": lambda s: _retiming(s, state="lost", decided_at=f.START, decided_by=f.UserFactory()),
    "retiming_decided_by_somebody": lambda s: _retiming(s, state="declined"),
    "retiming_released_has_release": lambda s: _retiming(
        s, state="released", decided_at=f.START, decided_by=f.UserFactory()
    ),
    "speech_interval_kind_known": lambda s: _interval(s, kind="song"),
    "speech_interval_ends_after_start": lambda s: _interval(s, started_at=f.START, ended_at=f.START - timedelta(1)),
    "speech_interval_party_raises_point": lambda s: _interval(s, party=f.PartyFactory(summit=s)),
    "speech_interval_one_runs": lambda s: _two_speeches(s, _interval),
    "speech_run_state_known": lambda s: _run_of_speech(s, state="lost"),
    **{
        f"speech_run_one_has_floor ({state})": lambda s, state=state: _two_speeches(s, _run_of_speech, state=state)
        for state in ON_THE_FLOOR
    },
    "presence_place_known": lambda s: _mark(s, place="moon"),
    "presence_room_of_session (a room of none)": lambda s: _mark(s, place="room"),
    "presence_room_of_session (a door of one)": lambda s: _mark(s, session=f.SessionFactory(summit=s)),
    "presence_taken_back_whole": lambda s: _mark(s, taken_back_at=timezone.now()),
    "presence_landed_once": lambda s: _marked_twice(s, "landed"),
    "presence_door_once_a_day": lambda s: _marked_twice(s, "door"),
    "presence_room_once": lambda s: _marked_twice(s, "room"),
    "representation_once": _represented_twice,
    "representation_taken_back_at": lambda s: Representation.objects.create(
        party=f.PartyFactory(summit=s),
        session=f.SessionFactory(summit=s),
        person=f.PersonFactory(summit=s),
        by=f.UserFactory(),
        taken_back_by=f.UserFactory(),
    ),
    "told_party_or_person (neither)": _told,
    "told_party_or_person (both)": lambda s: _told(
        s, party=f.PartyFactory(summit=s), person=f.PersonFactory(summit=s)
    ),
    "told_taken_back_whole": lambda s: _told(s, party=f.PartyFactory(summit=s), taken_back_at=timezone.now()),
    "told_party_once": lambda s: _told_twice(s, party=f.PartyFactory(summit=s)),
    "told_person_once": lambda s: _told_twice(s, person=f.PersonFactory(summit=s)),
    "conflict_policy_once": lambda s: [ConflictPolicy.objects.create(summit=s, rule="room") for _time in range(2)],
    "conflict_policy_rule_known": lambda s: ConflictPolicy.objects.create(summit=s, rule="weather"),
    "conflict_policy_action_known": lambda s: ConflictPolicy.objects.create(summit=s, rule="room", action="shout"),
    "conflict_policy_minutes_of_way": lambda s: ConflictPolicy.objects.create(summit=s, rule="room", minutes=5),
    "room_hold_ends_after_start": lambda s: RoomHold.objects.create(
        session=f.SessionFactory(summit=s), room=f.RoomFactory(), starts_at=f.START, ends_at=f.START
    ),
    "screen_name_once": lambda s: [_screen(s, digest="") for _time in range(2)],
    "screen_digest_once": lambda s: [_screen(s, name=name, opened_at=f.START) for name in ("Foyer", "Door")],
    "screen_audience_known": lambda s: _screen(s, digest="", audience="nobody"),
    "screen_unreadable_known": lambda s: _screen(s, digest="", unreadable="everything"),
    "screen_opened_with_address": lambda s: _screen(s, digest="", opened_at=f.START),
    "public_removal_has_reason": lambda s: _removal(s, reason=""),
    "public_removal_notice_known": lambda s: _removal(s, notice="other"),
    "public_removal_once": _removed_twice,
    "board_step_act_known": lambda s: BoardStep.objects.create(
        summit=s, by=f.UserFactory(), sitting="browser", act="juggle", changes=[]
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses_what_must_not_be(name: str, summit: Summit) -> None:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        BROKEN[name](summit)
    # SQLite names no constraint that makes something unique.
    assert name.split(maxsplit=1)[0] in str(refused.value) or str(refused.value).startswith("UNIQUE")


FROZEN = {
    "agenda_releasedsession": "title",
    "agenda_releasedparticipant": "label",
    "agenda_release": "note",
    "agenda_releaseentry": "session",
}


def _rows(summit: Summit) -> dict[str, Any]:
    session, release = f.SessionFactory(summit=summit), f.ReleaseFactory(summit=summit, number=1)
    row = released(session)
    participant = ReleasedParticipant.objects.create(
        released_session=row, role=ReleasedRole.CHAIR, party=f.PartyFactory(summit=summit), label="x"
    )
    return dict(zip(FROZEN, (row, participant, release, entry(release, row)), strict=True))


def _change(row: Any, field: str, summit: Summit) -> int:
    value = f.SessionFactory(summit=summit) if field == "session" else "other"
    with transaction.atomic():
        return int(type(row).objects.filter(pk=row.pk).update(**{field: value}))


def test_what_is_released_never_changes(summit: Summit) -> None:
    rows = _rows(summit)
    for table, field in FROZEN.items():
        refuses(IntegrityError, _change, rows[table], field, summit, match="never changed")
    refuses(IntegrityError, _change, rows["agenda_release"], "notes", summit, match="never changed")
    # The control: without the trigger it would.
    on = ' ON "agenda_release"' if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "agenda_release_frozen"{on}')
    assert _change(rows["agenda_release"], "note", summit) == 1


VIEWERS = ("public", "nobody's member", "member", "participant by delegation", "participant in person")
VISIBLE = {
    Visibility.PUBLIC: set(VIEWERS),
    Visibility.ACCREDITED: {"member", "participant by delegation", "participant in person"},
    Visibility.PARTICIPANTS: {"participant by delegation", "participant in person"},
    Visibility.ORGANISERS: set(),
}


def test_who_sees_what() -> None:
    for visibility, expected in VISIBLE.items():
        summit = f.SummitFactory()
        row = released(f.SessionFactory(summit=summit, visibility=visibility))
        party, other, person = (
            f.PartyFactory(summit=summit),
            f.PartyFactory(summit=summit),
            f.PersonFactory(summit=summit),
        )
        for place in ({"party": party}, {"person": person}):
            ReleasedParticipant.objects.create(
                released_session=row, role=ReleasedRole.PARTICIPANT, label="x", **place
            )
        entry(f.ReleaseFactory(summit=summit, number=1), row)
        rows = ReleasedSession.objects
        members = {
            "nobody's member": Members(),
            "member": Members.of([other], []),
            "participant by delegation": Members.of([party], []),
            "participant in person": Members.of([], [person]),
        }
        seen = {name for name, each in members.items() if rows.for_members(summit, each).exists()}
        assert seen | ({"public"} if rows.public(summit).exists() else set()) == expected
        # Of a summit without public pages nothing is public.
        summit.public = False
        summit.save()
        assert not rows.public(summit).exists()
        assert {name for name, each in members.items() if rows.for_members(summit, each).exists()} == seen


def test_participants_see_in_sql_what_they_see_in_messages() -> None:
    seen = {value for value, rank in RANKS.items() if rank <= TAKING_PART}
    assert {str(key) for key, names in VISIBLE.items() if "participant by delegation" in names} == seen


def test_only_the_newest_release_is_current(summit: Summit) -> None:
    session = f.SessionFactory(summit=summit)
    first, second = (released(session, sequence=number, title=f"As of {number}") for number in (1, 2))
    for number, row in ((1, first), (2, second)):
        release = f.ReleaseFactory(summit=summit, number=number)
        entry(release, row)
    f.ReleaseFactory(number=7)
    assert list(ReleasedSession.objects.for_desk(summit)) == [second]
    assert [release.number for release in Release.objects.filter(summit=summit).current()] == [2]

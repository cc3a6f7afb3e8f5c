"""Two who change one speakers' list at once: neither loses anything. Two tablets on which something is pressed at the
same time: one act counts, the other is told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from sessions.draft.models.participants import FloorRequest, RequestState, Slot
from sessions.draft.models.sessions import Session
from sessions.speakers.delivery_listeners import DeliveryListener
from sessions.speakers.models import SpeechInterval, SpeechRun
from sessions.speakers.services import floor_requests, speakers_list, speech_clock
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests.factories import PartyFactory, PersonFactory, SlotFactory, UserFactory
from tests.sessions.conftest import session
from tests.threads import amid_call, names

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


def _amid(monkeypatch: pytest.MonkeyPatch, first: Callable[[], Any], second: Callable[[], Any]) -> None:
    """Do `second` after `first` has read the list and before it writes, or let it wait."""
    came = amid_call(monkeypatch, speakers_list, "slots", first, second)
    assert not [each for each in came if isinstance(each, BaseException)]


def _two_moves(summit: Summit, by: User, monkeypatch: pytest.MonkeyPatch) -> str:
    """Move A to the end while B is moved to the end as well; return the order."""
    row = session(summit)
    slots = {
        name: SlotFactory(session=row, speaker=PersonFactory(summit=summit, name=name), position=place)
        for place, name in enumerate("ABCD")
    }
    _amid(
        monkeypatch,
        lambda: speakers_list.move(slot=slots["A"], to=4, by=by),
        lambda: speakers_list.move(slot=slots["B"], to=4, by=by),
    )
    places = dict(row.slots.values_list("speaker__name", "position"))
    # Each place is held once, or the list is torn.
    if sorted(places.values()) != [0, 1, 2, 3]:
        return "torn"
    return "".join(sorted(places, key=lambda name: places[name]))


def test_two_moves_at_once_are_both_made(summit: Summit, organiser: User, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _two_moves(summit, organiser, monkeypatch) == "CDAB"


def test_control_without_a_lock_one_is_lost(summit: Summit, organiser: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speakers_list, "lock", lambda summit: None)
    assert _two_moves(summit, organiser, monkeypatch) != "CDAB"


def _granted_and_withdrawn(summit: Summit, by: User, monkeypatch: pytest.MonkeyPatch) -> tuple[str, int]:
    """Withdraw a request while it is being granted; return its state and how many speeches there are."""
    row: Session = session(summit)
    person = PersonFactory(summit=summit)
    request = FloorRequest.objects.create(session=row, party=PartyFactory(summit=summit), speaker=person)
    _amid(
        monkeypatch,
        lambda: floor_requests.grant(requests=[request], session=row, by=by),
        lambda: floor_requests.withdraw(request=request, by=by),
    )
    request.refresh_from_db()
    return request.state, row.slots.count()


def test_what_is_being_granted_is_granted(summit: Summit, organiser: User, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _granted_and_withdrawn(summit, organiser, monkeypatch) == (RequestState.GRANTED, 1)


def test_control_without_a_lock_it_is_lost(summit: Summit, organiser: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(floor_requests, "lock", lambda summit: None)
    assert _granted_and_withdrawn(summit, organiser, monkeypatch) == (RequestState.WITHDRAWN, 0)


# --- The clock ---------------------------------------------------------------------------------------------------
@pytest.fixture
def officer(summit: Summit) -> User:
    return UserFactory.with_role(Role.CONFERENCE_OFFICER, summit)


@pytest.fixture
def slots(summit: Summit) -> list[Slot]:
    row = session(summit)
    return [SlotFactory(session=row, speaker=PersonFactory(summit=summit, name=name)) for name in "AB"]


def _unlocked(slot: Slot) -> SpeechRun:
    run, _made = SpeechRun.objects.get_or_create(slot=slot, defaults={"session_id": slot.session_id})
    return run


def _both(monkeypatch: pytest.MonkeyPatch, first: Callable[[], Any], second: Callable[[], Any]) -> list[Any]:
    """Do `second` after `first` has read the state of its speech and before it writes, or let it wait."""
    return names(amid_call(monkeypatch, speech_clock, "_locked", first, second))


def _floor_twice(slot: Slot, by: User, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], int]:
    """Give somebody the floor on two tablets; return the outcomes, and how often the clock runs."""
    # A first act would also wait for the row that it makes.
    SpeechRun.objects.create(session=slot.session, slot=slot)
    press = lambda: speech_clock.give_floor(slot=slot, by=by)  # noqa: E731
    return _both(monkeypatch, press, press), SpeechInterval.objects.count()


def _ended_twice(slot: Slot, by: User, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], int]:
    """End a speech on two tablets; return the outcomes, and how often the press app is told."""
    told: list[int] = []
    listener = DeliveryListener(lambda slot, by: "", lambda slot, by: told.append(slot.pk), lambda *_all: "")
    monkeypatch.setattr(speech_clock, "listeners", [listener])
    speech_clock.give_floor(slot=slot, by=by)
    press = lambda: speech_clock.end(slot=slot, by=by)  # noqa: E731
    return _both(monkeypatch, press, press), len(told)


# What comes of each under the lock, and without it.
PRESSES: dict[str, tuple[Callable[..., Any], Any, Any]] = {
    "the clock starts once": (_floor_twice, ([True, False], 1), (["IntegrityError", True], 1)),
    "a speech is ended once": (_ended_twice, ([True, False], 1), ([True, True], 2)),
}


@pytest.mark.parametrize("locked", [True, False])
@pytest.mark.parametrize("name", PRESSES)
def test_of_two_presses_one_counts_and_control(
    name: str, locked: bool, slots: list[Slot], officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    race, once, twice = PRESSES[name]
    if not locked:
        monkeypatch.setattr(speech_clock, "_locked", _unlocked)
    assert race(slots[0], officer, monkeypatch) == (once if locked else twice)


def _floor_for_two(slots: list[Slot], by: User, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    return _both(
        monkeypatch,
        lambda: speech_clock.give_floor(slot=slots[0], by=by),
        lambda: speech_clock.give_floor(slot=slots[1], by=by),
    )


@contextmanager
def _without_constraints() -> Iterator[None]:
    """Drop the constraints that let one speech have the floor, and make them again on empty tables."""
    found = [
        (model, constraint)
        for model in (SpeechRun, SpeechInterval)
        for constraint in model._meta.constraints
        if constraint.name in ("speech_run_one_has_floor", "speech_interval_one_runs")
    ]
    with connection.schema_editor() as editor:
        for model, constraint in found:
            editor.remove_constraint(model, constraint)
    try:
        yield
    finally:
        SpeechInterval.objects.all().delete()
        SpeechRun.objects.all().delete()
        with connection.schema_editor() as editor:
            for model, constraint in found:
                editor.add_constraint(model, constraint)


def test_of_two_speakers_one_gets_the_floor(
    slots: list[Slot], officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _floor_for_two(slots, officer, monkeypatch) == ["ClockRefused", True]
    assert SpeechInterval.objects.get().slot == slots[1]


def test_control_without_the_constraints_both_have_it(
    slots: list[Slot], officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _without_constraints():
        assert _floor_for_two(slots, officer, monkeypatch) == [True, True]
        assert SpeechInterval.objects.filter(ended_at=None).count() == 2

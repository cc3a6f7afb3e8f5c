"""Two who change one speakers' list at once: neither loses anything."""

from collections.abc import Callable
from typing import Any

import pytest

from sessions.draft.models.participants import FloorRequest, RequestState
from sessions.draft.models.sessions import Session
from sessions.speakers.services import floor_requests, speakers_list
from summit.summits.models import Summit
from summit.users.models import User
from tests.factories import PartyFactory, PersonFactory, SlotFactory
from tests.sessions.conftest import session
from tests.threads import amid

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


def _amid(monkeypatch: pytest.MonkeyPatch, first: Callable[[], Any], second: Callable[[], Any]) -> None:
    """Do `second` after `first` has read the list and before it writes, or let it wait."""
    number = speakers_list._number

    def read(pause: Callable[[], bool]) -> None:
        def slowly(rows: Any) -> Any:
            pause()
            return number(rows)

        monkeypatch.setattr(speakers_list, "_number", slowly)
        first()

    came = amid(read, second)
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

"""Listeners for changes of the draft that affect its speeches. They are called in the transaction of the change.

Some code changes when sessions begin, whether they take place, or which speeches they have. This code must run within
`watching`, under the lock of the agenda. Higher layers register with `listeners`.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sessions.draft.models.participants import Slot
from sessions.draft.selectors.speech_times import beginnings
from summit.audit.services import By
from summit.core.registry import Registry
from summit.summits.models import Summit


class What(StrEnum):
    """What happened to a speech. If several things happened, only the first one in this order is reported."""

    # Its session no longer takes place.
    CANCELLED = "cancelled"
    # It was taken off the list.
    DROPPED = "dropped"
    # It has another speaker, or is given for another party.
    GIVEN = "given"
    # Its session begins at another time, or it was moved on the list or to another session.
    MOVED = "moved"
    # Its session begins at another time because the day was re-timed, or it is given in the second part.
    RETIMED = "retimed"
    # It begins at another time because another speech, or the length of a speech, was changed.
    SHIFTED = "shifted"


@dataclass(frozen=True)
class Happened:
    """A change to a speech.

    `begins` is the new start of the speech. `slot_id` and `speaker_before`, the previous speaker, are primary keys.
    """

    slot_id: int
    what: What
    begins: datetime
    speaker_before: int


# Called with the changes to all speeches in one change of the draft, and with its author, inside the transaction.
Listener = Callable[[Sequence[Happened], By], None]
listeners: Registry[Listener] = Registry()


@dataclass(frozen=True)
class _SpeechState:
    """The state of a speech before or after a change.

    `place` is its position in the session. `cancelled` says that the session is cancelled, `dropped` that the speech
    was removed from the session's list.
    """

    session_id: int
    session_begins: datetime
    place: int
    begins: datetime
    speaker_id: int
    party_id: int | None
    cancelled: bool
    dropped: bool


@dataclass
class Watch:
    """A change in progress. `named` are the primary keys of the speeches that are moved deliberately.

    If `named` is None, these speeches are found by comparing the order before and after. `retimed` says that sessions
    begin at other times because the day was re-timed.
    """

    named: Collection[int] | None = None
    retimed: bool = False


@contextmanager
def watching(
    *, by: By, sessions: Collection[int] | None = None, summit: Summit | None = None, retimed: bool = False
) -> Iterator[Watch]:
    """Call the listeners with the changes that the code inside makes to the speeches of `sessions`.

    `sessions` are primary keys; None means all sessions of `summit`. A transaction must be open, with the lock of the
    agenda. If the code raises an exception, no listener is called. Deleted speeches aren't reported, because nothing
    refers to them. Makes two queries, none without listeners.
    """
    watch = Watch(retimed=retimed)
    if not list(listeners):
        yield watch
        return
    before = _speech_states(sessions, summit)
    yield watch
    after = _speech_states(sessions, summit)
    events = list(_changes_between(before, after, watch))
    if events:
        for listener in listeners:
            listener(events, by)


def _speech_states(sessions: Collection[int] | None, summit: Summit | None) -> dict[int, _SpeechState]:
    """Return a dict from primary key to the state of each speech, with the speeches of a session in their order.

    Makes one query.
    """
    rows = Slot.every.filter(session__summit=summit) if sessions is None else Slot.every.filter(session__in=sessions)
    of_session = ("session_id", "session__starts_at", "session__opening", "session__cancelled_at")
    grouped: dict[tuple[int, datetime, int | None, datetime | None], list[tuple[int, int, int | None, int]]]
    grouped = defaultdict(list)
    found = {}
    columns = (*of_session, "pk", "speaker_id", "party_id", "minutes", "cancelled_at")
    for key, starts_at, opening, cancelled, *speech in rows.order_by("session", "position", "pk").values_list(
        *columns
    ):
        if speech[4] is not None:
            found[speech[0]] = _SpeechState(
                key, starts_at, -1, starts_at, speech[1], speech[2], cancelled is not None, True
            )
            continue
        grouped[key, starts_at, opening, cancelled].append((speech[0], speech[1], speech[2], speech[3]))
    for (key, starts_at, opening, cancelled), speeches in grouped.items():
        times = beginnings(starts_at=starts_at, opening=opening, minutes=[minutes for *_rest, minutes in speeches])
        for place, ((pk, speaker, party, _minutes), start) in enumerate(zip(speeches, times, strict=True)):
            found[pk] = _SpeechState(key, starts_at, place, start, speaker, party, cancelled is not None, False)
    return found


def _changes_between(
    before: dict[int, _SpeechState], after: dict[int, _SpeechState], watch: Watch
) -> Iterator[Happened]:
    displaced = _displaced(before, after) if watch.named is None else set(watch.named)
    displaced = {pk for pk in displaced & before.keys() & after.keys() if before[pk].place != after[pk].place}
    for pk, new in after.items():
        old = before.get(pk)
        what = _what(old, new, displaced=pk in displaced, retimed=watch.retimed) if old is not None else None
        if old is not None and what is not None:
            yield Happened(pk, what, new.begins, old.speaker_id)


def _what(old: _SpeechState, new: _SpeechState, *, displaced: bool, retimed: bool) -> What | None:
    if new.cancelled and not old.cancelled:
        return What.CANCELLED
    if new.dropped and not old.dropped:
        return What.DROPPED
    if (old.speaker_id, old.party_id) != (new.speaker_id, new.party_id):
        return What.GIVEN
    if displaced:
        return What.MOVED
    if old.session_id != new.session_id or old.session_begins != new.session_begins:
        return What.RETIMED if retimed else What.MOVED
    return What.SHIFTED if old.begins != new.begins else None


def _displaced(before: dict[int, _SpeechState], after: dict[int, _SpeechState]) -> set[int]:
    """Return the speeches that were moved themselves, without the speeches that merely made room for others.

    These are all speeches except the speeches in every longest run that kept the old order. If two speeches are
    swapped, both count as moved.
    """
    places = {pk: place for place, pk in enumerate(before)}
    keys_by_session: dict[int, list[int]] = defaultdict(list)
    for pk, state in after.items():
        if pk in before and before[pk].session_id == state.session_id and not state.dropped:
            keys_by_session[state.session_id].append(pk)
    found: set[int] = set()
    for keys in keys_by_session.values():
        order = [places[pk] for pk in keys]
        if order != sorted(order):
            unmoved = _unmoved_numbers(order)
            found |= {pk for pk, place in zip(keys, order, strict=True) if place not in unmoved}
    return found


def _unmoved_numbers(order: Sequence[int]) -> set[int]:
    """Return the numbers in every longest rising subsequence of `order`, which has each number once."""
    up = _lengths(order)
    down = _lengths([-number for number in reversed(order)])[::-1]
    longest = max(up)
    by_length: dict[int, list[int]] = defaultdict(list)
    for number, length_to, length_from in zip(order, up, down, strict=True):
        if length_to + length_from - 1 == longest:
            by_length[length_to].append(number)
    return {numbers[0] for numbers in by_length.values() if len(numbers) == 1}


def _lengths(order: Sequence[int]) -> list[int]:
    """Return, for each number, the length of the longest rising subsequence that ends with this number."""
    ends: list[int] = []
    lengths = []
    for number in order:
        index = bisect_left(ends, number)
        ends[index : index + 1] = [number]
        lengths.append(index + 1)
    return lengths

"""What a change of the draft does to its speeches, told in its transaction to whoever has something hang on them.

Whoever changes when sessions begin, whether they take place, or which speeches they have does so within `watching`,
under the lock of the agenda. The layers above register what follows with `listeners`.
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
    """What happened to a speech; of several the first of these is told."""

    # Its session no longer takes place.
    CANCELLED = "cancelled"
    # It is on no list any more.
    DROPPED = "dropped"
    # Another person gives it, or in the name of another party.
    GIVEN = "given"
    # Its session begins at another time, or it has another place on the list or in another session.
    MOVED = "moved"
    # It begins at another time because another speech, or how long one takes, was changed.
    SHIFTED = "shifted"


@dataclass(frozen=True)
class Happened:
    """A speech, by the primary key of its slot, what happened to it, when it begins now, and the primary key of who
    was to give it before."""

    slot_id: int
    what: What
    begins: datetime
    speaker_before: int


# Learns of all that happened in one change and who did it, inside its transaction.
Listener = Callable[[Sequence[Happened], By], None]
listeners: Registry[Listener] = Registry()


@dataclass(frozen=True)
class _Stand:
    """How a speech stands: in which session, when that and it begin, who gives it, whether its session takes place,
    and whether it is on no list."""

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
    """A change that is under way. `named` are the speeches, by primary key, that are moved on purpose, where whoever
    moves them knows; None lets the order before and after tell."""

    named: Collection[int] | None = None


@contextmanager
def watching(*, by: By, sessions: Collection[int] | None = None, summit: Summit | None = None) -> Iterator[Watch]:
    """Tell the listeners what a change within does to the speeches of `sessions`, by primary key, or of a whole
    summit: in the transaction that is open, under the lock of its agenda. A change that raises tells nothing.

    A speech that is deleted is not told: nothing hangs on it. Two queries, none where nobody listens.
    """
    watch = Watch()
    if not list(listeners):
        yield watch
        return
    before = _stands(sessions, summit)
    yield watch
    after = _stands(sessions, summit)
    happened = list(_told(before, after, watch.named))
    if happened:
        for listener in listeners:
            listener(happened, by)


def _stands(sessions: Collection[int] | None, summit: Summit | None) -> dict[int, _Stand]:
    """Return how speeches stand, by primary key, those of each session in their order. One query."""
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
            found[speech[0]] = _Stand(
                key, starts_at, -1, starts_at, speech[1], speech[2], cancelled is not None, True
            )
            continue
        grouped[key, starts_at, opening, cancelled].append((speech[0], speech[1], speech[2], speech[3]))
    for (key, starts_at, opening, cancelled), speeches in grouped.items():
        times = beginnings(starts_at=starts_at, opening=opening, minutes=[minutes for *_rest, minutes in speeches])
        for place, ((pk, speaker, party, _minutes), begins) in enumerate(zip(speeches, times, strict=True)):
            found[pk] = _Stand(key, starts_at, place, begins, speaker, party, cancelled is not None, False)
    return found


def _told(before: dict[int, _Stand], after: dict[int, _Stand], named: Collection[int] | None) -> Iterator[Happened]:
    displaced = _displaced(before, after) if named is None else set(named)
    displaced = {pk for pk in displaced & before.keys() & after.keys() if before[pk].place != after[pk].place}
    for pk, now in after.items():
        was = before.get(pk)
        what = _what(was, now, displaced=pk in displaced) if was is not None else None
        if was is not None and what is not None:
            yield Happened(pk, what, now.begins, was.speaker_id)


def _what(was: _Stand, now: _Stand, *, displaced: bool) -> What | None:
    if now.cancelled and not was.cancelled:
        return What.CANCELLED
    if now.dropped and not was.dropped:
        return What.DROPPED
    if (was.speaker_id, was.party_id) != (now.speaker_id, now.party_id):
        return What.GIVEN
    if displaced or was.session_id != now.session_id or was.session_begins != now.session_begins:
        return What.MOVED
    return What.SHIFTED if was.begins != now.begins else None


def _displaced(before: dict[int, _Stand], after: dict[int, _Stand]) -> set[int]:
    """Return the speeches whose own place on their session's list changed, not those that made room for them: all
    but those that every longest row of speeches in their old order has. Of two that changed places both did."""
    places = {pk: place for place, pk in enumerate(before)}
    lists: dict[int, list[int]] = defaultdict(list)
    for pk, stand in after.items():
        if pk in before and before[pk].session_id == stand.session_id and not stand.dropped:
            lists[stand.session_id].append(pk)
    found: set[int] = set()
    for keys in lists.values():
        order = [places[pk] for pk in keys]
        if order != sorted(order):
            kept = _kept(order)
            found |= {pk for pk, place in zip(keys, order, strict=True) if place not in kept}
    return found


def _kept(order: Sequence[int]) -> set[int]:
    """Return the numbers that stand in each of the longest rising rows of `order`, which holds each number once."""
    up = _lengths(order)
    down = _lengths([-number for number in reversed(order)])[::-1]
    longest = max(up)
    at: dict[int, list[int]] = defaultdict(list)
    for number, before, behind in zip(order, up, down, strict=True):
        if before + behind - 1 == longest:
            at[before].append(number)
    return {numbers[0] for numbers in at.values() if len(numbers) == 1}


def _lengths(order: Sequence[int]) -> list[int]:
    """Return how long the longest rising row that ends at each number is."""
    ends: list[int] = []
    lengths = []
    for number in order:
        at = bisect_left(ends, number)
        ends[at : at + 1] = [number]
        lengths.append(at + 1)
    return lengths

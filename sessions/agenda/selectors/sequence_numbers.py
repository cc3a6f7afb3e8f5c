"""Calculates a session's SEQUENCE (RFC 5545, 3.8.7.4) for each rank of readers.

The SEQUENCE counts the changes of the values that readers need to attend. It counts only values that these readers
may know, so no gap reveals the release of something hidden. It never falls: a removal uses the next number, and a
session that comes back uses the number after the removal's. Numbers of two ranks are never compared, because each
calendar is always served at one rank.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from django.db.models import Max

from sessions.agenda.models.releases import ReleaseEntry
from sessions.agenda.selectors.snapshots import Agenda, Snapshot
from sessions.visibility.models import DESK
from summit.summits.models import Summit

# By session primary key, the highest SEQUENCE for readers of each rank; 0 where they never knew of the session.
Highest = Mapping[int, Sequence[int]]
NEVER = (0,) * (DESK + 1)


def highest(summit: Summit, sessions: Iterable[int]) -> Highest:
    """Return the highest sequences of these sessions, at each rank, in all releases of a summit.

    Sessions that were never released are missing. Makes one query, none without sessions.
    """
    keys = list(sessions)
    found: dict[int, list[int]] = {}
    if not keys:
        return found
    entries = ReleaseEntry.objects.filter(release__summit=summit, session__in=keys).order_by()
    listed = entries.values_list("session", "low", "high").annotate(top=Max("released_session__sequence"))
    for key, low, high, top in listed:
        ranks = found.setdefault(key, list(NEVER))
        ranks[low : high + 1] = [max(top, rank) for rank in ranks[low : high + 1]]
    return found


def changed(agenda: Agenda, before: Agenda) -> list[int]:
    """Return the primary keys of the sessions in a draft that are new or differ from the last release."""
    return [key for key, session in agenda.items() if key not in before or before[key].content != session.content]


def numbered(agenda: Agenda, before: Agenda, highest: Highest) -> Agenda:
    """Return a draft with the sequences of the release that follows `before`.

    Unchanged sessions keep their sequence. A changed session keeps its sequence at a rank where nothing changed that
    participants need, for example if only its visibility changed. `highest` has the sequences of the changed
    sessions.
    """
    found = {key: before.get(key, session) for key, session in agenda.items()}
    for key in changed(agenda, before):
        session, earlier, top = agenda[key], before.get(key), highest.get(key, NEVER)
        sequences = tuple(_sequence(session, earlier, rank, top[rank]) for rank in range(DESK + 1))
        found[key] = replace(session, sequence=sequences[DESK], sequences=sequences)
    return found


def _sequence(current: Snapshot, earlier: Snapshot | None, rank: int, top: int) -> int:
    """Return the sequence of a changed session at a rank whose readers have had sequences up to `top`."""
    old, new = earlier.at(rank) if earlier else None, current.at(rank)
    if old is None:
        return top + 2 if top and new else top + 1
    return old.sequence if new and old.to_attend == new.to_attend else old.sequence + 1


def cancellation_sequence(highest: Highest, session_id: int, rank: int) -> int:
    """Return the sequence of a session's cancellation for readers of a rank: one above their highest sequence."""
    return highest.get(session_id, NEVER)[rank] + 1

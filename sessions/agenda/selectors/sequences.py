"""SEQUENCE (RFC 5545, 3.8.7.4) of a session: for readers of each rank, how often what they need to attend changed.

It counts what these readers may know and nothing else, so that no gap tells of a release of what is hidden from them,
and for none of them does it ever fall: what is gone for them is told by the number after the last, and what comes
back has the one after that. Numbers of two ranks aren't compared: whatever a calendar is told, it is told at one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from django.db.models import Max

from sessions.agenda.models.releases import ReleaseEntry
from sessions.agenda.selectors.snapshots import Agenda, Snapshot
from sessions.visibility.models import DESK
from summit.summits.models import Summit

# The highest SEQUENCE that readers of each rank have had of sessions, by primary key; 0 where they never knew them.
Highest = Mapping[int, Sequence[int]]
NEVER = (0,) * (DESK + 1)


def highest(summit: Summit, sessions: Iterable[int]) -> Highest:
    """Return the highest sequences of sessions in all releases of a summit. One query, none without sessions."""
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
    """Return the sessions of a draft, by primary key, that differ from what was released before."""
    return [key for key, session in agenda.items() if key not in before or before[key].content != session.content]


def numbered(agenda: Agenda, before: Agenda, highest: Highest) -> Agenda:
    """Return a draft as the release after `before`: what stayed as it was keeps its sequence, and so does what
    readers of a rank need to attend, where only the readers of the session or of its parts are others. `highest` are
    those of the sessions that changed."""
    found = {key: before.get(key, session) for key, session in agenda.items()}
    for key in changed(agenda, before):
        session, earlier, top = agenda[key], before.get(key), highest.get(key, NEVER)
        sequences = tuple(_sequence(session, earlier, rank, top[rank]) for rank in range(DESK + 1))
        found[key] = replace(session, sequence=sequences[DESK], sequences=sequences)
    return found


def _sequence(current: Snapshot, earlier: Snapshot | None, rank: int, top: int) -> int:
    """Return the sequence of what readers of a rank may know of a session that changed, and have had up to `top`."""
    was, now = earlier.at(rank) if earlier else None, current.at(rank)
    if was is None:
        return top + 2 if top and now else top + 1
    return was.sequence if now and was.to_attend == now.to_attend else was.sequence + 1


def gone(highest: Highest, session_id: int, rank: int) -> int:
    """Return the sequence by which readers of a rank are told that a session is gone."""
    return highest.get(session_id, NEVER)[rank] + 1

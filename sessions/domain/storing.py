"""A release as rows: what changed for whom gets rows of its own, the rest refers to those of earlier releases."""

from collections.abc import Iterable, Iterator

from sessions.domain.released import places_of, row_of
from sessions.domain.snapshots import Agenda, Snapshot
from sessions.models import Release, ReleasedSession, ReleaseEntry
from sessions.models.visibility import DESK
from summit.db import bulk


def store(made: Release, *, old: Agenda, new: Agenda) -> None:
    """Store a release: rows of their own for what changed for whom, those of earlier releases for the rest."""
    kept: dict[int, list[ReleaseEntry]] = {}
    for entry in ReleaseEntry.objects.filter(release__summit=made.summit, release__number=made.number - 1):
        kept.setdefault(entry.session_id, []).append(entry)
    rows = _Rows(made, [session for key, session in new.items() if session is not old.get(key)])
    entries: list[ReleaseEntry] = []
    for session_id, session in new.items():
        if session is old.get(session_id):
            entries += [_again(made, each) for each in kept[session_id]]
        else:
            entries += _entries(made, session, rows)
    bulk.insert([row for row, _session in rows.new])
    bulk.insert([participant for row, session in rows.new for participant in places_of(row, session)])
    for entry in entries:
        # Rows that had no key when the entry was made have one now.
        entry.released_session_id = entry.released_session_id or entry.released_session.pk
        entry.full_id = entry.full_id or entry.full.pk
    bulk.insert(entries)


class _Rows:
    """The rows of sessions that a release changes. What says the same by the same sequence is one row for all
    releases: who may read a session may change and change back."""

    def __init__(self, made: Release, changed: Iterable[Snapshot]) -> None:
        self._rows: dict[tuple[int, int, str], ReleasedSession] = {}
        self.new: list[tuple[ReleasedSession, Snapshot]] = []
        before = {session.session_id: set(session.sequences) - {made.number} for session in changed}
        numbers = set().union(*before.values())
        if numbers:
            stored = ReleasedSession.objects.filter(session__in=[key for key in before if before[key]])
            for row in stored.filter(sequence__in=numbers).only("session", "sequence", "fingerprint"):
                self._rows[row.session_id, row.sequence, row.fingerprint] = row

    def of(self, session: Snapshot) -> ReleasedSession:
        """Return the row of a session as some readers may know it, which may not be stored yet."""
        key = (session.session_id, session.sequence, session.fingerprint)
        if key not in self._rows:
            self._rows[key] = row_of(session)
            self.new.append((self._rows[key], session))
        return self._rows[key]


def _again(made: Release, like: ReleaseEntry) -> ReleaseEntry:
    """Return an entry of the release before as one of this one."""
    return ReleaseEntry(
        release_id=made.pk,
        session_id=like.session_id,
        low=like.low,
        high=like.high,
        released_session_id=like.released_session_id,
        full_id=like.full_id,
    )


def ranges(session: Snapshot) -> Iterator[tuple[int, int, Snapshot]]:
    """Yield from which rank to which readers may know the same of a session, by the same sequence, and what."""
    low = next(rank for rank in range(DESK + 1) if session.seen_at(rank))
    for rank in range(low, DESK + 1):
        view, following = session.at(rank), session.at(rank + 1) if rank < DESK else None
        assert view is not None  # noqa: S101 - seen from `low` on
        if following is None or (following.content, following.sequence) != (view.content, view.sequence):
            yield low, rank, view
            low = rank + 1


def _entries(made: Release, session: Snapshot, rows: _Rows) -> Iterator[ReleaseEntry]:
    """Yield the entries of a session that changed. Readers for whom nothing changed keep the row that they had, and
    with it their SEQUENCE."""
    for low, high, view in ranges(session):
        yield ReleaseEntry(
            release_id=made.pk,
            session_id=session.session_id,
            low=low,
            high=high,
            released_session=rows.of(view),
            full=rows.of(session),
        )

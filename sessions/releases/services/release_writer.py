"""Saves a release as rows: new rows for sessions that changed for some readers, and references to earlier rows."""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from sessions.agenda.models.releases import Release, ReleasedSession, ReleaseEntry
from sessions.agenda.selectors.released_snapshots import places_of, row_of
from sessions.agenda.selectors.snapshots import Agenda, Snapshot
from sessions.visibility.models import DESK
from summit.core import bulk_insert


def store(made: Release, *, old: Agenda, new: Agenda) -> None:
    """Save the rows of a release.

    Sessions that changed for some readers get new rows; all other entries refer to earlier rows.
    """
    previous_entries: dict[int, list[ReleaseEntry]] = {}
    for entry in ReleaseEntry.objects.filter(release__summit=made.summit, release__number=made.number - 1):
        previous_entries.setdefault(entry.session_id, []).append(entry)
    rows = Rows()
    entries: list[ReleaseEntry] = []
    for session_id, session in new.items():
        earlier = old.get(session_id)
        if session is earlier:
            entries += [_again(made, each) for each in previous_entries[session_id]]
        else:
            entries += _entries(made, session, rows, _PreviousRows(earlier, previous_entries.get(session_id, [])))
    bulk_insert.insert([row for row, _session in rows.new])
    bulk_insert.insert([participant for row, session in rows.new for participant in places_of(row, session)])
    for entry in entries:
        # New rows had no primary key yet when the entry was created.
        entry.released_session_id = entry.released_session_id or entry.released_session.pk
        entry.full_id = entry.full_id or entry.full.pk
    bulk_insert.insert(entries)


class Rows:
    """The new rows of a release. Ranks with the same content and sequence share one row."""

    def __init__(self) -> None:
        self._rows: dict[tuple[int, int, str], ReleasedSession] = {}
        self.new: list[tuple[ReleasedSession, Snapshot]] = []

    def of(self, session: Snapshot) -> ReleasedSession:
        """Return the unsaved row of a session's snapshot, which may be reduced to what some readers may know."""
        key = (session.session_id, session.sequence, session.fingerprint)
        if key not in self._rows:
            self._rows[key] = row_of(session)
            self.new.append((self._rows[key], session))
        return self._rows[key]


class _PreviousRows:
    """The rows of a session in the previous release."""

    def __init__(self, earlier: Snapshot | None, entries: Iterable[ReleaseEntry]) -> None:
        self._earlier = earlier
        # An entry only needs the primary key of a row.
        self._rows = [(entry.low, entry.high, ReleasedSession(pk=entry.released_session_id)) for entry in entries]

    def at(self, rank: int, view: Snapshot) -> ReleasedSession | None:
        """Return the previous row of a rank if nothing changed for its readers, else None."""
        previous = self._earlier.at(rank) if self._earlier else None
        if previous is None or previous.content != view.content:
            return None
        return next(row for low, high, row in self._rows if low <= rank <= high)


def _again(release: Release, previous: ReleaseEntry) -> ReleaseEntry:
    """Return an entry of the previous release as an entry of this one."""
    return ReleaseEntry(
        release_id=release.pk,
        session_id=previous.session_id,
        low=previous.low,
        high=previous.high,
        released_session_id=previous.released_session_id,
        full_id=previous.full_id,
    )


def ranges(
    session: Snapshot, row_at: Callable[[int, Snapshot], ReleasedSession]
) -> Iterator[tuple[int, int, ReleasedSession]]:
    """Yield (lowest rank, highest rank, row) for each group of ranks that share a row of a session.

    `row_at` is called with a rank and the snapshot for its readers, and returns the row of the rank.
    """
    views = ((rank, view) for rank in range(DESK + 1) if (view := session.at(rank)) is not None)
    rows = [(rank, row_at(rank, view)) for rank, view in views]
    for _row, group in groupby(rows, key=lambda each: each[1].pk or id(each[1])):
        ranks = list(group)
        yield ranks[0][0], ranks[-1][0], ranks[0][1]


def _entries(release: Release, session: Snapshot, rows: Rows, previous: _PreviousRows) -> Iterator[ReleaseEntry]:
    """Yield the entries of a changed session. Readers for whom nothing changed keep their row, and
    so their SEQUENCE."""

    def row_at(rank: int, view: Snapshot) -> ReleasedSession:
        return previous.at(rank, view) or rows.of(view)

    for low, high, row in ranges(session, row_at):
        yield ReleaseEntry(
            release_id=release.pk,
            session_id=session.session_id,
            low=low,
            high=high,
            released_session=row,
            full=rows.of(session),
        )

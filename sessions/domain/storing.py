"""A release as rows: what changed for whom gets rows of its own, the rest refers to those of the release before."""

from collections.abc import Iterator

from sessions.domain.released import places_of, row_of
from sessions.domain.snapshots import Agenda, Snapshot
from sessions.models import Release, ReleasedSession, ReleaseEntry
from sessions.models.visibility import DESK
from summit.db import bulk


def store(made: Release, *, old: Agenda, new: Agenda) -> None:
    """Store a release: rows of their own for what changed for whom, those of the last release for the rest."""
    kept: dict[int, list[ReleaseEntry]] = {}
    for entry in ReleaseEntry.objects.filter(release__summit=made.summit, release__number=made.number - 1):
        kept.setdefault(entry.session_id, []).append(entry)
    entries: list[ReleaseEntry] = []
    rows: list[tuple[ReleasedSession, Snapshot]] = []
    for session_id, session in new.items():
        before = old.get(session_id)
        if session is before:
            entries += [_entry(made, each, each.released_session_id, each.full_id) for each in kept[session_id]]
        else:
            made_entries, made_rows = _entries(made, session, before, kept.get(session_id, []))
            entries += made_entries
            rows += made_rows
    bulk.insert([row for row, _session in rows])
    bulk.insert([participant for row, session in rows for participant in places_of(row, session)])
    for entry in entries:
        # Rows that had no key when the entry was made have one now.
        entry.released_session_id = entry.released_session_id or entry.released_session.pk
        entry.full_id = entry.full_id or entry.full.pk
    bulk.insert(entries)


def _entry(made: Release, like: ReleaseEntry, row_id: int, full_id: int) -> ReleaseEntry:
    return ReleaseEntry(
        release_id=made.pk,
        session_id=like.session_id,
        low=like.low,
        high=like.high,
        released_session_id=row_id,
        full_id=full_id,
    )


def ranges(session: Snapshot) -> Iterator[tuple[int, int, Snapshot]]:
    """Yield from which rank to which readers may know the same of a session, and what."""
    low = next(rank for rank in range(DESK + 1) if session.seen_at(rank))
    for rank in range(low, DESK + 1):
        view, following = session.at(rank), session.at(rank + 1) if rank < DESK else None
        assert view is not None  # noqa: S101 - seen from `low` on
        if following is None or following.content != view.content:
            yield low, rank, view
            low = rank + 1


def _entries(
    made: Release, session: Snapshot, before: Snapshot | None, kept: list[ReleaseEntry]
) -> tuple[list[ReleaseEntry], list[tuple[ReleasedSession, Snapshot]]]:
    """Return the entries of a session that changed, and the rows that they need.

    Readers for whom nothing changed keep the row that they had, and with it their SEQUENCE.
    """
    full = row_of(session)
    entries, rows = [], [(full, session)]
    for low, high, view in ranges(session):
        entry = ReleaseEntry(release_id=made.pk, session_id=session.session_id, low=low, high=high, full=full)
        was = before.at(low) if before else None
        had = {each.released_session_id for each in kept if each.low <= high and low <= each.high}
        if high == DESK:
            entry.released_session = full
        # Of ranks that had rows of their own and now read the same, one had a higher SEQUENCE: none may fall.
        elif was is not None and was.content == view.content and len(had) == 1:
            entry.released_session_id = had.pop()
        else:
            entry.released_session = row_of(view)
            rows.append((entry.released_session, view))
        entries.append(entry)
    return entries, rows

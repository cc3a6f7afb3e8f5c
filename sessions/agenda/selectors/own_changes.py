"""The changes of the last releases in one reader's own programme, from rows that the process caches.

`release_changes.changes` returns the same changes, but goes back further and reads everything from the database.
"""

from sessions.agenda.selectors import release_cache
from sessions.agenda.selectors.differences import Nature, SessionChange, in_order
from sessions.agenda.selectors.release_cache import Current, Own
from summit.summits.models import Summit

# (old row, new row) by (release number, session), all as primary keys.
_Pairs = dict[tuple[int, int], tuple[int | None, int | None]]


def numbers(at: Current, back: int) -> range:
    """Return the range of release numbers that must be read to find the changes of the last `back` releases."""
    return range(max(at.release.number - back, 1), at.release.number + 1)


def differing(own: Own) -> set[int]:
    """Return the primary keys of the released rows that `changes` compares."""
    return {row for pair in _pairs(own).values() for row in pair if row is not None}


def changes(summit: Summit, own: Own, at: Current, language: str | None) -> dict[int, list[SessionChange]]:
    """Return a dict from release number to the changes in the programme, the newest release first.

    `language` is the reader's language; changes that its readers don't notice are left out. Makes two queries for
    rows that the process hasn't cached, otherwise none.
    """
    rows = release_cache.rows(summit, differing(own), at.stamp)
    found: dict[int, list[SessionChange]] = {}
    for key, (old_row, new_row) in _pairs(own).items():
        before, after = (rows[row].snapshot if row is not None else None for row in (old_row, new_row))
        change = SessionChange(_nature(old_row, new_row, stands=(key[0] - 1, key[1]) in own.stand), before, after)
        if change.is_noticeable(language):
            found.setdefault(key[0], []).append(change)
    return {number: in_order(found[number]) for number in sorted(found, reverse=True)}


def _pairs(own: Own) -> _Pairs:
    found: _Pairs = {}
    for number, after in own.rows.items():
        if number - 1 in own.rows:
            before = own.rows[number - 1]
            for session in before.keys() | after.keys():
                pair = before.get(session), after.get(session)
                if pair[0] != pair[1]:
                    found[number, session] = pair
    return found


def _nature(old_row: int | None, new_row: int | None, *, stands: bool) -> Nature:
    if old_row is None:
        return Nature.ADDED
    if new_row is not None:
        return Nature.CHANGED
    return Nature.GONE if stands else Nature.CANCELLED

"""Finds the release that last changed the agenda that a reader may see.

Releases that change nothing for the reader don't count.
"""

from collections.abc import Iterator
from datetime import datetime

from sessions.agenda.models.releases import EntryQuerySet, Release, ReleaseEntry
from sessions.visibility.models import RANKS
from sessions.visibility.viewers import Members
from summit.summits.models import Summit

# How many releases are read at once after the first two. The newest release nearly always changed something.
COMPARED = 10


def public(summit: Summit, newest: Release | None = None) -> datetime | None:
    """Return when a release last changed what everybody may know; None if nothing was ever public.

    Makes three queries, and one more for each ten releases that changed nothing; one fewer if `newest` is passed.
    """
    return of_entries(summit, ReleaseEntry.objects.all().for_public(), newest)


def of_members(
    summit: Summit, members: Members, *, everything: bool = False, newest: Release | None = None
) -> datetime | None:
    """Return when a release last changed the members' own programme; None if it was always empty.

    With `everything`, all sessions that the members may know of count. Makes as many queries as `public`: three, and
    one more for each ten releases that changed nothing; one fewer if `newest` is passed.
    """
    entries = ReleaseEntry.objects.all()
    visible = entries.for_members(members) if everything else entries.of_members(members)
    return of_entries(summit, visible, newest)


def of_entries(summit: Summit, visible: EntryQuerySet, newest: Release | None = None) -> datetime | None:
    """Return when a release last changed the set of `visible` entries or their content.

    Return None if there never were visible entries.
    """
    newest = newest or Release.objects.filter(summit=summit).order_by("-number").first()
    number = _number(newest, visible) if newest is not None else 0
    return _moment(newest, number) if newest is not None and number else None


def by_rank(release: Release) -> list[tuple[str, int, int]]:
    """Return (visibility, sessions, release number) for each kind of reader, the widest first.

    `sessions` is the number of the release's sessions that these readers know of. The release number names the last
    release that changed what they know; it is 0 if they never knew anything. Makes two queries for each kind, and one
    more for each ten releases that changed nothing.
    """
    found = []
    for visibility, rank in RANKS.items():
        visible = ReleaseEntry.objects.all().at(rank)
        found.append((visibility, visible.filter(release=release).count(), _number(release, visible)))
    return found


def _number(newest: Release, visible: EntryQuerySet) -> int:
    """Return the number of the release that last changed the set of `visible` entries or their content.

    The number is 0 if there never were visible entries.
    """
    changed_in, later_rows = 0, None
    for numbers in _compared(newest.number):
        rows = _rows(newest.summit_id, visible, numbers)
        for number in reversed(numbers):
            if later_rows is not None and rows[number] != later_rows:
                return changed_in
            changed_in, later_rows = number, rows[number]
    # Nothing was visible before the first release, so its rows, if any, are a change.
    return changed_in if later_rows else 0


def _compared(newest: int) -> Iterator[range]:
    """Yield the ranges of release numbers to read at once, the newest first: two numbers, then ten each time."""
    first = max(newest - 1, 1)
    yield range(first, newest + 1)
    for number in range(first - 1, 0, -COMPARED):
        yield range(max(number - COMPARED + 1, 1), number + 1)


def _rows(summit_id: int, visible: EntryQuerySet, numbers: range) -> dict[int, set[int]]:
    """Return the primary keys of the visible rows in each of these releases. Makes one query."""
    rows: dict[int, set[int]] = {number: set() for number in numbers}
    listed = visible.filter(release__summit=summit_id, release__number__in=list(numbers)).order_by()
    for number, row in listed.values_list("release__number", "released_session"):
        rows[number].add(row)
    return rows


def _moment(newest: Release, number: int) -> datetime:
    if number == newest.number:
        return newest.released_at
    return Release.objects.get(summit=newest.summit_id, number=number).released_at

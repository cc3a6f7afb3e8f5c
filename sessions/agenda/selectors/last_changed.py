"""When what somebody may know of the agenda changed last: no release that changes nothing for them moves it."""

from collections.abc import Iterator
from datetime import datetime

from sessions.agenda.models.releases import EntryQuerySet, Release, ReleaseEntry
from sessions.visibility.members import Members
from sessions.visibility.models import RANKS
from summit.summits.models import Summit

# So many releases are read at once after the first two: nearly always the newest changed something for its readers.
COMPARED = 10


def public(summit: Summit, newest: Release | None = None) -> datetime | None:
    """Return when a release last changed what everybody may know; None where they know nothing. Three queries, and
    one more for each ten releases that changed nothing; one fewer where the newest release is given."""
    return of_entries(summit, ReleaseEntry.objects.all().for_public(), newest)


def of_members(
    summit: Summit, members: Members, *, everything: bool = False, newest: Release | None = None
) -> datetime | None:
    """Return when a release last changed the own programme of `members`, or with `everything` all that they may know
    of. Queries as of `public`, one fewer where the newest release is given."""
    entries = ReleaseEntry.objects.all()
    visible = entries.for_members(members) if everything else entries.of_members(members)
    return of_entries(summit, visible, newest)


def of_entries(summit: Summit, visible: EntryQuerySet, newest: Release | None = None) -> datetime | None:
    """Return when a release last changed which of the `visible` entries there are, or what they say."""
    newest = newest or Release.objects.filter(summit=summit).order_by("-number").first()
    number = _number(newest, visible) if newest is not None else 0
    return _moment(newest, number) if newest is not None and number else None


def by_rank(release: Release) -> list[tuple[str, int, int]]:
    """Return for each kind of reader, the widest first: its visibility, how many sessions of a release they know of,
    and the number of the release that changed last what they know, 0 where they know nothing. Two queries for each,
    and one more for each ten releases that changed nothing."""
    found = []
    for visibility, rank in RANKS.items():
        visible = ReleaseEntry.objects.all().at(rank)
        found.append((visibility, visible.filter(release=release).count(), _number(release, visible)))
    return found


def _number(newest: Release, visible: EntryQuerySet) -> int:
    """Return the number of the release that changed last which of the `visible` entries there are, or what they say;
    0 where there never were any."""
    found, after = 0, None
    for numbers in _compared(newest.number):
        rows = _rows(newest.summit_id, visible, numbers)
        for each in reversed(numbers):
            if after is not None and rows[each] != after:
                return found
            found, after = each, rows[each]
    # Before the first release there was nothing.
    return found if after else 0


def _compared(newest: int) -> Iterator[range]:
    """Yield the numbers of the releases that are read at once, the newest first: two, then ten each time."""
    first = max(newest - 1, 1)
    yield range(first, newest + 1)
    for number in range(first - 1, 0, -COMPARED):
        yield range(max(number - COMPARED + 1, 1), number + 1)


def _rows(summit_id: int, visible: EntryQuerySet, numbers: range) -> dict[int, set[int]]:
    """Return the rows that are visible in each of these releases. One query."""
    rows: dict[int, set[int]] = {each: set() for each in numbers}
    listed = visible.filter(release__summit=summit_id, release__number__in=list(numbers)).order_by()
    for each, row in listed.values_list("release__number", "released_session"):
        rows[each].add(row)
    return rows


def _moment(newest: Release, number: int) -> datetime:
    if number == newest.number:
        return newest.released_at
    return Release.objects.get(summit=newest.summit_id, number=number).released_at

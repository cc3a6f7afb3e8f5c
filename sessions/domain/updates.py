"""When what somebody may know of the agenda changed last: no release that changes nothing for them moves it."""

from datetime import datetime

from sessions.models import Members, Release, ReleaseEntry
from sessions.models.releases import EntryQuerySet
from summit.models import Summit

# So many releases are compared at once: nearly always the newest changed something for its readers.
COMPARED = 10


def public(summit: Summit) -> datetime | None:
    """Return when a release last changed what everybody may know; None where they know nothing. Three queries, and
    one more for each ten releases that changed nothing."""
    return of_entries(summit, ReleaseEntry.objects.all().for_public())


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
    if newest is None:
        return None
    found, after = 0, None
    for number in range(newest.number, 0, -COMPARED):
        numbers = range(max(number - COMPARED + 1, 1), number + 1)
        rows = _rows(summit, visible, numbers)
        for each in reversed(numbers):
            if after is not None and rows[each] != after:
                return _moment(newest, found)
            found, after = each, rows[each]
    # Before the first release there was nothing.
    return _moment(newest, found) if after else None


def _rows(summit: Summit, visible: EntryQuerySet, numbers: range) -> dict[int, set[int]]:
    """Return the rows that are visible in each of these releases. One query."""
    rows: dict[int, set[int]] = {each: set() for each in numbers}
    listed = visible.filter(release__summit=summit, release__number__in=list(numbers)).order_by()
    for each, row in listed.values_list("release__number", "released_session"):
        rows[each].add(row)
    return rows


def _moment(newest: Release, number: int) -> datetime:
    if number == newest.number:
        return newest.released_at
    return Release.objects.get(summit=newest.summit_id, number=number).released_at

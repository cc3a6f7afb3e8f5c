"""When what somebody may know of the agenda changed last: no release that changes nothing for them moves it."""

from datetime import datetime

from sessions.models import Members, Release, ReleaseEntry
from sessions.models.releases import EntryQuerySet
from summit.models import Summit

# So many releases are compared at once: nearly always the newest changed something for its readers.
COMPARED = 10


def public(summit: Summit) -> datetime | None:
    """Return when a release last changed what everybody may know; None where they know nothing. Two queries, and two
    more for each ten releases that changed nothing."""
    return of_entries(summit, ReleaseEntry.objects.all().for_public())


def of_members(summit: Summit, members: Members, *, everything: bool = False) -> datetime | None:
    """Return when a release last changed the own programme of `members`, or with `everything` all that they may know
    of. Queries as of `public`."""
    entries = ReleaseEntry.objects.all()
    return of_entries(summit, entries.for_members(members) if everything else entries.of_members(members))


def of_entries(summit: Summit, visible: EntryQuerySet) -> datetime | None:
    """Return when a release last changed which of the `visible` entries there are, or what they say."""
    releases = Release.objects.filter(summit=summit).order_by("-number")
    newest = releases.values_list("number", flat=True).first() or 0
    moment: datetime | None = None
    after: set[int] | None = None
    for number in range(newest, 0, -COMPARED):
        moments, rows = _compared(summit, visible, range(max(number - COMPARED + 1, 1), number + 1))
        for each in sorted(moments, reverse=True):
            if after is not None and rows[each] != after:
                return moment
            moment, after = moments[each], rows[each]
    # Before the first release there was nothing.
    return moment if after else None


def _compared(
    summit: Summit, visible: EntryQuerySet, numbers: range
) -> tuple[dict[int, datetime], dict[int, set[int]]]:
    """Return the moments of releases, and the rows that are visible in each. Two queries."""
    moments = dict(
        Release.objects.filter(summit=summit, number__in=list(numbers)).values_list("number", "released_at")
    )
    rows: dict[int, set[int]] = {each: set() for each in moments}
    listed = visible.filter(release__summit=summit, release__number__in=list(numbers)).order_by()
    for each, row in listed.values_list("release__number", "released_session"):
        rows[each].add(row)
    return moments, rows

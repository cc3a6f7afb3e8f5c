"""What was released as a process keeps it: rows of a release never change, so that they are read once and not anew
for each reader.

They are kept under what the summit's stamp says has been taken away all the same: a name may be erased from what was
released (`summit.summits.models`). Who may know of which row is asked anew for each reader (`EntryQuerySet`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Value
from django.db.models.functions import Now

from sessions.agenda.models.releases import Release, ReleasedParticipant, ReleasedRole, ReleasedSession, ReleaseEntry
from sessions.agenda.selectors import released_snapshots
from sessions.agenda.selectors.snapshots import Snapshot
from sessions.visibility.members import Members
from summit.core.process_cache import Memory
from summit.summits.models import PublicVersion, Stamp, Summit


@dataclass(frozen=True)
class Current:
    """How a summit's agenda stands at a moment of the database's clock."""

    release: Release
    moment: datetime
    stamp: Stamp


@dataclass(frozen=True)
class Kept:
    """A released row. `row` has those who chair, moderate or speak as `leading`; `levels` are the levels at which
    parties take part, by primary key."""

    row: ReleasedSession
    levels: dict[int, str]
    snapshot: Snapshot


@dataclass(frozen=True)
class Own:
    """In which sessions some take part: by the number of a release, and the session's primary key, the released row
    that they read; and which of them, by number and session, stand in the release after it too."""

    rows: dict[int, dict[int, int]]
    stand: set[tuple[int, int]]


_ROWS: Memory[Kept] = Memory(8000)


def current(summit: Summit) -> Current | None:
    """Return the newest release with its stamp and the present moment; None where nothing is released. One query."""
    rows = Release.objects.filter(summit=summit).order_by("-number")
    found = rows.annotate(moment=Now(), **PublicVersion.objects.counted("summit_id")).first()
    if found is None:
        return None
    row = vars(found)
    stamp = Stamp(summit.pk, row["counted_changes"] or 0, row["counted_removals"] or 0)
    return Current(found, row["moment"], stamp)


def own(summit: Summit, members: Members, numbers: Iterable[int]) -> Own:
    """Return in which sessions these take part in some releases. One query."""
    wanted = list(numbers)
    rows = ReleaseEntry.objects.filter(release__summit=summit, release__number__in=wanted).of_members(members)
    stands: Any = Value(True)
    if len(wanted) > 1:
        following = ReleaseEntry.objects.filter(
            release__summit=summit, release__number=OuterRef("release__number") + 1, session=OuterRef("session")
        )
        stands = Exists(following)
    found = Own({number: {} for number in wanted}, set())
    for number, session_id, row_id, stays in (
        rows.order_by()
        .annotate(stands=stands)
        .values_list("release__number", "session_id", "released_session_id", "stands")
    ):
        found.rows[number][session_id] = row_id
        if stays:
            found.stand.add((number, session_id))
    return found


def visible(release: Release, members: Members) -> list[int]:
    """Return all rows of a release that these may read. One query."""
    rows = ReleaseEntry.objects.filter(release=release).for_members(members)
    return list(rows.order_by().values_list("released_session_id", flat=True))


def public(release: Release) -> list[int]:
    """Return all rows of a release that everybody may read. One query."""
    rows = ReleaseEntry.objects.filter(release=release).for_public()
    return list(rows.order_by().values_list("released_session_id", flat=True))


def rows(summit: Summit, keys: Iterable[int], stamp: Stamp) -> dict[int, Kept]:
    """Return released rows by their primary keys. Two queries for those that this process hasn't kept, none else."""
    return _ROWS.ask_all(keys, stamp.lasting, lambda missing: _read(summit, missing))


def _read(summit: Summit, keys: list[int]) -> dict[int, Kept]:
    places: dict[int, list[ReleasedParticipant]] = {}
    people = ReleasedParticipant.objects.filter(released_session__in=keys)
    for place in people.order_by("released_session", "position", "id"):
        places.setdefault(place.released_session_id, []).append(place)
    found = {}
    for row in ReleasedSession.objects.filter(pk__in=keys).select_related("session"):
        theirs = places.get(row.pk, [])
        row.leading = [place for place in theirs if place.role != ReleasedRole.PARTICIPANT]  # type: ignore[attr-defined]
        levels = {place.party_id: place.level for place in theirs if place.level and place.party_id}
        found[row.pk] = Kept(row, levels, released_snapshots.snapshot(row, theirs, summit.time_zone))
    return found

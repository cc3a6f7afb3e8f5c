"""A cache of released rows in the process. Rows of a release never change, so they are read once for all readers.

Entries depend on the summit's stamp, because a name may still be erased from a released row
(`summit.summits.models`). Which rows a reader may know of is queried for each reader (`EntryQuerySet`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Value
from django.db.models.functions import Now

from sessions.agenda.models.releases import (
    PlaceQuerySet,
    Release,
    ReleasedParticipant,
    ReleasedRole,
    ReleasedSession,
    ReleaseEntry,
)
from sessions.agenda.selectors import released_snapshots
from sessions.agenda.selectors.snapshots import Snapshot
from sessions.visibility.models import EVERYBODY
from sessions.visibility.viewers import Members
from summit.core.process_cache import Memory
from summit.summits.models import PublicVersion, Stamp, Summit


@dataclass(frozen=True)
class Current:
    """The newest release of a summit, with its stamp and the time on the database's clock."""

    release: Release
    moment: datetime
    stamp: Stamp


@dataclass(frozen=True)
class CachedSession:
    """A cached released row.

    `row.leading` has the participants who chair, moderate, speak or interpret. `levels` is a dict from a party's
    primary key to the level at which it takes part.
    """

    row: ReleasedSession
    levels: dict[int, str]
    snapshot: Snapshot


@dataclass(frozen=True)
class Own:
    """The sessions in which some members take part.

    `rows` is a dict from release number to a dict from session to the released row that the members read, all as
    primary keys. `stand` has the (release number, session) pairs for sessions that the following release has too.
    """

    rows: dict[int, dict[int, int]]
    stand: set[tuple[int, int]]


_ROWS: Memory[CachedSession] = Memory(8000)
# The same rows with the places that public pages name.
_PUBLIC_ROWS: Memory[CachedSession] = Memory(8000)


def current(summit: Summit) -> Current | None:
    """Return the newest release with its stamp and the present time; None where nothing is released.

    Makes one query.
    """
    rows = Release.objects.filter(summit=summit).order_by("-number")
    newest = rows.annotate(moment=Now(), **PublicVersion.objects.counted("summit_id")).first()
    if newest is None:
        return None
    row = vars(newest)
    stamp = Stamp(summit.pk, row["counted_changes"] or 0, row["counted_removals"] or 0)
    return Current(newest, row["moment"], stamp)


def own(summit: Summit, members: Members, numbers: Iterable[int]) -> Own:
    """Return the sessions in which these members take part, in the releases with these numbers. Makes one query."""
    release_numbers = list(numbers)
    rows = ReleaseEntry.objects.filter(release__summit=summit, release__number__in=release_numbers).of_members(
        members
    )
    stands: Any = Value(True)
    if len(release_numbers) > 1:
        following = ReleaseEntry.objects.filter(
            release__summit=summit, release__number=OuterRef("release__number") + 1, session=OuterRef("session")
        )
        stands = Exists(following)
    found = Own({number: {} for number in release_numbers}, set())
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
    """Return the primary keys of all rows of a release that these members may read. Makes one query."""
    rows = ReleaseEntry.objects.filter(release=release).for_members(members)
    return list(rows.order_by().values_list("released_session_id", flat=True))


def public(release: Release) -> list[int]:
    """Return the primary keys of all rows of a release that everybody may read. Makes one query."""
    rows = ReleaseEntry.objects.filter(release=release).for_public()
    return list(rows.order_by().values_list("released_session_id", flat=True))


def at_rank(release: Release, rank: int) -> list[int]:
    """Return the primary keys of all rows of a release that readers of a rank may read. Makes one query.

    Everybody reads only summits with public pages.
    """
    entries = ReleaseEntry.objects.filter(release=release)
    visible = entries.for_public() if rank == EVERYBODY else entries.at(rank)
    return list(visible.order_by().values_list("released_session_id", flat=True))


def rows(summit: Summit, keys: Iterable[int], stamp: Stamp) -> dict[int, CachedSession]:
    """Return released rows by primary key.

    Makes two queries for rows that this process hasn't cached, otherwise none.
    """
    return _ROWS.ask_all(
        keys, stamp.lasting, lambda missing: _read(missing, ReleasedParticipant.objects.all(), summit)
    )


def public_rows(summit: Summit, keys: Iterable[int], stamp: Stamp) -> dict[int, CachedSession]:
    """Return the same for rows that everybody may read, with the participants that public pages name.

    Whatever changes who is named counts as a removal, by which the stamp's `lasting` changes.
    """
    places = ReleasedParticipant.objects.named()
    return _PUBLIC_ROWS.ask_all(keys, stamp.lasting, lambda missing: _read(missing, places, summit))


def _read(keys: list[int], shown: PlaceQuerySet, summit: Summit) -> dict[int, CachedSession]:
    places: dict[int, list[ReleasedParticipant]] = {}
    people = shown.filter(released_session__in=keys)
    for place in people.order_by("released_session", "position", "id"):
        places.setdefault(place.released_session_id, []).append(place)
    found = {}
    for row in ReleasedSession.objects.filter(pk__in=keys).select_related("session"):
        row_places = places.get(row.pk, [])
        row.leading = [place for place in row_places if place.role != ReleasedRole.PARTICIPANT]  # type: ignore[attr-defined]
        levels = {place.party_id: place.level for place in row_places if place.level and place.party_id}
        found[row.pk] = CachedSession(row, levels, released_snapshots.snapshot(row, row_places, summit.time_zone))
    return found

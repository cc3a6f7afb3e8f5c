"""Conversion of released rows to snapshots, and of snapshots to rows of a release."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from django.db.models import F

from sessions.agenda.models.releases import (
    PlaceQuerySet,
    Release,
    ReleasedParticipant,
    ReleasedSession,
    ReleaseEntry,
)
from sessions.agenda.selectors.snapshots import PLACE, Agenda, ParticipantSnapshot, Snapshot
from sessions.visibility.models import DESK
from summit.summits.models import Summit

# Fields that are the same in a snapshot and its row, and fields that a row stores as lists.
SAME = (
    *("sequence", "kind", "title", "summary", "starts_at", "ends_at", "times_known", "room_key", "room_name"),
    *("venue_name", "visibility", "media", "capacity", "sign_up", "opening", "seal"),
)
LISTS = ("kind_names", "texts", "audiences", "languages", "documents", "carried")


def snapshot(row: ReleasedSession, participants: Iterable[ReleasedParticipant], zone: str = "UTC") -> Snapshot:
    """Return a released session as a snapshot. The row must have its session joined."""
    places = [ParticipantSnapshot(*[getattr(each, name) for name in PLACE]) for each in participants]
    return _snapshot(row, row.session.public_id, places, zone)


def _snapshot(row: ReleasedSession, key: str, places: Iterable[ParticipantSnapshot], zone: str) -> Snapshot:
    lists: dict[str, Any] = {name: tuple(tuple(entry) for entry in getattr(row, name) or ()) for name in LISTS}
    return Snapshot(
        key=key,
        session_id=row.session_id,
        places=tuple(places),
        zone=zone,
        **{name: getattr(row, name) for name in SAME},
        **lists,
    )


def row_of(session: Snapshot) -> ReleasedSession:
    """Return a snapshot as an unsaved row of a release."""
    return ReleasedSession(
        session_id=session.session_id,
        fingerprint=session.fingerprint,
        **{name: getattr(session, name) for name in SAME},
        **{name: [list(entry) for entry in getattr(session, name)] for name in LISTS},
    )


def places_of(row: ReleasedSession, session: Snapshot) -> Iterator[ReleasedParticipant]:
    """Yield the participants of a snapshot as unsaved rows that refer to a saved released session."""
    for position, place in enumerate(session.places):
        yield ReleasedParticipant(released_session_id=row.pk, position=position, **vars(place))


def latest(summit: Summit) -> Release | None:
    """Return the newest release of a summit, or None if nothing has been released."""
    return Release.objects.filter(summit=summit).order_by("-number").first()


def released(summit: Summit, numbers: Iterable[int]) -> dict[int, Agenda]:
    """Return a dict from release number to full agenda for the releases with these numbers.

    Makes three queries for any number of releases.
    """
    entries = ReleaseEntry.objects.filter(release__summit=summit, release__number__in=list(numbers))
    listed = entries.order_by("id").values_list(
        "release__number", "session_id", "full_id", "low", "high", "released_session__sequence"
    )
    row_ids: dict[tuple[int, int], int] = {}
    sequences: dict[int, list[int]] = {}
    for number, session_id, row_id, low, high, sequence in listed:
        row_ids[number, session_id] = row_id
        sequences.setdefault(row_id, [sequence] * (DESK + 1))[low : high + 1] = [sequence] * (high + 1 - low)
    rows = {
        row_id: replace(session, sequences=tuple(sequences[row_id]))
        for row_id, session in snapshots(summit, ReleasedSession.objects.filter(pk__in=sequences)).items()
    }
    found: dict[int, Agenda] = {}
    for (number, session_id), row_id in row_ids.items():
        found.setdefault(number, {})[session_id] = rows[row_id]
    return found


def snapshots(summit: Summit, rows: Any, shown: PlaceQuerySet | None = None) -> dict[int, Snapshot]:
    """Return the released sessions of a queryset as snapshots, by primary key.

    `shown` are the places that their readers may read of; by default all. Makes two queries. Places and draft
    sessions are read as values rather than objects, because there are thousands.
    """
    listed = list(rows.annotate(own_key=F("session__public_id")).prefetch_related(None).order_by())
    places: dict[int, list[ParticipantSnapshot]] = {}
    # Filtered by keys: before the first ANALYZE, PostgreSQL would evaluate the subquery again for each place.
    places_shown = ReleasedParticipant.objects.all() if shown is None else shown
    people = places_shown.filter(released_session__in=[row.pk for row in listed])
    for row_id, *values in people.order_by("released_session", "position", "id").values_list(
        "released_session", *PLACE
    ):
        places.setdefault(row_id, []).append(ParticipantSnapshot(*values))
    return {row.pk: _snapshot(row, row.own_key, places.get(row.pk, ()), summit.time_zone) for row in listed}

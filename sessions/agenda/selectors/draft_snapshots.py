"""Reads the working draft as snapshots."""

from collections.abc import Collection, Iterator
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import override

from delegations.members.models.categories import Category
from sessions.agenda.models.releases import ReleasedRole
from sessions.agenda.selectors.snapshots import RANK, Agenda, ParticipantSnapshot, Snapshot
from sessions.documents.models import Document
from sessions.draft.models.participants import Participant, Slot
from sessions.draft.models.sessions import Interpretation, Session, SessionText
from sessions.visibility.models import PARTS
from summit.core.languages import spoken
from summit.people.models import announced
from summit.summits.models import Summit

# A person's name and office, and the name of their party.
_WHO = ("name", "office", "membership__party__name")
# Fields of a room: the name in a snapshot and the lookup from the room.
ROOM = {"room_key": "public_id", "room_name": "name", "venue_name": "venue__name"}


def draft(summit: Summit, among: Collection[int] | None = None) -> Agenda:
    """Return snapshots of the working draft by the session's primary key, without cancelled sessions.

    If `among` isn't None, only the sessions with these primary keys are included. Makes seven queries.
    """
    filters = {"summit": summit, "cancelled_at": None} | ({} if among is None else {"pk__in": list(among)})
    with override(spoken(summit.language)):
        return _draft(summit, filters)


def _draft(summit: Summit, filters: dict[str, Any]) -> Agenda:
    # Rooms are read as values: select_related would create a room object for each session.
    rooms = {f"{name}_of_room": F(f"room__{column}") for name, column in ROOM.items()}
    rows = Session.objects.filter(**filters).select_related("custom_kind").annotate(**rooms)
    session_filters = {f"session__{name}": value for name, value in filters.items()}
    places: dict[int, list[tuple[tuple[int, int, int], ParticipantSnapshot]]] = {}
    for session_id, order, place in (*_participants(session_filters), *_speeches(session_filters)):
        places.setdefault(session_id, []).append((order, place))
    related = _RelatedRows(session_filters)
    return {
        row.pk: _snapshot(
            row,
            summit,
            places=tuple(place for _order, place in sorted(places.get(row.pk, []), key=lambda entry: entry[0])),
            texts=related.texts.get(row.pk, ()),
            languages=related.languages.get(row.pk, ()),
            documents=related.documents.get(row.pk, ()),
        )
        for row in rows.order_by("id")
    }


def _snapshot(row: Any, summit: Summit, **parts: Any) -> Snapshot:
    room: dict[str, Any] = {name: getattr(row, f"{name}_of_room") or "" for name in ROOM}
    return Snapshot(
        key=row.public_id,
        session_id=row.pk,
        sequence=0,
        kind=row.kind,
        kind_names=_kind_names(row, summit),
        title=row.title,
        summary=row.summary,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        **room,
        visibility=row.visibility,
        audiences=tuple((part, value) for part in PARTS if (value := getattr(row, f"{part}_to"))),
        media=row.media,
        capacity=row.capacity,
        sign_up=row.sign_up,
        opening=row.opening or None,
        carried=tuple(tuple(each) for each in row.carried or ()),
        zone=summit.time_zone,
        **parts,
    )


def _kind_names(row: Session, summit: Summit) -> tuple[tuple[str, str], ...]:
    if row.custom_kind is None:
        return ()
    others = sorted((code, name) for code, name in row.custom_kind.names.items() if name and code != summit.language)
    return ((summit.language, row.custom_kind.name), *others)


class _RelatedRows:
    """The texts, languages and documents of draft sessions, as dicts from session primary key to ordered rows.

    Makes three queries.
    """

    def __init__(self, filters: dict[str, Any]) -> None:
        self.texts = _grouped(
            SessionText.objects.filter(**filters)
            .order_by("session", "language")
            .values_list("session", "language", "title", "summary")
        )
        self.languages = _grouped(
            Interpretation.objects.filter(**filters)
            .order_by("session", "target", "source")
            .values_list("session", "source", "target", "booth")
        )
        self.documents = _grouped(
            Document.objects.filter(**filters, removed_at=None)
            .order_by("session", "position", "id")
            .values_list("session", "public_id", "title", "language")
        )


def _grouped(rows: Any) -> dict[int, tuple[tuple[str, str, str], ...]]:
    found: dict[int, list[tuple[str, str, str]]] = {}
    for session_id, *values in rows:
        found.setdefault(session_id, []).append((values[0], values[1], values[2]))
    return {session_id: tuple(values) for session_id, values in found.items()}


# A place in the draft: the session's primary key, the sort key within the session, and the place.
_Placed = tuple[int, tuple[int, int, int], ParticipantSnapshot]


def _participants(filters: dict[str, Any]) -> Iterator[_Placed]:
    """Yield the participants as placed snapshots.

    There are thousands of participants, so the function reads values and creates no model instances.
    """
    rows = Participant.objects.filter(**filters)
    categories = _categories(rows)
    for (
        pk,
        session_id,
        position,
        role,
        party_id,
        party,
        level,
        category_id,
        person_id,
        name,
        office,
        own_party,
    ) in rows.values_list(
        *("pk", "session", "position", "role", "party", "party__name", "level", "category", "person"),
        *[f"person__{name}" for name in _WHO],
    ):
        if person_id is not None:
            place = ParticipantSnapshot(role, None, person_id, "", announced(name, office), own_party or "")
        elif party_id is not None:
            place = ParticipantSnapshot(role, party_id, None, "", party, "", level=level)
        else:
            place = ParticipantSnapshot(role, None, None, "", categories[category_id], "", category_id=category_id)
        yield session_id, (RANK[role], position, pk), place


def _categories(rows: QuerySet[Participant]) -> dict[int, str]:
    """Return the names of the participating categories in the active language. Makes one query."""
    return {row.pk: row.name for row in Category.objects.filter(pk__in=rows.values("category"))}


def _speeches(filters: dict[str, Any]) -> Iterator[_Placed]:
    """Yield the speeches as placed snapshots with the role of speaker."""
    role = ReleasedRole.SPEAKER.value
    rows = Slot.objects.filter(**filters).values_list(
        *("pk", "session", "position", "party", "party__name", "speaker", "public_id", "title", "minutes"),
        *[f"speaker__{name}" for name in _WHO],
    )
    for pk, session_id, position, party_id, party, speaker_id, key, title, minutes, name, office, own_party in rows:
        label = announced(name, office)
        place = ParticipantSnapshot(role, party_id, speaker_id, key, label, party or own_party or "", title, minutes)
        yield session_id, (RANK[role], position, pk), place

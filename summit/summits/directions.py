"""The way to a room, as its venue tells it, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass

from summit.summits.models import Room, Summit

# Directions to rooms: a dict from the room's public id to the directions by language.
DirectionsByRoom = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Directions:
    """How one gets to a room, and the language in which it is said."""

    text: str
    language: str


def directions_by_room(summit: Summit) -> DirectionsByRoom:
    """Return the directions to all rooms of a summit that have any. Makes one query."""
    rows = Room.objects.filter(venue__summit=summit).exclude(directions={})
    return dict(rows.values_list("public_id", "directions"))


def directions_to(summit: Summit, room: str, language: str) -> Directions | None:
    """Return the directions to the room with this public id; None if it has none, or if `room` is "".

    Makes one query if `room` isn't "".
    """
    row = (
        Room.objects.filter(venue__summit=summit, public_id=room).values_list("directions", flat=True) if room else ()
    )
    return next((in_language(directions, language, summit) for directions in row), None)


def in_language(directions: Mapping[str, str], language: str, summit: Summit) -> Directions | None:
    """Return directions in a language, or else in the summit's first language, or else in any; None if there are
    none."""
    known = [code for code in (language, summit.language, *sorted(directions)) if directions.get(code)]
    return Directions(directions[known[0]], known[0]) if known else None

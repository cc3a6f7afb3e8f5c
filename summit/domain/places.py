"""Where a summit takes place: its venues and their rooms, one at a time. `summit.domain.setup` enters the first."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from summit.domain import audit
from summit.models import Room, Summit, User, Venue
from summit.permissions import check

Values = Mapping[str, Any]


def put(row: models.Model, values: Values) -> dict[str, tuple[Any, Any]]:
    """Put values into a row, and return those that it had otherwise, with what they were and are."""
    changed = {name: (getattr(row, name), value) for name, value in values.items() if getattr(row, name) != value}
    for name, (_was, value) in changed.items():
        setattr(row, name, value)
    return changed


def keep(
    row: models.Model,
    changed: dict[str, tuple[Any, Any]],
    *,
    by: User,
    action: str,
    summit: Summit,
    part_of: models.Model | None = None,
) -> None:
    """Store what `put` changed, if anything, with its record, in the caller's transaction. Raises ValidationError
    for what can't stand in a field."""
    row.full_clean()
    if changed:
        row.save(update_fields=list(changed))
        told = audit.values(type(row), changed)
        audit.record(by=by, action=action, target=row, summit=summit, fields=changed, detail=told, part_of=part_of)


def add_venue(*, by: User, summit: Summit, values: Values) -> Venue:
    """Enter a venue. Raises PermissionDenied, and ValidationError for what can't stand in a field."""
    check(by, "summit.venue.change", summit)
    venue = Venue(summit=summit)
    put(venue, values)
    with transaction.atomic():
        venue.full_clean()
        venue.save()
        audit.record(by=by, action="summit.venue.add", target=venue, summit=summit, fields=values)
    return venue


def change_venue(*, by: User, venue: Venue, values: Values) -> Venue:
    """Change a venue. Raises PermissionDenied, ValidationError. What stands already is left as it is."""
    check(by, "summit.venue.change", venue.summit)
    with transaction.atomic():
        keep(venue, put(venue, values), by=by, action="summit.venue.change", summit=venue.summit)
    return venue


def remove_venue(*, by: User, venue: Venue) -> None:
    """Delete a venue with its rooms. Raises PermissionDenied, and ProtectedError where a session is in one."""
    check(by, "summit.venue.change", venue.summit)
    with transaction.atomic():
        told = {"rows": audit.references(venue)}
        audit.record(by=by, action="summit.venue.remove", target=venue, summit=venue.summit, detail=told)
        for room in venue.rooms.all():
            remove_room(by=by, room=room)
        venue.delete()


def add_room(*, by: User, venue: Venue, values: Values) -> Room:
    """Enter a room of a venue. Raises PermissionDenied, and ValidationError for what can't stand in a field."""
    check(by, "summit.room.change", venue.summit)
    room = Room(venue=venue)
    put(room, values)
    with transaction.atomic():
        room.full_clean()
        room.save()
        audit.record(by=by, action="summit.room.add", target=room, summit=venue.summit, fields=values, part_of=venue)
    return room


def change_room(*, by: User, room: Room, values: Values) -> Room:
    """Change a room. Raises PermissionDenied, ValidationError. What stands already is left as it is."""
    summit = room.venue.summit
    check(by, "summit.room.change", summit)
    if "venue" in values:
        check_same_summit(room, values["venue"])
    with transaction.atomic():
        keep(room, put(room, values), by=by, action="summit.room.change", summit=summit, part_of=room.venue)
    return room


def check_same_summit(room: Room, venue: Venue) -> None:
    """Raise ValidationError for a venue of another summit: sessions are in the room."""
    if venue.summit_id != room.venue.summit_id:
        raise ValidationError({"venue": _("This venue is another summit’s. Choose one of this summit.")})


def remove_room(*, by: User, room: Room) -> None:
    """Delete a room. Raises PermissionDenied, and ProtectedError where a session is in it."""
    summit = room.venue.summit
    check(by, "summit.room.change", summit)
    with transaction.atomic():
        told = {"rows": audit.references(room)}
        audit.record(by=by, action="summit.room.remove", target=room, summit=summit, detail=told, part_of=room.venue)
        room.delete()

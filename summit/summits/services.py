"""Services that write summits, their names, venues and rooms, and the moment by which answers are due."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.audit import row_changes
from summit.audit import services as audit
from summit.audit.actions import row_actions
from summit.audit.row_changes import Values, apply_values, save_changes
from summit.core.database_clock import db_now
from summit.core.registry import Registry
from summit.permissions.rules import check, is_narrowed
from summit.summits.models import Room, Summit, Venue
from summit.users.models import User

SUMMIT_ACTIONS = row_actions(
    "summit.summit",
    add=gettext_lazy("created the summit"),
    change=gettext_lazy("changed the summit’s settings"),
    remove=gettext_lazy("deleted the summit"),
)
VENUE_ACTIONS = row_actions(
    "summit.venue",
    add=gettext_lazy("added the venue"),
    change=gettext_lazy("changed the venue"),
    remove=gettext_lazy("deleted the venue"),
)
ROOM_ACTIONS = row_actions(
    "summit.room",
    add=gettext_lazy("added the room"),
    change=gettext_lazy("changed the room"),
    remove=gettext_lazy("deleted the room"),
)


def add_venue(*, by: User, summit: Summit, values: Values) -> Venue:
    """Create a venue and return it. Raises PermissionDenied, and ValidationError if a value isn't valid."""
    check(by, "summit.venue.change", summit)
    venue = Venue(summit=summit)
    row_changes.apply_values(venue, values)
    with transaction.atomic():
        venue.full_clean()
        venue.save()
        audit.record(by=by, action=VENUE_ACTIONS.add, target=venue, summit=summit, fields=values)
    return venue


def change_venue(*, by: User, venue: Venue, values: Values) -> Venue:
    """Change a venue and return it. Nothing is written or recorded if no value differs.

    Raises PermissionDenied, and ValidationError if a value isn't valid.
    """
    check(by, "summit.venue.change", venue.summit)
    with transaction.atomic():
        row_changes.save_changes(
            venue, row_changes.apply_values(venue, values), by=by, action=VENUE_ACTIONS.change, summit=venue.summit
        )
    return venue


def remove_venue(*, by: User, venue: Venue) -> None:
    """Delete a venue with its rooms. Raises PermissionDenied, and ProtectedError if a session is in a room."""
    check(by, "summit.venue.change", venue.summit)
    with transaction.atomic():
        detail = {"rows": audit.references(venue)}
        audit.record(by=by, action=VENUE_ACTIONS.remove, target=venue, summit=venue.summit, detail=detail)
        for room in venue.rooms.all():
            remove_room(by=by, room=room)
        venue.delete()


def add_room(*, by: User, venue: Venue, values: Values) -> Room:
    """Create a room in a venue and return it.

    Raises PermissionDenied, and ValidationError if a value isn't valid.
    """
    check(by, "summit.room.change", venue.summit)
    room = Room(venue=venue)
    row_changes.apply_values(room, values)
    with transaction.atomic():
        room.full_clean()
        room.save()
        audit.record(by=by, action=ROOM_ACTIONS.add, target=room, summit=venue.summit, fields=values, part_of=venue)
    return room


def change_room(*, by: User, room: Room, values: Values) -> Room:
    """Change a room and return it. Nothing is written or recorded if no value differs.

    Raises PermissionDenied. Raises ValidationError if a value isn't valid or the new `venue` is in another summit.
    """
    summit = room.venue.summit
    check(by, "summit.room.change", summit)
    if "venue" in values:
        check_same_summit(room, values["venue"])
    with transaction.atomic():
        row_changes.save_changes(
            room,
            row_changes.apply_values(room, values),
            by=by,
            action=ROOM_ACTIONS.change,
            summit=summit,
            part_of=room.venue,
        )
    return room


def check_same_summit(room: Room, venue: Venue) -> None:
    """Raise ValidationError if the venue isn't in the room's summit.

    The room can't move to another summit, because it may have sessions of its own summit.
    """
    if venue.summit_id != room.venue.summit_id:
        raise ValidationError({"venue": _("This venue belongs to another summit. Choose one from this summit.")})


def remove_room(*, by: User, room: Room) -> None:
    """Delete a room. Raises PermissionDenied, and ProtectedError if a session is in the room."""
    summit = room.venue.summit
    check(by, "summit.room.change", summit)
    with transaction.atomic():
        detail = {"rows": audit.references(room)}
        audit.record(by=by, action=ROOM_ACTIONS.remove, target=room, summit=summit, detail=detail, part_of=room.venue)
        room.delete()


# The fields that are set after a summit was created.
LATER = ("answer_by", "public_changes", "agenda_readers", "illustrative")


def create_summit_with_settings(*, by: User, values: Mapping[str, Any]) -> Summit:
    """Create a summit and return it. `values` may also have the fields that `create_summit` doesn't set (LATER).

    Raises PermissionDenied, and ValidationError if a value isn't valid.
    """
    later = {name: value for name, value in values.items() if name in LATER}
    first = {name: value for name, value in values.items() if name not in LATER}
    with transaction.atomic():
        return change_summit(by=by, summit=create_summit(by=by, **first), values=later)


def change_summit(*, by: User, summit: Summit, values: Mapping[str, Any]) -> Summit:
    """Change a summit and return it. Nothing is written or recorded if no value differs.

    A new `slug` is ignored, because letters and calendars contain URLs of the summit. Raises PermissionDenied, and
    ValidationError if a value isn't valid.
    """
    check(by, "summit.summit.change", summit)
    new_values = {name: value for name, value in values.items() if name != "slug"}
    if isinstance(new_values.get("names"), Mapping):
        new_values["names"] = normalised_names(new_values["names"])
    changed = apply_values(summit, new_values)
    with transaction.atomic():
        if summit.answer_by is not None and "answer_by" in changed:
            try:
                summit.check_due(summit.answer_by, db_now())
            except ValidationError as refused:
                raise ValidationError({"answer_by": refused}) from None
        save_changes(summit, changed, by=by, action=SUMMIT_ACTIONS.change, summit=summit)
    return summit


# Functions that create rows for a new summit, registered by the apps above. They run in the transaction that creates
# the summit. They must be safe to run if the rows exist already.
beginning: Registry[Callable[[Summit], object]] = Registry()
# Functions that create the rows which the creator of a summit needs, such as a role, in the same transaction.
founding: Registry[Callable[[Summit, User], object]] = Registry()


def begin(summit: Summit) -> None:
    """Create the rows that every summit begins with."""
    for function in beginning:
        function(summit)


def check_can_create(by: User) -> None:
    """Raise PermissionDenied unless the account may create a summit: organisers of another one may.

    A token of one summit may not, whoever has it.
    """
    check(by, "summit.summit.add", None)
    if is_narrowed(by):
        raise PermissionDenied(_("This token is for one summit. Use one for all summits."))


def create_summit(
    *,
    by: User,
    slug: str,
    name: str,
    short_name: str,
    host: str,
    place: str,
    time_zone: str,
    starts_on: date,
    ends_on: date,
    language: str,
    contact_email: str,
    accent: str,
    public: bool,
    names: dict[str, dict[str, str]] | None = None,
) -> Summit:
    """Create a summit, with `by` as an organiser, and return the summit.

    Raises PermissionDenied, and ValidationError if a value isn't valid.
    """
    check_can_create(by)
    summit = Summit(
        slug=slug,
        name=name,
        short_name=short_name,
        host=host,
        place=place,
        time_zone=time_zone,
        starts_on=starts_on,
        ends_on=ends_on,
        language=language,
        contact_email=contact_email,
        accent=accent,
        public=public,
        names=normalised_names(names or {}),
    )
    _save_new(summit, by)
    return summit


def _save_new(summit: Summit, by: User) -> None:
    with transaction.atomic():
        summit.full_clean()
        summit.save()
        audit.record(by=by, action=SUMMIT_ACTIONS.add, target=summit, summit=summit)
        for function in founding:
            function(summit, by)
        begin(summit)


def normalised_names(names: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """Return a summit's names in other languages without the languages that have no texts."""
    return {language: dict(texts) for language, texts in names.items() if texts}


def set_translated_names(*, summit: Summit, names: Mapping[str, Mapping[str, str]], by: User) -> None:
    """Set a summit's names in languages other than its first. Nothing is written if the names don't differ.

    `names` is a dict from languages to texts (`TEXTS`). Raises PermissionDenied, and ValidationError if the names
    aren't valid.
    """
    check(by, "summit.summit.change", summit)
    new_names = normalised_names(names)
    with transaction.atomic():
        row = Summit.objects.select_for_update().get(pk=summit.pk)
        if row.names == new_names:
            return
        row.names = new_names
        row.clean_fields(exclude={field.name for field in Summit._meta.fields} - {"names"})
        row.save(update_fields=["names"])
        audit.record(by=by, action=SUMMIT_ACTIONS.change, target=summit, summit=summit, fields=["names"])
    summit.names = new_names


def add_venue_with_rooms(
    *, summit: Summit, by: User, name: str, address: str = "", rooms: Sequence[tuple[str, int | None]] = ()
) -> Venue:
    """Create a venue, or find the venue of that name, add the rooms that it doesn't have yet, and return it.

    `rooms` are pairs of name and seats. An existing venue gets the new `address`, unless that is "". Raises
    PermissionDenied, and ValidationError if a value isn't valid.
    """
    check(by, "summit.venue.change", summit)
    check(by, "summit.room.change", summit)
    with transaction.atomic():
        venue = Venue.objects.filter(summit=summit, name=name).first()
        created = venue is None
        if venue is None:
            venue = Venue(summit=summit, name=name)
        if created or (address and address != venue.address):
            venue.address = address
            venue.full_clean()
            venue.save()
            action = VENUE_ACTIONS.add if created else VENUE_ACTIONS.change
            fields = ["name", "address"] if created else ["address"]
            audit.record(by=by, action=action, target=venue, summit=summit, fields=fields)
        _add_rooms(venue, rooms, by)
    return venue


def _add_rooms(venue: Venue, rooms: Sequence[tuple[str, int | None]], by: User) -> None:
    known = {name.casefold() for name in venue.rooms.values_list("name", flat=True)}
    position = len(known)
    for name, seats in rooms:
        if name.casefold() in known:
            continue
        room = Room(venue=venue, name=name, capacity=seats, position=position)
        room.full_clean()
        room.save()
        audit.record(by=by, action=ROOM_ACTIONS.add, target=room, summit=venue.summit)
        known.add(name.casefold())
        position += 1


def set_answer_by(*, summit: Summit, moment: datetime, by: User) -> None:
    """Set the moment by which answers are due. Nothing is written or checked if the moment doesn't differ.

    Raises PermissionDenied.
    """
    if summit.answer_by == moment:
        return
    check(by, "summit.summit.change", summit)
    with transaction.atomic():
        summit.answer_by = moment
        summit.save(update_fields=["answer_by"])
        audit.record(by=by, action=SUMMIT_ACTIONS.change, target=summit, summit=summit, fields=["answer_by"])

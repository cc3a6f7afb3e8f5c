"""The migration operation with which the database refuses that two sessions take one room at the same time.

Only summits that block double-booked rooms (`ConflictPolicy`) have this. Triggers copy the times of their sessions,
with set-up and clear-down, into `RoomHold`, and delete them when the summit no longer blocks. On PostgreSQL an
exclusion constraint refuses two overlapping rows of one room, whichever of two transactions comes second. On SQLite,
which has one writer at a time, a trigger looks for an overlapping row.
"""

from collections.abc import Iterator

from django.db import IntegrityError

from summit.core.change_counters import Statements, drop_trigger

# The name of the constraint, which is in the database's error message.
TAKEN = "room_hold_free"
_BLOCKS = (
    "EXISTS (SELECT 1 FROM agenda_conflictpolicy p WHERE p.summit_id = s.summit_id "
    "AND p.rule = 'room' AND p.action = 'block')"
)
_HELD = f"s.room_id IS NOT NULL AND s.cancelled_at IS NULL AND {_BLOCKS}"
_TIMES = {
    "postgresql": (
        "s.starts_at - s.set_up * interval '1 minute'",
        "s.ends_at + s.clear_down * interval '1 minute'",
    ),
    "sqlite": (
        "strftime('%Y-%m-%d %H:%M:%f', s.starts_at, '-' || s.set_up || ' minutes')",
        "strftime('%Y-%m-%d %H:%M:%f', s.ends_at, '+' || s.clear_down || ' minutes')",
    ),
}
_COLUMNS = ("summit_id", "room_id", "starts_at", "ends_at", "set_up", "clear_down", "cancelled_at")
_TRIGGERS = (
    *(("agenda_session", f"agenda_session_room_{event}") for event in ("insert", "update")),
    *(("agenda_conflictpolicy", f"agenda_conflictpolicy_room_{event}") for event in ("insert", "update", "delete")),
)


def is_taken(error: IntegrityError) -> bool:
    """Return whether the database refused a write because a room is taken."""
    return TAKEN in str(error)


def _insert(vendor: str, where: str) -> str:
    starts_at, ends_at = _TIMES[vendor]
    return (
        "INSERT INTO agenda_roomhold (session_id, room_id, starts_at, ends_at) "  # noqa: S608 - constants
        f"SELECT s.id, s.room_id, {starts_at}, {ends_at} FROM agenda_session s WHERE {where} AND {_HELD}"
    )


class HoldRooms(Statements):
    """Create the triggers that write the holds of rooms, and what refuses overlapping ones."""

    def make(self, vendor: str) -> Iterator[str]:
        """Yield the SQL that creates the triggers and, on PostgreSQL, the exclusion constraint."""
        yield from self._postgresql() if vendor == "postgresql" else self._sqlite()

    def drop(self, vendor: str) -> Iterator[str]:
        """Yield the SQL that drops the triggers and the constraint."""
        for table, name in _TRIGGERS:
            yield from drop_trigger(vendor, table, name)
        if vendor == "postgresql":
            yield f"ALTER TABLE IF EXISTS agenda_roomhold DROP CONSTRAINT IF EXISTS {TAKEN}"
        else:
            yield f"DROP TRIGGER IF EXISTS agenda_roomhold_{TAKEN}"

    def _postgresql(self) -> Iterator[str]:
        # A range of one room's key needs no extension, unlike an equality in a GiST index.
        yield (
            f"ALTER TABLE agenda_roomhold ADD CONSTRAINT {TAKEN} EXCLUDE USING gist "
            "(int8range(room_id, room_id, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&)"
        )
        for table, name in _TRIGGERS:
            event = name.rpartition("_")[2]
            rows, transition = ("old_rows", "OLD TABLE") if event == "delete" else ("new_rows", "NEW TABLE")
            keys = f"SELECT id FROM {rows}"  # noqa: S608 - constants
            if table == "agenda_conflictpolicy":
                of_summit = f"SELECT summit_id FROM {rows} WHERE rule = 'room'"  # noqa: S608 - constants
                keys = f"SELECT id FROM agenda_session WHERE summit_id IN ({of_summit})"  # noqa: S608 - constants
            delete = "" if name == "agenda_session_room_insert" else self._delete(keys)
            # A statement at once: of sessions that it moves together, none is in the way of another.
            yield (
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {delete}"
                f"{_insert('postgresql', f's.id IN ({keys})')}; RETURN NULL; END $$"
            )
            yield (
                f'CREATE TRIGGER "{name}" AFTER {event} ON "{table}" REFERENCING {transition} AS {rows} '
                f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
            )

    def _sqlite(self) -> Iterator[str]:
        yield (
            f"CREATE TRIGGER agenda_roomhold_{TAKEN} BEFORE INSERT ON agenda_roomhold FOR EACH ROW "  # noqa: S608
            "WHEN EXISTS (SELECT 1 FROM agenda_roomhold h WHERE h.room_id = NEW.room_id "
            "AND h.starts_at < NEW.ends_at AND NEW.starts_at < h.ends_at) "
            f"BEGIN SELECT RAISE(ABORT, '{TAKEN}'); END"
        )
        for table, name in _TRIGGERS:
            event = name.rpartition("_")[2]
            row = "OLD" if event == "delete" else "NEW"
            where, when, keys = f"s.id = {row}.id", "", f"{row}.id"
            if table == "agenda_conflictpolicy":
                where, when = f"s.summit_id = {row}.summit_id", f"WHEN {row}.rule = 'room'"
                keys = f"SELECT id FROM agenda_session WHERE summit_id = {row}.summit_id"  # noqa: S608 - constants
            of = f" OF {', '.join(_COLUMNS)}" if name == "agenda_session_room_update" else ""
            delete = "" if name == "agenda_session_room_insert" else self._delete(keys)
            yield (
                f'CREATE TRIGGER "{name}" AFTER {event}{of} ON "{table}" FOR EACH ROW {when} '
                f"BEGIN {delete}{_insert('sqlite', where)}; END"
            )

    @staticmethod
    def _delete(keys: str) -> str:
        return f"DELETE FROM agenda_roomhold WHERE session_id IN ({keys}); "  # noqa: S608 - constants

    def describe(self) -> str:
        """Return a description of the operation for `manage.py migrate --plan`."""
        return "Hold rooms for one session at a time in summits that block double-booked rooms"

"""A day of the agenda as a grid: rooms across, time down.

Each row stands for the same number of minutes. A session is a cell that spans the rows of its time, so that what runs
in parallel stands side by side.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from summit.core.date_formats import clock
from summit.summits.models import Summit

# Minutes of a row. The largest value is used that all times of the day are a multiple of, or else the smallest.
STEPS = (30, 15, 10, 5)
# The position of the present time within a row is given in as many parts.
PARTS = 6
MINUTE = timedelta(minutes=1)


class Listed(Protocol):
    """A session in a list, of which the grid reads the times and the room. Anything else is for the template."""

    @property
    def row(self) -> Any:
        """The released row."""


@dataclass(frozen=True)
class Cell:
    """A cell of a row: a session, or an empty cell. It spans `span` rows."""

    line: Any
    span: int


@dataclass
class Row:
    """A row of the grid. `label` is its time if it begins at a full hour, else "".

    `now` is the part of the row that has passed if the present time is in it, from 0 to PARTS - 1, or None.
    """

    moment: datetime
    label: str = ""
    now: int | None = None
    cells: list[Cell] = field(default_factory=list)


@dataclass(frozen=True)
class Column:
    """A room, or "" for sessions without one. It is as many columns wide as it has sessions at once."""

    name: str
    width: int


@dataclass(frozen=True)
class Grid:
    """The grid of a day, and the sessions whose times the reader may not know. A row has `step` minutes."""

    step: int
    columns: list[Column]
    rows: list[Row]
    untimed: list[Any]


def rooms_in_order(lines: Iterable[Listed]) -> list[str]:
    """Return the keys of the rooms in the order in which the agenda first uses them; "" for no room is the last.

    Rooms that are used at the same time are in the order of their names, numbers by their value.
    """
    first: dict[str, tuple[datetime, list[tuple[int, str]]]] = {}
    for line in lines:
        moment, name = line.row.starts_at, _natural(line.row.room_name)
        first[line.row.room_key] = min(first.get(line.row.room_key, (moment, name)), (moment, name))
    return sorted(first, key=lambda key: (not key, first[key]))


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (0, part.casefold()) for part in re.split(r"([0-9]+)", name)]


def of_day(summit: Summit, lines: Sequence[Listed], rooms: Sequence[str], now: datetime) -> Grid:
    """Return the grid of the sessions of one day. `rooms` are the keys of the rooms in their order.

    `now` is the present time, which is marked if the grid has it.
    """
    timed = [line for line in lines if line.row.times_known]
    untimed = [line for line in lines if not line.row.times_known]
    if not timed:
        return Grid(0, [], [], untimed)
    start = _hour(min(line.row.starts_at for line in timed), summit)
    end = max(line.row.ends_at for line in timed)
    step = _step(moment - start for line in timed for moment in (line.row.starts_at, line.row.ends_at))
    number = -((start - end) // (step * MINUTE))
    rows = [Row(start + place * step * MINUTE) for place in range(number)]
    for row in rows:
        local = row.moment.astimezone(summit.zone)
        row.label = clock(local) if local.minute == 0 else ""
        if row.moment <= now < row.moment + step * MINUTE:
            row.now = int((now - row.moment) / (step * MINUTE) * PARTS)
    columns = []
    for key in rooms:
        own = [line for line in timed if line.row.room_key == key]
        lanes = _lanes(own, start, step)
        columns.extend([Column(own[0].row.room_name, len(lanes))] if own else [])
        for lane in lanes:
            _fill(rows, lane)
    return Grid(step, columns, rows, untimed)


def _step(times: Iterable[timedelta]) -> int:
    minutes = {time // MINUTE for time in times}
    return next((step for step in STEPS if all(minute % step == 0 for minute in minutes)), STEPS[-1])


def _hour(moment: datetime, summit: Summit) -> datetime:
    """Return the beginning of the hour at the venue, in UTC."""
    return moment.astimezone(summit.zone).replace(minute=0, second=0, microsecond=0).astimezone(UTC)


def _lanes(lines: list[Listed], start: datetime, step: int) -> list[list[tuple[int, int, Listed]]]:
    """Return the sessions of a room as (first row, last row + 1, session), in as few lanes without an overlap as
    needed."""
    lanes: list[list[tuple[int, int, Listed]]] = []
    for line in sorted(lines, key=lambda each: (each.row.starts_at, each.row.ends_at)):
        first = (line.row.starts_at - start) // (step * MINUTE)
        last = max(first + 1, (line.row.ends_at - start) // (step * MINUTE))
        lane = next((each for each in lanes if each[-1][1] <= first), None)
        if lane is None:
            lanes.append(lane := [])
        lane.append((first, last, line))
    return lanes


def _fill(rows: list[Row], lane: list[tuple[int, int, Listed]]) -> None:
    """Add the cells of one column to the rows: its sessions, and an empty cell for each row that none fills."""
    starts = {first: Cell(line, min(last, len(rows)) - first) for first, last, line in lane}
    filled = {place for first, last, _line in lane for place in range(first, last)}
    for place, row in enumerate(rows):
        if place in starts:
            row.cells.append(starts[place])
        elif place not in filled:
            row.cells.append(Cell(None, 1))

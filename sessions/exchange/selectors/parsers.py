"""Parsing of files in the schedule format of frab and pretalx, JSON or XML, into plain events."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from sessions.exchange.selectors.file_decoding import values_of
from sessions.exchange.selectors.plain_text import line_of, text_of
from sessions.exchange.selectors.times import Clock, odd, times_of
from sessions.exchange.selectors.unmapped_fields import UnmappedFields, read_unmapped
from summit.imports.definitions import ImportProblem
from summit.uploads.budgets import MB, SCHEDULE

# The name of the generator in our own schedules.
OURS = "Summit"


@dataclass(frozen=True)
class Event:
    """An event as read from its file.

    `number` counts from 1 in the file's order. `problem` says why the event can't be read, `notes` name
    contradictions in it, and `carried` is exported unchanged with our own schedules. `joined` says that the
    summary is made of an abstract and a description.
    """

    number: int
    guid: str = ""
    title: str = ""
    summary: str = ""
    kind: str = ""
    language: str = ""
    room: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    people: tuple[str, ...] = ()
    problem: str = ""
    notes: tuple[str, ...] = ()
    carried: UnmappedFields = ()
    joined: bool = False


@dataclass(frozen=True)
class Schedule:
    """A parsed schedule.

    `ours` says whether this software wrote the file. `left` is a dict from a name in the format to the number of its
    values that aren't imported.
    """

    title: str
    events: tuple[Event, ...]
    ours: bool
    left: Mapping[str, int]


def too_large() -> str:
    """Return the message that a file has more bytes than allowed. It says what to do."""
    return _("The file has more than %(n)d MB. Choose a smaller one.") % {"n": SCHEDULE.largest // MB}


def read(content: bytes, *, zone: ZoneInfo) -> Schedule:
    """Parse a file as JSON or XML, depending on its content. Raises ImportProblem.

    `zone` is the venue's time zone. It is used if neither a time nor the file names a time zone.
    """
    if len(content) > SCHEDULE.largest:
        raise ImportProblem(too_large())
    if not content.strip(b"\xef\xbb\xbf \t\r\n"):
        raise ImportProblem(_("The file is empty. Choose another file."))
    data = values_of(content)
    clock = Clock.of(data["conference"], zone)
    ours = data["generator"] == OURS
    events = []
    unmapped: Counter[str] = Counter()
    for number, (room, raw) in enumerate(data["events"], start=1):
        if number > SCHEDULE.entries:
            raise ImportProblem(_("The schedule has more than %(n)d events. Split it.") % {"n": SCHEDULE.entries})
        # The description in our own schedules is generated (for example footnotes), so it isn't imported.
        event = _event(number, room, {**raw, "description": ""} if ours else raw, clock)
        events.append(event if event.problem else replace(event, carried=read_unmapped(raw, unmapped)))
    if not events:
        raise ImportProblem(_("This schedule has no events. Export it again after it is published."))
    return Schedule(line_of(data["conference"].get("title")), tuple(events), ours, +unmapped)


def _event(number: int, room: str, raw: Mapping[str, Any], clock: Clock) -> Event:
    title = line_of(raw.get("title"))
    try:
        guid = line_of(raw.get("guid")).lower() or _numbered(raw)
        if not title:
            raise ImportProblem(_("Enter a title."))
        starts_at, ends_at = times_of(raw, clock)
    except ImportProblem as problem:
        return Event(number, title=title, problem=str(problem))
    parts = list(dict.fromkeys(filter(None, (text_of(raw.get(name)) for name in ("abstract", "description")))))
    return Event(
        number=number,
        guid=guid,
        title=title,
        summary="\n\n".join(parts),
        joined=len(parts) > 1,
        kind=line_of(raw.get("type")),
        language=line_of(raw.get("language")).lower().replace("_", "-"),
        room=line_of(raw.get("room")) or line_of(room),
        starts_at=starts_at,
        ends_at=ends_at,
        people=tuple(dict.fromkeys(name for person in raw["people"] if (name := line_of(person)))),
        notes=tuple(odd(raw, starts_at, clock)),
    )


def _numbered(raw: Mapping[str, Any]) -> str:
    """Return the identity of an event in an old file, which has an id but no guid. Raises ImportProblem if it has
    neither."""
    number = line_of(raw.get("id"))
    if not number:
        raise ImportProblem(_("It has no guid or id, so it can’t be matched later. Add a guid."))
    return f"id:{number}"

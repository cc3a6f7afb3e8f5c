"""Files in the schedule format of frab and pretalx, JSON or XML, as plain events. Nothing in a file is followed."""

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import nh3
from django.utils.translation import gettext as _
from lxml import etree

MOST_BYTES = 20 * 1024 * 1024
MOST_EVENTS = 5_000
# Our own schedules say by whom they were made.
OURS = "Summit"
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_BREAK = re.compile(r"(?i)<br\s*/?>|</(?:p|div|li|h[1-6])>")


class Unreadable(Exception):
    """A file is no schedule, or an event can't be understood, with a sentence that says what to do."""


@dataclass(frozen=True)
class Event:
    """An event as its file says it: `number` counts from 1 in the file's order, `problem` is why it can't be read,
    `notes` are what of it contradicts itself."""

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


@dataclass(frozen=True)
class Schedule:
    """A conference: its title, its events, and whether a system like this one wrote the file."""

    title: str
    events: tuple[Event, ...]
    ours: bool


def too_large() -> str:
    """Say that a file has more bytes than are read, and what to do."""
    return _("The file has more than %(n)d MB. Choose a smaller one.") % {"n": MOST_BYTES // 1024**2}


def ending(content: bytes) -> str:
    """Return which of the two forms a file has, as its name ends."""
    return "json" if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")) else "xml"


def read(content: bytes, *, zone: ZoneInfo) -> Schedule:
    """Read a file; its bytes say which of the two it is. `zone` is the venue's, for times that come without one.

    Raises Unreadable.
    """
    if len(content) > MOST_BYTES:
        raise Unreadable(too_large())
    if not content.strip(b"\xef\xbb\xbf \t\r\n"):
        raise Unreadable(_("The file is empty. Choose the one that holds the schedule."))
    # Of two bytes a letter, as some systems write XML, one is empty.
    if not content.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith((b"{", b"[", b"<")):
        raise Unreadable(
            _(
                "The file is neither a schedule.json nor a schedule.xml, whatever its name says. "
                "Export the schedule from frab or pretalx as one of the two, and choose that file."
            )
        )
    found = _json(content) if ending(content) == "json" else _xml(content)
    conference = found["conference"]
    zone = _zone(conference.get("time_zone_name"), zone)
    ours = found["generator"] == OURS
    events = []
    for number, (room, raw) in enumerate(found["events"], start=1):
        if number > MOST_EVENTS:
            raise Unreadable(_("The schedule has more than %(n)d events. Split it.") % {"n": MOST_EVENTS})
        events.append(_event(number, room, raw, zone, ours))
    return Schedule(_line(conference.get("title")), tuple(events), ours)


# --- the two forms of a file, as the same plain values ---


def _json(content: bytes) -> dict[str, Any]:
    no_schedule = _("This file is no schedule. Choose a schedule.json or schedule.xml as frab or pretalx give it.")
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as problem:
        raise Unreadable(_("The file can’t be read as JSON: %(problem)s.") % {"problem": problem}) from problem
    schedule = data.get("schedule", data) if isinstance(data, dict) else None
    conference = schedule.get("conference") if isinstance(schedule, dict) else None
    if not isinstance(conference, dict) or not isinstance(conference.get("days"), list):
        raise Unreadable(no_schedule)
    generator = data.get("generator") or conference.get("generator")
    name = generator.get("name") if isinstance(generator, dict) else ""
    return {"conference": conference, "events": _json_events(conference["days"]), "generator": name}


def _json_events(days: list[Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for day in days:
        rooms = day.get("rooms") if isinstance(day, dict) else None
        for room, events in rooms.items() if isinstance(rooms, dict) else ():
            for event in events if isinstance(events, list) else ():
                raw = event if isinstance(event, dict) else {}
                people = raw.get("persons") if isinstance(raw.get("persons"), list) else []
                names = [_name(person) for person in people]  # type: ignore[union-attr]
                yield str(room), {"day": day.get("date"), **raw, "people": names}


def _name(person: Any) -> Any:
    if not isinstance(person, dict):
        return person
    return person.get("name") or person.get("public_name") or person.get("full_public_name")


def _xml(content: bytes) -> dict[str, Any]:
    # Neither entities nor other files: what is declared in a file stays unread, and one that declares any is refused.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    declares = _("The file declares a document type or entities. Take these lines out, and choose it again.")
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as problem:
        if b"<!DOCTYPE" in content.replace(b"\0", b"").partition(b"<schedule")[0]:
            raise Unreadable(declares) from problem
        raise Unreadable(_("The file can’t be read as XML: %(problem)s.") % {"problem": problem.msg}) from problem
    if getattr(root.getroottree().docinfo, "doctype", ""):
        raise Unreadable(declares)
    head = root.find("conference")
    if root.tag != "schedule" or head is None:
        raise Unreadable(
            _("This file is no schedule. Choose a schedule.json or schedule.xml as frab or pretalx give it.")
        )
    generator = root.find("generator")
    return {
        "conference": {child.tag: child.text for child in head if isinstance(child.tag, str)},
        "events": _xml_events(root),
        "generator": "" if generator is None else generator.get("name", ""),
    }


def _xml_events(root: etree._Element) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for day in root.findall("day"):
        for room in day.findall("room"):
            for event in room.findall("event"):
                raw: dict[str, Any] = {child.tag: child.text for child in event if isinstance(child.tag, str)}
                people = [person.text for person in event.findall("persons/person")]
                keys = {"guid": event.get("guid"), "id": event.get("id"), "day": day.get("date")}
                yield room.get("name", ""), {**raw, **keys, "people": people}


# --- one event ---


def _event(number: int, room: str, raw: Mapping[str, Any], zone: ZoneInfo, ours: bool) -> Event:
    title = _line(raw.get("title"))
    try:
        guid = _line(raw.get("guid")).lower() or _numbered(raw)
        if not title:
            raise Unreadable(_("It has no title. Give it one."))
        starts_at, ends_at = _times(raw, zone)
    except Unreadable as problem:
        return Event(number, title=title, problem=str(problem))
    parts = [_text(raw.get("abstract")), "" if ours else _text(raw.get("description"))]
    return Event(
        number=number,
        guid=guid,
        title=title,
        summary="\n\n".join(dict.fromkeys(part for part in parts if part)),
        kind=_line(raw.get("type")),
        language=_line(raw.get("language")).lower().replace("_", "-"),
        room=_line(raw.get("room")) or _line(room),
        starts_at=starts_at,
        ends_at=ends_at,
        people=tuple(dict.fromkeys(name for person in raw["people"] if (name := _line(person)))),
        notes=tuple(_odd(raw, starts_at, zone)),
    )


def _numbered(raw: Mapping[str, Any]) -> str:
    """Return what old files tell events apart by. Raises Unreadable."""
    number = _line(raw.get("id"))
    if not number:
        raise Unreadable(_("It has neither guid nor id, so that it could not be found again. Give it a guid."))
    return f"id:{number}"


def _times(raw: Mapping[str, Any], zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return from when to when an event lasts. Raises Unreadable."""
    starts_at = _moment(_line(raw.get("date")), zone)
    if starts_at is None:
        day, clock = _line(raw.get("date")) or _line(raw.get("day")), _line(raw.get("start"))
        try:
            starts_at = datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), zone)
        except ValueError:
            raise Unreadable(_("Its start can’t be read. Write it as 2025-03-31T09:30:00+01:00.")) from None
    ends_at = _moment(_line(raw.get("end")), zone)
    if ends_at is None:
        try:
            ends_at = starts_at + _length(_line(raw.get("duration")))
        except (ValueError, OverflowError):
            raise Unreadable(_("Its duration can’t be read. Write it as 01:30.")) from None
    if ends_at <= starts_at:
        raise Unreadable(_("It would end before it starts. Correct its duration."))
    return starts_at, ends_at


def _odd(raw: Mapping[str, Any], starts_at: datetime, zone: ZoneInfo) -> Iterator[str]:
    """Yield what an event says of its times that was not taken, since it says them twice."""
    start, length = _line(raw.get("start")), _line(raw.get("duration"))
    try:
        clock = time.fromisoformat(start).replace(tzinfo=None) if start else None
    except ValueError:
        yield _("Its start, “%(start)s”, can’t be read: the time of its date is taken.") % {"start": start}
    else:
        # The offset of the date need not be the venue's.
        if clock and clock not in (starts_at.time(), starts_at.astimezone(zone).time()):
            told = {"start": start, "time": f"{starts_at.astimezone(zone):%H:%M}"}
            yield _("Its start says %(start)s and its date %(time)s: the date is taken.") % told
    try:
        _length(length or "0:0")
    except (ValueError, OverflowError):
        yield _("Its duration, “%(duration)s”, can’t be read: its end is taken.") % {"duration": length}


def _moment(said: str, zone: ZoneInfo) -> datetime | None:
    """Return a moment with its day and time, in the venue's zone where it names no offset."""
    if "T" not in said and " " not in said:
        return None
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _length(said: str) -> timedelta:
    hours, minutes, *seconds = (int(part) for part in said.split(":"))
    return timedelta(hours=hours, minutes=minutes, seconds=seconds[0] if seconds else 0)


def _zone(name: Any, otherwise: ZoneInfo) -> ZoneInfo:
    try:
        return ZoneInfo(str(name)) if name else otherwise
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return otherwise


def _line(value: Any) -> str:
    """Return a value as one line of text."""
    return " ".join(str(value).split()) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _text(value: Any) -> str:
    """Return a text without marks: some systems write HTML."""
    if not isinstance(value, str):
        return ""
    if _TAG.search(value):
        value = html.unescape(nh3.clean(_BREAK.sub("\n", value), tags=set()))
    lines = [line.rstrip() for line in value.strip().splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))

"""Reads a schedule in JSON or XML into the same plain values. References in the file are never followed."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from summit.imports.definitions import ImportProblem

Raw = Mapping[str, Any]


def form_of(content: bytes) -> str:
    """Return the format of a file's content, "json" or "xml". Raises ImportProblem for any other format."""
    # Some systems write UTF-16, in which every second byte of these characters is 0.
    start = content[:4096].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if start[:14].lower().startswith((b"<!doctype html", b"<html")):
        raise ImportProblem(_("This is a web page. Find schedule.json or schedule.xml on it, and choose that file."))
    if start.startswith(b"BEGIN:VCALENDAR"):
        raise ImportProblem(
            _("This is a calendar without types or speakers. Choose a schedule.json or schedule.xml.")
        )
    if start.startswith((b"{", b"[")):
        return "json"
    if start.startswith(b"<"):
        return "xml"
    raise ImportProblem(
        _(
            "This file is not a schedule.json or schedule.xml, whatever its name. Export one from frab or pretalx "
            "and choose that file."
        )
    )


def values_of(content: bytes) -> dict[str, Any]:
    """Return the content of a file as a dictionary with `conference`, `events` and `generator`. Raises ImportProblem.

    `events` yields (room, event) pairs. `generator` is the name of the program that wrote the file.
    """
    return _json(content) if form_of(content) == "json" else _xml(content)


def _other_shape(names: list[str]) -> str:
    message = _(
        "A frab or pretalx schedule has this structure: %(shape)s. This file has: %(names)s. Choose a "
        "schedule.json or schedule.xml."
    )
    return message % {"shape": "schedule → conference → days → rooms", "names": ", ".join(names[:10]) or _("nothing")}


def _names(data: Any) -> list[str]:
    """Return the keys of an object, or of the first object in a list."""
    if isinstance(data, list):
        return [_("a list"), *_names(data[0] if data else None)]
    return [str(name) for name in data] if isinstance(data, dict) else []


def _json(content: bytes) -> dict[str, Any]:
    try:
        # json.loads detects UTF-8, UTF-16 and UTF-32.
        data = json.loads(content)
    except (ValueError, RecursionError) as problem:
        raise ImportProblem(_("The file can’t be read as JSON: %(problem)s.") % {"problem": problem}) from problem
    schedule = data.get("schedule", data) if isinstance(data, dict) else data
    conference = schedule.get("conference") if isinstance(schedule, dict) else None
    if not isinstance(conference, dict) or not isinstance(conference.get("days"), list):
        raise ImportProblem(_other_shape(_names(conference if isinstance(conference, dict) else schedule)))
    generator = data.get("generator") or conference.get("generator")
    name = generator.get("name") if isinstance(generator, dict) else ""
    return {"conference": conference, "events": _json_events(conference["days"]), "generator": name}


def _json_events(days: list[Any]) -> Iterator[tuple[str, Raw]]:
    for number, day in enumerate(days, start=1):
        rooms = day.get("rooms") if isinstance(day, dict) else None
        if not isinstance(rooms, dict) or not all(isinstance(events, list) for events in rooms.values()):
            message = _(
                "Day %(number)d has no rooms with lists of events. Export the schedule from frab or pretalx again."
            )
            raise ImportProblem(message % {"number": number})
        of_day = {"day": day.get("date"), "day_start": day.get("day_start"), "day_end": day.get("day_end")}
        for room, events in rooms.items():
            for event in events:
                raw = event if isinstance(event, dict) else {}
                people = raw.get("persons") if isinstance(raw.get("persons"), list) else []
                names = [_name(person) for person in people]  # type: ignore[union-attr]
                yield str(room), {**of_day, **raw, "people": names}


def _name(person: Any) -> Any:
    if not isinstance(person, dict):
        return person
    return person.get("name") or person.get("public_name") or person.get("full_public_name")


def _xml(content: bytes) -> dict[str, Any]:
    # Entities and other files are never read. A file that declares a document type or entities is rejected.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    message = _("The file declares a document type or entities. Remove these lines and choose it again.")
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as problem:
        if b"<!DOCTYPE" in content.replace(b"\0", b"").partition(b"<schedule")[0]:
            raise ImportProblem(message) from problem
        raise ImportProblem(_("The file can’t be read as XML: %(problem)s.") % {"problem": problem.msg}) from problem
    if getattr(root.getroottree().docinfo, "doctype", ""):
        raise ImportProblem(message)
    head = root.find("conference")
    if root.tag != "schedule" or head is None:
        raise ImportProblem(
            _other_shape([str(root.tag), *(str(each.tag) for each in root if isinstance(each.tag, str))])
        )
    generator = root.find("generator")
    return {
        "conference": {child.tag: child.text for child in head if isinstance(child.tag, str)},
        "events": _xml_events(root),
        "generator": "" if generator is None else generator.get("name", ""),
    }


def _xml_events(root: etree._Element) -> Iterator[tuple[str, Raw]]:
    for day in root.findall("day"):
        of_day = {"day": day.get("date"), "day_start": day.get("start"), "day_end": day.get("end")}
        for room in day.findall("room"):
            for event in room.findall("event"):
                raw: dict[str, Any] = {child.tag: child.text for child in event if isinstance(child.tag, str)}
                raw |= {name: _listed(event, name) for name in ("links", "attachments")}
                if (recording := event.find("recording")) is not None:
                    raw["recording"] = " ".join(map(str, recording.itertext())).strip()
                people = [person.text for person in event.findall("persons/person")]
                yield (
                    room.get("name", ""),
                    {**of_day, **raw, **{str(name): value for name, value in event.attrib.items()}, "people": people},
                )


def _listed(event: etree._Element, name: str) -> list[Raw]:
    return [
        {"url": each.get("href"), "type": each.get("type"), "title": each.text} for each in event.findall(f"{name}/*")
    ]

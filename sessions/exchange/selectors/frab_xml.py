"""The public agenda in frab's XML format."""

from typing import Any

from lxml import etree


def as_xml(data: dict[str, Any]) -> bytes:
    """Return the data from `sessions.exchange.selectors.frab.as_data` as the format's XML."""
    schedule, generator = data["schedule"], data["generator"]
    conference = schedule["conference"]
    root = etree.Element("schedule")
    etree.SubElement(root, "generator", name=generator["name"], version=generator["version"])
    _text(root, "url", conference["url"])
    _text(root, "version", schedule["version"])
    head = etree.SubElement(root, "conference")
    for name in ("title", "acronym", "start", "end"):
        _text(head, name, conference[name])
    _text(head, "days", str(conference["daysCount"]))
    _text(head, "timeslot_duration", conference["timeslot_duration"])
    _text(head, "base_url", schedule["base_url"])
    _text(head, "url", conference["url"])
    if "time_zone_name" in conference:
        _text(head, "time_zone_name", conference["time_zone_name"])
    etree.SubElement(head, "color", primary=conference["colors"]["primary"])
    guids = {room["name"]: room["guid"] for room in conference["rooms"]}
    for day in conference["days"]:
        element = etree.SubElement(
            root, "day", index=str(day["index"]), date=day["date"], start=day["day_start"], end=day["day_end"]
        )
        for name, events in day["rooms"].items():
            room = etree.SubElement(element, "room", name=name, guid=guids[name])
            for event in events:
                _xml_event(room, event)
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return content


def _xml_event(room: etree._Element, event: dict[str, Any]) -> None:
    element = etree.SubElement(room, "event", id=str(event["id"]), guid=event["guid"])
    for name in ("room", "title", "subtitle", "type", "date", "start", "duration", "abstract", "slug", "url"):
        _text(element, name, event[name])
    _text(element, "track", event["track"] or "")
    _text(element, "description", event["description"])
    _text(element, "language", event["language"])
    persons = etree.SubElement(element, "persons")
    for person in event["persons"]:
        _text(persons, "person", person["name"])
    # The schema allows any order, and old apps fail on empty lists.
    for name, entries in (("links", event["links"]), ("attachments", event["attachments"])):
        if entries:
            group = etree.SubElement(element, name)
            for entry in entries:
                etree.SubElement(group, name[:-1], href=entry["url"], type=entry["type"]).text = entry["title"]


def _text(parent: etree._Element, name: str, value: str) -> None:
    etree.SubElement(parent, name).text = value

"""Values of a schedule's events that have no field in a session.

They are stored with the session and exported again with our own schedules.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from sessions.exchange.selectors.plain_text import line_of
from summit.core.validators import is_printable

# Rows are (name, value) with "guid", "type", "language" or one of WORDS as the name, or (name, URL, title, type) with
# "links" or "attachments" as the name.
UnmappedFields = tuple[tuple[str, ...], ...]
WORDS = ("subtitle", "track")
# The types of links in the format.
LINK_TYPES = frozenset({"slides", "paper", "web", "blog", "article", "media", "related", "activitypub"})
LONGEST = 500
MOST_LINKS = 20
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*")
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LINK = re.compile(r"https?://[^\s\"<>]+")
# Names that are read elsewhere or belong to the file's structure.
_READ = frozenset(
    {
        *("guid", "id", "date", "start", "end", "duration", "day", "day_start", "day_end", "room", "title", "slug"),
        *("abstract", "description", "persons", "people", "type", "language", *WORDS, "links", "attachments"),
    }
)


def read_unmapped(raw: Mapping[str, Any], left: "Counter[str]") -> UnmappedFields:
    """Return the values of an event that are exported again, and count the other unmapped values in `left`."""
    found: list[tuple[str, ...]] = [(name, value) for name, value in _text_fields(raw) if value]
    for name in ("guid", "type", "language", *WORDS):
        text = line_of(raw.get(name))
        if text and (name, text) not in found and name != "guid":
            left[name] += 1
    for kind in ("links", "attachments"):
        entries = raw.get(kind) if isinstance(raw.get(kind), list) else []
        links = list(_links(entries))[:MOST_LINKS]  # type: ignore[arg-type]
        found += [(kind, *each) for each in links]
        left[kind] += len(entries) - len(links)  # type: ignore[arg-type]
    for name in raw:
        left[name] += name not in _READ and raw[name] not in (None, "", False, [], {})
    return tuple(found)


def _text_fields(raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    guid, language = line_of(raw.get("guid")).lower(), line_of(raw.get("language"))
    yield "guid", guid if _GUID.fullmatch(guid) else ""
    yield "language", language if _LANGUAGE.fullmatch(language) else ""
    for name in ("type", *WORDS):
        text = line_of(raw.get(name))
        yield name, text if len(text) <= LONGEST and is_printable(text) else ""


def _links(entries: list[Any]) -> Iterator[tuple[str, str, str]]:
    """Yield the (URL, title, type) of each valid link."""
    for each in entries:
        link = each if isinstance(each, dict) else {"url": each}
        url, title, kind = (line_of(link.get(name)) for name in ("url", "title", "type"))
        if _LINK.fullmatch(url) and len(url) <= 2 * LONGEST and len(title) <= LONGEST and is_printable(url + title):
            yield url, title, kind if kind in LINK_TYPES else "web"

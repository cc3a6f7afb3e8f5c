"""The public agenda in the frab format that conference apps read: `schedule.json` and `schedule.xml`.

Ids are derived from the sessions' public ids, so they are stable and reveal nothing about the database.
"""

import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Protocol
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from delegations.parties.selectors.party_names import Book, book
from sessions.agenda.models.releases import ReleasedSession
from sessions.agenda.selectors.change_descriptions import title_of
from sessions.agenda.selectors.participant_names import called
from sessions.agenda.selectors.released_snapshots import snapshot
from summit.core.process_cache import Memory
from summit.core.punctuation import pair
from summit.summits.models import Stamp, Summit

ZONE_FORM = re.compile(r"^[A-Z][a-z]+/[A-Z][a-z]+")
SLOT = "00:05"
Link = dict[str, str]


class Linked(Protocol):
    """An object to which an event links."""

    @property
    def title(self) -> str:
        """The title of the object."""

    @property
    def url(self) -> str:
        """The path of the object."""


@lru_cache(maxsize=10000)
def guid(kind: str, key: str) -> UUID:
    """Return the UUID of an object from its kind, and from its public id or name in `key`. The UUID never changes."""
    return uuid5(NAMESPACE_URL, f"urn:summit:{kind}:{key}")


def acronym(summit: Summit) -> str:
    """Return the summit's slug as the format requires it: no hyphens, and at least four characters."""
    short = summit.slug.replace("-", "_")
    return short if len(short) >= 4 else f"{short}_summit"


def _numbers(rows: Iterable[ReleasedSession]) -> dict[int, int]:
    """Return a dict from primary key to a unique number for each row.

    The numbers have 31 bits, because old apps store them as signed integers.
    """
    taken: set[int] = set()
    found = {}
    for row in sorted(rows, key=lambda row: row.session.public_id):
        number = (guid("session", row.session.public_id).int >> 97) or 1
        while number in taken:
            number = number % (2**31 - 1) + 1
        taken.add(number)
        found[row.pk] = number
    return found


def _clock(length: timedelta) -> str:
    # The longest duration that the format's XML allows.
    minutes = min(int(length.total_seconds() // 60), 99 * 60 + 59)
    return f"{minutes // 60:02}:{minutes % 60:02}"


@dataclass(frozen=True)
class RelatedData:
    """Data that events show besides released rows: the names of parties, links by the session's public id, and the
    sessions that run late, by primary key.

    `lasting` is the part of the cache key that changes with these data (`Stamp.lasting`).
    """

    names: Book
    links: Mapping[str, list[Link]]
    lasting: Hashable
    late: frozenset[int] = frozenset()


def links_of(texts: Mapping[str, Iterable[Linked]]) -> dict[str, list[Link]]:
    """Return a dict from a session's public id to its texts as links of the format."""
    return {
        key: [{"type": "related", "title": text.title, "url": settings.BASE_URL + text.url} for text in linked]
        for key, linked in texts.items()
    }


# Cached events, without their numbers and links to texts, which depend on other sessions.
_EVENTS: Memory[dict[str, Any]] = Memory(8000)


def _event(summit: Summit, row: ReleasedSession, number: int, related: RelatedData) -> dict[str, Any]:
    key = row.pk, related.lasting, get_language()
    event = _EVENTS.ask(key, lambda: _alone(summit, row, related.names))
    links = related.links.get(row.session.public_id, [])
    late = row.times_known and row.session_id in related.late
    # The format has no field for it, and apps show the description.
    note = capfirst(_("running late, new time to follow")) if late else ""
    description = "\n".join(filter(None, (note, event["description"])))
    return {**event, "id": number, "description": description, "links": [*event["links"], *links]}


def _alone(summit: Summit, row: ReleasedSession, names: Book) -> dict[str, Any]:
    start, end = row.starts_at.astimezone(summit.zone), row.ends_at.astimezone(summit.zone)
    key = row.session.public_id
    carried = Carried.of(row)
    # Only chairs, moderators, speakers and interpreters: there may be too many participants for an app's screen.
    people = [called(place, names) for place in row.leading]  # type: ignore[attr-defined]
    # The format has no footnotes, so they are added to the description, each after the name that it explains.
    notes = dict.fromkeys(pair(party.name, party.footnote) for _name, party in people if party and party.footnote)
    return {
        "guid": carried.words.get("guid") or str(guid("session", key)),
        "id": 0,
        "date": start.isoformat(timespec="seconds"),
        "start": f"{start:%H:%M}",
        "end": end.isoformat(timespec="seconds"),
        "duration": _clock(row.ends_at - row.starts_at),
        "room": _room(row),
        "slug": f"{acronym(summit)}-{key}",
        "url": settings.BASE_URL + reverse("agenda:session", args=[summit.slug, key]),
        "title": title_of(snapshot(row, ()), summit.language),
        "subtitle": carried.words.get("subtitle", ""),
        "track": carried.words.get("track"),
        # A kind of the summit's own is written by its name, which an import recognises.
        "type": row.kind_names[0][1] if row.kind_names else carried.words.get("type", row.kind),
        "language": carried.words.get("language", summit.language),
        "abstract": row.summary,
        "description": "\n".join(filter(None, (_announced(row), *notes))),
        "persons": [{"name": name} for name, _party in people],
        "links": carried.links,
        "attachments": [
            *carried.attachments,
            *(
                {
                    "type": "paper",
                    "title": title,
                    "url": settings.BASE_URL + reverse("agenda:document", args=[summit.slug, key, document]),
                }
                for document, title, _language in row.documents
            ),
        ],
    }


@dataclass(frozen=True)
class Carried:
    """Values of an imported schedule that are exported unchanged."""

    words: Mapping[str, str]
    links: list[Link]
    attachments: list[Link]

    @classmethod
    def of(cls, row: ReleasedSession) -> "Carried":
        """Return the carried values of a released session.

        The type is dropped if the session's kind has changed since the import.
        """
        values = {name: rest[0] for name, *rest in row.carried or () if name != "type" or rest[1] == row.kind}
        link_lists: dict[str, list[Link]] = {"links": [], "attachments": []}
        for name, *rest in row.carried or ():
            if name in link_lists:
                url, title, kind = rest
                link_lists[name].append({"type": kind, "title": title or url, "url": url})
        return cls(values, **link_lists)


def _announced(row: ReleasedSession) -> str:
    """Return a note for sessions with unknown times, because the format can't express them; "" for all others."""
    return "" if row.times_known else capfirst(_("time not announced"))


def _room(row: ReleasedSession) -> str:
    return row.room_name or _("room to be announced")


def _days(summit: Summit, rows: Iterable[ReleasedSession]) -> list[date]:
    days = {row.starts_at.astimezone(summit.zone).date() for row in rows} | {summit.starts_on, summit.ends_on}
    first, last = min(days), max(days)
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def as_data(
    *,
    summit: Summit,
    updated_at: datetime | None,
    sessions: Iterable[ReleasedSession],
    stamp: Stamp,
    links: Mapping[str, list[Link]] | None = None,
    late: frozenset[int] = frozenset(),
) -> dict[str, Any]:
    """Return the schedule as data, with parties named in the active language. Makes one query.

    `sessions` must have their `leading` participants loaded (`released_agenda.Who.LEADING`). `links` is a dict from a
    session's public id to its links, and `late` has the primary keys of the sessions that run late. The process
    caches the events, with `stamp` in the key because a name may be erased from released rows.
    """
    rows = list(sessions)
    related = RelatedData(book(summit), links or {}, stamp.lasting, late)
    return {
        "generator": {"name": "Summit", "version": settings.VERSION},
        "schedule": {
            "version": f"{updated_at.astimezone(summit.zone):%Y-%m-%d %H:%M}" if updated_at else "0",
            "base_url": settings.BASE_URL + summit.get_absolute_url(),
            "conference": _conference(summit, rows, _by_day(summit, rows, related)),
        },
    }


def _by_day(summit: Summit, rows: list[ReleasedSession], related: RelatedData) -> list[dict[str, Any]]:
    numbers = _numbers(rows)
    rooms_by_day: dict[date, dict[str, list[dict[str, Any]]]] = {day: {} for day in _days(summit, rows)}
    for row in rows:
        rooms = rooms_by_day[row.starts_at.astimezone(summit.zone).date()]
        rooms.setdefault(_room(row), []).append(_event(summit, row, numbers[row.pk], related))
    return [
        {
            "index": index,
            "date": day.isoformat(),
            "day_start": _midnight(day, summit),
            "day_end": _midnight(day + timedelta(days=1), summit),
            "rooms": rooms,
        }
        for index, (day, rooms) in enumerate(rooms_by_day.items(), start=1)
    ]


def _conference(summit: Summit, rows: list[ReleasedSession], days: list[dict[str, Any]]) -> dict[str, Any]:
    conference: dict[str, Any] = {
        "acronym": acronym(summit),
        "title": summit.name,
        "start": days[0]["date"],
        "end": days[-1]["date"],
        "daysCount": len(days),
        "timeslot_duration": SLOT,
        "url": settings.BASE_URL + summit.get_absolute_url(),
        "colors": {"primary": summit.accent},
        "rooms": [
            {"name": name, "guid": str(guid("room", f"{summit.public_id}:{name}"))}
            for name in dict.fromkeys(_room(row) for row in rows)
        ],
        "days": days,
    }
    if ZONE_FORM.match(summit.time_zone) or summit.time_zone == "UTC":
        conference["time_zone_name"] = summit.time_zone
    return conference


def _midnight(day: date, summit: Summit) -> str:
    return datetime.combine(day, time(), tzinfo=summit.zone).isoformat(timespec="seconds")

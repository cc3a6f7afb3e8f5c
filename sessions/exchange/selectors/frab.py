"""The public agenda in the frab format that conference apps read: `schedule.json` and `schedule.xml`.

Ids are made from the sessions' public ids, so that they are stable and tell nothing of the database.
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
from summit.summits.models import Stamp, Summit
from summit.templatetags.marks import pair

ZONE_FORM = re.compile(r"^[A-Z][a-z]+/[A-Z][a-z]+")
SLOT = "00:05"
Link = dict[str, str]


class Linked(Protocol):
    """What an event links to: its title, and its path."""

    @property
    def title(self) -> str:
        """What it is called."""

    @property
    def url(self) -> str:
        """Its path."""


@lru_cache(maxsize=10000)
def guid(kind: str, key: str) -> UUID:
    """Return the UUID of something by its kind and public id or name, for ever the same."""
    return uuid5(NAMESPACE_URL, f"urn:summit:{kind}:{key}")


def acronym(summit: Summit) -> str:
    """Return the summit's slug in the form that the format wants: no hyphens, four characters at least."""
    short = summit.slug.replace("-", "_")
    return short if len(short) >= 4 else f"{short}_summit"


def _numbers(rows: Iterable[ReleasedSession]) -> dict[int, int]:
    """Return a number of 31 bits for each row: old apps keep them in a signed integer."""
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
    # The format's XML can't say more.
    minutes = min(int(length.total_seconds() // 60), 99 * 60 + 59)
    return f"{minutes // 60:02}:{minutes % 60:02}"


@dataclass(frozen=True)
class Beside:
    """What a schedule's events show that no released row holds: parties' names, and links by the session's id; and
    what is kept of both (`Stamp.lasting`)."""

    names: Book
    links: Mapping[str, list[Link]]
    lasting: Hashable


def links_of(texts: Mapping[str, Iterable[Linked]]) -> dict[str, list[Link]]:
    """Return texts by the session's public id as the format's links."""
    return {
        key: [{"type": "related", "title": text.title, "url": settings.BASE_URL + text.url} for text in found]
        for key, found in texts.items()
    }


# Events without what depends on others: their numbers, and links to texts.
_EVENTS: Memory[dict[str, Any]] = Memory(8000)


def _event(summit: Summit, row: ReleasedSession, number: int, beside: Beside) -> dict[str, Any]:
    key = row.pk, beside.lasting, get_language()
    event = _EVENTS.ask(key, lambda: _alone(summit, row, beside.names))
    links = beside.links.get(row.session.public_id, [])
    return {**event, "id": number, "links": [*event["links"], *links]}


def _alone(summit: Summit, row: ReleasedSession, names: Book) -> dict[str, Any]:
    start, end = row.starts_at.astimezone(summit.zone), row.ends_at.astimezone(summit.zone)
    key = row.session.public_id
    carried = Carried.of(row)
    # People and parties who lead or speak; those who only take part are too many for an app's screen.
    named = [called(place, names) for place in row.leading]  # type: ignore[attr-defined]
    # The format knows no footnotes: they stand in the description, each after the name that it explains.
    notes = dict.fromkeys(pair(party.name, party.footnote) for _name, party in named if party and party.footnote)
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
        # A kind of the summit's own by its name, as whoever reads the file knows it again.
        "type": row.kind_names[0][1] if row.kind_names else carried.words.get("type", row.kind),
        "language": carried.words.get("language", summit.language),
        "abstract": row.summary,
        "description": "\n".join(filter(None, (_announced(row), *notes))),
        "persons": [{"name": name} for name, _party in named],
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
    """What another schedule said of a session, which goes out again as it came in."""

    words: Mapping[str, str]
    links: list[Link]
    attachments: list[Link]

    @classmethod
    def of(cls, row: ReleasedSession) -> "Carried":
        """Return it of a released session; its type as long as the session is of the kind that it was taken for."""
        words = {name: rest[0] for name, *rest in row.carried or () if name != "type" or rest[1] == row.kind}
        linked: dict[str, list[Link]] = {"links": [], "attachments": []}
        for name, *rest in row.carried or ():
            if name in linked:
                url, title, kind = rest
                linked[name].append({"type": kind, "title": title or url, "url": url})
        return cls(words, **linked)


def _announced(row: ReleasedSession) -> str:
    """Return what an app must be told in words: the format has no session whose time isn't known."""
    return "" if row.times_known else capfirst(_("time not announced"))


def _room(row: ReleasedSession) -> str:
    return row.room_name or _("room to be announced")


def _days(summit: Summit, rows: Iterable[ReleasedSession]) -> list[date]:
    found = {row.starts_at.astimezone(summit.zone).date() for row in rows} | {summit.starts_on, summit.ends_on}
    first, last = min(found), max(found)
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def as_data(
    *,
    summit: Summit,
    updated_at: datetime | None,
    sessions: Iterable[ReleasedSession],
    stamp: Stamp,
    links: Mapping[str, list[Link]] | None = None,
) -> dict[str, Any]:
    """Return the schedule as data, with parties as they are named in the active language. `sessions` come with who
    leads them (`member.Who.LEADING`), `links` by their public ids. The process keeps their events, under what `stamp`
    says has been taken away. One query."""
    rows = list(sessions)
    beside = Beside(book(summit), links or {}, stamp.lasting)
    return {
        "generator": {"name": "Summit", "version": settings.VERSION},
        "schedule": {
            "version": f"{updated_at.astimezone(summit.zone):%Y-%m-%d %H:%M}" if updated_at else "0",
            "base_url": settings.BASE_URL + summit.get_absolute_url(),
            "conference": _conference(summit, rows, _by_day(summit, rows, beside)),
        },
    }


def _by_day(summit: Summit, rows: list[ReleasedSession], beside: Beside) -> list[dict[str, Any]]:
    numbers = _numbers(rows)
    listed: dict[date, dict[str, list[dict[str, Any]]]] = {day: {} for day in _days(summit, rows)}
    for row in rows:
        rooms = listed[row.starts_at.astimezone(summit.zone).date()]
        rooms.setdefault(_room(row), []).append(_event(summit, row, numbers[row.pk], beside))
    return [
        {
            "index": index,
            "date": day.isoformat(),
            "day_start": _midnight(day, summit),
            "day_end": _midnight(day + timedelta(days=1), summit),
            "rooms": rooms,
        }
        for index, (day, rooms) in enumerate(listed.items(), start=1)
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

"""iCalendar files: the public feed (RFC 5545) and the parts of a message that update a calendar (RFC 5546).

The UID of a session never changes. SEQUENCE counts the changes for readers of a rank
(`sessions.agenda.selectors.sequence_numbers`) and never falls, so calendars recognise late messages as older.
"""

import functools
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from icalendar import (
    Calendar,
    Event,
    Timezone,
    TimezoneDaylight,
    TimezoneStandard,
    vCalAddress,
)

from sessions.agenda.models.releases import ReleasedSession
from sessions.agenda.selectors.change_descriptions import kind_label, title_of
from sessions.agenda.selectors.differences import SessionChange
from sessions.agenda.selectors.released_snapshots import snapshot
from sessions.agenda.selectors.snapshots import Snapshot
from sessions.draft.models.sessions import calendar_uid
from summit.core.date_formats import is_repeated
from summit.core.process_cache import Memory
from summit.summits.models import Stamp, Summit

PRODUCT = f"-//Summit//Summit {settings.VERSION}//EN"
REFRESH = timedelta(minutes=15)
BEGIN, END = b"BEGIN:VEVENT\r\n", b"END:VCALENDAR\r\n"
# Cached events of public calendars, without DTSTAMP.
_EVENTS: Memory[bytes] = Memory(8000)


@functools.lru_cache(maxsize=64)
def time_zone(name: str, first: int, last: int) -> bytes:
    """Return the VTIMEZONE of a zone, valid from the start of year `first` to the end of year `last`.

    Each change of the offset is a separate observance, with DTSTART in the offset before it (RFC 5545, 3.6.5).
    """
    zone = ZoneInfo(name)
    component = Timezone()
    component.add("tzid", name)
    start = datetime(first, 1, 1, tzinfo=zone).astimezone(UTC)
    component.add_component(_observance(zone, start, start))
    day = start
    while day.year <= last:
        following = day + timedelta(days=1)
        if _state(zone, day) != _state(zone, following):
            component.add_component(_observance(zone, _change(zone, day, following), day))
        day = following
    content: bytes = component.to_ical()
    return content


def _state(zone: ZoneInfo, moment: datetime) -> tuple[timedelta | None, str | None, timedelta | None]:
    local = moment.astimezone(zone)
    return local.utcoffset(), local.tzname(), local.dst()


def _change(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """Return the second at which the offset changes between two times."""
    old_state = _state(zone, low)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        low, high = (middle, high) if _state(zone, middle) == old_state else (low, middle)
    return high


def _observance(zone: ZoneInfo, at: datetime, before: datetime) -> TimezoneStandard | TimezoneDaylight:
    offset_before, _name, _dst = _state(zone, before)
    offset, name, dst = _state(zone, at)
    part = TimezoneDaylight() if dst else TimezoneStandard()
    part.add("dtstart", at.replace(tzinfo=None) + (offset_before or timedelta()))
    part.add("tzoffsetfrom", offset_before)
    part.add("tzoffsetto", offset)
    part.add("tzname", name)
    return part


def _calendar(method: str, zone: str, moments: Iterable[datetime]) -> Calendar:
    years = [moment.year for moment in moments] or [datetime.now(UTC).year]
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add_component(Timezone.from_ical(time_zone(zone, min(years) - 1, max(years) + 1)))
    return calendar


def _address(mailbox: str, name: str, **params: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{mailbox}")
    address.params["CN"] = name
    for key, value in params.items():
        address.params[key] = value
    return address


def _event(session: Snapshot, *, zone: ZoneInfo, sequence: int, url: str, language: str, first: str) -> Event:
    """Return a session as an event for readers of a language.

    If the session has no text in that language, the text in the summit's language `first` is used. LANGUAGE marks the
    language of each text (RFC 5545, 3.2.10).
    """
    has_text = any(code == language for code, _title, _summary in session.texts)
    text_language = language if has_text or not session.title else first
    text_params = {"LANGUAGE": text_language} if text_language else {}
    place_params = {"LANGUAGE": first} if first else {}
    event = Event()
    event.add("uid", calendar_uid(session.key))
    event.add("sequence", sequence)
    start, end = session.starts_at.astimezone(zone), session.ends_at.astimezone(zone)
    if is_repeated(start) or is_repeated(end):
        # A repeated local time means its first occurrence (RFC 5545, 3.3.5), so these times are written in UTC.
        start, end = start.astimezone(UTC), end.astimezone(UTC)
    # Readers who may not know the times get an all-day event (RFC 5545, 3.6.1: DTEND is exclusive).
    event.add("dtstart", start if session.times_known else start.date())
    event.add("dtend", end if session.times_known else end.date())
    event.add("summary", title_of(session, language), parameters=text_params)
    if session.where:
        event.add("location", session.where, parameters=place_params)
    if summary := session.titled(language)[1]:
        event.add("description", summary, parameters=text_params)
    if not session.times_known:
        # An all-day event shouldn't make the whole day busy.
        event.add("transp", "TRANSPARENT")
    event.add("url", url)
    return event


def itip(
    change: SessionChange, *, told: dict[str, Any], facts: dict[str, Any], address: str, stamp: datetime
) -> tuple[str, bytes]:
    """Return the method (REQUEST or CANCEL) and the calendar part that informs a mailbox of one change.

    `told` is the change as stored in the message, `facts` are all stored facts, and `stamp` is the message's Date.
    The same message always gives the same bytes.
    """
    summit = facts["summit"]
    method = "REQUEST" if change.after else "CANCEL"
    session = change.session
    calendar = _calendar(method, summit["zone"], [session.starts_at, session.ends_at])
    event = _event(
        session,
        zone=ZoneInfo(summit["zone"]),
        sequence=told["sequence"],
        url=f"{settings.BASE_URL}/portal/",
        language=get_language() or "",
        first=summit.get("language", ""),
    )
    event.add("dtstamp", _second(stamp))
    event["organizer"] = _address(summit["contact"], summit["host"])
    event["attendee"] = _address(
        address, facts["name"], ROLE="REQ-PARTICIPANT", PARTSTAT="NEEDS-ACTION", RSVP="FALSE"
    )
    event.add("status", "CONFIRMED" if change.after else "CANCELLED")
    calendar.add_component(event)
    return method, calendar.to_ical()


def feed(*, summit: Summit, name: str, stamp: datetime, moments: Iterable[datetime]) -> Calendar:
    """Return a calendar to subscribe to, without its events.

    `name` is the calendar's name in calendar programs, and `stamp` the time at which its content was released. Its
    VTIMEZONE covers the years of `moments`, which are the times of its events.
    """
    calendar = _calendar("PUBLISH", summit.time_zone, moments)
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", summit.time_zone)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT15M")
    calendar.add("last-modified", _second(stamp))
    return calendar


def _second(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


def with_events(calendar: Calendar, events: Iterable[bytes], *, stamp: datetime) -> bytes:
    """Return a calendar with these events. The events have no DTSTAMP; each gets `stamp`."""
    content: bytes = calendar.to_ical()
    begin = BEGIN + f"DTSTAMP:{_second(stamp):%Y%m%dT%H%M%SZ}\r\n".encode()
    return content.removesuffix(END) + b"".join(event.replace(BEGIN, begin, 1) for event in events) + END


def published(told: Snapshot, row: ReleasedSession, *, summit: Summit, url: str, language: str) -> Event:
    """Return a released session as an event of a calendar to subscribe to, in a language.

    `told` is the snapshot of `row`. The event has no CLASS and no DTSTAMP; `with_events` adds the DTSTAMP.
    """
    event = _event(
        told,
        zone=summit.zone,
        sequence=row.sequence,
        url=url,
        language=language,
        first=summit.language,
    )
    event.add("last-modified", _second(row.created_at))
    event.add("categories", [capfirst(kind_label(told.kind_in(language)))])
    event.add("status", "CONFIRMED")
    event["organizer"] = _address(summit.contact_email, summit.named(language).host)
    return event


def public_feed(
    *, summit: Summit, updated_at: datetime | None, sessions: Iterable[ReleasedSession], stamp: Stamp
) -> bytes:
    """Return the calendar of a summit's public sessions, to subscribe to, in the active language.

    `sessions` must have their draft session joined. `updated_at` is the time of the last release that changed what
    everybody may know of them. The process caches the events, with `stamp` in the key because a name may be erased
    from released rows.
    """
    rows, language = list(sessions), get_language() or summit.language
    updated = updated_at or summit.created_at
    name = _("Agenda of the %(summit)s") % {"summit": summit.reads_as.name}
    calendar = feed(summit=summit, name=name, stamp=updated, moments=[row.starts_at for row in rows])

    def event(row: ReleasedSession) -> bytes:
        return _EVENTS.ask((row.pk, stamp.lasting, language), lambda: _public_event(row, summit, language))

    return with_events(calendar, map(event, rows), stamp=updated)


def _public_event(row: ReleasedSession, summit: Summit, language: str) -> bytes:
    url = settings.BASE_URL + reverse("agenda:session", args=[summit.slug, row.session.public_id])
    event = published(snapshot(row, (), summit.time_zone), row, summit=summit, url=url, language=language)
    event.add("class", "PUBLIC")
    content: bytes = event.to_ical()
    return content

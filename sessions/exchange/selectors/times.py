"""The start and end of an event in a schedule.

A file states them as a timestamp with a duration or an end, or in the old format as a day and a time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from sessions.exchange.selectors.plain_text import line_of
from summit.imports.definitions import ImportProblem

# The longest duration that the format's XML allows.
LONGEST = timedelta(hours=99, minutes=59)
# If the file doesn't say when a day begins, an event before this time may belong to the night after.
_NIGHT = time(5)


@dataclass(frozen=True)
class Clock:
    """The conference's rules for times without an offset.

    `zone` is the time zone; None if the file names an unknown one. `day_change` is the time at which the conference's
    days begin; None if the file doesn't say it.
    """

    zone: ZoneInfo | None
    day_change: time | None = None

    @classmethod
    def of(cls, conference: Mapping[str, Any], otherwise: ZoneInfo) -> "Clock":
        """Return the clock of a conference, with the zone `otherwise` if the conference names no zone."""
        name = line_of(conference.get("time_zone_name"))
        try:
            change = time.fromisoformat(line_of(conference.get("day_change")))
        except ValueError:
            change = None
        try:
            return cls(ZoneInfo(name) if name else otherwise, change)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return cls(None, change)

    @property
    def sure(self) -> ZoneInfo:
        """The time zone. Raises ImportProblem if it is unknown."""
        if self.zone is None:
            message = _("The time has no offset and the file has no time zone. Correct %(field)s.")
            raise ImportProblem(message % {"field": "time_zone_name"})
        return self.zone


def times_of(raw: Mapping[str, Any], clock: Clock) -> tuple[datetime, datetime]:
    """Return the start and end of an event.

    Raises ImportProblem if they can't be read, if the end isn't after the start, or if the event is longer than
    LONGEST.
    """
    starts_at = _moment(line_of(raw.get("date")), clock) or _of_the_day(raw, clock)
    ends_at = _moment(line_of(raw.get("end")), clock)
    if ends_at is None:
        try:
            ends_at = starts_at + _length(line_of(raw.get("duration")))
        except (ValueError, OverflowError):
            raise ImportProblem(_("The duration can’t be read. Write it as 01:30.")) from None
    if ends_at <= starts_at:
        raise ImportProblem(_("It would end before it starts. Correct the duration."))
    if ends_at - starts_at > LONGEST:
        raise ImportProblem(_("It would last longer than four days. Correct the duration."))
    return starts_at, ends_at


def _of_the_day(raw: Mapping[str, Any], clock: Clock) -> datetime:
    """Return the start of an event in the old format. A day of the conference may go on after midnight."""
    day, start = line_of(raw.get("date")), line_of(raw.get("start"))
    try:
        starts_at = datetime.combine(date.fromisoformat(day or line_of(raw.get("day"))), time.fromisoformat(start))
    except ValueError:
        raise ImportProblem(_("The start can’t be read. Write it as 2025-03-31T09:30:00+01:00.")) from None
    day_start, day_end = (_bound(raw, name) for name in ("day_start", "day_end"))
    change = day_start.time() if day_start else clock.day_change
    after = starts_at + timedelta(days=1)
    if change and starts_at.time() < change and (day_end is None or after < day_end):
        starts_at = after
    return starts_at.replace(tzinfo=clock.sure)


def _bound(raw: Mapping[str, Any], name: str) -> datetime | None:
    """Return the local time at which a day of the conference begins or ends; None if the file has no valid one."""
    try:
        return datetime.fromisoformat(line_of(raw.get(name))).replace(tzinfo=None)
    except ValueError:
        return None


def odd(raw: Mapping[str, Any], starts_at: datetime, clock: Clock) -> Iterator[str]:
    """Yield notes on an event's times: on contradictory values that were ignored, and on an unlikely start at
    night."""
    start, length = line_of(raw.get("start")), line_of(raw.get("duration"))
    local = starts_at.astimezone(clock.zone) if clock.zone else starts_at
    try:
        start_time = time.fromisoformat(start).replace(tzinfo=None) if start else None
    except ValueError:
        yield _("The start “%(start)s” can’t be read, so the time in the date is used.") % {"start": start}
    else:
        # The offset of the date may differ from the venue's.
        if start_time and start_time not in (starts_at.time(), local.time()):
            params = {"start": start, "time": f"{local:%H:%M}"}
            yield _("The start is %(start)s but the date says %(time)s. The date is used.") % params
    try:
        _length(length or "0:0")
    except (ValueError, OverflowError):
        yield _("The duration “%(duration)s” can’t be read, so the end is used.") % {"duration": length}
    if starts_at.time() < _NIGHT and _day_start_is_unknown(raw, clock):
        yield _("It starts during the night. Correct the day if it is the following night.")


def _day_start_is_unknown(raw: Mapping[str, Any], clock: Clock) -> bool:
    return not line_of(raw.get("date")) and _bound(raw, "day_start") is None and clock.day_change is None


def _moment(text: str, clock: Clock) -> datetime | None:
    """Return a string with a date and a time as a datetime; None for any other string.

    Without an offset, the datetime is in the conference's time zone.
    """
    if "T" not in text and " " not in text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=clock.sure)


def _length(text: str) -> timedelta:
    hours, minutes, *seconds = (int(part) for part in text.split(":"))
    return timedelta(hours=hours, minutes=minutes, seconds=seconds[0] if seconds else 0)

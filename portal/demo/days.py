"""The dates of the demonstration of the Border Security Summit, counted from the time of loading.

The demonstration has two acts: three weeks before the summit, and the first day of the summit at the present hour.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/London")
EVENING = time(17, 0)
AHEAD = timedelta(weeks=3)
# Between these times of the real first day, the opening is over and sessions take place.
BUSY_FROM, BUSY_TO = time(10, 30), time(17, 15)


class Act(StrEnum):
    """The act of a demonstration that is loaded."""

    AHEAD = "ahead"
    DAY = "day"


@dataclass(frozen=True)
class Days:
    """The dates and times of a demonstration.

    `first` is the date of the first day at the venue. `later` is the number of hours by which all times are shifted,
    if the demonstration is loaded in the evening or at night.
    """

    first: date
    later: timedelta = timedelta()

    def at(self, day: int, clock: time) -> datetime:
        """Return the datetime for a day, counted from 0, and a time of the real agenda."""
        return datetime.combine(self.first + timedelta(days=day), clock, ZONE) + self.later

    def evening(self, before: int) -> datetime:
        """Return five o'clock at the venue, `before` days before the summit."""
        return datetime.combine(self.first - timedelta(days=before), EVENING, ZONE)

    def clock(self, clock: time) -> str:
        """Return the time in the demonstration for a time of the real agenda, such as "08:00"."""
        return f"{self.at(0, clock):%H:%M}"


def days_of(act: Act, now: datetime) -> Days:
    """Return the dates of a demonstration that is loaded at the time `now`."""
    local_now = now.astimezone(ZONE)
    if act == Act.AHEAD:
        # The demonstration begins on a Monday, like the real summit.
        first = local_now.date() + AHEAD
        return Days(first + timedelta(days=-first.weekday() % 7))
    hours = sorted(range(-12, 13), key=abs)
    later = next(hour for hour in hours if BUSY_FROM <= (local_now - timedelta(hours=hour)).time() <= BUSY_TO)
    return Days((local_now - timedelta(hours=later)).date(), timedelta(hours=later))

"""When the demonstration of the Border Security Summit takes place: its days count from the moment of loading.

It is shown in two acts: three weeks before the summit, and on its first day at this hour.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/London")
EVENING = time(17, 0)
AHEAD = timedelta(weeks=3)
# Between these hours of the real first day the opening is over and sessions take place.
BUSY_FROM, BUSY_TO = time(10, 30), time(17, 15)


class Act(StrEnum):
    """What a demonstration shows."""

    AHEAD = "ahead"
    DAY = "day"


@dataclass(frozen=True)
class Days:
    """The day at the venue that stands for the real first day, and by how much all hours are later than the real
    ones: whole hours, where it is loaded in the evening or at night."""

    first: date
    later: timedelta = timedelta()

    def at(self, day: int, clock: time) -> datetime:
        """Return a moment of the agenda: a day, counted from 0, and the real hour."""
        return datetime.combine(self.first + timedelta(days=day), clock, ZONE) + self.later

    def evening(self, before: int) -> datetime:
        """Return five o'clock at the venue, so many days before the summit."""
        return datetime.combine(self.first - timedelta(days=before), EVENING, ZONE)

    def clock(self, clock: time) -> str:
        """Return a real hour as the demonstration has it, such as "08:00"."""
        return f"{self.at(0, clock):%H:%M}"


def days_of(act: Act, now: datetime) -> Days:
    """Return when a demonstration that is loaded `now` takes place."""
    here = now.astimezone(ZONE)
    if act == Act.AHEAD:
        # Like the real one it begins on a Monday.
        first = here.date() + AHEAD
        return Days(first + timedelta(days=-first.weekday() % 7))
    hours = sorted(range(-12, 13), key=abs)
    later = next(hour for hour in hours if BUSY_FROM <= (here - timedelta(hours=hour)).time() <= BUSY_TO)
    return Days((here - timedelta(hours=later)).date(), timedelta(hours=later))

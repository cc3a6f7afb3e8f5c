"""The embargo calendar: weeks of days in the venue's time zone, each day with the texts that are published then."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models.functions import TruncMonth
from django.utils import formats
from django.utils.translation import gettext as _

from press.overview import publication_schedule
from press.overview.dashboard import embargoes_of, run_of
from press.overview.publication_schedule import ScheduleGroup
from press.texts.admin.state_labels import state_label
from press.texts.models.texts import Text
from press.texts.selectors.workflow_queries import StandingText
from summit.summits.models import Summit

# The most texts that are listed for a day. The publication schedule of the day lists all.
MOST = 6


@dataclass(frozen=True)
class CalendarEntry:
    """A text in the calendar: its time at the venue, the source of the time, and whether it is held."""

    clock: str
    text: StandingText
    by: str
    held: bool

    @property
    def stands(self) -> tuple[Any, str]:
        """The label and the colour name of the text's state."""
        return state_label(self.text)


@dataclass
class Cell:
    """A day of the calendar.

    `number` is the number of the summit's day, from 1, or 0 for other days. `hours` is the length of the day, which
    isn't always 24.
    """

    day: date
    url: str
    number: int
    hours: int
    today: bool
    entries: list[CalendarEntry] = field(default_factory=list)

    @property
    def shown(self) -> list[CalendarEntry]:
        """The texts that are listed for the day, at most MOST."""
        return self.entries[:MOST]

    @property
    def more(self) -> int:
        """The number of the day's texts that aren't listed."""
        return max(len(self.entries) - MOST, 0)


def address(summit: Summit, day: date | None = None) -> str:
    """Return the URL of the calendar that shows a day: the days of the summit, or else the month of the day.

    Without a day, it shows the days of the summit.
    """
    outside_summit = day is not None and not summit.starts_on <= day <= summit.ends_on
    return embargoes_of(summit, month=f"{day:%Y-%m}") if outside_summit else embargoes_of(summit)


def day_of(written: str) -> date | None:
    """Return the date of a text in ISO format, such as 2025-03-31.

    Returns None for other text, and for years outside 1901 to 9998.
    """
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None
    return day if 1900 < day.year < 9999 else None


def span(summit: Summit, month: str) -> tuple[date, date, date | None]:
    """Return the first and the last day that the calendar shows, and the first day of the chosen month.

    The calendar shows whole weeks from Monday (ISO 8601). `month` has the form 2025-03. For other text the calendar
    shows the days of the summit, and the third value is None.
    """
    chosen = day_of(f"{month}-01")
    if chosen is None:
        first, last = summit.starts_on - timedelta(1), summit.ends_on + timedelta(1)
    else:
        first = chosen
        last = (chosen + timedelta(31)).replace(day=1) - timedelta(1)
    return first - timedelta(first.weekday()), last + timedelta(6 - last.weekday()), chosen


def context(summit: Summit, today: date, month: str) -> dict[str, Any]:
    """Return the context for the template `admin/press/overview/embargo_calendar.html`.

    `month` is as in `span`, such as 2025-03.
    """
    first, last, chosen = span(summit, month)
    cells = {day: _cell(summit, day, today) for day in _days(first, last)}
    for group in publication_schedule.groups(summit, first, last):
        local = group.at.astimezone(summit.zone)
        cells[local.date()].entries += [_entry(row, group, local.strftime("%H:%M")) for row in group.texts]
    days = list(cells.values())
    shown_day = chosen or summit.starts_on
    return {
        "title": _("Embargo calendar"),
        "weeks": [days[n : n + 7] for n in range(0, len(days), 7)],
        "heads": [formats.date_format(cell.day, "l") for cell in days[:7]],
        "said": formats.date_format(chosen, "F Y") if chosen else "",
        "whole_url": address(summit),
        "months": [
            (
                embargoes_of(summit, month=f"{first_day:%Y-%m}"),
                formats.date_format(first_day, "F Y"),
                first_day == chosen,
            )
            for first_day in _months(summit, shown_day)
        ],
        "number": sum(len(cell.entries) for cell in days),
        "run_url": run_of(summit),
    }


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(n) for n in range((last - first).days + 1)]


def _cell(summit: Summit, day: date, today: date) -> Cell:
    start, end = publication_schedule.bounds(day, day, summit)
    within = summit.starts_on <= day <= summit.ends_on
    number = (day - summit.starts_on).days + 1 if within else 0
    return Cell(day, run_of(summit, day), number, int((end - start) / timedelta(hours=1)), day == today)


def _entry(row: StandingText, group: ScheduleGroup, clock: str) -> CalendarEntry:
    return CalendarEntry(clock, row, group.by, group.embargo.held_at is not None)


def _months(summit: Summit, shown_day: date) -> list[date]:
    """Return the first days of the months to which the calendar links. Makes one query.

    They are the months with publications, the shown month and the months around it, and the months of the summit.
    """
    rows = Text.objects.filter(summit=summit, withdrawn_at__isnull=True, embargo__moment__isnull=False).order_by()
    months = rows.annotate(month=TruncMonth("embargo__moment", tzinfo=summit.zone)).values_list("month", flat=True)
    month = shown_day.replace(day=1)
    first_days = {moment.date() for moment in months.distinct() if moment is not None}
    first_days |= {month, (month - timedelta(1)).replace(day=1), (month + timedelta(31)).replace(day=1)}
    return sorted(first_days | {summit.starts_on.replace(day=1), summit.ends_on.replace(day=1)})

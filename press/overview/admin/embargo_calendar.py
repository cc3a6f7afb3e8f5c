"""The calendar of embargoes: weeks of days at the venue, each with what goes out on it."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models.functions import TruncMonth
from django.utils import formats
from django.utils.translation import gettext as _

from press.overview import publication_schedule
from press.overview.dashboard import embargoes_of, run_of
from press.overview.publication_schedule import Group
from press.texts.admin.state_labels import stands_as
from press.texts.models.texts import Text
from press.texts.selectors.workflow_queries import StandingText
from summit.summits.models import Summit

# So many texts of a day are named; its run has the others.
MOST = 6


@dataclass(frozen=True)
class Entry:
    """A text on its day."""

    clock: str
    text: StandingText
    by: str
    held: bool

    @property
    def stands(self) -> tuple[Any, str]:
        """The word and colour of where it stands."""
        return stands_as(self.text)


@dataclass
class Cell:
    """A day: `number` is which of the summit's it is, 0 for none; `hours` how many it has."""

    day: date
    url: str
    number: int
    hours: int
    today: bool
    entries: list[Entry] = field(default_factory=list)

    @property
    def shown(self) -> list[Entry]:
        """Those that are named."""
        return self.entries[:MOST]

    @property
    def more(self) -> int:
        """How many aren't."""
        return max(len(self.entries) - MOST, 0)


def address(summit: Summit, day: date | None = None) -> str:
    """Return the calendar's address: of the summit's days, or, for a day that isn't among them, of its month."""
    apart = day is not None and not summit.starts_on <= day <= summit.ends_on
    return embargoes_of(summit, month=f"{day:%Y-%m}") if apart else embargoes_of(summit)


def day_of(written: str) -> date | None:
    """Return a day written as 2025-03-31, or None for what is none or too near the ends of the calendar."""
    try:
        found = date.fromisoformat(written)
    except ValueError:
        return None
    return found if 1900 < found.year < 9999 else None


def span(summit: Summit, month: str) -> tuple[date, date, date | None]:
    """Return the first and last day that are shown, whole weeks from Monday on (ISO 8601), and the first day of the
    month that was asked for as 2025-03, None where the summit's days are shown."""
    chosen = day_of(f"{month}-01")
    if chosen is None:
        first, last = summit.starts_on - timedelta(1), summit.ends_on + timedelta(1)
    else:
        first = chosen
        last = (chosen + timedelta(31)).replace(day=1) - timedelta(1)
    return first - timedelta(first.weekday()), last + timedelta(6 - last.weekday()), chosen


def context(summit: Summit, today: date, month: str) -> dict[str, Any]:
    """Return what `admin/press/embargoes.html` shows."""
    first, last, chosen = span(summit, month)
    cells = {day: _cell(summit, day, today) for day in _days(first, last)}
    for group in publication_schedule.groups(summit, first, last):
        local = group.at.astimezone(summit.zone)
        cells[local.date()].entries += [_entry(row, group, local.strftime("%H:%M")) for row in group.texts]
    days = list(cells.values())
    shown = chosen or summit.starts_on
    return {
        "title": _("Calendar of embargoes"),
        "weeks": [days[n : n + 7] for n in range(0, len(days), 7)],
        "heads": [formats.date_format(cell.day, "l") for cell in days[:7]],
        "said": formats.date_format(chosen, "F Y") if chosen else "",
        "whole_url": address(summit),
        "months": [
            (embargoes_of(summit, month=f"{each:%Y-%m}"), formats.date_format(each, "F Y"), each == chosen)
            for each in _months(summit, shown)
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


def _entry(row: StandingText, group: Group, clock: str) -> Entry:
    return Entry(clock, row, group.by, group.embargo.held_at is not None)


def _months(summit: Summit, shown: date) -> list[date]:
    """Return the months in which anything goes out, those beside the shown one, and the summit's. One query."""
    rows = Text.objects.filter(summit=summit, withdrawn_at__isnull=True, embargo__moment__isnull=False).order_by()
    months = rows.annotate(month=TruncMonth("embargo__moment", tzinfo=summit.zone)).values_list("month", flat=True)
    here = shown.replace(day=1)
    found = {moment.date() for moment in months.distinct() if moment is not None}
    found |= {here, (here - timedelta(1)).replace(day=1), (here + timedelta(31)).replace(day=1)}
    return sorted(found | {summit.starts_on.replace(day=1), summit.ends_on.replace(day=1)})

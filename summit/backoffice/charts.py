"""The chart of the desk's home: the things that are due on each of the next days, and the late things in one bar."""

from datetime import date, timedelta

from django.http import HttpRequest
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from summit.admin_base import svg_charts
from summit.admin_base.dashboard import DAYS, desk_chart, desk_due, today_of
from summit.admin_base.svg_charts import Chart
from summit.core.date_formats import short_day
from summit.core.punctuation import comma
from summit.summits.models import Summit


@desk_chart.register(30)
def due_chart(request: HttpRequest, summit: Summit) -> Chart | None:
    """Return a chart of the number of things due on each day, or None if nothing is due.

    The first row has all late things. The other rows are days with something due, up to `DAYS` ahead.
    """
    due = [entry for source in desk_due for entry in source(request, summit) if entry.number]
    today = today_of(request, summit)
    due = [entry for entry in due if entry.day <= today + timedelta(days=DAYS)]
    if not due:
        return None
    kinds = list(dict.fromkeys(entry.kind for entry in due))
    days: dict[date | None, dict[str, int]] = {}
    for entry in sorted(due, key=lambda entry: entry.day):
        row = days.setdefault(entry.day if entry.day >= today else None, dict.fromkeys(kinds, 0))
        row[entry.kind] += entry.number
    late = sum(days.get(None, {}).values())
    ahead = sum(entry.number for entry in due) - late
    title = _due_title(late, ahead)
    rows = [
        svg_charts.BarRow(_day_name(day, today), list(row.values()), formats.localize(sum(row.values())))
        for day, row in days.items()
    ]
    about = _("One bar for each day, made up of: %(kinds)s.") % {"kinds": comma().join(kinds)}
    return Chart(
        name="chart-due",
        title=title,
        drawing=svg_charts.bars(name="chart-due", title=title, about=about, rows=rows),
        head=[_("Day"), *kinds],
        rows=[[row.label, *(formats.localize(int(value)) for value in row.values)] for row in rows],
        key=list(zip(svg_charts.LOOKS, kinds, strict=False)),
    )


def _due_title(late: int, ahead: int) -> str:
    counts = {"late": late, "ahead": ahead, "days": DAYS}
    if late and ahead:
        return _("%(late)d late, %(ahead)d due within %(days)d days") % counts
    if late:
        return ngettext("%(late)d task is late", "%(late)d tasks are late", late) % counts
    return (
        ngettext("%(ahead)d task is due within %(days)d days", "%(ahead)d tasks are due within %(days)d days", ahead)
        % counts
    )


def _day_name(day: date | None, today: date) -> str:
    if day is None:
        return _("late")
    return _("today") if day == today else short_day(day)

"""What the desk's home is composed of beside panels: things to do, what comes next, what is due, charts.

Each app registers sources; each source says which rule lets somebody act on what it tells of, and only who may act is
told. Sources count in the database: none goes over rows one by one.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum
from typing import Any, TypeVar

from django.http import HttpRequest
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from summit.admin_base import charts
from summit.admin_base.charts import Chart
from summit.core.date_formats import short_day
from summit.core.process_cache import Memory
from summit.core.registry import Registry
from summit.maintenance import heartbeats
from summit.maintenance.heartbeats import Beats
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.templatetags.marks import comma
from summit.users.models import User

Found = TypeVar("Found")


class Urgency(IntEnum):
    """How soon something has to be done; the order in which it stands."""

    LATE = 0
    NOW = 1
    NEXT = 2


@dataclass(frozen=True)
class Task:
    """Something to do: a sentence with its number, and the address of exactly the rows that it means.

    `permission` is what lets somebody do it; `moment` is when it was or will be due, `counts` whether seconds matter.
    """

    sentence: str
    urgency: Urgency
    address: str
    permission: str
    moment: datetime | None = None
    counts: bool = False

    @property
    def state(self) -> str:
        """The sign of its urgency (static/css/components.css)."""
        return {Urgency.LATE: "bad", Urgency.NOW: "warn", Urgency.NEXT: "wait"}[self.urgency]

    @property
    def word(self) -> str:
        """The urgency in a word."""
        return {Urgency.LATE: _("late"), Urgency.NOW: _("now"), Urgency.NEXT: _("next")}[self.urgency]


@dataclass(frozen=True)
class Coming:
    """Something that will happen, whether or not anybody does anything."""

    moment: datetime
    sentence: str
    address: str = ""
    note: str = ""
    # Its moment is the beginning of a day, and no time is said.
    whole_day: bool = False


@dataclass(frozen=True)
class Due:
    """How many things of a kind are due on a day at the venue."""

    kind: str
    day: date
    number: int


desk_task: Registry[Callable[[HttpRequest, Summit], Iterable[Task]]] = Registry()
desk_coming: Registry[Callable[[HttpRequest, Summit], Iterable[Coming]]] = Registry()
desk_due: Registry[Callable[[HttpRequest, Summit], Iterable[Due]]] = Registry()
desk_chart: Registry[Callable[[HttpRequest, Summit], Chart | None]] = Registry()

# What is shown of each, and how far one looks ahead.
MOST_COMING = 10
DAYS = 14
# Seconds for which numbers serve that nobody acts on at once.
LATELY = 60
_LATELY: Memory[Any] = Memory(256)


def once(request: HttpRequest, key: Hashable, make: Callable[[], Found]) -> Found:
    """Return what `make` gives, asked once a request: panels, tasks and charts tell of the same numbers."""
    kept: dict[Hashable, Any] = request.__dict__.setdefault("desk_found", {})
    if key not in kept:
        kept[key] = make()
    found: Found = kept[key]
    return found


def lately(request: HttpRequest, key: Hashable, make: Callable[[], Found]) -> Found:
    """Return what `make` gives, asked once in each minute by a process: what nobody acts on needs it no newer.
    `key` names all that it depends on."""
    found: Found = _LATELY.ask((key, int(now_of(request).timestamp()) // LATELY), make)
    return found


def beats_of(request: HttpRequest) -> Beats:
    """Return when each sweep began last, and when it was asked."""
    return once(request, "beats", heartbeats.beats)


def now_of(request: HttpRequest) -> datetime:
    """Return the database's present moment, the same for the whole page."""
    return once(request, "now", lambda: beats_of(request).now)


def today_of(request: HttpRequest, summit: Summit) -> date:
    """Return the day that it is at the venue."""
    return now_of(request).astimezone(summit.zone).date()


def end_of(day: date, summit: Summit) -> datetime:
    """Return the end of a day at the venue, in UTC."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), summit.zone).astimezone(UTC)


def tasks(request: HttpRequest, summit: Summit) -> list[Task]:
    """Return what the reader can do, the most urgent first."""
    found = [task for source in desk_task for task in source(request, summit)]
    mine = [task for task in found if allows(request.user, task.permission, summit)]
    far = now_of(request) + timedelta(days=3650)
    return sorted(mine, key=lambda task: (task.urgency, task.moment or far))


def tasks_of(user: User, summit: Summit) -> list[Task]:
    """Return what somebody can do, asked by no page: sources look at who asks and at nothing else."""
    asked = HttpRequest()
    asked.user = user
    return tasks(asked, summit)


def headline(found: Sequence[Task]) -> str:
    """Say how much there is to do."""
    late = sum(task.urgency == Urgency.LATE for task in found)
    now = sum(task.urgency == Urgency.NOW for task in found)
    said = {"late": late, "now": now}
    if late and now:
        return _("%(late)d late, %(now)d to do now") % said
    if late:
        return ngettext("%(late)d thing is late", "%(late)d things are late", late) % said
    if now:
        return ngettext("%(now)d thing to do now", "%(now)d things to do now", now) % said
    return _("Nothing has to be done now")


def coming(request: HttpRequest, summit: Summit) -> list[Coming]:
    """Return what happens next, soonest first."""
    found = [entry for source in desk_coming for entry in source(request, summit)]
    ahead = [entry for entry in found if entry.moment > now_of(request)]
    return sorted(ahead, key=lambda entry: entry.moment)[:MOST_COMING]


@desk_coming.register(5)
def opening(request: HttpRequest, summit: Summit) -> Iterable[Coming]:
    """Say when the summit begins."""
    start = datetime.combine(summit.starts_on, datetime.min.time(), summit.zone)
    if start > now_of(request):
        yield Coming(start, _("The summit begins."), whole_day=True)


def chart_list(request: HttpRequest, summit: Summit) -> list[Chart]:
    """Return the charts of what the reader works with."""
    found = [source(request, summit) for source in desk_chart]
    return [chart for chart in found if chart is not None]


@desk_chart.register(30)
def due_chart(request: HttpRequest, summit: Summit) -> Chart | None:
    """Draw how much is due on which day: what is late in one row, then the days that have something."""
    found = [entry for source in desk_due for entry in source(request, summit) if entry.number]
    today = today_of(request, summit)
    found = [entry for entry in found if entry.day <= today + timedelta(days=DAYS)]
    if not found:
        return None
    kinds = list(dict.fromkeys(entry.kind for entry in found))
    days: dict[date | None, dict[str, int]] = {}
    for entry in sorted(found, key=lambda entry: entry.day):
        row = days.setdefault(entry.day if entry.day >= today else None, dict.fromkeys(kinds, 0))
        row[entry.kind] += entry.number
    late = sum(days.get(None, {}).values())
    ahead = sum(entry.number for entry in found) - late
    title = _due_title(late, ahead)
    rows = [
        charts.Row(_day_name(day, today), list(row.values()), formats.localize(sum(row.values())))
        for day, row in days.items()
    ]
    about = _("A bar for each day; its parts are: %(kinds)s.") % {"kinds": comma().join(kinds)}
    return Chart(
        name="chart-due",
        title=title,
        drawing=charts.bars(name="chart-due", title=title, about=about, rows=rows),
        head=[_("Day"), *kinds],
        rows=[[row.label, *(formats.localize(int(value)) for value in row.values)] for row in rows],
        key=list(zip(charts.LOOKS, kinds, strict=False)),
    )


def _due_title(late: int, ahead: int) -> str:
    said = {"late": late, "ahead": ahead, "days": DAYS}
    if late and ahead:
        return _("%(late)d late, %(ahead)d due within %(days)d days") % said
    if late:
        return ngettext("%(late)d thing is late", "%(late)d things are late", late) % said
    return (
        ngettext(
            "%(ahead)d thing is due within %(days)d days", "%(ahead)d things are due within %(days)d days", ahead
        )
        % said
    )


def _day_name(day: date | None, today: date) -> str:
    if day is None:
        return _("late")
    return _("today") if day == today else short_day(day)


# From a summit and the request to a template and its context, or None where the reader may see nothing of it.
DeskPanel = Callable[[HttpRequest, Summit], tuple[str, dict[str, Any]] | None]
PANELS: Registry[tuple[DeskPanel, Sequence[str]]] = Registry()


def desk_panel(order: int, *, works: Sequence[str] = ()) -> Callable[[DeskPanel], DeskPanel]:
    """Register a panel of the desk's home; a decorator. Whoever may do one of `works` has it among the first."""

    def add(function: DeskPanel) -> DeskPanel:
        PANELS.register(order)((function, works))
        return function

    return add


def panels_for(request: HttpRequest, summit: Summit) -> list[tuple[str, dict[str, Any]]]:
    """Return the templates and contexts of the panels that the reader may see, first those that they work with."""

    def elsewhere(entry: tuple[DeskPanel, Sequence[str]]) -> bool:
        return not any(allows(request.user, permission, summit) for permission in entry[1])

    found = (function(request, summit) for function, _works in sorted(PANELS, key=elsewhere))
    return [entry for entry in found if entry is not None]

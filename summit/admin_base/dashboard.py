"""The parts of the desk's home besides panels: tasks, coming events, due dates and charts.

Each app registers sources. Each task names the permission that a user needs to do the task. Only users with this
permission see the task. Sources count in the database; none iterates over rows.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any, TypeVar

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from summit.admin_base.svg_charts import Chart
from summit.core.process_cache import Memory
from summit.core.registry import Registry
from summit.maintenance import heartbeats
from summit.maintenance.heartbeats import Beats
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.users.models import User

Found = TypeVar("Found")


class Urgency(IntEnum):
    """How soon a task has to be done. The values give the order of tasks."""

    LATE = 0
    NOW = 1
    NEXT = 2


@dataclass(frozen=True)
class Task:
    """Something to do: a sentence with a number, and the URL of a list with exactly the counted rows.

    A user needs `permission` to do the task. `moment` is when the task was or will be due. `counts` says whether
    seconds matter.
    """

    sentence: str
    urgency: Urgency
    address: str
    permission: str
    moment: datetime | None = None
    counts: bool = False

    @property
    def state(self) -> str:
        """The urgency as the name of a sign: "bad", "warn" or "wait" (static/css/components.css)."""
        return {Urgency.LATE: "bad", Urgency.NOW: "warn", Urgency.NEXT: "wait"}[self.urgency]

    @property
    def word(self) -> str:
        """The urgency as a translated word, such as "late"."""
        return {Urgency.LATE: _("late"), Urgency.NOW: _("now"), Urgency.NEXT: _("next")}[self.urgency]


@dataclass(frozen=True)
class Coming:
    """An event that will happen without any action by a user."""

    moment: datetime
    sentence: str
    address: str = ""
    note: str = ""
    # The moment is the beginning of a day; no time is displayed.
    whole_day: bool = False


@dataclass(frozen=True)
class Due:
    """The number of things of one kind that are due on a day at the venue."""

    kind: str
    day: date
    number: int


desk_task: Registry[Callable[[HttpRequest, Summit], Iterable[Task]]] = Registry()
desk_coming: Registry[Callable[[HttpRequest, Summit], Iterable[Coming]]] = Registry()
desk_due: Registry[Callable[[HttpRequest, Summit], Iterable[Due]]] = Registry()
desk_chart: Registry[Callable[[HttpRequest, Summit], Chart | None]] = Registry()
# The most coming events that are shown, and how many days ahead due dates are shown.
MOST_COMING = 6
DAYS = 14
# Numbers that nobody acts on at once are cached for this many seconds.
LATELY = 60
_LATELY: Memory[Any] = Memory(256)


def cached_on_request(request: HttpRequest, key: Hashable, make: Callable[[], Found]) -> Found:
    """Return the result of `make`, which is called once for each request and `key`.

    Panels, tasks and charts share numbers this way.
    """
    cached: dict[Hashable, Any] = request.__dict__.setdefault("desk_found", {})
    if key not in cached:
        cached[key] = make()
    result: Found = cached[key]
    return result


def lately(request: HttpRequest, key: Hashable, make: Callable[[], Found]) -> Found:
    """Return the result of `make`, called at most once a minute by each process.

    Use this function for numbers that nobody acts on at once. `key` has to name everything that the result depends
    on.
    """
    result: Found = _LATELY.ask((key, int(now_of(request).timestamp()) // LATELY), make)
    return result


def beats_of(request: HttpRequest) -> Beats:
    """Return when each sweep last began, and the time of the query. Makes one query for each request."""
    return cached_on_request(request, "beats", heartbeats.beats)


def now_of(request: HttpRequest) -> datetime:
    """Return the current time of the database. It is queried once for each request."""
    return cached_on_request(request, "now", lambda: beats_of(request).now)


def today_of(request: HttpRequest, summit: Summit) -> date:
    """Return today's date at the venue."""
    return now_of(request).astimezone(summit.zone).date()


def end_of(day: date, summit: Summit) -> datetime:
    """Return the end of a day at the venue, as a time in UTC."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), summit.zone).astimezone(UTC)


def tasks(request: HttpRequest, summit: Summit) -> list[Task]:
    """Return the tasks that the user of the request may do at a summit, the most urgent first."""
    found = [task for source in desk_task for task in source(request, summit)]
    allowed = [task for task in found if allows(request.user, task.permission, summit)]
    far = now_of(request) + timedelta(days=3650)
    return sorted(allowed, key=lambda task: (task.urgency, task.moment or far))


def tasks_of(user: User, summit: Summit) -> list[Task]:
    """Return the tasks that a user may do at a summit, the most urgent first, without a request.

    The sources get an empty request, so they must read only the user from it.
    """
    request = HttpRequest()
    request.user = user
    return tasks(request, summit)


def headline(found: Sequence[Task]) -> str:
    """Return a sentence that says how many of the tasks are late and how many are to be done now."""
    late = sum(task.urgency == Urgency.LATE for task in found)
    now = sum(task.urgency == Urgency.NOW for task in found)
    counts = {"late": late, "now": now}
    if late and now:
        return _("%(late)d late, %(now)d to do now") % counts
    if late:
        return ngettext("%(late)d task is late", "%(late)d tasks are late", late) % counts
    if now:
        return ngettext("%(now)d task to do now", "%(now)d tasks to do now", now) % counts
    if found:
        return ngettext("%(next)d task comes next", "%(next)d tasks come next", len(found)) % {"next": len(found)}
    return _("Nothing to do now")


def coming(request: HttpRequest, summit: Summit) -> list[Coming]:
    """Return the next events of a summit, soonest first, at most `MOST_COMING`."""
    events = [event for source in desk_coming for event in source(request, summit)]
    ahead = [event for event in events if event.moment > now_of(request)]
    return sorted(ahead, key=lambda event: event.moment)[:MOST_COMING]


@desk_coming.register(5)
def opening(request: HttpRequest, summit: Summit) -> Iterable[Coming]:
    """Yield the beginning of the summit, if it is still to come."""
    start = datetime.combine(summit.starts_on, datetime.min.time(), summit.zone)
    if start > now_of(request):
        yield Coming(start, _("The summit begins."), whole_day=True)


def chart_list(request: HttpRequest, summit: Summit) -> list[Chart]:
    """Return the charts that the registered sources have for the user of the request at a summit."""
    charts = [source(request, summit) for source in desk_chart]
    return [chart for chart in charts if chart is not None]


class Phase(StrEnum):
    """The phase of a summit: it decides which picture the home shows."""

    ANSWERS = "answers"
    COMPLETENESS = "completeness"
    DAY = "day"


# From this time before a summit on, delegations have to be complete, even if answers have no deadline.
COMPLETE_BY = timedelta(days=21)


def phase_of(request: HttpRequest, summit: Summit) -> Phase:
    """Return the phase of a summit: answers until they are due, then completeness; on its days, the day."""
    now = now_of(request)
    today = today_of(request, summit)
    if summit.starts_on <= today <= summit.ends_on:
        return Phase.DAY
    due = summit.answer_by or datetime.combine(summit.starts_on, datetime.min.time(), summit.zone) - COMPLETE_BY
    return Phase.ANSWERS if now < due else Phase.COMPLETENESS


# Takes the request and a summit; returns a template and its context, or None for a user who may not see the panel.
DeskPanel = Callable[[HttpRequest, Summit], tuple[str, dict[str, Any]] | None]
PANELS: Registry[tuple[DeskPanel, Sequence[Phase]]] = Registry()


def desk_panel(order: int, *, phases: Sequence[Phase] = ()) -> Callable[[DeskPanel], DeskPanel]:
    """Return a decorator that registers a panel of the desk's home at the place `order`.

    With `phases`, it is part of the picture in these phases; without, it is below the tasks.
    """

    def add(function: DeskPanel) -> DeskPanel:
        PANELS.register(order)((function, phases))
        return function

    return add


def panels_for(request: HttpRequest, summit: Summit, phase: Phase | None) -> list[tuple[str, dict[str, Any]]]:
    """Return (template, context) for each panel of a phase that the user of the request may see.

    None stands for the panels that belong to no phase.
    """
    functions = [function for function, phases in PANELS if phase in phases or (phase is None and not phases)]
    return [entry for entry in (function(request, summit) for function in functions) if entry is not None]

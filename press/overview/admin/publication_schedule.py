"""Two admin pages: the publication schedule of a day ("run"), and the embargo calendar.

The schedule lists late texts and failed mails first, and then the texts of the day, hour by hour.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from press.embargoes.permissions import can_schedule
from press.overview import publication_schedule
from press.overview.admin import embargo_calendar
from press.overview.dashboard import SEE, run_of
from press.overview.publication_schedule import Plan, ScheduleGroup, Unsent
from press.texts.admin.state_labels import STANDINGS, state_label
from press.texts.models.embargoes import EmbargoMode
from press.texts.models.texts import Text, TextVersion
from press.texts.next_steps import LATE, NEXT
from press.texts.selectors.speeches import speeches
from press.texts.selectors.workflow_queries import StandingText, late_step, next_step
from sessions.draft.selectors import speech_times
from summit.admin_base.dashboard import now_of, today_of
from summit.admin_base.model_pages import model_page
from summit.admin_base.summit_scope import chosen_summit, summits_of
from summit.admin_base.widgets import DayInput
from summit.core.date_formats import long_day
from summit.outbox.models import MessageState
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.users.models import User

DAY = DayInput({"id": "run-day"})
# The most texts without a day that are listed. A day with more groups than this collapses hours that are published.
MOST = 20


@dataclass(frozen=True)
class ScheduledText:
    """A text on the schedule, with its authoritative language and the author of its newest edition."""

    text: StandingText
    language: str
    author: User | None
    # The other languages that aren't approved, each with the label and the colour name of its state.
    behind: list[tuple[TextVersion, Any, str]]

    @property
    def stands(self) -> tuple[Any, str]:
        """The label and the colour name of the text's state."""
        return state_label(self.text)

    @property
    def next(self) -> str:
        """A sentence about the text's next step and the role that takes it, or ""."""
        return str(NEXT[next_step(self.text)])

    @property
    def late(self) -> str:
        """A sentence about what to do, if the text should have been published."""
        return str(LATE[late_step(self.text)])


@dataclass(frozen=True)
class Slotted:
    """A group on the schedule.

    `clock` is the time of the group at the venue. `counts` is true if a moment is set, comes today and isn't held:
    the page then counts down to it. `deliver` is the primary key of a text for the button that marks the speech as
    delivered. It is None if the embargo doesn't wait for a speech, or if the user may not mark the speech.
    """

    group: ScheduleGroup
    shown: list[ScheduledText]
    clock: str
    counts: bool
    deliver: int | None


@dataclass(frozen=True)
class Hour:
    """An hour at the venue, with the groups that are published in it.

    On a day with more than MOST groups, the hour is collapsed once all of its groups are published.
    """

    label: str
    rows: list[Slotted]
    full: bool

    @property
    def shown(self) -> list[ScheduledText]:
        """The texts of this hour."""
        return [each for row in self.rows for each in row.shown]

    @property
    def folded(self) -> bool:
        """Whether the hour is collapsed, so that the page shows only the number of its texts at first."""
        return self.full and all(each.text.standing == "published" for each in self.shown)


@dataclass(frozen=True)
class Failed:
    """An edition about which mails failed. `address` is the path of the outbox page that lists these mails.

    It is "" if the user may not see the outbox.
    """

    unsent: Unsent
    address: str


class RunMixin:
    """Adds the schedule and the embargo calendar to the admin of texts."""

    admin_site: Any

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Return the list of texts, with links to the schedule, the calendar and the upload of speeches above it."""
        changelist: Any = super().get_changelist_instance(request)  # type: ignore[misc]
        summit = _seen_summit(request)
        if summit is not None:
            changelist.tools = [
                (run_of(summit), _("Running order")),
                (embargo_calendar.address(summit), _("Embargo calendar")),
            ]
        if allows(request.user, "press.write", None):
            upload = (reverse("admin:press_speechimportfile_upload"), _("Upload speeches"))
            changelist.tools = [*changelist.tools, upload]
        return changelist

    def _run_summit(self, request: HttpRequest) -> Summit:
        summit = _seen_summit(request)
        if summit is None:
            raise Http404
        return summit

    @model_page("run/", "run", "GET")
    def run_view(self, request: HttpRequest) -> HttpResponse:
        """Show the publication schedule of a day: its texts with their times and next steps, and any problems.

        The parameter `day` is a date in ISO format. Without it, the page shows today at the venue.
        """
        summit = self._run_summit(request)
        today, now = today_of(request, summit), now_of(request)
        day = embargo_calendar.day_of(DAY.value_from_datadict(request.GET, {}, "day") or "") or today
        plan = publication_schedule.plan(summit, day, now=now, most=MOST)
        show = _shower(plan)
        may_deliver = can_schedule(request.user, summit)
        slotted = [_slotted(group, show, now, today == day, may_deliver) for group in plan.groups]
        start, end = publication_schedule.bounds(day, day, summit)
        context = {
            "title": (_("Today’s running order: %(day)s") if day == today else _("Running order: %(day)s"))
            % {"day": long_day(day)},
            "summit": summit,
            "now": now,
            "day": day,
            "day_input": DAY.render("day", day),
            "today": today,
            "days": [(run_of(summit, each), each) for each in (day - timedelta(1), day + timedelta(1))],
            "today_url": run_of(summit, today),
            "calendar_url": embargo_calendar.address(summit, day),
            "here": run_of(summit, day),
            "hours": _by_hour(slotted, summit),
            "upcoming": next((each for each in slotted if each.counts), None),
            "overdue": [show(row) for row in plan.overdue],
            "unreviewed": plan.unreviewed,
            "failed": _failed(request, summit, plan.unsent),
            "may_send": allows(request.user, "outbox.send_again", summit),
            "timeless": [show(row) for row in plan.timeless],
            "timeless_more": plan.unplaced - len(plan.timeless),
            **_untold(request, summit, start, end),
            "hours_long": int((end - start) / timedelta(hours=1)),
        }
        return self._page(request, "admin/press/overview/publication_schedule.html", context)  # type: ignore[attr-defined, no-any-return]

    @model_page("embargoes/", "embargoes", "GET")
    def embargoes_view(self, request: HttpRequest) -> HttpResponse:
        """Show the embargo calendar for the days of the summit, or for the month in the parameter `month`."""
        summit = self._run_summit(request)
        context = embargo_calendar.context(summit, today_of(request, summit), request.GET.get("month", ""))
        return self._page(request, "admin/press/overview/embargo_calendar.html", {"summit": summit, **context})  # type: ignore[attr-defined, no-any-return]


def _seen_summit(request: HttpRequest) -> Summit | None:
    """Return the summit in the parameter `summit`, or the chosen summit if the parameter is missing.

    Only summits at which the user may see texts are considered. Returns None if there is none.
    """
    listed = [row for row in summits_of(request) if allows(request.user, SEE, row)]
    named = request.GET.get("summit", "")
    return next((row for row in listed if row.slug == named), None) if named else chosen_summit(request, listed)


def _shower(plan: Plan) -> Callable[[StandingText], ScheduledText]:
    """Return a function that makes the `ScheduledText` of a text in a plan."""

    def show(row: StandingText) -> ScheduledText:
        details = plan.told[row.pk]
        behind = [(version, *STANDINGS[str(getattr(version, "standing", ""))]) for version in details.behind]
        return ScheduledText(row, details.language, details.author, behind)

    return show


def _slotted(
    group: ScheduleGroup, show: Callable[[StandingText], ScheduledText], now: datetime, today: bool, may_deliver: bool
) -> Slotted:
    embargo, summit = group.embargo, group.texts[0].summit
    local = group.at.astimezone(summit.zone)
    open_ = embargo.mode == EmbargoMode.DELIVERED and embargo.moment is None
    return Slotted(
        group=group,
        shown=[show(row) for row in group.texts],
        clock=local.strftime("%H:%M:%S" if local.second else "%H:%M"),
        counts=today and not group.planned and group.at > now and embargo.held_at is None,
        deliver=group.texts[0].pk if may_deliver and open_ else None,
    )


def _by_hour(slotted: list[Slotted], summit: Summit) -> list[Hour]:
    """Return the hours at the venue with their groups. An hour that the clocks show twice is in the list twice."""

    def hour(entry: Slotted) -> tuple[str, timedelta | None]:
        local = entry.group.at.astimezone(summit.zone)
        return local.strftime("%H:00"), local.utcoffset()

    full = len(slotted) > MOST
    return [Hour(label, list(rows), full) for (label, _offset), rows in groupby(slotted, key=hour)]


def _untold(request: HttpRequest, summit: Summit, start: datetime, end: datetime) -> dict[str, Any]:
    """Return the speeches of a day without a text, with their planned times, for users who may write one.

    They are at most MOST, and `untold_more` is the number of the others.
    """
    if not allows(request.user, "press.write", summit):
        return {}
    of_day = {"session__starts_at__gte": start, "session__starts_at__lt": end, "session__cancelled_at": None}
    rows = speeches(summit).filter(has_text=False, **of_day)
    listed = list(rows[:MOST])
    begins = speech_times.planned(sessions={row.session_id for row in listed})
    return {"untold": [(row, begins[row.pk]) for row in listed], "untold_more": rows.count() - len(listed)}


def _failed(request: HttpRequest, summit: Summit, unsent: list[Unsent]) -> list[Failed]:
    may_see = allows(request.user, "outbox.message.view", summit)
    query: dict[str, Any] = {
        "summit__id__exact": summit.pk,
        "state__exact": MessageState.FAILED.value,
        "kind": "publication",
    }
    outbox = reverse("admin:outbox_message_changelist")

    def address(about: str) -> str:
        return f"{outbox}?{urlencode({**query, 'q': about})}" if may_see else ""

    return [Failed(each, address(each.about)) for each in unsent]


def day_of_text(request: HttpRequest, row: Text) -> date:
    """Return the day at which the schedule lists a text: the day of the text's moment at the venue, or else today."""
    moment = row.embargo.moment
    return moment.astimezone(row.summit.zone).date() if moment else today_of(request, row.summit)

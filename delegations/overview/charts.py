"""Charts of the answers, over time, by continent and by level, and of what delegations lack."""

from datetime import date, timedelta
from itertools import accumulate

from django.http import HttpRequest
from django.utils import formats
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from delegations.overview import dashboard
from delegations.overview.dashboard import INVITE, parties
from delegations.overview.selectors import completeness, progress
from delegations.parties.models.parties import Level
from delegations.parties.selectors import regions as regions_selectors
from summit.admin_base import svg_charts
from summit.admin_base.dashboard import Phase, desk_chart, lately, now_of, today_of
from summit.admin_base.svg_charts import BarRow, Chart, Column
from summit.core.date_formats import short_day
from summit.core.punctuation import semicolon
from summit.permissions.rules import allows
from summit.summits.models import Summit

# At most this many days are shown, because the columns of more days would be too narrow.
LONGEST = 366
# From this number of days on, dates include the year.
FAR = 180


@desk_chart.register(10)
def over_time(request: HttpRequest, summit: Summit) -> Chart | None:
    """Return the chart of the answers by the end of each day, compared with the invited parties.

    Return None if the user may not invite, if no party is invited, and on the first day.
    """
    if not allows(request.user, INVITE, summit) or not dashboard.numbers(request, summit)["invited"]:
        return None
    sent, answered = lately(request, ("by day", summit.pk), lambda: progress.by_day(summit))
    today = today_of(request, summit)
    if min([*sent, *answered, today]) == today:
        # A chart of one day says nothing yet: the title of the map says it.
        return None
    days = _days(sent, answered, summit, today)
    invited_totals = _sums(sent, days)
    answered_totals = _sums(answered, days)
    far = len(days) > FAR
    columns = [
        Column(_short(day, year=far), number if day <= today else 0, whole)
        for day, number, whole in zip(days, answered_totals, invited_totals, strict=True)
    ]
    title = _title(request, summit)
    about = _("Columns show the answers received by the end of each day. The line shows the invitations sent.")
    return Chart(
        name="chart-answers",
        title=title,
        drawing=svg_charts.columns(
            name="chart-answers",
            title=title,
            about=about,
            values=columns,
            most=_("%(n)s invited") % {"n": formats.localize(invited_totals[-1])},
            due=_due(summit, days),
        ),
        head=[_("Day"), _("Answers by end of day"), _("Invitations by end of day")],
        rows=[
            [short_day(day), formats.localize(number), formats.localize(whole)]
            for position, (day, number, whole) in enumerate(zip(days, answered_totals, invited_totals, strict=True))
            if day <= today and (day in sent or day in answered or position == len(days) - 1)
        ],
        key=[(svg_charts.FULL, _("answered")), ("mark", _("invited"))],
        phase=Phase.ANSWERS,
    )


def _days(sent: dict[date, int], answered: dict[date, int], summit: Summit, today: date) -> list[date]:
    """Return all days from the first letter to today, or to the day on which answers are due if that is later."""
    last = max(today, summit.answer_by.astimezone(summit.zone).date()) if summit.answer_by else today
    first = min([*sent, *answered, today])
    first = max(first, last - timedelta(days=LONGEST - 1))
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _sums(by_day: dict[date, int], days: list[date]) -> list[int]:
    before = sum(number for day, number in by_day.items() if day < days[0])
    return list(accumulate((by_day.get(day, 0) for day in days), initial=before))[1:]


def _due(summit: Summit, days: list[date]) -> tuple[float, str] | None:
    if summit.answer_by is None:
        return None
    due = summit.answer_by.astimezone(summit.zone)
    passed = (due.date() - days[0]).days + (due.hour + due.minute / 60) / 24
    label = _("due %(day)s") % {"day": _short(due.date())}
    return (passed / len(days), label) if 0 <= passed <= len(days) else None


def _short(day: date, *, year: bool = False) -> str:
    return formats.date_format(day, pgettext("date", "j M Y") if year else pgettext("date", "j M"))


def _title(request: HttpRequest, summit: Summit) -> str:
    numbers = dashboard.numbers(request, summit)
    facts = {"answered": numbers["answered"], "invited": numbers["invited"], "late": numbers["open"]}
    late = numbers["open"] and summit.answer_by is not None and summit.answer_by <= now_of(request)
    if late:
        return (
            ngettext(
                "%(answered)d of %(invited)d have answered; %(late)d is late",
                "%(answered)d of %(invited)d have answered; %(late)d are late",
                numbers["open"],
            )
            % facts
        )
    return (
        ngettext(
            "%(answered)d of %(invited)d has answered",
            "%(answered)d of %(invited)d have answered",
            numbers["answered"],
        )
        % facts
    )


# What a delegation that attends needs, in the order of the chart, with the name of what is missing.
NEEDED = (
    ("head", gettext_lazy("head of delegation")),
    ("focal", gettext_lazy("focal point")),
    ("passport", gettext_lazy("passport data")),
    ("badge", gettext_lazy("badges")),
)


@desk_chart.register(15)
def complete(request: HttpRequest, summit: Summit) -> Chart | None:
    """Return the chart of what the delegations that attend have, and what they lack.

    Return None if the user may not invite, or if no delegation attends.
    """
    numbers = dashboard.numbers(request, summit)
    total = numbers["attending"]
    if not allows(request.user, INVITE, summit) or not total:
        return None
    whole = lately(request, ("complete", summit.pk), lambda: completeness.complete(summit))
    title = ngettext(
        "%(n)d of %(total)d delegation is complete", "%(n)d of %(total)d delegations are complete", total
    ) % {"n": whole, "total": total}
    bars = [
        BarRow(
            capfirst(str(label)),
            [total - numbers[name], 0, numbers[name]],
            _("%(n)d of %(total)d") % {"n": total - numbers[name], "total": total},
        )
        for name, label in NEEDED
    ]
    return Chart(
        name="chart-complete",
        title=title,
        drawing=svg_charts.bars(
            name="chart-complete", title=title, about=_("One bar for each item a delegation needs."), rows=bars
        ),
        head=[_("Item"), _("Complete"), _("Missing")],
        rows=[
            [row.label, formats.localize(total - numbers[name]), _rows_of(numbers[name], summit, lacks=name)]
            for row, (name, _label) in zip(bars, NEEDED, strict=True)
        ],
        key=[(svg_charts.FULL, _("complete")), (svg_charts.OPEN, _("missing"))],
        phase=Phase.COMPLETENESS,
    )


@desk_chart.register(20)
def by_continent(request: HttpRequest, summit: Summit) -> Chart | None:
    """Return the chart of the answers by continent.

    Return None if the user may not invite, or if no party is invited.
    """
    if not allows(request.user, INVITE, summit) or not dashboard.numbers(request, summit)["invited"]:
        return None
    groups = lately(request, ("by continent", summit.pk), lambda: progress.by_continent(summit))
    open_in = [row for row in groups if row.open]
    title = _attending(sum(row.attending for row in groups), len(open_in))
    labels = dict(regions_selectors.choices(None))
    bars = [
        BarRow(
            str(labels[row.group]),
            [row.attending, row.regrets, row.open],
            _("%(answered)d of %(invited)d") % {"answered": row.attending + row.regrets, "invited": row.invited},
        )
        for row in groups
    ]
    about = _("One bar for each region: attending, declined, not answered.")
    return Chart(
        name="chart-regions",
        title=title,
        drawing=svg_charts.bars(name="chart-regions", title=title, about=about, rows=bars),
        head=[_("Region"), _("Attending"), _("Regrets"), _("Not answered")],
        rows=[_region(row, str(labels[row.group]), summit) for row in groups],
        key=[
            (svg_charts.FULL, _("attending")),
            (svg_charts.HATCHED, _("regrets")),
            (svg_charts.OPEN, _("awaiting answer")),
        ],
    )


def _attending(attending: int, regions: int) -> str:
    """Return the title of the chart by continent: how many parties attend, and in how many regions answers are
    open."""
    if not regions:
        every = ngettext(
            "%(attending)d attending; every region has answered",
            "%(attending)d attending; every region has answered",
            attending,
        )
        return every % {"attending": attending}
    attend = ngettext("%(attending)d attending", "%(attending)d attending", attending)
    still = ngettext("answers still due in %(regions)d region", "answers still due in %(regions)d regions", regions)
    return semicolon().join((attend % {"attending": attending}, still % {"regions": regions}))


def _region(row: progress.GroupNumbers, label: str, summit: Summit) -> list[str]:
    numbers = (("attending", row.attending), ("regrets", row.regrets), ("open", row.open))
    return [label, *(_rows_of(n, summit, group=row.group, answer=name) for name, n in numbers)]


def _rows_of(number: int, summit: Summit, **wanted: str) -> str:
    """Return a number as a link to the list of the parties that it counts. A zero isn't a link."""
    text = formats.localize(number)
    return format_html('<a href="{}">{}</a>', parties(summit, **wanted), text) if number else text


# The levels of a host's own counterparts.
HIGHEST = (Level.STATE, Level.GOVERNMENT)


@desk_chart.register(21)
def by_level(request: HttpRequest, summit: Summit) -> Chart | None:
    """Return the chart of the levels at which parties attend, and at which parties without an answer were invited.

    Return None if the user may not invite, or if no party attends.
    """
    if not allows(request.user, INVITE, summit) or not dashboard.numbers(request, summit)["attending"]:
        return None
    levels = lately(request, ("by level", summit.pk), lambda: progress.by_level(summit))
    labels: dict[str, str] = {
        **{str(value): str(label) for value, label in Level.choices},
        "": _("level not specified"),
    }
    coming, high = sum(row.coming for row in levels), sum(row.coming for row in levels if row.level in HIGHEST)
    title = ngettext(
        "%(high)d of %(coming)d attends at the level of head of state or government",
        "%(high)d of %(coming)d attend at the level of head of state or government",
        high,
    ) % {"high": high, "coming": coming}
    if not high:
        most = max(levels, key=lambda row: row.coming)
        facts = {"level": labels[most.level], "n": most.coming, "coming": coming}
        title = _("Most common level: %(level)s, %(n)d of %(coming)d") % facts
    bars = [
        BarRow(
            labels[row.level], [row.coming, 0, row.open], _("%(n)s attending") % {"n": formats.localize(row.coming)}
        )
        for row in levels
    ]
    about = _("One bar for each level: attending, and invited but not answered.")
    return Chart(
        name="chart-levels",
        title=title,
        drawing=svg_charts.bars(name="chart-levels", title=title, about=about, rows=bars),
        head=[_("Level"), _("Attending"), _("Invited, not answered")],
        rows=[
            [
                labels[row.level],
                _rows_of(row.coming, summit, answer="attending", comes_at=row.level or "unsaid"),
                _rows_of(row.open, summit, answer="open", **_level_query(row.level)),
            ]
            for row in levels
        ],
        key=[(svg_charts.FULL, _("attending")), (svg_charts.OPEN, _("awaiting answer"))],
    )


def _level_query(level: str) -> dict[str, str]:
    return {"level__exact": level}

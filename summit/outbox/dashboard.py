"""The outbox on the desk's home page: failed and bounced messages, stopped workers, and how long mails took."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, Max, Value, Window
from django.db.models.functions import Now, RowNumber, TruncHour
from django.http import HttpRequest
from django.urls import reverse
from django.utils import formats
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from summit.admin_base import svg_charts
from summit.admin_base.dashboard import (
    Task,
    Urgency,
    beats_of,
    cached_on_request,
    desk_chart,
    desk_task,
    lately,
    now_of,
)
from summit.admin_base.svg_charts import Chart, Column
from summit.maintenance import heartbeats
from summit.outbox import bounce_reasons
from summit.outbox.models import Message, MessageState
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.templatetags.moments import day_clock

SEND_AGAIN = "outbox.send_again"
WATCH = "outbox.watch"
# A sweep runs every second. After a minute without one, beat or the workers have stopped.
SILENT = timedelta(minutes=1)
SPAN = timedelta(hours=24)

Words = Callable[[int], str]


class _ByKind:
    """The registry of functions that describe a number of messages of a kind. Other kinds use `otherwise`."""

    def __init__(self, otherwise: Words) -> None:
        self.otherwise = otherwise
        self.known: dict[str, Words] = {}

    def register(self, kind: str) -> Callable[[Words], Words]:
        """Return a decorator that registers a function as the description of messages of `kind`."""

        def add(function: Words) -> Words:
            self.known[kind] = function
            return function

        return add

    def tasks(
        self, request: HttpRequest, summit: Summit, state: str, urgency: Urgency, **narrowed: str
    ) -> Iterable[Task]:
        """Yield a task for each kind of message that `_undelivered` returns under `state`.

        A task links to the list of these messages; `narrowed` are further filters of that list. Yields nothing if the
        user may not send messages again.
        """
        if not allows(request.user, SEND_AGAIN, summit):
            return
        undelivered = cached_on_request(request, "outbox.undelivered", lambda: _undelivered(summit))
        for kind, number in undelivered[state]:
            query: dict[str, Any] = {"summit__id__exact": summit.pk, **narrowed, "kind": kind}
            address = f"{reverse('admin:outbox_message_changelist')}?{urlencode(query)}"
            yield Task(self.known.get(kind, self.otherwise)(number), urgency, address, SEND_AGAIN)


def _undelivered(summit: Summit) -> dict[str, list[tuple[str, int]]]:
    """Return a dict from "failed" and "returned" to the numbers of a summit's undelivered messages, by kind.

    The numbers are pairs of kind and number. Bounced messages ("returned") count only if no newer message was stored
    after them. Makes one query.
    """
    parts = {
        "failed": Message.objects.filter(state=MessageState.FAILED),
        "returned": bounce_reasons.unresolved_bounces(),
    }
    counts: dict[str, list[tuple[str, int]]] = {state: [] for state in parts}
    columns = ("stands", "kind")
    first, *others = (
        rows.filter(summit=summit).order_by().annotate(stands=Value(state)).values(*columns).annotate(n=Count("pk"))
        for state, rows in parts.items()
    )
    for state, kind, number in first.union(*others, all=True).order_by("kind").values_list(*columns, "n"):
        counts[state].append((kind, number))
    return counts


def _failed_otherwise(number: int) -> str:
    message = ngettext(
        "%(n)d message failed. Check the reason, then resend it.",
        "%(n)d messages failed. Check the reasons, then resend them.",
        number,
    )
    return message % {"n": number}


def _returned_otherwise(number: int) -> str:
    message = ngettext(
        "%(n)d message bounced. Check the reason and correct the email address.",
        "%(n)d messages bounced. Check the reasons and correct the email addresses.",
        number,
    )
    return message % {"n": number}


_FAILED, _RETURNED = _ByKind(_failed_otherwise), _ByKind(_returned_otherwise)
# Decorators for functions that describe a number of failed or bounced messages of a kind, and say what to do.
failed_words, returned_words = _FAILED.register, _RETURNED.register


@desk_task.register(80)
def failures(request: HttpRequest, summit: Summit) -> Iterable[Task]:
    """Yield a task for each kind of message that failed. Yields nothing if the user may not send messages again."""
    return _FAILED.tasks(request, summit, "failed", Urgency.LATE, state__exact=str(MessageState.FAILED.value))


@desk_task.register(80)
def returns(request: HttpRequest, summit: Summit) -> Iterable[Task]:
    """Yield a task for each kind of message that bounced, if no newer message was stored after the bounce.

    Yields nothing if the user may not send messages again.
    """
    return _RETURNED.tasks(request, summit, "returned", Urgency.NOW, returned="open")


@desk_task.register(81)
def silence(request: HttpRequest, summit: Summit) -> Iterable[Task]:
    """Yield a task if beat or the workers have stopped, so that no mail is sent. Only organisers see the task."""
    if not allows(request.user, WATCH, summit):
        return
    last = next((row.at for row in beats_of(request).rows if row.name == "sweep"), None)
    if last is not None and now_of(request) - last <= SILENT:
        return
    address = f"{reverse('admin:outbox_message_changelist')}?{urlencode({'state__exact': 'pending'})}"
    message = (
        _("No email is being sent: beat and the workers have never run. Ask the system administrator to start them.")
        if last is None
        else _(
            "No email sent since %(moment)s: beat or the workers have stopped. Ask the system administrator to "
            "restart them."
        )
        % {"moment": day_clock(last, summit)}
    )
    yield Task(message, Urgency.LATE, address, WATCH, last)


@desk_task.register(82)
def clocks(request: HttpRequest, summit: Summit) -> Iterable[Task]:
    """Yield a task if the clock of a worker or of beat is wrong. Only organisers see the task."""
    if not allows(request.user, WATCH, summit):
        return
    since = now_of(request) - heartbeats.LATELY
    drift = heartbeats.worst_of(row.drift for row in beats_of(request).rows if row.at >= since)
    if not drift:
        return
    seconds = round(abs(drift))
    message = (
        ngettext(
            "The clock of a worker or of beat is %(n)d second ahead of the database. Ask the system administrator "
            "to correct it.",
            "The clock of a worker or of beat is %(n)d seconds ahead of the database. Ask the system administrator "
            "to correct it.",
            seconds,
        )
        if drift > 0
        else ngettext(
            "The clock of a worker is %(n)d second behind the database. Ask the system administrator to correct it.",
            "The clock of a worker is %(n)d seconds behind the database. Ask the system administrator to correct it.",
            seconds,
        )
    )
    yield Task(message % {"n": seconds}, Urgency.NOW, reverse("admin:outbox_message_changelist"), WATCH)


def by_hour(summit: Summit) -> list[dict[str, Any]]:
    """Return a dict for each of the last 24 hours in which mails were sent.

    `hour` is the start of the hour and `n` the number of mails. `median` and `slowest` are times from a message's
    cause to the sending of its mail. The median is the time of the middle mail of the hour. Of two middle mails it is
    the faster one, because SQLite has no percentiles. Makes one query, which returns one row for each hour.
    """
    rows = (
        Message.objects.filter(summit=summit, state=MessageState.SENT, sent_at__gte=Now() - SPAN)
        .annotate(
            hour=TruncHour("sent_at", tzinfo=summit.zone),
            median=ExpressionWrapper(F("sent_at") - F("created_at"), output_field=DurationField()),
        )
        .annotate(
            place=Window(RowNumber(), partition_by=F("hour"), order_by=[F("median"), F("pk")]),
            n=Window(Count("pk"), partition_by=F("hour")),
            slowest=Window(Max("median"), partition_by=F("hour")),
        )
        .filter(place=(F("n") + 1) / 2)
        .order_by("hour")
    )
    return [dict(row) for row in rows.values("hour", "n", "median", "slowest")]


@desk_chart.register(80)
def lag(request: HttpRequest, summit: Summit) -> Chart | None:
    """Return the chart of how long mails took from their cause to the mail server, by hour.

    Return None if the user may not send messages again, or if no mail was sent in the last 24 hours.
    """
    if not allows(request.user, SEND_AGAIN, summit):
        return None
    hours = lately(request, ("by hour", summit.pk), lambda: by_hour(summit))
    if not hours:
        return None
    sent, slowest = sum(row["n"] for row in hours), max(row["slowest"] for row in hours)
    message = ngettext(
        "%(n)d email sent in 24 hours, after %(slowest)s",
        "%(n)d emails sent in 24 hours, the slowest after %(slowest)s",
        sent,
    )
    title = message % {"n": sent, "slowest": duration(slowest)}
    about = _(
        "Columns show the time within which half the emails of each hour were sent. The line shows the slowest."
    )
    return Chart(
        name="chart-outbox",
        title=title,
        drawing=svg_charts.columns(
            name="chart-outbox",
            title=title,
            about=about,
            values=_hours(hours, now_of(request), summit),
            most=duration(slowest),
        ),
        head=[_("Hour"), _("Emails"), _("Half sent within"), _("Slowest")],
        rows=[
            [
                f"{row['hour'].astimezone(summit.zone):%H:%M}",
                formats.localize(row["n"]),
                duration(row["median"]),
                duration(row["slowest"]),
            ]
            for row in hours
        ],
        key=[(svg_charts.FULL, _("half of the emails")), ("mark", _("the slowest"))],
        note=_("From the event that causes an email until the mail server accepts it."),
    )


def _hours(figures: list[dict[str, Any]], now: datetime, summit: Summit) -> list[Column]:
    """Return a column of the chart for each hour, from the first hour with mails to the current hour."""
    rows_by_hour = {row["hour"]: row for row in figures}
    start = min(rows_by_hour)
    columns = []
    for number in range(int((now - start) / timedelta(hours=1)) + 1):
        hour = start + number * timedelta(hours=1)
        row = rows_by_hour.get(hour)
        values = (row["median"].total_seconds(), row["slowest"].total_seconds()) if row else (0.0, None)
        columns.append(Column(f"{hour.astimezone(summit.zone):%H:%M}", *values))
    return columns


def duration(length: timedelta) -> str:
    """Return a duration in words, rounded to seconds, minutes or hours."""
    seconds = max(length.total_seconds(), 0.0)
    if seconds < 100:
        whole = max(round(seconds), 1)
        return ngettext("%(n)d second", "%(n)d seconds", whole) % {"n": whole}
    if seconds < 6000:
        whole = round(seconds / 60)
        return ngettext("%(n)d minute", "%(n)d minutes", whole) % {"n": whole}
    whole = round(seconds / 3600)
    return ngettext("%(n)d hour", "%(n)d hours", whole) % {"n": whole}

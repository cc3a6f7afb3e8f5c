"""The agenda's parts of the desk users' home page: changes to release, warnings, and sessions that start soon."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import ngettext

from sessions.bilaterals.models import FOR_DESK, Bilateral
from sessions.delays.admin.day import day_url
from sessions.delays.models import Retiming, RetimingState
from sessions.draft.models.sessions import Session
from sessions.draft.selectors import parties_that_left
from sessions.releases.selectors import unreleased_changes
from sessions.releases.selectors.unreleased_changes import Standing
from summit.admin_base.dashboard import (
    MOST_COMING,
    Coming,
    Task,
    Urgency,
    cached_on_request,
    desk_coming,
    desk_task,
    end_of,
    lately,
    now_of,
    today_of,
)
from summit.permissions.rules import allows
from summit.summits.models import Summit

EDIT = "agenda.edit"
RELEASE = "agenda.release_agenda"
HOUR = timedelta(hours=1)


def standing(request: HttpRequest, summit: Summit) -> Standing:
    """Return the state of the draft compared to the last release. It is computed once for each request."""
    return cached_on_request(request, "agenda.standing", lambda: unreleased_changes.standing(summit))


def ahead(summit: Summit) -> QuerySet[Session]:
    """Return the sessions of the draft that aren't cancelled."""
    return Session.objects.filter(summit=summit, cancelled_at=None)


def listed(summit: Summit, **wanted: str) -> str:
    """Return the URL of the list of a summit's sessions, with the filters in `wanted`."""
    query: dict[str, Any] = {"summit__id__exact": summit.pk, **wanted}
    return f"{reverse('admin:agenda_session_changelist')}?{urlencode(query)}"


@desk_task.register(20)
def drafting(request: HttpRequest, summit: Summit) -> Iterable[Task]:
    """Yield tasks for unreleased changes and for warnings about the draft; none for users who may not edit it."""
    if not allows(request.user, EDIT, summit):
        return
    status = standing(request, summit)
    if status.warnings:
        number = len(status.warnings)
        message = ngettext(
            "%(n)d scheduling conflict",
            "%(n)d scheduling conflicts",
            number,
        )
        url = reverse("admin:agenda_release_warnings", args=[summit.slug])
        yield Task(message % {"n": number}, Urgency.NOW, url, EDIT)
    if status.changes:
        number = len(status.changes)
        message = (
            ngettext(
                "%(n)d session has changed since release %(number)d. Preview the next release.",
                "%(n)d sessions have changed since release %(number)d. Preview the next release.",
                number,
            )
            if status.last
            else ngettext(
                "%(n)d unreleased session. Preview the first release.",
                "%(n)d unreleased sessions. Preview the first release.",
                number,
            )
        )
        url = reverse("admin:agenda_release_prepare", args=[summit.slug])
        values = {"n": number, "number": status.last.number if status.last else 0}
        yield Task(message % values, Urgency.NOW, url, RELEASE)


@desk_task.register(21)
def starting(request: HttpRequest, summit: Summit) -> Iterable[Task]:
    """Yield tasks for sessions that start within the hour, and for sessions that start later today.

    Users who may not edit the draft get none.
    """
    if not allows(request.user, EDIT, summit):
        return
    counts = lately(request, ("starting", *_draft(request, summit)), lambda: _starting(request, summit))
    if counts["hour"]:
        message = ngettext(
            "%(n)d session starts within the hour.", "%(n)d sessions start within the hour.", counts["hour"]
        )
        yield Task(message % {"n": counts["hour"]}, Urgency.NOW, listed(summit, starts="hour"), EDIT)
    if counts["today"]:
        message = ngettext("%(n)d session starts later today.", "%(n)d sessions start later today.", counts["today"])
        yield Task(message % {"n": counts["today"]}, Urgency.NEXT, listed(summit, starts="today"), EDIT)


@desk_task.register(19)
def new_times_waiting(request: HttpRequest, summit: Summit) -> Iterable[Task]:
    """Yield a task for the new times that wait for consent; none for users who may not give it."""
    if not allows(request.user, RELEASE, summit):
        return
    number = Retiming.objects.filter(summit=summit, state=RetimingState.WAITING).count()
    if number:
        message = ngettext(
            "%(n)d proposal of new times waits for your consent.",
            "%(n)d proposals of new times wait for your consent.",
            number,
        )
        yield Task(message % {"n": number}, Urgency.NOW, day_url(summit), RELEASE)


@desk_task.register(22)
def declined_in_sessions(request: HttpRequest, summit: Summit) -> Iterable[Task]:
    """Yield a task for the delegations that declined and are still in sessions; none for users who may not edit."""
    if not allows(request.user, EDIT, summit):
        return
    number = parties_that_left.number_still_listed(summit)
    if number:
        message = ngettext(
            "%(n)d delegation declined and is still in sessions.",
            "%(n)d delegations declined and are still in sessions.",
            number,
        )
        yield Task(message % {"n": number}, Urgency.NOW, declined_url(summit), EDIT)


def declined_url(summit: Summit) -> str:
    """Return the URL of the page that removes delegations that declined from sessions."""
    return reverse("admin:agenda_session_declined", args=[summit.slug])


@desk_task.register(22)
def bilaterals_waiting(request: HttpRequest, summit: Summit) -> Iterable[Task]:
    """Yield a task for the bilateral meetings that wait for the desk; none for users who may not edit the draft."""
    if not allows(request.user, EDIT, summit):
        return
    number = Bilateral.objects.filter(party__summit=summit, state__in=FOR_DESK).count()
    if number:
        message = ngettext(
            "%(n)d bilateral meeting to screen, approve or place.",
            "%(n)d bilateral meetings to screen, approve or place.",
            number,
        )
        query = urlencode({"party__summit__id__exact": summit.pk})
        url = f"{reverse('admin:agenda_bilateral_changelist')}?{query}"
        yield Task(message % {"n": number}, Urgency.NOW, url, EDIT)


def _draft(request: HttpRequest, summit: Summit) -> tuple[int, int]:
    """Return the key of values that depend on the draft's sessions: the summit and the draft's version."""
    return summit.pk, standing(request, summit).version


def _starting(request: HttpRequest, summit: Summit) -> dict[str, int]:
    now, today = now_of(request), today_of(request, summit)
    soon = Q(starts_at__lte=now + HOUR)
    rows = ahead(summit).filter(run=None, starts_at__gt=now, starts_at__lt=end_of(today, summit) + HOUR)
    return rows.aggregate(
        hour=Count("pk", filter=soon), today=Count("pk", filter=~soon & Q(starts_at__lt=end_of(today, summit)))
    )


def _next(request: HttpRequest, summit: Summit) -> list[Session]:
    rows = ahead(summit).filter(run=None, starts_at__gt=now_of(request)).select_related("room")
    return list(rows.order_by("starts_at", "pk")[:MOST_COMING])


@desk_coming.register(20)
def sessions_coming(request: HttpRequest, summit: Summit) -> Iterable[Coming]:
    """Yield the next sessions of today and tomorrow, or the first session if it starts later.

    Users who may not read the draft get none.
    """
    if not allows(request.user, "agenda.session.view", summit):
        return
    until = end_of(today_of(request, summit) + timedelta(days=1), summit)
    rows = lately(request, ("coming", *_draft(request, summit)), lambda: _next(request, summit))
    for position, row in enumerate(rows):
        if position and row.starts_at >= until:
            return
        address = reverse("admin:agenda_session_detail", args=[row.pk])
        yield Coming(row.starts_at, row.title, address, row.room.name if row.room else "")

"""The page from which a conference officer runs the day: what is on, what is next, who starts and ends it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions.agenda.selectors.snapshots import Agenda
from sessions.delays.admin.proposals import proposal
from sessions.delays.models import Retiming
from sessions.delays.permissions import can_consent
from sessions.delays.selectors import fixed_points, running
from sessions.delays.selectors.running import RunState
from sessions.delays.services import retiming
from sessions.delays.services import running as running_services
from sessions.draft.models.sessions import Session
from sessions.draft.permissions import can_run_day
from sessions.releases.selectors import unreleased_changes
from summit.admin_base.dashboard import now_of
from summit.admin_base.live_versions import version_response
from summit.admin_base.messages import add_undoable
from summit.admin_base.model_pages import model_page
from summit.admin_base.service_admin import user_of
from summit.admin_base.summit_scope import chosen_summit, summits_of
from summit.core.date_formats import long_day
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.undo import services as undo

SEE = "agenda.session.view"
_ALREADY_STARTED = gettext_lazy("“%(title)s” has started already.")
_ALREADY_ENDED = gettext_lazy("“%(title)s” has ended already.")
_ALREADY_LATE = gettext_lazy("“%(title)s” is announced as running late already.")
# The sessions that are due within this time are offered to be started.
SOON = timedelta(minutes=30)
# The page counts down to a start within this time.
COUNTED = timedelta(hours=2)
# How many of the next sessions have a card of their own; the others are lines.
NEXT = 3


def day_url(summit: Summit, day: date | None = None) -> str:
    """Return the URL of the page that runs a day, by default today."""
    query = {"summit": summit.slug, **({"day": day.isoformat()} if day else {})}
    return f"{reverse('admin:agenda_session_day')}?{urlencode(query)}"


class DayMixin:
    """Adds the page of the day, and the buttons on it, to the admin of sessions."""

    admin_site: Any
    opts: Any

    @model_page("day/", "day", "GET")
    def day_view(self, request: HttpRequest) -> HttpResponse:
        """Show how the sessions of a day stand, by default of today at the venue."""
        summit = _summit(request)
        now = now_of(request)
        today = now.astimezone(summit.zone).date()
        day = _day(request.GET.get("day", "")) or today
        agenda = unreleased_changes.standing(summit).agendas.old
        rows = running.of_day(summit, agenda.values(), day, now)
        ahead = [row for row in rows if row.state == RunState.AHEAD]
        context = {
            "title": _("Today: %(day)s") % {"day": long_day(day)} if day == today else long_day(day),
            "summit": summit,
            "now": now,
            "is_today": day == today,
            "days": [(day_url(summit, each), each) for each in (day - timedelta(1), day + timedelta(1))],
            "today_url": day_url(summit),
            # Weeks before the summit nothing is on today.
            "first_day_url": day_url(summit, summit.starts_on) if today < summit.starts_on != day else "",
            "on": [row for row in rows if row.state in running.ON] if day == today else [],
            "late": [row for row in rows if row.state == RunState.LATE] if day == today else [],
            "next": ahead[:NEXT] if day == today else [],
            "later": ahead[NEXT:] if day == today else rows,
            "ended": [row for row in rows if row.state == RunState.ENDED] if day == today else [],
            "never_started": [row for row in rows if row.state == RunState.PAST] if day == today else [],
            "soon": now + SOON,
            "counted": now + COUNTED,
            "released": bool(agenda),
            "may_run": can_run_day(request.user, summit),
            "proposals": [proposal(row, agenda) for row in running.waiting(summit)],
            "retimed": _retimed(summit, day, agenda) if can_run_day(request.user, summit) else [],
            "may_consent": can_consent(request.user, summit),
            "fixed": [
                fixed_points.in_words(point)
                for point in fixed_points.of_summit(summit)
                if point.at is None or point.at.astimezone(summit.zone).date() == day
            ],
            "live": f"{reverse('admin:agenda_session_live')}?{urlencode({'summit': summit.slug})}",
        }
        context |= {**self.admin_site.each_context(request), "opts": self.opts}
        return TemplateResponse(request, "admin/agenda/delays/day.html", context)

    @model_page("live/", "live", "GET")
    def live_view(self, request: HttpRequest) -> HttpResponseBase:
        """Return a version that changes with the draft and with how the day runs. Open pages ask for it."""
        summit = _summit(request)
        return version_response(request, str(unreleased_changes.version(summit)))

    @model_page("<int:pk>/start/", "start", "POST", do="agenda.run_day")
    def start_view(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Record that a session starts now."""
        return _act(request, session, running_services.start, _("“%(title)s” has started."), _ALREADY_STARTED)

    @model_page("<int:pk>/end/", "end", "POST", do="agenda.run_day")
    def end_view(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Record that a session ends now."""
        return _act(request, session, running_services.end, _("“%(title)s” has ended."), _ALREADY_ENDED)

    @model_page("<int:pk>/announce-delay/", "announce_delay", "POST", do="agenda.run_day")
    def announce_delay_view(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Announce that a session runs late, and that its new time follows."""
        done = _("“%(title)s” is announced as running late. Its time stays as it is.")
        return _act(request, session, running_services.announce_delay, done, _ALREADY_LATE)

    @model_page("<int:pk>/end-delay/", "end_delay", "POST", do="agenda.run_day")
    def end_delay_view(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Withdraw the announcement that a session runs late."""
        done = _("“%(title)s” is no longer announced as running late.")
        return _act(request, session, running_services.end_delay, done, done)


def _retimed(summit: Summit, day: date, agenda: Agenda) -> list[tuple[Retiming, list[str], str, str]]:
    """Return the new times released on a day: each with its sessions, the preview of the former times, and "".

    If a second part is in the way of these, the preview is "" and the last value says so. New times that nothing can
    take back are left out.
    """
    found = []
    for row in running.released_on(summit, day):
        keys = list(retiming.former_placements(row, agenda))
        if second := retiming.second_part_of(row, agenda):
            found.append((row, [second.title], "", retiming.second_part_stays(row, agenda)))
        elif keys:
            url = reverse("admin:agenda_session_retime", args=[keys[0]])
            query = urlencode({"way": "back", "back": row.public_id})
            found.append((row, [agenda[key].title for key in keys], f"{url}?{query}", ""))
    return found


def _act(
    request: HttpRequest, session: Session, service: Callable[..., bool], done: str, already: Any
) -> HttpResponse:
    """Call a service about a session, say what was done with a button that undoes it, and lead to the day."""
    try:
        with undo.grouped() as act:
            changed = service(session=session, by=user_of(request))
    except running_services.NotStarted as refused:
        messages.warning(request, str(refused))
    else:
        if changed:
            add_undoable(request, done % {"title": session.title}, act)
        else:
            messages.info(request, str(already) % {"title": session.title})
    return redirect(day_url(session.summit))


def _summit(request: HttpRequest) -> Summit:
    """Return the summit in the parameter `summit`, or else the chosen one.

    Raises Http404 if the user may see none.
    """
    listed = [row for row in summits_of(request) if allows(request.user, SEE, row)]
    named = request.GET.get("summit", "")
    summit = next((row for row in listed if row.slug == named), None) if named else chosen_summit(request, listed)
    if summit is None:
        raise Http404
    return summit


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None

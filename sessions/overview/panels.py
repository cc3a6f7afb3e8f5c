"""The agenda's panels on the summit's public home, on the home of the desks and on rows' pages, and its metrics."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Q
from django.http import HttpRequest
from django.utils.translation import gettext as _

from delegations.invitations.selectors.taking_part import has_left
from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party
from sessions.agenda.models.releases import Release
from sessions.agenda.selectors import release_cache
from sessions.delays.admin.day import day_url
from sessions.delays.selectors import running
from sessions.draft.models.participants import Participant, Slot
from sessions.draft.models.sessions import Session
from sessions.draft.permissions import can_run_day
from sessions.overview.dashboard import EDIT, declined_url, standing
from sessions.presence.selectors import attendance
from sessions.public import on_now
from sessions.public.session_lists import SessionLine
from sessions.public.views import by_day, public_lines
from summit.admin_base.dashboard import Phase, desk_panel, lately, now_of, today_of
from summit.admin_base.detail_pages import DetailPanel, register_panel
from summit.core import metrics
from summit.people.models import Person
from summit.permissions.rules import allows
from summit.public_base import home
from summit.summits.models import Summit


@home.panel(10)
def public_panel(summit: Summit) -> tuple[str, dict[str, Any]] | None:
    """Return the template and context of the public panel, or None if there are no public sessions.

    It has the sessions that are on now and those that come next, during the summit, and for each day its hours and
    number of sessions.
    """
    at = release_cache.current(summit)
    lines, page = public_lines(summit, at) if at else ([], {})
    if at is None or not lines:
        return None
    current, following = _now_and_next(summit, lines, at.moment)
    days = [
        {"day": day, "number": len(rows), **_hours([row for row in rows if row.times_known])}
        for day, rows in by_day(summit, lines)
    ]
    fresh_until = on_now.next_change(lines, at.moment)
    known = {"summit": summit, "days": days, "current": current, "following": following, "fresh_until": fresh_until}
    known["is_on"] = on_now.is_on(summit, at.moment)
    if following and _day(following[0].starts_at, summit) != _day(at.moment, summit):
        known["another_day"] = following[0].starts_at
    return "agenda/panel.html", {**page, **known}


home.passing(10)(on_now.passed)


def _now_and_next(
    summit: Summit, lines: list[SessionLine], now: datetime
) -> tuple[list[SessionLine], list[SessionLine]]:
    """Return the sessions that are on now, marked so, and those that come next.

    Before and after the summit none come next but those that should be on and are announced as late.
    """
    current, following = on_now.now_and_next(lines, now)
    if not current and not on_now.is_on(summit, now):
        following = [line for line in following if line.starts_at <= now]
    for line in current:
        line.state = on_now.NOW
    return current, following


def _day(moment: datetime, summit: Summit) -> date:
    return moment.astimezone(summit.zone).date()


def _hours(rows: list[SessionLine]) -> dict[str, Any]:
    """Return the first session of a day and the end of the last one, from sessions with public times."""
    return {"first": rows[0], "ends_at": max(row.ends_at for row in rows)} if rows else {"first": None}


@desk_panel(20, phases=(Phase.DAY,))
def now_panel(request: HttpRequest, summit: Summit) -> tuple[str, dict[str, Any]] | None:
    """Return the panel with the released sessions that are on now or late, as the day's page has them.

    It says how many people weren't seen in the rooms of those that are on.

    Return None for users who may not read the draft.
    """
    if not allows(request.user, "agenda.session.view", summit):
        return None
    now = now_of(request)
    agenda = standing(request, summit).agendas.old.values()
    rows = running.of_day(summit, agenda, today_of(request, summit), now)
    on = [row for row in rows if row.state in running.ON]
    late = [row for row in rows if row.state == running.RunState.LATE]
    keys = [row.session.session_id for row in on + late]
    sessions = Session.objects.filter(pk__in=keys).select_related("summit")
    # The day's own pages count at once.
    missing = lately(request, ("not seen", *keys), lambda: attendance.not_seen(list(sessions), now))
    return "admin/agenda/overview/now_panel.html", {
        "summit": summit,
        "groups": [
            (heading, [(row, missing.get(row.session.session_id, 0)) for row in group])
            for heading, group in ((_("Now"), on), (_("Running late"), late))
            if group or group is on
        ],
        "day_url": day_url(summit),
        "may_run": can_run_day(request.user, summit),
    }


def _agenda(request: HttpRequest, summit: Summit, participants: Q, speeches: Q) -> dict[str, Any] | None:
    """Return the draft's sessions with such participants or speeches, in their order.

    Return None for users who may not read the draft.
    """
    if not allows(request.user, "agenda.session.view", summit):
        return None
    rows = Participant.objects.filter(participants).values("session")
    slots = Slot.objects.filter(speeches).values("session")
    sessions = Session.objects.filter(Q(pk__in=rows) | Q(pk__in=slots), summit=summit, cancelled_at=None)
    return {"agenda": list(sessions.select_related("room").order_by("starts_at", "ends_at", "pk"))}


def party_agenda(request: HttpRequest, party: Party) -> dict[str, Any] | None:
    """Return the sessions in which a party or its people take part or speak, for users who may read the draft."""
    members = Membership.objects.filter(party=party).values("person")
    found = _agenda(
        request,
        party.summit,
        Q(party=party) | Q(person__in=members),
        Q(party=party) | Q(speaker__in=members),
    )
    if found and found["agenda"] and has_left().filter(pk=party.pk).exists():
        found["still_in"] = len(found["agenda"])
        if allows(request.user, EDIT, party.summit):
            found["remove_url"] = declined_url(party.summit)
    return found


def person_agenda(request: HttpRequest, person: Person) -> dict[str, Any] | None:
    """Return the sessions in which a person takes part or speaks, for users who may read the draft.

    A session of the person's whole delegation is among them.
    """
    party = Membership.objects.filter(person=person).values("party")
    return _agenda(request, person.summit, Q(person=person) | Q(party__in=party), Q(speaker=person))


register_panel("delegations.party", 10, DetailPanel("admin/agenda/overview/participant_agenda.html", party_agenda))
register_panel("summit.person", 10, DetailPanel("admin/agenda/overview/participant_agenda.html", person_agenda))


@metrics.source
def gauges() -> Iterable[metrics.Gauge]:
    """Yield a gauge with the number of each summit's newest release."""
    rows = Release.objects.order_by("summit__slug").values_list("summit__slug").annotate(Max("number"))
    yield (
        "summit_agenda_release",
        "Number of the newest release of the agenda.",
        [({"summit": slug}, float(number)) for slug, number in rows],
    )

"""The agenda's panels on the summit's public home, on the home of the desks and on rows' pages, and its metrics."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Max, Q
from django.http import HttpRequest

from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party
from sessions.agenda.models.releases import Release, ReleasedSession
from sessions.draft.models.participants import Participant, Slot
from sessions.draft.models.sessions import Session
from sessions.overview.dashboard import ahead
from sessions.public.views import by_day
from summit.admin_base.dashboard import Phase, desk_panel, now_of
from summit.admin_base.detail_pages import DetailPanel, register_panel
from summit.core import metrics
from summit.people.models import Person
from summit.permissions.rules import allows
from summit.public_base import home
from summit.summits.models import Summit


@home.panel(20)
def public_panel(summit: Summit) -> tuple[str, dict[str, Any]] | None:
    """Return the template and context of the public panel: for each day, its hours and number of sessions.

    Return None if there are no public sessions.
    """
    rows = ReleasedSession.objects.public(summit)
    days = [
        {"day": day, "number": len(day_rows), **_hours([row for row in day_rows if row.times_known])}
        for day, day_rows in by_day(summit, rows.order_by("starts_at", "ends_at", "id"))
    ]
    return ("agenda/panel.html", {"summit": summit, "days": days}) if days else None


def _hours(rows: list[ReleasedSession]) -> dict[str, Any]:
    """Return the first session of a day and the end of the last one, from sessions with public times."""
    return {"first": rows[0], "ends_at": max(row.ends_at for row in rows)} if rows else {"first": None}


@desk_panel(20, phases=(Phase.DAY,))
def now_panel(request: HttpRequest, summit: Summit) -> tuple[str, dict[str, Any]] | None:
    """Return the panel with the sessions that are on now, or None for users who may not read the draft."""
    if not allows(request.user, "agenda.session.view", summit):
        return None
    now = now_of(request)
    rows = ahead(summit).filter(starts_at__lte=now, ends_at__gt=now).select_related("room", "summit")
    return "admin/agenda/overview/now_panel.html", {"summit": summit, "running": list(rows.order_by("ends_at", "pk"))}


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
    return _agenda(
        request,
        party.summit,
        Q(party=party) | Q(person__in=members),
        Q(party=party) | Q(speaker__in=members),
    )


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

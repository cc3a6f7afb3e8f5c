"""The page of a delegation for its liaison officers: whom to reach, the agenda, the travel and the declarations.

It reads neither passports nor visa letters, and nothing on it can be changed. Whoever opens it is recorded.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from delegations.contacts import selectors as contacts
from delegations.liaison import selectors as liaison
from delegations.parties.models.parties import Party
from delegations.parties.selectors import party_names
from portal.views.agenda import mark, minutes_until
from portal.views.delegation.declarations import SIGNS
from portal.visitor_identity import Viewer, portal_page
from sessions.agenda.selectors import released_agenda
from sessions.delays.selectors.running import mark_late, mark_runs
from sessions.public.views import by_day
from sessions.visibility.viewers import Members
from summit.audit import access_log
from summit.core.database_clock import db_now
from summit.permissions.models import Role
from summit.permissions.rules import allows_own

ASSIST = "delegations.assist"


def require_assisted(request: HttpRequest, public_id: str) -> tuple[Viewer, Party]:
    """Return the viewer and the party with this public id that the viewer looks after. Makes no query.

    Raises Http404 for any other party.
    """
    listed: list[Viewer] = request.viewers  # type: ignore[attr-defined]
    for viewer in listed:
        for party in viewer.assists:
            if party.public_id == public_id and allows_own(ASSIST, [Role.LIAISON_OFFICER]):
                return viewer, party
    raise Http404


@portal_page(kind="delegations.party", see=ASSIST)
def assisted(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a delegation that the viewer looks after. Raises Http404 for any other delegation."""
    viewer, party = require_assisted(request, public_id)
    people = liaison.people_of(party)
    now = db_now()
    sessions = list(
        released_agenda.own_agenda(
            summit=viewer.summit, members=Members.of([party], people), who=released_agenda.Who.LEADING
        )
    )
    mark_late(viewer.summit, sessions)
    mark_runs(viewer.summit, sessions)
    current, following = mark(sessions, now)
    journeys = liaison.journeys(people)
    declared = liaison.declarations(party)
    access_log.record_page(
        by=viewer.by,
        target=party,
        summit=viewer.summit,
        fields=[*liaison.SHOWN, "contacts", "declarations", "focal_points"],
        people=lambda: [person.public_id for person in people],
    )
    context = {
        "viewer": viewer,
        "summit": viewer.summit,
        "party": party,
        "lines": contacts.lines(party),
        "now": current,
        "next": following,
        "minutes": minutes_until(following, now),
        "moment": now,
        "days": by_day(viewer.summit, sessions),
        "arrival": next((each for each in journeys if each.arrives_at and each.arrives_at > now), None),
        "journeys": journeys,
        "declared": [
            (row, "off" if row.state == "declared" and not row.kind.permit else SIGNS[row.state])  # type: ignore[index]
            for row in declared
        ],
        **party_names.alone_on_page(party),
    }
    return render(request, "portal/liaison.html", context)

"""The portal's home page: the status of the viewer's delegations, and open tasks."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from delegations.invitations import invitable_sessions
from delegations.invitations.models.invitations import InvitationState
from delegations.invitations.services import answers
from delegations.liaison import selectors as liaison
from delegations.overview.selectors import member_completeness
from delegations.parties.selectors import party_names
from portal.views import read_marks
from portal.views.agenda import mark, minutes_until, own_agenda_of
from portal.views.agenda_changes import describe
from portal.visitor_identity import Viewer, portal_page, viewer_of
from press.public.text_lists import TextLine, line
from press.published_texts.selectors import brief, listed
from sessions.agenda.selectors import change_descriptions, release_cache
from sessions.agenda.selectors.differences import SessionChange
from sessions.bilaterals import selectors as bilaterals
from sessions.bilaterals.permissions import ASK
from sessions.delays.selectors.live_version import live_key
from sessions.delays.selectors.running import mark_late, mark_runs
from sessions.public import on_now
from summit.core.database_clock import db_now

# The most changes that the page shows in full; the page of changes has all of them.
CHANGES = 3
# The most texts of the viewer's own delegations that the page shows.
PUBLISHED = 3


@portal_page()
def home(request: HttpRequest) -> HttpResponse:
    """Show the status of each of the viewer's delegations, and the open tasks."""
    viewer = viewer_of(request)
    rows = _rows(viewer)
    # The first open task gets the only button in the summit's colour.
    waiting = any(row.state == InvitationState.SENT and viewer.may_answer(row) for row in viewer.invitations)
    whereabouts = _whereabouts(viewer)
    unseen = _unseen(request, viewer)
    page = party_names.on_page(viewer.summit)
    names = change_descriptions.Names(page["names"], page["notes"])
    context = {
        "viewer": viewer,
        "summit": viewer.summit,
        "summits": [other.summit for other in request.viewers],  # type: ignore[attr-defined]
        "rows": rows,
        "waiting": waiting,
        # A session within two hours comes before open invitations.
        "waiting_first": waiting and not whereabouts["now"] and whereabouts["minutes"] is None,
        "changed": len(unseen),
        "stories": describe(unseen[:CHANGES], viewer, names),
        "lines": _published(viewer),
        **whereabouts,
        **page,
    }
    return render(request, "portal/home.html", context)


def _published(viewer: Viewer) -> list[TextLine]:
    """Return the latest published texts of speeches for the viewer's delegations. Makes one query."""
    spoken = listed(viewer.summit).filter(version__text__slot__party__in=[party.pk for party in viewer.parties])
    return [line(brief(viewer.summit, edition)) for edition in spoken.defer("body")[:PUBLISHED]]


def _unseen(request: HttpRequest, viewer: Viewer) -> list[SessionChange]:
    """Return the changes of the last releases that the viewer hasn't seen.

    Makes three queries, and two more for rows that the process hasn't cached.
    """
    at = release_cache.current(viewer.summit)
    if at is None:
        return []
    seen = read_marks.seen_by(request, viewer)
    return read_marks.unread(viewer, at, seen, read_marks.own(viewer, at, seen))


def _rows(viewer: Viewer) -> list[dict[str, Any]]:
    """Return a row for each of the viewer's parties with the invitation to the summit.

    The rows of the party's invitations to sessions follow it. Each row says whether answers are still accepted.
    A party for which the viewer acts has the number of missing items. Makes at most five queries.
    """
    officers = liaison.of_parties(viewer.parties) if viewer.parties else {}
    takes, now = answers.still_open(viewer.summit.pk).exists(), db_now()
    sessions = invitable_sessions.find(viewer.summit, [row.occasion for row in viewer.invitations])
    to_answer = bilaterals.to_answer(
        [party.pk for party in viewer.parties if party.pk in viewer.acts and viewer.may(ASK, party.pk)]
    )
    missing = member_completeness.numbers_missing([party.pk for party in viewer.parties if party.pk in viewer.acts])
    rows: list[dict[str, Any]] = []
    for party in viewer.parties:
        acts = party.pk in viewer.acts
        invitations = [row for row in viewer.invitations if row.party_id == party.pk]
        main = next((row for row in invitations if not row.occasion), None)
        row = {"party": party, "invitation": main, "acts": acts, "takes": takes, "key": party.public_id}
        rows.append(
            {
                **row,
                "missing": missing[party.pk],
                "officers": officers.get(party.pk, []),
                "to_answer": to_answer[party.pk],
            }
        )
        rows += [
            {
                "party": party,
                "invitation": row,
                "acts": acts,
                "takes": sessions[row.occasion].takes_answers(now),
                "occasion": sessions[row.occasion],
                "key": row.public_id,
            }
            for row in invitations
            if row.occasion in sessions
        ]
    return rows


def _whereabouts(viewer: Viewer) -> dict[str, Any]:
    """Return the context with the viewer's present sessions, the next session, and the minutes until it begins.

    The context also has the viewer's later sessions on the same day as the next session.
    """
    rows = own_agenda_of(viewer)
    moment = db_now()
    mark_late(viewer.summit, rows)
    mark_runs(viewer.summit, rows)
    current, following = mark(rows, moment)
    current_pks = {row.pk for row in [*current, following] if row is not None}
    day = (following or current[-1]).starts_at.astimezone(viewer.summit.zone).date() if current_pks else None
    later = [
        row
        for row in rows
        if row.pk not in current_pks
        and row.times_known
        and not on_now.state_of(row, moment)
        and row.starts_at.astimezone(viewer.summit.zone).date() == day
    ]
    return {
        "now": current,
        "next": following,
        "minutes": minutes_until(following, moment),
        "moment": moment,
        "today": later,
        "live_key": live_key(viewer.summit),
    }

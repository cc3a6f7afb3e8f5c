"""The agenda of whoever is in the portal: where they must be, and what has changed for them."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from delegations.domain import naming
from portal.identity import Viewer, viewer_of, viewer_required
from sessions.domain import member, releases, wording
from sessions.models import ReleasedSession
from sessions.views import by_day
from summit.db.clock import db_now

# Minutes before which "in 45 minutes" says more than the time of day.
SOON = 120


def agenda_of(viewer: Viewer) -> list[ReleasedSession]:
    """Return what the viewer may see of the agenda, with who leads each session."""
    rows = member.members_agenda(summit=viewer.summit, members=viewer.members, who=member.Who.LEADING)
    return list(rows)


def mark(rows: list[ReleasedSession], now: datetime) -> tuple[list[ReleasedSession], ReleasedSession | None]:
    """Mark which of the reader's own sessions are on and which comes next, and return both."""
    mine: list[Any] = [row for row in rows if row.mine]  # type: ignore[attr-defined]
    on = [row for row in mine if row.starts_at <= now < row.ends_at]
    following = next((row for row in mine if row.starts_at > now), None)
    for row in on:
        row.state = "now"
    if following is not None:
        following.state = "next"
    return on, following


def minutes_until(row: ReleasedSession | None, now: datetime) -> int | None:
    """Return in how many minutes a session starts, where that says more than the time of day."""
    wait = int((row.starts_at - now).total_seconds() // 60) if row else SOON + 1
    return wait if wait <= SOON else None


@require_safe
@viewer_required
def my_agenda(request: HttpRequest) -> HttpResponse:
    """Show where the reader must be next, and their sessions, or with `?show=all` all that they may see."""
    viewer = viewer_of(request)
    everything = request.GET.get("show") == "all"
    rows = agenda_of(viewer)
    now = db_now()
    on, following = mark(rows, now)
    shown = rows if everything else [row for row in rows if row.mine]  # type: ignore[attr-defined]
    context = {
        "viewer": viewer,
        "summit": viewer.summit,
        "release": releases.latest(viewer.summit),
        "days": by_day(viewer.summit, shown),
        "everything": everything,
        "now": on,
        "next": following,
        "minutes": minutes_until(following, now),
        "moment": now,
        **naming.on_page(viewer.summit),
    }
    return render(request, "portal/my_agenda.html", context)


@require_safe
@viewer_required
def my_session(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one session of any summit that the reader belongs to. What they may not know of isn't there."""
    listed: list[Viewer] = request.viewers  # type: ignore[attr-defined]
    for viewer in sorted(listed, key=lambda viewer: viewer is not viewer_of(request)):
        row = member.find(summit=viewer.summit, members=viewer.members, public_id=public_id)
        if row is not None:
            context = {"viewer": viewer, "summit": viewer.summit, "row": row, **naming.on_page(viewer.summit)}
            return render(request, "portal/my_session.html", context)
    raise Http404(_("This session does not stand in the agenda that is open to you."))


@require_safe
@viewer_required
def my_changes(request: HttpRequest) -> HttpResponse:
    """Show what each release changed for the reader, old and new."""
    viewer = viewer_of(request)
    everything = request.GET.get("show") == "all"
    found = member.changes(
        summit=viewer.summit, members=viewer.members, everything=everything, language=get_language()
    )
    page = naming.on_page(viewer.summit)
    names = wording.Names(page["names"], page["notes"])
    context = {
        **page,
        "viewer": viewer,
        "summit": viewer.summit,
        "told": [(entry.release, wording.stories(entry.changes, viewer.summit, names=names)) for entry in found],
        "everything": everything,
        "show_notes": True,
    }
    return render(request, "portal/my_changes.html", context)

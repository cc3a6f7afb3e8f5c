"""The agenda of whoever is in the portal: where they must be, and what has changed for them."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from delegations.domain import naming
from portal.identity import Viewer, viewer_of, viewer_required
from portal.views import seen
from portal.views.narrowing import facts, narrowing
from sessions.domain import member, releases, wording
from sessions.models import Attendance, ReleasedParticipant, ReleasedSession
from sessions.views import by_day
from summit.db.clock import db_now

# Minutes before which "in 45 minutes" says more than the time of day.
SOON = 120
# How many changes the page tells in full: the page of changes has them all.
CHANGES = 3


def agenda_of(viewer: Viewer) -> list[ReleasedSession]:
    """Return what the viewer may see of the agenda, with who leads each session."""
    rows = member.members_agenda(summit=viewer.summit, members=viewer.members, who=member.Who.LEADING)
    return list(rows)


def own_agenda_of(viewer: Viewer) -> list[ReleasedSession]:
    """Return the viewer's own sessions, with who leads each."""
    return list(member.own_agenda(summit=viewer.summit, members=viewer.members, who=member.Who.LEADING))


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
    """Show where the reader must be next, what changed since they looked, and their sessions, or with `?show=all` all
    that they may see; narrowed by kind, room or language."""
    viewer = viewer_of(request)
    everything = request.GET.get("show") == "all"
    rows = agenda_of(viewer) if everything else own_agenda_of(viewer)
    now = db_now()
    on, following = mark(rows, now)
    narrowed = narrowing(request, rows)
    shown = [row for row in rows if narrowed.keeps(row)]
    release = releases.latest(viewer.summit)
    page = naming.on_page(viewer.summit)
    news = [change for entry in seen.unread(request, viewer, release) for change in entry.changes]
    _tell(viewer, rows, {change.session.session_id for change in news})
    context = {
        **page,
        "viewer": viewer,
        "summit": viewer.summit,
        "release": release,
        "days": by_day(viewer.summit, shown),
        "everything": everything,
        "narrowed": narrowed,
        "narrow_fields": narrowed.fields(),
        "changed": len(news),
        "stories": wording.stories(news[:CHANGES], viewer.summit, names=wording.Names(page["names"], page["notes"])),
        "now": on,
        "next": following,
        "minutes": minutes_until(following, now),
        "moment": now,
    }
    return render(request, "portal/my_agenda.html", context)


def _tell(viewer: Viewer, rows: list[Any], fresh: set[int]) -> None:
    """Say of each session in a list what changed unseen, at which level the reader's parties take part, and what
    there is besides. One query."""
    parties = [party.pk for party in viewer.reads_for]
    own = [row.pk for row in rows if row.mine]
    placed = ReleasedParticipant.objects.filter(released_session__in=own, party__in=parties).exclude(level="")
    levels = dict(placed.values_list("released_session", "level"))
    for row in rows:
        row.fresh = row.session_id in fresh
        row.level = str(Attendance(levels[row.pk]).label) if row.pk in levels else ""
        row.facts = facts(row)


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

"""The agenda of whoever is in the portal: where they must be, and what has changed for them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from delegations.parties.selectors import party_names
from portal.identity import Viewer, viewer_of, viewer_required
from portal.views import read_marks
from portal.views.agenda_changes import told
from sessions.agenda.models.releases import ReleasedSession
from sessions.agenda.selectors import change_descriptions, last_changed, own_changes, release_cache, released_agenda
from sessions.agenda.selectors.differences import Change
from sessions.agenda.selectors.release_cache import Current, Own
from sessions.public.filters import asked, narrowed
from sessions.public.session_lists import SessionLine, SessionList
from sessions.public.views import by_day

# Minutes before which "in 45 minutes" says more than the time of day.
SOON = 120
# How many changes the page tells in full: the page of changes has them all.
CHANGES = 3


def own_agenda_of(viewer: Viewer) -> list[ReleasedSession]:
    """Return the viewer's own sessions, with who leads each."""
    return list(
        released_agenda.own_agenda(summit=viewer.summit, members=viewer.members, who=released_agenda.Who.LEADING)
    )


def mark(rows: Sequence[Any], now: datetime) -> tuple[list[Any], Any | None]:
    """Mark which of the reader's own sessions are on and which comes next, and return both."""
    mine = [row for row in rows if row.mine]
    on = [row for row in mine if row.starts_at <= now < row.ends_at]
    following = next((row for row in mine if row.starts_at > now), None)
    for row in on:
        row.state = "now"
    if following is not None:
        following.state = "next"
    return on, following


def minutes_until(row: Any | None, now: datetime) -> int | None:
    """Return in how many minutes a session starts, where that says more than the time of day."""
    wait = int((row.starts_at - now).total_seconds() // 60) if row else SOON + 1
    return wait if wait <= SOON else None


@require_safe
@viewer_required
def my_agenda(request: HttpRequest) -> HttpResponse:
    """Show where the reader must be next, what changed since they looked, and their sessions, or with `?show=all` all
    that they may see; narrowed to a day, a kind, a room or a language."""
    viewer = viewer_of(request)
    everything = request.GET.get("show") == "all"
    at = release_cache.current(viewer.summit)
    context: dict[str, Any] = {"viewer": viewer, "summit": viewer.summit, "everything": everything, "release": None}
    if at is None:
        context["sessions"] = render_to_string("portal/my_sessions.html", context | _narrowed({}, context, []))
        return render(request, "portal/my_agenda.html", context)
    found = read_marks.seen_by(request, viewer)
    own = read_marks.own(viewer, at, found)
    listed = SessionList(viewer.summit, at.stamp, get_language() or "", everything)
    rows = _shown(viewer, at, own, listed)
    context |= _lists(viewer, at, listed, rows, read_marks.unread(viewer, at, found, own))
    wanted = asked(request.GET)
    context["sessions"] = listed.rendered(
        rows, tuple(wanted.items()), lambda: context | _narrowed(wanted, context, rows)
    )
    return render(request, "portal/my_agenda.html", context)


def _narrowed(wanted: dict[str, str], context: dict[str, Any], rows: list[SessionLine]) -> dict[str, Any]:
    """Return what the list says of rows that the address narrows."""
    summit = context["summit"]
    kept = {"summit": summit.slug, **({"show": "all"} if context["everything"] else {})}
    shown = narrowed(rows, wanted, has=lambda row: row.about.values, kept=kept)
    return {"days": by_day(summit, shown.rows), "shown": shown}


def _shown(viewer: Viewer, at: Current, own: Own, listed: SessionList) -> list[SessionLine]:
    """Return the sessions that the page lists, in their order. One query for all that one may see, none for one's
    own, and two for rows that the process hasn't kept: those too of which the page's news will tell."""
    mine = set(own.rows[at.release.number].values())
    keys = set(release_cache.visible(at.release, viewer.members)) if listed.everything else mine
    rows = release_cache.rows(viewer.summit, keys | own_changes.differing(own), at.stamp)
    parties = frozenset(party.pk for party in viewer.reads_for)
    found = [SessionLine(rows[key], listed, mine=key in mine, parties=parties) for key in keys]
    return sorted(found, key=lambda shown: (shown.row.starts_at, shown.row.ends_at, shown.row.pk))


def _lists(
    viewer: Viewer, at: Current, listed: SessionList, rows: list[SessionLine], fresh: list[Change]
) -> dict[str, Any]:
    """Return what a released agenda's page says besides the list, and mark in it what is now, next, or new."""
    on, following = mark(rows, at.moment)
    changed = {change.session.session_id for change in fresh}
    for row in rows:
        row.fresh = row.row.session_id in changed
    return {
        "release": at.release,
        "updated_at": last_changed.of_members(
            viewer.summit, viewer.members, everything=listed.everything, newest=at.release
        ),
        "names": listed.names,
        "notes": listed.notes,
        "changed": len(fresh),
        "stories": told(fresh[:CHANGES], viewer, change_descriptions.Names(listed.names, listed.notes)),
        "now": on,
        "next": following,
        "minutes": minutes_until(following, at.moment),
        "moment": at.moment,
    }


@require_safe
@viewer_required
def my_changes(request: HttpRequest) -> HttpResponse:
    """Show what each release changed for the reader, old and new."""
    viewer = viewer_of(request)
    everything = request.GET.get("show") == "all"
    found = released_agenda.changes(
        summit=viewer.summit, members=viewer.members, everything=everything, language=get_language()
    )
    page = party_names.on_page(viewer.summit)
    names = change_descriptions.Names(page["names"], page["notes"])
    context = {
        **page,
        "viewer": viewer,
        "summit": viewer.summit,
        "told": [(entry.release, told(entry.changes, viewer, names)) for entry in found],
        "everything": everything,
        "unreleased": not found and release_cache.current(viewer.summit) is None,
        "show_notes": True,
    }
    return render(request, "portal/my_changes.html", context)

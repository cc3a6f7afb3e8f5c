"""The agenda of a user of the portal: the user's sessions, and their changes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language

from delegations.invitations.selectors.taking_part import taking_part
from delegations.parties.selectors import party_names
from portal.views import read_marks
from portal.views.agenda_changes import describe
from portal.visitor_identity import Viewer, portal_page, viewer_of
from sessions.agenda.models.releases import ReleasedSession
from sessions.agenda.selectors import (
    change_descriptions,
    last_changed,
    own_changes,
    release_cache,
    release_changes,
    released_agenda,
)
from sessions.agenda.selectors.differences import SessionChange
from sessions.agenda.selectors.release_cache import Current, Own
from sessions.delays.selectors.live_version import live_key
from sessions.delays.selectors.running import mark_late, mark_runs
from sessions.public import on_now
from sessions.public.filters import asked, narrowed
from sessions.public.session_lists import SessionLine, SessionList
from sessions.public.views import by_day

# Minutes up to which "in 45 minutes" is more useful than the time of day.
SOON = 120
# The most changes that the page shows in full; the page of changes has all of them.
CHANGES = 3


def own_agenda_of(viewer: Viewer) -> list[ReleasedSession]:
    """Return the viewer's own sessions, with the leading participants of each."""
    return list(
        released_agenda.own_agenda(summit=viewer.summit, members=viewer.members, who=released_agenda.Who.LEADING)
    )


def mark(rows: Sequence[Any], now: datetime) -> tuple[list[Any], Any | None]:
    """Set `state` on the viewer's own sessions that are on now and on the next one.

    Return a list of the sessions that are on now, and the next session, None if there is none.
    """
    own_rows = [row for row in rows if row.mine]
    current, coming = on_now.now_and_next(own_rows, now)
    following = coming[0] if coming else None
    for row in current:
        row.state = "now"
    if following is not None:
        following.state = "next"
    return current, following


def minutes_until(row: Any | None, now: datetime) -> int | None:
    """Return in how many minutes a session starts.

    Return None for more than SOON minutes, without a session, and for one that should have started.
    """
    wait = int((row.starts_at - now).total_seconds() // 60) if row else SOON + 1
    return wait if 0 <= wait <= SOON else None


@portal_page()
def my_agenda(request: HttpRequest) -> HttpResponse:
    """Show the viewer's next session, the changes since the last visit, and the list of the viewer's sessions.

    With `?show=all` the list has all sessions that the viewer may see. The list can be filtered by day, kind, room
    and language.
    """
    viewer = viewer_of(request)
    everything = request.GET.get("show") == "all"
    at = release_cache.current(viewer.summit)
    context: dict[str, Any] = {"viewer": viewer, "summit": viewer.summit, "everything": everything, "release": None}
    if at is None:
        context["sessions"] = render_to_string("agenda/session_list.html", context | _narrowed({}, context, []))
        return render(request, "portal/agenda.html", context)
    seen = read_marks.seen_by(request, viewer)
    own = read_marks.own(viewer, at, seen)
    listed = SessionList(viewer.summit, at.stamp, get_language() or "", everything)
    rows = _session_lines(viewer, at, own, listed)
    context |= _lists(viewer, at, listed, rows, read_marks.unread(viewer, at, seen, own))
    if viewer.members.parties and not everything and not rows:
        context["waits_for_answer"] = not taking_part().filter(pk__in=viewer.members.parties).exists()
    filters = asked(request.GET)
    context["sessions"] = listed.rendered(
        rows, tuple(filters.items()), lambda: context | _narrowed(filters, context, rows)
    )
    return render(request, "portal/agenda.html", context)


def _narrowed(filters: dict[str, str], context: dict[str, Any], rows: list[SessionLine]) -> dict[str, Any]:
    """Return the context of the list, with the rows filtered by the query parameters `filters`."""
    summit = context["summit"]
    query = {"summit": summit.slug, **({"show": "all"} if context["everything"] else {})}
    shown = narrowed(rows, filters, has=lambda row: row.about.values, kept=query)
    return {"days": by_day(summit, shown.rows), "shown": shown}


def _session_lines(viewer: Viewer, at: Current, own: Own, listed: SessionList) -> list[SessionLine]:
    """Return the sessions that the page lists, in the order of their times.

    Makes one query if all visible sessions are listed, and none for the viewer's own sessions. Makes two more for
    rows that the process hasn't cached, including the rows of the changes that the page shows.
    """
    own_keys = set(own.rows[at.release.number].values())
    keys = set(release_cache.visible(at.release, viewer.members)) if listed.everything else own_keys
    rows = release_cache.rows(viewer.summit, keys | own_changes.differing(own), at.stamp)
    parties = frozenset(party.pk for party in viewer.reads_for)
    lines = [SessionLine(rows[key], listed, mine=key in own_keys, parties=parties) for key in keys]
    return sorted(lines, key=lambda line: (line.row.starts_at, line.row.ends_at, line.row.pk))


def _lists(
    viewer: Viewer, at: Current, listed: SessionList, rows: list[SessionLine], unseen: list[SessionChange]
) -> dict[str, Any]:
    """Return the page's context besides the list, and mark the rows that are on now, are next, or are new."""
    mark_late(viewer.summit, rows)
    mark_runs(viewer.summit, rows)
    on_now.mark(rows, at.moment)
    current, following = mark(rows, at.moment)
    changed = {change.session.session_id for change in unseen}
    for row in rows:
        row.fresh = row.row.session_id in changed
    return {
        "release": at.release,
        "updated_at": last_changed.of_members(
            viewer.summit, viewer.members, everything=listed.everything, newest=at.release
        ),
        "names": listed.names,
        "notes": listed.notes,
        "changed": len(unseen),
        "stories": describe(unseen[:CHANGES], viewer, change_descriptions.Names(listed.names, listed.notes)),
        "now": current,
        "next": following,
        "minutes": minutes_until(following, at.moment),
        "moment": at.moment,
        "live_key": live_key(viewer.summit),
    }


@portal_page()
def my_changes(request: HttpRequest) -> HttpResponse:
    """Show for each release the changes of the viewer's own sessions, with old and new values.

    With `?show=all`, show the changes of all sessions that the viewer may see.
    """
    viewer = viewer_of(request)
    everything = request.GET.get("show") == "all"
    entries = release_changes.changes(
        summit=viewer.summit, members=viewer.members, everything=everything, language=get_language()
    )
    page = party_names.on_page(viewer.summit)
    names = change_descriptions.Names(page["names"], page["notes"])
    context = {
        **page,
        "viewer": viewer,
        "summit": viewer.summit,
        "told": [(entry.release, describe(entry.changes, viewer, names)) for entry in entries],
        "everything": everything,
        "unreleased": not entries and release_cache.current(viewer.summit) is None,
        "show_notes": True,
    }
    return render(request, "portal/agenda/changes.html", context)

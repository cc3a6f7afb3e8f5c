"""Which changes of the agenda somebody has seen already: kept by person, so that it is the same on all their devices.

Whoever came by a letter's link may be several people: for them their browser's session keeps it.
"""

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from portal.browser_session import SHOWN_KEY
from portal.identity import Viewer
from sessions.agenda.selectors import own_changes, release_cache, released_snapshots
from sessions.agenda.selectors.differences import Change
from sessions.agenda.selectors.release_cache import Current, Own
from sessions.draft.models.sessions import Session
from sessions.notifications.services import read_marks
from sessions.notifications.services.read_marks import Seen

# How many releases the home looks back: the page of changes has them all.
LOOK_BACK = 3


def seen_by(request: HttpRequest, viewer: Viewer) -> Seen:
    """Return what the viewer has seen already. One query at most."""
    if viewer.me is not None:
        return read_marks.seen(viewer.me)
    noted = request.session.get(SHOWN_KEY, {}).get(viewer.summit.slug, 0)
    # Before sessions were noted one by one, the number alone was kept.
    numbers = {"": noted} if isinstance(noted, int) else noted
    return Seen(numbers.get("", 0), {int(key): number for key, number in numbers.items() if key})


def note(request: HttpRequest, viewer: Viewer, number: int, session: Session | None = None) -> None:
    """Note that the viewer has seen what changed up to a release, of a session or of everything."""
    if viewer.me is not None:
        read_marks.look(person=viewer.me, number=number, session=session)
        return
    found = seen_by(request, viewer)
    if number > (found.sessions.get(session.pk, 0) if session else found.everything):
        numbers = {"": found.everything, **{str(key): value for key, value in found.sessions.items()}}
        numbers[str(session.pk) if session else ""] = number
        noted = request.session.get(SHOWN_KEY, {})
        request.session[SHOWN_KEY] = {**noted, viewer.summit.slug: numbers}


def own(viewer: Viewer, at: Current, found: Seen) -> Own:
    """Return the viewer's sessions in the newest release, and in those before it of which something is new to them.
    One query."""
    back = LOOK_BACK if at.release.number > max(found.everything, 1) else 0
    return release_cache.own(viewer.summit, viewer.members, own_changes.numbers(at, back))


def unread(viewer: Viewer, at: Current, found: Seen, theirs: Own) -> list[Change]:
    """Return what the last releases changed for the viewer and they haven't seen, newest first. No query but for rows
    that the process hasn't kept."""
    told = own_changes.changes(viewer.summit, theirs, at, get_language())
    return [
        change
        for number, changes in told.items()
        for change in changes
        if not found.has(number, change.session.session_id)
    ]


def marks_seen(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Note the newest release as seen when the view has shown it to a viewer; goes around `viewer_required`."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        viewer: Viewer | None = getattr(request, "viewer", None)
        newest = released_snapshots.latest(viewer.summit) if viewer and response.status_code == 200 else None
        if viewer and newest is not None:
            note(request, viewer, newest.number)
        return response

    return wrapped

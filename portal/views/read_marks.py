"""The marks for agenda changes that a viewer has seen. They are stored by person, the same for all devices.

If the portal was opened by a letter's link, which several people may use, the marks are in the browser's session.
"""

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import get_language

from portal.browser_session import SHOWN_KEY
from portal.visitor_identity import Viewer
from sessions.agenda.selectors import own_changes, release_cache, released_snapshots
from sessions.agenda.selectors.differences import SessionChange
from sessions.agenda.selectors.release_cache import Current, Own
from sessions.draft.models.sessions import Session
from sessions.notifications.services import read_marks
from sessions.notifications.services.read_marks import Seen

# The number of releases whose changes the home page shows; the page of changes has all of them.
LOOK_BACK = 3


def seen_by(request: HttpRequest, viewer: Viewer) -> Seen:
    """Return which changes of the agenda the viewer has seen. Makes at most one query."""
    if viewer.me is not None:
        return read_marks.seen(viewer.me)
    stored = request.session.get(SHOWN_KEY, {}).get(viewer.summit.slug, 0)
    # Older browser sessions store only a number, from before single sessions were recorded.
    numbers = {"": stored} if isinstance(stored, int) else stored
    return Seen(numbers.get("", 0), {int(key): number for key, number in numbers.items() if key})


def record(request: HttpRequest, viewer: Viewer, number: int, session: Session | None = None) -> None:
    """Record that the viewer has seen the changes up to release `number`, of one session or of all sessions."""
    if viewer.me is not None:
        read_marks.record(person=viewer.me, number=number, session=session)
        return
    seen = seen_by(request, viewer)
    if number > (seen.sessions.get(session.pk, 0) if session else seen.everything):
        numbers = {"": seen.everything, **{str(key): value for key, value in seen.sessions.items()}}
        numbers[str(session.pk) if session else ""] = number
        stored = request.session.get(SHOWN_KEY, {})
        request.session[SHOWN_KEY] = {**stored, viewer.summit.slug: numbers}


def own(viewer: Viewer, at: Current, found: Seen) -> Own:
    """Return the viewer's own sessions in the newest release and in the releases with unseen changes.

    Makes one query.
    """
    back = LOOK_BACK if at.release.number > max(found.everything, 1) else 0
    return release_cache.own(viewer.summit, viewer.members, own_changes.numbers(at, back))


def unread(viewer: Viewer, at: Current, found: Seen, theirs: Own) -> list[SessionChange]:
    """Return the changes of the last releases that the viewer hasn't seen, newest first.

    Makes no query, except for rows that the process hasn't cached.
    """
    changes_by_release = own_changes.changes(viewer.summit, theirs, at, get_language())
    return [
        change
        for number, changes in changes_by_release.items()
        for change in changes
        if not found.has(number, change.session.session_id)
    ]


def marks_seen(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Decorate a view so that the newest release is recorded as seen once the view has shown it.

    Apply it outside `portal_page`.
    """

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        viewer: Viewer | None = getattr(request, "viewer", None)
        newest = released_snapshots.latest(viewer.summit) if viewer and response.status_code == 200 else None
        if viewer and newest is not None:
            record(request, viewer, newest.number)
        return response

    return wrapped

"""Which changes of the agenda somebody has seen already: kept by person, so that it is the same on all their devices.

Whoever came by a letter's link may be several people: for them their browser's session keeps it.
"""

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from portal.identity import Viewer
from portal.kept import SHOWN_KEY
from sessions.domain import looks, member, releases
from sessions.domain.looks import Seen
from sessions.domain.member import ReleaseChanges
from sessions.models import Release, Session

# How many releases the home looks back: the page of changes has them all.
LOOK_BACK = 3


def seen_by(request: HttpRequest, viewer: Viewer) -> Seen:
    """Return what the viewer has seen already. One query at most."""
    if viewer.me is not None:
        return looks.seen(viewer.me)
    kept = request.session.get(SHOWN_KEY, {}).get(viewer.summit.slug, 0)
    # Before sessions were noted one by one, the number alone was kept.
    numbers = {"": kept} if isinstance(kept, int) else kept
    return Seen(numbers.get("", 0), {int(key): number for key, number in numbers.items() if key})


def note(request: HttpRequest, viewer: Viewer, number: int, session: Session | None = None) -> None:
    """Note that the viewer has seen what changed up to a release, of a session or of everything."""
    if viewer.me is not None:
        looks.look(person=viewer.me, number=number, session=session)
        return
    found = seen_by(request, viewer)
    if number > (found.sessions.get(session.pk, 0) if session else found.everything):
        numbers = {"": found.everything, **{str(key): value for key, value in found.sessions.items()}}
        numbers[str(session.pk) if session else ""] = number
        kept = request.session.get(SHOWN_KEY, {})
        request.session[SHOWN_KEY] = {**kept, viewer.summit.slug: numbers}


def unread(request: HttpRequest, viewer: Viewer, newest: Release | None) -> list[ReleaseChanges]:
    """Return what the last releases changed for the viewer and they haven't seen, newest first. One query where they
    have seen all."""
    found = seen_by(request, viewer)
    if newest is None or newest.number <= max(found.everything, 1):
        return []
    told = member.changes(summit=viewer.summit, members=viewer.members, limit=LOOK_BACK, language=get_language())
    return [
        ReleaseChanges(entry.release, news)
        for entry in told
        if (
            news := [
                change for change in entry.changes if not found.has(entry.release.number, change.session.session_id)
            ]
        )
    ]


def marks_seen(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Note the newest release as seen when the view has shown it to a viewer; goes around `viewer_required`."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        viewer: Viewer | None = getattr(request, "viewer", None)
        newest = releases.latest(viewer.summit) if viewer and response.status_code == 200 else None
        if viewer and newest is not None:
            note(request, viewer, newest.number)
        return response

    return wrapped

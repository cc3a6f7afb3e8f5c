"""Which changes of the agenda this browser has shown already. Kept in its session: the portal has no tables."""

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from portal.identity import Viewer
from portal.kept import SHOWN_KEY
from sessions.domain import member, releases
from sessions.domain.member import ReleaseChanges

# How many releases the home looks back: the page of changes has them all.
LOOK_BACK = 3


def unread(request: HttpRequest, viewer: Viewer) -> list[ReleaseChanges]:
    """Return what the last releases changed for the viewer and this browser hasn't shown, newest first."""
    seen = request.session.get(SHOWN_KEY, {}).get(viewer.summit.slug, 0)
    found = member.changes(summit=viewer.summit, members=viewer.members, limit=LOOK_BACK, language=get_language())
    return [entry for entry in found if entry.release.number > seen]


def marks_seen(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Note the newest release as seen when the view has shown it to a viewer; goes around `viewer_required`."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        viewer: Viewer | None = getattr(request, "viewer", None)
        newest = releases.latest(viewer.summit) if viewer and response.status_code == 200 else None
        if viewer and newest is not None:
            kept = request.session.get(SHOWN_KEY, {})
            if kept.get(viewer.summit.slug) != newest.number:
                request.session[SHOWN_KEY] = {**kept, viewer.summit.slug: newest.number}
        return response

    return wrapped

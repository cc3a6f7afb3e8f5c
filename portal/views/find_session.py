"""Find a session of the released agenda that the user of the portal may see."""

from django.http import Http404, HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.visitor_identity import Viewer, viewer_of
from sessions.agenda.models.releases import ReleasedSession
from sessions.agenda.selectors import release_changes, released_agenda
from sessions.agenda.selectors.release_changes import CancelledSession
from summit.core.languages import spoken


def find_session_or_404(request: HttpRequest, public_id: str) -> tuple[Viewer, ReleasedSession]:
    """Return the user's Viewer and the released session with this public id.

    The session may be in any of the user's summits, and the Viewer is for that summit. Raises Http404 for a session
    that the user may not see.
    """
    for viewer in _viewers(request):
        row = released_agenda.find(summit=viewer.summit, members=viewer.members, public_id=public_id)
        if row is not None:
            return viewer, row
    raise Http404(_("This session is not in the agenda available to you."))


def find_cancelled(request: HttpRequest, public_id: str) -> tuple[Viewer, CancelledSession] | None:
    """Return the user's Viewer and the cancelled session with this public id, as the user could read it last.

    Return None if there is none that the user could read.
    """
    language = spoken(get_language() or "")
    for viewer in _viewers(request):
        found = release_changes.cancelled(
            summit=viewer.summit, members=viewer.members, public_id=public_id, language=language
        )
        if found is not None:
            return viewer, found
    return None


def _viewers(request: HttpRequest) -> list[Viewer]:
    """Return the user's Viewers, first that of the summit at hand."""
    listed: list[Viewer] = request.viewers  # type: ignore[attr-defined]
    return sorted(listed, key=lambda viewer: viewer is not viewer_of(request))

"""A session of the released agenda, as the reader of the portal may know it."""

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from portal.identity import Viewer, viewer_of
from sessions.agenda.models.releases import ReleasedSession
from sessions.agenda.selectors import released_agenda


def find(request: HttpRequest, public_id: str) -> tuple[Viewer, ReleasedSession]:
    """Return a session of any summit that the reader belongs to, and the reader there. Raises Http404 for one that
    they may not know of."""
    listed: list[Viewer] = request.viewers  # type: ignore[attr-defined]
    for viewer in sorted(listed, key=lambda viewer: viewer is not viewer_of(request)):
        row = released_agenda.find(summit=viewer.summit, members=viewer.members, public_id=public_id)
        if row is not None:
            return viewer, row
    raise Http404(_("This session does not stand in the agenda that is open to you."))

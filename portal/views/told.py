"""Changes of the agenda as whoever is in the portal reads them, with what became of their own speeches."""

from portal.identity import Viewer
from sessions.domain.differences import Change, Programme
from sessions.domain.speech_news import with_speeches
from sessions.domain.wording import Names, Story


def told(changes: list[Change], viewer: Viewer, names: Names) -> list[Story]:
    """Return changes in words. No query."""
    members = viewer.members
    return with_speeches(changes, Programme(members.parties, members.people), viewer.summit, names)

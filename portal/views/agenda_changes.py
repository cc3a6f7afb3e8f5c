"""Changes of the agenda in words, including changes of the viewer's own speeches."""

from portal.visitor_identity import Viewer
from sessions.agenda.selectors.change_descriptions import Names, Story
from sessions.agenda.selectors.differences import Programme, SessionChange
from sessions.notifications.selectors.speech_changes import with_speeches


def describe(changes: list[SessionChange], viewer: Viewer, names: Names) -> list[Story]:
    """Return the changes in words, for the viewer. Makes no query."""
    members = viewer.members
    return with_speeches(changes, Programme(members.parties, members.people), viewer.summit, names)

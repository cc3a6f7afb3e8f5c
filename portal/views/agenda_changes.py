"""Changes of the agenda in words, with those of the reader's own speeches."""

from portal.identity import Viewer
from sessions.agenda.selectors.change_descriptions import Names, Story
from sessions.agenda.selectors.differences import Programme, SessionChange
from sessions.notifications.selectors.speech_changes import with_speeches


def describe(changes: list[SessionChange], viewer: Viewer, names: Names) -> list[Story]:
    """Return changes in words. No query."""
    members = viewer.members
    return with_speeches(changes, Programme(members.parties, members.people), viewer.summit, names)

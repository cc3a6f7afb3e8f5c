"""The models of all packages, for Django. Import each from its own package."""

from sessions.agenda.models.releases import Release, ReleasedParticipant, ReleasedSession, ReleaseEntry
from sessions.agenda.models.removals import PublicRemoval
from sessions.calendars.models import Feed
from sessions.documents.models import Document
from sessions.draft.models.kinds import OwnKind
from sessions.draft.models.participants import FloorRequest, Participant, Slot
from sessions.draft.models.sessions import Interpretation, Session, SessionText
from sessions.draft.models.signups import SignUp
from sessions.draft.models.versions import DraftVersion
from sessions.exchange.models import ScheduleFile
from sessions.notifications.models import AgendaLook

__all__ = [
    "AgendaLook",
    "Document",
    "DraftVersion",
    "Feed",
    "FloorRequest",
    "Interpretation",
    "OwnKind",
    "Participant",
    "PublicRemoval",
    "Release",
    "ReleaseEntry",
    "ReleasedParticipant",
    "ReleasedSession",
    "ScheduleFile",
    "Session",
    "SessionText",
    "SignUp",
    "Slot",
]

"""Tables of the agenda."""

from sessions.models.documents import Document
from sessions.models.feeds import Feed
from sessions.models.kinds import OwnKind, SessionKind
from sessions.models.looks import AgendaLook
from sessions.models.members import Members
from sessions.models.participants import (
    Attendance,
    FloorRequest,
    Participant,
    ParticipantRole,
    RequestState,
    Slot,
)
from sessions.models.releases import (
    Release,
    ReleasedParticipant,
    ReleasedRole,
    ReleasedSession,
    ReleaseEntry,
)
from sessions.models.removals import PublicNotice, PublicRemoval
from sessions.models.sessions import Interpretation, MediaAccess, Session, SessionText
from sessions.models.signups import SignUp, SignUpState
from sessions.models.uploads import ScheduleFile
from sessions.models.versions import DraftVersion
from sessions.models.visibility import Visibility

__all__ = [
    "AgendaLook",
    "Attendance",
    "Document",
    "DraftVersion",
    "Feed",
    "FloorRequest",
    "Interpretation",
    "MediaAccess",
    "Members",
    "OwnKind",
    "Participant",
    "ParticipantRole",
    "PublicNotice",
    "PublicRemoval",
    "Release",
    "ReleaseEntry",
    "ReleasedParticipant",
    "ReleasedRole",
    "ReleasedSession",
    "RequestState",
    "ScheduleFile",
    "Session",
    "SessionKind",
    "SessionText",
    "SignUp",
    "SignUpState",
    "Slot",
    "Visibility",
]

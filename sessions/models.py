"""The models of all packages, collected for Django. Import each from its own package."""

from sessions.agenda.models.releases import Release, ReleasedParticipant, ReleasedSession, ReleaseEntry
from sessions.agenda.models.removals import PublicRemoval
from sessions.bilaterals.models import Bilateral, BilateralPolicy, UnavailableTime
from sessions.board.models import BoardStep
from sessions.calendars.models import CalendarFeed
from sessions.conflicts.models import ConflictPolicy, RoomHold
from sessions.delays.models import DelayNotice, FixedPoint, Retiming, SessionRun
from sessions.documents.models import Document
from sessions.draft.models.kinds import CustomKind
from sessions.draft.models.participants import FloorRequest, Participant, Slot
from sessions.draft.models.sessions import Interpretation, Session, SessionText
from sessions.draft.models.signups import SignUp
from sessions.draft.models.versions import DraftVersion
from sessions.exchange.models import ScheduleImportFile
from sessions.notifications.models import AgendaReadMark
from sessions.presence.models import PresenceMark, Representation, ToldByTelephone
from sessions.screens.models import Screen
from sessions.speakers.models import SpeechInterval, SpeechRun

__all__ = [
    "AgendaReadMark",
    "Bilateral",
    "BilateralPolicy",
    "BoardStep",
    "CalendarFeed",
    "ConflictPolicy",
    "CustomKind",
    "DelayNotice",
    "Document",
    "DraftVersion",
    "FixedPoint",
    "FloorRequest",
    "Interpretation",
    "Participant",
    "PresenceMark",
    "PublicRemoval",
    "Release",
    "ReleaseEntry",
    "ReleasedParticipant",
    "ReleasedSession",
    "Representation",
    "Retiming",
    "RoomHold",
    "ScheduleImportFile",
    "Screen",
    "Session",
    "SessionRun",
    "SessionText",
    "SignUp",
    "Slot",
    "SpeechInterval",
    "SpeechRun",
    "ToldByTelephone",
    "UnavailableTime",
]

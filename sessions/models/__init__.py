"""Tables of the agenda."""

from sessions.models.releases import (
    Release,
    ReleasedParticipant,
    ReleasedRole,
    ReleasedSession,
    ReleaseEntry,
)
from sessions.models.sessions import Participant, ParticipantRole, Session, SessionKind, Slot, Visibility

__all__ = [
    "Participant",
    "ParticipantRole",
    "Release",
    "ReleaseEntry",
    "ReleasedParticipant",
    "ReleasedRole",
    "ReleasedSession",
    "Session",
    "SessionKind",
    "Slot",
    "Visibility",
]

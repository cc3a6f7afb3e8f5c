"""Where and when a session takes place, as a value."""

from dataclasses import dataclass
from datetime import datetime

from sessions.draft.models.sessions import Session
from summit.summits.models import Room


@dataclass(frozen=True)
class Placement:
    """The times and the room of a session. `room` is None for a session without a room."""

    starts_at: datetime
    ends_at: datetime
    room: Room | None

    @classmethod
    def of(cls, session: Session) -> "Placement":
        """Return the times and the room that a session has."""
        return cls(session.starts_at, session.ends_at, session.room)

    def to_the_minute(self) -> "Placement":
        """Return the same with times in whole minutes, as a board shows them."""
        starts_at, ends_at = (moment.replace(second=0, microsecond=0) for moment in (self.starts_at, self.ends_at))
        return Placement(starts_at, ends_at, self.room)

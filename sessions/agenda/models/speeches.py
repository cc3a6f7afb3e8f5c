"""The speeches of a released session, each with when it begins if all before it keep to their time."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Protocol


class _Session(Protocol):
    """What the times are reckoned from."""

    starts_at: datetime
    times_known: bool
    opening: int | None

    @property
    def participants(self) -> Any:
        """Who takes part."""


class Peopled:
    """A session that names who takes part."""

    @property
    def people(self: _Session) -> list[Any]:
        """Who takes part, in their order; each has `about`, when a speech begins, or None."""
        return timed(self, self.participants.all())


def timed(session: _Session, places: Iterable[Any]) -> list[Any]:
    """Give each place `about`: the moment at which a speech begins where all before it take as long as they may."""
    found, moment = list(places), session.starts_at + timedelta(minutes=session.opening or 0)
    sure = session.times_known
    for place in found:
        place.about = None
        if place.slot_key:
            # After a speech of unknown length nobody can say when the next begins.
            place.about = moment if sure else None
            sure = sure and place.minutes is not None
            moment += timedelta(minutes=place.minutes or 0)
    return found

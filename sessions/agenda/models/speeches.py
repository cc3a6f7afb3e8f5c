"""The speeches of a released session, each with its expected start if all earlier speakers keep to their time."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Protocol


class _Session(Protocol):
    """The fields from which the times of speeches are calculated."""

    starts_at: datetime
    times_known: bool
    opening: int | None

    @property
    def participants(self) -> Any:
        """The participants of the session."""


class Peopled:
    """Mixin that adds `people` to sessions with participants."""

    @property
    def people(self: _Session) -> list[Any]:
        """The participants in their order. Each has `about`: the expected start of a speech, or None."""
        return timed(self, self.participants.all())


def timed(session: _Session, places: Iterable[Any]) -> list[Any]:
    """Return the places as a list, with the attribute `about` set on each.

    `about` is the time at which the speech begins if all earlier speeches take their full minutes. It is None for
    places that aren't speeches, if the session's times aren't known, and after a speech without a length.
    """
    rows, moment = list(places), session.starts_at + timedelta(minutes=session.opening or 0)
    start_known = session.times_known
    for place in rows:
        place.about = None
        if place.slot_key:
            # After a speech of unknown length, the start of the next speech is unknown.
            place.about = moment if start_known else None
            start_known = start_known and place.minutes is not None
            moment += timedelta(minutes=place.minutes or 0)
    return rows

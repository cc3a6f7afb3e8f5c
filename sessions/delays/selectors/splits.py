"""Which speeches of a session move to its second part when it is split."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sessions.draft.models.sessions import Session
from sessions.speakers.selectors import RunningSpeech, running_list


def waiting_speeches(session: int) -> list[RunningSpeech]:
    """Return the speeches of a session, by its primary key, that haven't been given, in the running order.

    Each has its expected start. Makes five queries, one if the session is no longer there.
    """
    row = Session.objects.filter(pk=session).first()
    return running_list(row).waiting if row is not None else []


def not_given_by(speeches: Sequence[RunningSpeech], moment: datetime) -> list[RunningSpeech]:
    """Return the waiting speeches from the first one on that isn't over by a moment, if all keep to their time."""
    for number, speech in enumerate(speeches):
        if speech.begins is None or speech.begins + timedelta(minutes=speech.slot.minutes) > moment:
            return list(speeches[number:])
    return []

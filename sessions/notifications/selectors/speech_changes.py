"""The effects of a change on a reader's speeches: the new position and expected start of each."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from sessions.agenda.models.releases import ReleasedRole
from sessions.agenda.selectors.change_descriptions import Names, Story, Where, stories
from sessions.agenda.selectors.differences import Programme, SessionChange
from sessions.agenda.selectors.participant_names import called
from sessions.agenda.selectors.snapshots import ParticipantSnapshot, Snapshot
from sessions.draft.selectors.speech_times import beginnings
from summit.core.date_formats import clock


@dataclass(frozen=True)
class News:
    """A speech that is new or has another position or start.

    `place` is the speech's position, counted from 1. `begins` is the expected start; None if the reader may not know
    it.
    """

    speech: ParticipantSnapshot
    place: int
    begins: datetime | None


# A speech's position from 1, and its start.
_Stand = tuple[int, datetime | None]


def _speeches_by_slot(session: Snapshot | None) -> dict[str, tuple[ParticipantSnapshot, _Stand]]:
    """Return the speeches of a session with their position and start, by slot key."""
    if session is None:
        return {}
    speeches = session.by_role(ReleasedRole.SPEAKER)
    times = beginnings(
        starts_at=session.starts_at, opening=session.opening, minutes=[speech.minutes for speech in speeches]
    )
    return {
        speech.slot_key: (speech, (number, begins if session.times_known else None))
        for number, (speech, begins) in enumerate(zip(speeches, times, strict=True), start=1)
    }


class SpeechNews:
    """The changed speeches of one change, indexed by party and person.

    The index exists because thousands of readers may need the change.
    """

    def __init__(self, change: SessionChange) -> None:
        before = _speeches_by_slot(change.before)
        self._news: list[News] = []
        self._of: dict[tuple[str, int | None], list[int]] = {}
        for key, (speech, stand) in _speeches_by_slot(change.after).items():
            if key in before and before[key][1] == stand:
                continue
            for owner in (("party", speech.party_id), ("person", speech.person_id)):
                self._of.setdefault(owner, []).append(len(self._news))
            self._news.append(News(speech, *stand))

    def of(self, mine: Programme) -> Iterator[News]:
        """Yield the changed speeches in a programme, in their order."""
        keys = [*(("party", key) for key in mine.parties), *(("person", key) for key in mine.people)]
        for number in sorted({number for key in keys for number in self._of.get(key, ())}):
            yield self._news[number]


def sentence(name: str, place: int, begins: datetime | None, where: Where) -> str:
    """Return a sentence with the position and expected start of a speech."""
    if begins is None:
        return _("Speech of %(name)s: position %(place)d") % {"name": name, "place": place}
    start = clock(begins.astimezone(where.zone))
    time = _("%(time)s %(place)s time") % {"time": start, "place": where.said_place}
    params = {"name": name, "place": place, "time": time}
    return _("Speech of %(name)s: position %(place)d, at about %(time)s") % params


def with_speeches(changes: list[SessionChange], mine: Programme, where: Where, names: Names) -> list[Story]:
    """Return changes in words, with sentences about the changed speeches in the programme `mine`."""
    found = []
    for story, change in zip(stories(changes, where, names=names), changes, strict=True):
        news = SpeechNews(change).of(mine)
        lines = tuple(sentence(called(each.speech, names.book)[0], each.place, each.begins, where) for each in news)
        found.append(replace(story, speeches=lines) if lines else story)
    return found

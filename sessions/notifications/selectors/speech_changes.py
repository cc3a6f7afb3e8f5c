"""What a change of a session does to the speeches of its readers: at which place each is now, and when about."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from sessions.agenda.models.releases import ReleasedRole
from sessions.agenda.selectors.change_descriptions import Names, Story, Where, stories
from sessions.agenda.selectors.differences import Change, Programme
from sessions.agenda.selectors.participant_names import called
from sessions.agenda.selectors.snapshots import Place, Snapshot
from sessions.draft.selectors.speech_times import beginnings
from summit.core.date_formats import clock


@dataclass(frozen=True)
class News:
    """A speech that is new, stands at another place or begins at another time: its place from one on, and when it
    begins if all before it keep their time, None where its reader may not know."""

    speech: Place
    place: int
    begins: datetime | None


# A speech's place in the order, and when it begins.
_Stand = tuple[int, datetime | None]


def _stands(session: Snapshot | None) -> dict[str, tuple[Place, _Stand]]:
    """Return the speeches of a session by their keys."""
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
    """The news of speeches by whose they are: of one change that thousands may read, each a line of it."""

    def __init__(self, change: Change) -> None:
        before = _stands(change.before)
        self._news: list[News] = []
        self._of: dict[tuple[str, int | None], list[int]] = {}
        for key, (speech, stand) in _stands(change.after).items():
            if key in before and before[key][1] == stand:
                continue
            for whose in (("party", speech.party_id), ("person", speech.person_id)):
                self._of.setdefault(whose, []).append(len(self._news))
            self._news.append(News(speech, *stand))

    def of(self, mine: Programme) -> Iterator[News]:
        """Yield what concerns the speeches in a programme, in their order."""
        keys = [*(("party", key) for key in mine.parties), *(("person", key) for key in mine.people)]
        for number in sorted({number for key in keys for number in self._of.get(key, ())}):
            yield self._news[number]


def sentence(name: str, place: int, begins: datetime | None, where: Where) -> str:
    """Return what is said of a speech."""
    if begins is None:
        return _("Speech of %(name)s: place %(place)d") % {"name": name, "place": place}
    begun = clock(begins.astimezone(where.zone))
    time = _("%(time)s %(place)s time") % {"time": begun, "place": where.said_place}
    said = {"name": name, "place": place, "time": time}
    return _("Speech of %(name)s: place %(place)d, at about %(time)s") % said


def with_speeches(changes: list[Change], mine: Programme, where: Where, names: Names) -> list[Story]:
    """Return changes in words, with what became of the speeches in a programme."""
    found = []
    for story, change in zip(stories(changes, where, names=names), changes, strict=True):
        news = SpeechNews(change).of(mine)
        said = tuple(sentence(called(each.speech, names.book)[0], each.place, each.begins, where) for each in news)
        found.append(replace(story, speeches=said) if said else story)
    return found

"""What can't be right in the draft: a room taken twice, somebody in two places. Shown before a release; it decides
nothing."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from sessions.domain.snapshots import Agenda, Snapshot
from sessions.domain.wording import Where, span


@dataclass(frozen=True)
class Clash:
    """Two sessions at once in one room, or with the same person."""

    who: str
    is_room: bool
    first: Snapshot
    second: Snapshot

    def words(self, where: Where) -> str:
        """Say it in a sentence."""
        values = {
            "who": self.who,
            "first": self.first.title,
            "one": span(self.first.starts_at, self.first.ends_at, where),
            "second": self.second.title,
            "two": span(self.second.starts_at, self.second.ends_at, where),
        }
        if self.is_room:
            return _("%(who)s is taken twice: “%(first)s” (%(one)s) and “%(second)s” (%(two)s).") % values
        return _("%(who)s is in two places: “%(first)s” (%(one)s) and “%(second)s” (%(two)s).") % values


def overlapping(sessions: Iterable[Snapshot]) -> list[tuple[Snapshot, Snapshot]]:
    """Return each pair that is on at the same time; one that ends as the other starts is not."""
    found = []
    running: list[Snapshot] = []
    for session in sorted(sessions, key=lambda session: (session.starts_at, session.ends_at, session.key)):
        running = [other for other in running if other.ends_at > session.starts_at]
        found += [(other, session) for other in running]
        running.append(session)
    return found


def clashes(agenda: Agenda) -> list[Clash]:
    """Return all clashes of an agenda, in the order of the days."""
    rooms: dict[tuple[str, str], list[Snapshot]] = {}
    people: dict[int, tuple[str, dict[int, Snapshot]]] = {}
    for session in agenda.values():
        if session.room_name:
            rooms.setdefault((session.venue_name, session.room_name), []).append(session)
        for place in session.places:
            if place.person_id:
                people.setdefault(place.person_id, (place.label, {}))[1][session.session_id] = session
    found = [
        Clash(session_pair[0].where, True, *session_pair)
        for sessions in rooms.values()
        for session_pair in overlapping(sessions)
    ]
    found += [
        Clash(label, False, *pair) for label, sessions in people.values() for pair in overlapping(sessions.values())
    ]
    return sorted(found, key=lambda clash: (clash.second.starts_at, clash.who, clash.first.key, clash.second.key))

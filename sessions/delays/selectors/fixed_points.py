"""Which fixed points new times break."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from sessions.agenda.selectors.change_descriptions import minutes
from sessions.agenda.selectors.snapshots import Agenda, Snapshot
from sessions.delays.models import FixedPoint, FixedPointKind
from summit.summits.models import Summit
from summit.templatetags.moments import clock


@dataclass(frozen=True)
class Breach:
    """A fixed point that doesn't hold, in words, and the sessions that break it."""

    point: FixedPoint
    words: str
    sessions: tuple[Snapshot, ...]


def of_summit(summit: Summit) -> list[FixedPoint]:
    """Return the fixed points of a summit, the earliest first, those of interpreters last. Makes one query."""
    rows = FixedPoint.objects.filter(summit=summit).select_related("party", "session", "summit")
    return sorted(rows, key=lambda row: (row.at is None, row.at, row.pk))


def in_words(point: FixedPoint) -> str:
    """Return a fixed point as a short sentence, such as "France must leave by 12:40"."""
    at = clock(point.at, point.summit) if point.at else ""
    match point.kind:
        case FixedPointKind.LEAVES:
            return _("%(delegation)s: must leave by %(time)s") % {"delegation": point.party, "time": at}
        case FixedPointKind.KITCHEN:
            return _("Kitchen serves at %(time)s: %(session)s") % {"session": point.session, "time": at}
        case FixedPointKind.BROADCAST:
            return _("Broadcast at %(time)s: %(session)s") % {"session": point.session, "time": at}
        case FixedPointKind.POOL_CALL:
            return _("Pool call at %(time)s: %(session)s") % {"session": point.session, "time": at}
    length = minutes(point.minutes or 0)
    if point.booth:
        return _("Interpreters of booth %(booth)s: at most %(length)s a day") % {
            "booth": point.booth,
            "length": length,
        }
    return _("Interpreters: at most %(length)s a day") % {"length": length}


def breaches(points: Iterable[FixedPoint], agenda: Agenda, moved: Mapping[int, Snapshot]) -> list[Breach]:
    """Return the fixed points that the agenda with the `moved` sessions breaks, and the old agenda didn't break so.

    A fixed point that was broken by the same sessions before isn't among them, unless one of them has moved.
    """
    after = agenda | dict(moved)
    return [
        Breach(point, in_words(point), sessions)
        for point in points
        if (sessions := tuple(_against(point, after))) and any(session.session_id in moved for session in sessions)
    ]


def _against(point: FixedPoint, agenda: Agenda) -> Iterator[Snapshot]:
    """Yield the sessions of an agenda that break a fixed point."""
    if point.kind == FixedPointKind.INTERPRETERS:
        yield from _overworked(point, agenda)
    elif point.kind == FixedPointKind.LEAVES:
        assert point.at is not None  # noqa: S101 - a constraint of the table
        for session in agenda.values():
            takes_part = any(place.party_id == point.party_id for place in session.places)
            if (takes_part and session.starts_at < point.at < session.ends_at) or _misses(session, point, takes_part):
                yield session
    elif point.session_id in agenda and point.at is not None:
        start = agenda[point.session_id].starts_at
        late = start > point.at if point.kind == FixedPointKind.KITCHEN else start != point.at
        if late:
            yield agenda[point.session_id]


def _misses(session: Snapshot, point: FixedPoint, takes_part: bool) -> bool:
    """Return whether a session of the delegation begins after its head has left, on the same day."""
    assert point.at is not None  # noqa: S101 - a constraint of the table
    same_day = session.starts_at - point.at < timedelta(hours=12)
    return takes_part and point.at <= session.starts_at and same_day


def _overworked(point: FixedPoint, agenda: Agenda) -> Iterator[Snapshot]:
    """Yield the sessions of the days on which a booth works longer than it may."""
    by_day: dict[tuple[date, str], list[Snapshot]] = {}
    for session in agenda.values():
        booths = {booth for _source, _target, booth in session.languages if booth}
        for booth in booths & {point.booth} if point.booth else booths:
            by_day.setdefault((session.days[0], booth), []).append(session)
    found: dict[int, Snapshot] = {}
    for sessions in by_day.values():
        if sum(session.minutes for session in sessions) > (point.minutes or 0):
            found |= {session.session_id: session for session in sessions}
    yield from found.values()

"""The preview of new times: what moves, what is in conflict then, what else follows, and whose consent it needs."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils.translation import gettext as _

from sessions.agenda.selectors import release_scopes
from sessions.agenda.selectors.release_scopes import Placement, Split, placement_of
from sessions.agenda.selectors.released_snapshots import latest, released
from sessions.agenda.selectors.snapshots import Agenda, Snapshot
from sessions.conflicts.selectors import warnings
from sessions.conflicts.selectors.policies import policies
from sessions.conflicts.selectors.warning_context import Circumstances, circumstances
from sessions.conflicts.selectors.warnings import Finding
from sessions.delays import effects
from sessions.delays.selectors import cascade, fixed_points
from sessions.delays.selectors.cascade import Cascade
from sessions.draft.models.kinds import SessionKind
from sessions.draft.models.sessions import Session
from summit.core.database_clock import db_now
from summit.core.punctuation import comma
from summit.summits.models import Summit

# The names of at most this many people and delegations are in the words of a conflict.
NAMED = 6


@dataclass(frozen=True)
class Move:
    """A session with its released and its new time and room.

    `pushed_by` is the moved session that it would meet, or None if its new time was asked for. `draft_differs` says
    that the draft has another time or room, which the new one replaces. What the new ones don't change stays in the
    draft.
    """

    before: Snapshot
    after: Snapshot
    pushed_by: Snapshot | None
    draft_differs: bool

    @property
    def minutes(self) -> int:
        """By how many minutes the start moves."""
        return int((self.after.starts_at - self.before.starts_at) / timedelta(minutes=1))

    @property
    def minutes_shorter(self) -> int:
        """By how many minutes a session that follows becomes shorter; 0 if it doesn't, or if that was asked for."""
        return self.before.minutes - self.after.minutes if self.pushed_by else 0


@dataclass(frozen=True)
class Conflict:
    """A conflict that the new times cause, which must be accepted or avoided.

    `key` identifies it among the conflicts of one preview; `number` is how many people, delegations or points are
    concerned. A `blocked` one can't be accepted.
    """

    key: str
    kind: str
    label: str
    words: str
    sessions: tuple[Snapshot, ...]
    number: int
    blocked: bool = False


@dataclass(frozen=True)
class RetimingPreview:
    """What new times cause. `number` is that of the release, `old` the agenda of the last one.

    `stays` has (pinned session, the moved session that it meets). `consent` has the reasons for which an organiser
    must consent, in words. `split` says where a session goes on, and `second` is its second part.
    """

    number: int
    old: Agenda
    moves: list[Move]
    stays: list[tuple[Snapshot, Snapshot]]
    conflicts: list[Conflict]
    effects: list[effects.Effect]
    consent: list[str]
    split: Split | None = None
    second: Snapshot | None = None

    @property
    def changes_anything(self) -> bool:
        """Whether there is anything to release."""
        return bool(self.moves or self.split)

    @property
    def shortened(self) -> list[Move]:
        """The breaks that give way: those among the moves that become shorter."""
        return [move for move in self.moves if move.minutes_shorter > 0]

    @property
    def placements(self) -> dict[int, Placement]:
        """The new time and room of each session that moves, and of one that is split, by its primary key."""
        split = [self.old[self.split.session_id]] if self.split else []
        unmoved = {session.session_id: placement_of(session) for session in split}
        return unmoved | {move.after.session_id: placement_of(move.after) for move in self.moves}


def current(summit: Summit) -> tuple[int, Agenda]:
    """Return the number of the last release and its agenda; 0 and an empty agenda if there is none."""
    last = latest(summit)
    return (last.number, released(summit, [last.number]).get(last.number, {})) if last else (0, {})


def preview(
    *,
    summit: Summit,
    asked: Mapping[int, Placement],
    staying: Collection[int] = (),
    shorten_breaks: bool = True,
    follow: bool = True,
    split: Split | None = None,
) -> RetimingPreview:
    """Return what the new times in `asked`, by the primary keys of released sessions, cause.

    `split` says where one of them goes on in a second part. `staying` are the primary keys of sessions that don't
    follow. Without `follow`, no session follows. Writes nothing, and makes a constant number of queries.
    """
    number, old = current(summit)
    asked = {key: placement for key, placement in asked.items() if key in old}
    split = split if split and split.session_id in old else None
    about = _about(summit, split)
    rows = {row.pk: row for row in Session.objects.filter(summit=summit, pk__in=old).select_related("room")}
    pinned = {key for key, row in rows.items() if row.pinned}
    second = release_scopes.second_part(old[split.session_id], split) if split else None
    near = _near(old, asked, split)
    result = cascade.cascade(
        near,
        asked,
        about=about,
        pinned=set(near) if not follow else {*pinned, *staying},
        shorten_breaks=shorten_breaks,
        added=[second] if second else [],
    )
    moved = result.moves
    before = {**old, second.session_id: second} if second else old
    pinned_now = {*pinned, *([split.part_id] if split and split.session_id in pinned else [])}
    return RetimingPreview(
        number=number + 1,
        old=old,
        moves=[_move(old[key], after, result, moved, rows.get(key)) for key, after in moved.items() if key in old],
        stays=[(old[key], moved[by]) for key, by in result.stays.items() if key in pinned],
        conflicts=_conflicts(summit, near, moved, about),
        effects=effects.of_new_times(
            summit,
            [key for key, after in moved.items() if _starts_elsewhen(before[key], after)],
            split.speeches if split else (),
        ),
        consent=_consent(summit, before, moved, pinned_now),
        split=split,
        second=second,
    )


def _about(summit: Summit, split: Split | None) -> Circumstances:
    """Return the circumstances, in which the second part of a session is like the session."""
    about = circumstances(summit)
    if split is None:
        return about
    key, part = split.session_id, split.part_id
    lead = {**about.lead, **({part: about.lead[key]} if key in about.lead else {})}
    signed_up = {**about.signed_up, **({part: about.signed_up[key]} if key in about.signed_up else {})}
    return replace(about, lead=lead, signed_up=signed_up)


def _starts_elsewhen(before: Snapshot, after: Snapshot) -> bool:
    return before.starts_at != after.starts_at


def _near(old: Agenda, asked: Mapping[int, Placement], split: Split | None) -> Agenda:
    """Return the sessions that new times can concern: those from a day before to a day after, old and new.

    A session that is split is without the speeches that move to its second part.
    """
    places = [*asked.values(), *([split.placement] if split else [])]
    keys = {*asked, *([split.session_id] if split else [])}
    moments = [moment for key in keys for moment in (old[key].starts_at, old[key].ends_at)]
    moments += [moment for place in places for moment in (place.starts_at, place.ends_at)]
    if not moments:
        return {}
    first, last = min(moments) - timedelta(days=1), max(moments) + timedelta(days=1)
    near = {key: session for key, session in old.items() if session.starts_at < last and session.ends_at > first}
    if split is not None:
        near[split.session_id] = release_scopes.first_part(near[split.session_id], split)
    return near


def _move(
    before: Snapshot, after: Snapshot, result: Cascade, moved: Mapping[int, Snapshot], row: Session | None
) -> Move:
    by = result.met.get(before.session_id)
    return Move(
        before, after, moved[by] if by is not None else None, row is not None and _replaces(before, after, row)
    )


def _replaces(before: Snapshot, after: Snapshot, row: Session) -> bool:
    """Return whether the new time or room of a session replaces one that the draft alone has."""
    new_times = (row.starts_at, row.ends_at) not in (
        (before.starts_at, before.ends_at),
        (after.starts_at, after.ends_at),
    )
    drafted_room = row.room.public_id if row.room else ""
    new_room = drafted_room not in (before.room_key, after.room_key)
    return (new_times and release_scopes.has_other_times(before, placement_of(after))) or (
        new_room and before.room_key != after.room_key
    )


def _conflicts(summit: Summit, near: Agenda, moved: Mapping[int, Snapshot], about: Circumstances) -> list[Conflict]:
    """Return the conflicts of the moved sessions that they don't have at their old times."""
    if not moved:
        return []
    before = {_identity(finding) for finding in warnings.find(near, about)}
    found: dict[str, list[Finding]] = {}
    for finding in warnings.find(near | dict(moved), about):
        concerned = any(session.session_id in moved for session in finding.sessions)
        if concerned and _identity(finding) not in before:
            key = "-".join([finding.kind.value, *sorted(session.key for session in finding.sessions)])
            found.setdefault(key, []).append(finding)
    blocked = policies(summit).blocked
    conflicts = [
        replace(_of_findings(key, findings), blocked=findings[0].kind in blocked) for key, findings in found.items()
    ]
    points = fixed_points.breaches(fixed_points.of_summit(summit), near, moved)
    return conflicts + [
        Conflict(f"fixed-{breach.point.public_id}", "fixed", breach.words, "", breach.sessions, 1)
        for breach in points
    ]


def _identity(finding: Finding) -> tuple[object, ...]:
    """Return what makes a conflict the same before and after: also how long two sessions overlap."""
    sessions = tuple((session.session_id, session.starts_at, session.ends_at) for session in finding.sessions)
    return finding.kind, finding.who, sessions


def _of_findings(key: str, findings: list[Finding]) -> Conflict:
    first = findings[0]
    names = sorted({finding.who for finding in findings if finding.who})
    words = [comma().join(names[:NAMED])] if names else []
    if len(names) > NAMED:
        words.append(_("and %(number)d more") % {"number": len(names) - NAMED})
    words += [first.detail] if first.detail else []
    return Conflict(key, first.kind.value, first.label, comma().join(words), first.sessions, max(len(names), 1))


def _consent(summit: Summit, old: Agenda, moved: Mapping[int, Snapshot], pinned: Collection[int]) -> list[str]:
    """Return why an organiser must consent, each reason with the sessions that it is about."""
    today = db_now().astimezone(summit.zone).date()
    reasons = [
        (_("Pinned: %(sessions)s"), [after for key, after in moved.items() if key in pinned]),
        (
            _("Bilateral meetings: %(sessions)s"),
            [after for after in moved.values() if after.kind == SessionKind.BILATERAL],
        ),
        (
            _("Not today: %(sessions)s"),
            [after for key, after in moved.items() if _touches_other_days(old[key], after, today)],
        ),
    ]
    return [words % {"sessions": comma().join(_titles(sessions))} for words, sessions in reasons if sessions]


def _touches_other_days(before: Snapshot, after: Snapshot, today: date) -> bool:
    return {*before.days, *after.days} != {today}


def _titles(sessions: Iterable[Snapshot]) -> list[str]:
    return [f"“{session.title}”" for session in sessions]


def placement_at(session: Snapshot, *, start: timedelta = timedelta(), end: timedelta = timedelta()) -> Placement:
    """Return the placement of a session whose start and end are shifted by these times."""
    place = release_scopes.placement_of(session)
    return Placement(place.starts_at + start, place.ends_at + end, place.room_key, place.room_name, place.venue_name)


def swapped(first: Snapshot, second: Snapshot) -> dict[int, Placement]:
    """Return the placements of two sessions that change places: each begins when the other began, in its room.

    Each keeps its length.
    """

    def at(session: Snapshot, other: Snapshot) -> Placement:
        length = session.ends_at - session.starts_at
        place = placement_of(other)
        return Placement(place.starts_at, place.starts_at + length, place.room_key, place.room_name, place.venue_name)

    return {first.session_id: at(first, second), second.session_id: at(second, first)}

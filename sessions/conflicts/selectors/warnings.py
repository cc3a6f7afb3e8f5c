"""Warnings about conflicts in the draft. Desk users see them, also before a release, but they prevent nothing.

`RULES` is the only table of checks. A warning names people and sessions of the draft, but no arrival or departure
time. Only readers of the draft may see warnings.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sessions.agenda.models.releases import ReleasedRole
from sessions.agenda.selectors.change_descriptions import minutes
from sessions.agenda.selectors.draft_snapshots import draft
from sessions.agenda.selectors.snapshots import Agenda, Snapshot
from sessions.conflicts.models import ConflictAction, WarningKind
from sessions.conflicts.selectors import occupied_times
from sessions.conflicts.selectors.warning_context import Circumstances, Seats, circumstances
from sessions.draft.models.kinds import SessionKind
from sessions.draft.models.placements import Placement
from sessions.draft.models.sessions import Session
from summit.core.punctuation import comma
from summit.summits.models import Room, Summit

# The longest set-up or clear-down of a room.
LEAD = timedelta(days=1)


def _room_detail(*facts: Any) -> str:
    return _("including set-up and clear-down") if facts else ""


def _seats_detail(needed: int, available: int) -> str:
    return _("%(wanted)d needed, %(there)d available") % {"wanted": needed, "there": available}


def _hours_detail(opens: time, closes: time) -> str:
    return _("open from %(opens)s to %(closes)s") % {"opens": f"{opens:%H:%M}", "closes": f"{closes:%H:%M}"}


def _speeches_detail(speeches: int, session: int) -> str:
    words = {"speeches": minutes(speeches), "session": minutes(session)}
    return _("speeches: %(speeches)s, session: %(session)s") % words


def _way_detail(there: int, needed: int) -> str:
    words = {"there": minutes(there), "needed": minutes(needed)}
    return _("%(there)s between two venues, %(needed)s needed") % words


def _zone_detail(zones: tuple[str, ...]) -> str:
    return ngettext("the room is in zone %(zones)s", "the room is in zones %(zones)s", len(zones)) % {
        "zones": comma().join(zones)
    }


def _delegation_detail(number: int) -> str:
    # A single delegation is already named in `who`.
    return ngettext("%(n)d delegation", "%(n)d delegations", number) % {"n": number} if number > 1 else ""


_DETAILS: Mapping[WarningKind, Callable[..., str]] = {
    WarningKind.ROOM: _room_detail,
    WarningKind.SEATS: _seats_detail,
    WarningKind.HOURS: _hours_detail,
    WarningKind.SPEECHES: _speeches_detail,
    WarningKind.WAY: _way_detail,
    WarningKind.DELEGATION: _delegation_detail,
    WarningKind.ZONE: _zone_detail,
}


@dataclass(frozen=True)
class Finding:
    """One conflict: the name of the person or thing concerned, and the sessions in which it occurs.

    `facts` are the numbers or hours that `detail` puts into words.
    """

    kind: WarningKind
    who: str
    sessions: tuple[Snapshot, ...]
    facts: tuple[Any, ...] = ()

    @property
    def label(self) -> str:
        """The conflict in two or three words."""
        return str(RULES[self.kind].label)

    @property
    def detail(self) -> str:
        """Details of the conflict in words; "" if there are none."""
        words = _DETAILS.get(self.kind)
        return words(*self.facts) if words else ""

    @property
    def order(self) -> tuple[Any, ...]:
        """The sort key of the finding in a list, by time first."""
        return (self.sessions[0].starts_at, self.kind, self.who, tuple(session.key for session in self.sessions))


Find = Callable[[Agenda, Circumstances], Iterable[Finding]]


@dataclass(frozen=True)
class Rule:
    """A check, with the label of its findings."""

    label: Promise
    find: Find


def warnings(summit: Summit, agenda: Agenda) -> list[Finding]:
    """Return the conflicts in an agenda, ordered by time, except the kinds that the summit ignores.

    Makes seven queries.
    """
    return find(agenda, circumstances(summit))


def find(agenda: Agenda, about: Circumstances) -> list[Finding]:
    """Return the conflicts in an agenda under known circumstances, ordered by time. Makes no query."""
    rules = [rule for kind, rule in RULES.items() if about.policies.action(kind) != ConflictAction.IGNORE]
    findings = [finding for rule in rules for finding in rule.find(agenda, about)]
    return sorted(findings, key=lambda finding: finding.order)


def near(summit: Summit, sessions: Collection[Session]) -> list[Finding]:
    """Return the conflicts of these sessions, within a session or with other sessions of the summit's draft.

    Makes fifteen queries, which read only the sessions up to a day before and after.
    """
    if not sessions:
        return []
    first, last = min(row.starts_at for row in sessions), max(row.ends_at for row in sessions)
    return _of(summit, _around(summit, first, last), {row.pk for row in sessions})


def if_moved(session: Session, *, starts_at: datetime, ends_at: datetime, room: Room | None) -> list[Finding]:
    """Return the conflicts that a session would have at these times in this room; none if it is cancelled.

    Makes as many queries as `near`.
    """
    return if_all_moved(session.summit, {session.pk: Placement(starts_at, ends_at, room)})


def if_all_moved(summit: Summit, placements: Mapping[int, Placement]) -> list[Finding]:
    """Return the conflicts that these sessions would have at other times in other rooms.

    `placements` is a dict from a session's primary key to its times and room. Cancelled sessions have no conflicts.
    Makes as many queries as `near`.
    """
    if not placements:
        return []
    first = min(placement.starts_at for placement in placements.values())
    last = max(placement.ends_at for placement in placements.values())
    moved = draft(summit, among=list(placements))
    agenda = {**_around(summit, first, last), **{key: _moved(row, placements[key]) for key, row in moved.items()}}
    return _of(summit, agenda, moved.keys())


def _moved(session: Snapshot, placement: Placement) -> Snapshot:
    room = placement.room
    return replace(
        session,
        starts_at=placement.starts_at,
        ends_at=placement.ends_at,
        room_key=room.public_id if room else "",
        room_name=room.name if room else "",
        venue_name=room.venue.name if room else "",
    )


def _around(summit: Summit, first: datetime, last: datetime) -> Agenda:
    """Return the sessions of the draft between two times, and up to a day before and after."""
    nearby = Session.objects.filter(summit=summit, starts_at__lt=last + LEAD, ends_at__gt=first - LEAD)
    return draft(summit, among=nearby.values_list("pk", flat=True))


def _of(summit: Summit, agenda: Agenda, keys: Collection[int]) -> list[Finding]:
    return [row for row in warnings(summit, agenda) if any(each.session_id in keys for each in row.sessions)]


def _rooms(agenda: Agenda, about: Circumstances) -> Iterator[Finding]:
    rooms: dict[str, list[occupied_times.Use]] = {}
    for session in agenda.values():
        if session.room_key:
            rooms.setdefault(session.room_key, []).append(_room_use(session, about))
    for uses in rooms.values():
        for first, second in occupied_times.overlapping(uses):
            overlap = (
                first.session.ends_at > second.session.starts_at and second.session.ends_at > first.session.starts_at
            )
            yield Finding(
                WarningKind.ROOM, first.session.where, (first.session, second.session), () if overlap else ("set-up",)
            )


def _room_use(session: Snapshot, about: Circumstances) -> occupied_times.Use:
    """Return the time for which a session takes its room, with set-up and clear-down."""
    before, after = about.lead.get(session.session_id, (timedelta(), timedelta()))
    return occupied_times.Use(session.starts_at - before, session.ends_at + after, session)


def _double_booking_check(kind: WarningKind) -> Find:
    """Return a check that finds people in two places at once.

    For WarningKind.PERSON, both places must be the person's own. For WarningKind.HEAD, at least one must be the
    party's. For WarningKind.INTERPRETER, the person interprets at least one of the two.
    """

    def find(agenda: Agenda, about: Circumstances) -> Iterator[Finding]:
        for who, uses in occupied_times.of_people(agenda, about):
            for first, second in occupied_times.overlapping(uses):
                if _double_booking(first, second) == kind:
                    yield Finding(kind, who, (first.session, second.session))

    return find


def _double_booking(first: occupied_times.Use, second: occupied_times.Use) -> WarningKind:
    if first.interprets or second.interprets:
        return WarningKind.INTERPRETER
    return WarningKind.PERSON if first.own and second.own else WarningKind.HEAD


def _ways(agenda: Agenda, about: Circumstances) -> Iterator[Finding]:
    """Find people who have too little time from a session in one venue to the next one in another venue.

    Each pair of sessions is one finding, with the names of all of them.
    """
    names_by_pair: dict[tuple[int, int], tuple[tuple[Snapshot, Snapshot], list[str]]] = {}
    for who, uses in occupied_times.of_people(agenda, about):
        in_order = sorted(uses, key=lambda use: (use.starts_at, use.ends_at, use.session.key))
        for first, second in pairwise(in_order):
            if timedelta() <= second.starts_at - first.ends_at < about.policies.way and _apart(first, second, about):
                pair = (first.session, second.session)
                names_by_pair.setdefault((pair[0].session_id, pair[1].session_id), (pair, []))[1].append(who)
    for pair, names in names_by_pair.values():
        gap = int((pair[1].starts_at - pair[0].ends_at).total_seconds() // 60)
        yield Finding(WarningKind.WAY, comma().join(sorted(names)), pair, (gap, about.policies.way_minutes))


def _apart(first: occupied_times.Use, second: occupied_times.Use, about: Circumstances) -> bool:
    rooms = [about.rooms.get(use.session.room_key) for use in (first, second)]
    return rooms[0] is not None and rooms[1] is not None and rooms[0].venue_id != rooms[1].venue_id


def _delegations(agenda: Agenda, about: Circumstances) -> Iterator[Finding]:
    """Find delegations that are entered as a whole in one session and take part in another at the same time.

    Each pair of sessions is one finding with the names of these delegations. If a delegation takes part with its head
    in both sessions, the conflict is a finding of WarningKind.HEAD instead.
    """
    names_by_pair: dict[tuple[int, int], tuple[tuple[Snapshot, Snapshot], list[str]]] = {}
    for who, uses in occupied_times.of_parties(agenda):
        for first, second in occupied_times.overlapping(uses):
            if first.own or second.own:
                pair = (first.session, second.session)
                names_by_pair.setdefault((pair[0].session_id, pair[1].session_id), (pair, []))[1].append(who)
    for pair, names in names_by_pair.values():
        yield Finding(WarningKind.DELEGATION, comma().join(sorted(names)), pair, (len(names),))


def _seats(agenda: Agenda, about: Circumstances) -> Iterator[Finding]:
    for session in agenda.values():
        room = about.rooms.get(session.room_key)
        limits = [limit for limit in (session.capacity, room.seats if room else None) if limit is not None]
        needed = occupied_times.seats(session, about)
        if limits and needed > min(limits):
            yield Finding(WarningKind.SEATS, session.where, (session,), (needed, min(limits)))


def _hours(agenda: Agenda, about: Circumstances) -> Iterator[Finding]:
    for session in agenda.values():
        room = about.rooms.get(session.room_key)
        if room and room.opens_at is not None and room.closes_at is not None:
            use = _room_use(session, about)
            if not _open(room, use, about):
                yield Finding(WarningKind.HOURS, session.venue_name, (session,), (room.opens_at, room.closes_at))


def _open(room: Seats, use: occupied_times.Use, about: Circumstances) -> bool:
    """Return whether a room's venue is open for the whole use.

    If the closing time is before the opening time, the venue closes on the next day.
    """
    assert room.opens_at is not None  # noqa: S101 - asked before
    assert room.closes_at is not None  # noqa: S101 - asked before
    over_night = timedelta(days=1 if room.closes_at < room.opens_at else 0)
    first = use.starts_at.astimezone(about.zone).date()
    return any(
        datetime.combine(day, room.opens_at, about.zone) <= use.starts_at
        and use.ends_at <= datetime.combine(day + over_night, room.closes_at, about.zone)
        for day in (first - over_night, first)
    )


def _days(agenda: Agenda, about: Circumstances) -> Iterator[Finding]:
    for session in agenda.values():
        first, last = session.days
        if first < about.starts_on or last > about.ends_on:
            yield Finding(WarningKind.DAYS, "", (session,))


def _before(agenda: Agenda, about: Circumstances) -> Iterator[Finding]:
    for who, person, session in occupied_times.present(agenda, about):
        stay = about.stays.get(person)
        # People arrive during a session of this kind, since it is where they are received.
        if stay and stay.arrives_at and stay.arrives_at > session.starts_at and session.kind != SessionKind.ARRIVALS:
            yield Finding(WarningKind.BEFORE, who, (session,))


def _after(agenda: Agenda, about: Circumstances) -> Iterator[Finding]:
    for who, person, session in occupied_times.present(agenda, about):
        stay = about.stays.get(person)
        if stay and stay.departs_at and stay.departs_at < session.ends_at:
            yield Finding(WarningKind.AFTER, who, (session,))


def _zones(agenda: Agenda, about: Circumstances) -> Iterator[Finding]:
    """Find people and categories whose badges don't open the room of their session.

    A badge opens a room if it opens one of its zones. Each session is one finding with the names of all of them.
    """
    for session in agenda.values():
        room = about.rooms.get(session.room_key)
        if room is None or not room.zones:
            continue
        names = [
            who
            for who, person in occupied_times.attending(session, about)
            if person in about.opened and about.opened[person].isdisjoint(room.zones)
        ]
        names += [
            place.label
            for place in session.places
            if place.category_id in about.opened_by_category
            and about.opened_by_category[place.category_id].isdisjoint(room.zones)
        ]
        if names:
            shown = dict.fromkeys(sorted(names))
            yield Finding(WarningKind.ZONE, comma().join(shown), (session,), (tuple(room.zones.values()),))


def _speeches(agenda: Agenda, about: Circumstances) -> Iterator[Finding]:
    for session in agenda.values():
        speech_minutes = sum(place.minutes or 0 for place in session.by_role(ReleasedRole.SPEAKER))
        total = (session.opening or 0) + speech_minutes
        if speech_minutes and total > session.minutes:
            yield Finding(WarningKind.SPEECHES, "", (session,), (total, session.minutes))


RULES: Mapping[WarningKind, Rule] = {
    WarningKind.ROOM: Rule(gettext_lazy("Room double-booked"), _rooms),
    WarningKind.PERSON: Rule(gettext_lazy("Person in two places"), _double_booking_check(WarningKind.PERSON)),
    WarningKind.HEAD: Rule(gettext_lazy("Head of delegation in two places"), _double_booking_check(WarningKind.HEAD)),
    WarningKind.INTERPRETER: Rule(
        gettext_lazy("Interpreter in two booths"), _double_booking_check(WarningKind.INTERPRETER)
    ),
    WarningKind.DELEGATION: Rule(gettext_lazy("Delegation in two places"), _delegations),
    WarningKind.WAY: Rule(gettext_lazy("Too little time between venues"), _ways),
    WarningKind.SEATS: Rule(gettext_lazy("Too few seats"), _seats),
    WarningKind.HOURS: Rule(gettext_lazy("Outside the venue’s hours"), _hours),
    WarningKind.DAYS: Rule(gettext_lazy("Outside the summit’s days"), _days),
    WarningKind.BEFORE: Rule(gettext_lazy("Before arrival"), _before),
    WarningKind.AFTER: Rule(gettext_lazy("After departure"), _after),
    WarningKind.SPEECHES: Rule(gettext_lazy("Speeches longer than the session"), _speeches),
    WarningKind.ZONE: Rule(gettext_lazy("Badge doesn’t open the room"), _zones),
}

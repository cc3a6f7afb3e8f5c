"""The running list of a session: its speeches in the running order, with their state, time and expected start."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party
from sessions.draft.models.participants import RequestState, Slot
from sessions.draft.models.sessions import Session
from sessions.speakers.models import ON_THE_FLOOR, IntervalKind, SpeechInterval, SpeechRun, SpeechState
from summit.core.database_clock import db_now


@dataclass
class RunningSpeech:
    """A speech in the running list, at the time of the database at which the list was read.

    `used` are the seconds of its clock. `interval` is the seconds of the interval that runs, or None if none runs.
    `begins` is the expected start of a waiting speech. `began` is the start of the first interval.
    """

    slot: Slot
    run: SpeechRun | None
    used: float = 0
    interval: float | None = None
    point: SpeechInterval | None = None
    began: datetime | None = None
    begins: datetime | None = None
    ahead: int = 0

    @property
    def state(self) -> SpeechState:
        """The state of the speech; a speech without a row waits."""
        return SpeechState(self.run.state) if self.run is not None else SpeechState.WAITING

    @property
    def place(self) -> float:
        """The place in the running order, on the scale of `Slot.position`."""
        return self.slot.position if self.run is None or self.run.place is None else self.run.place

    @property
    def limit(self) -> int:
        """The time limit in seconds."""
        return self.slot.minutes * 60

    @property
    def over(self) -> float:
        """The seconds over the time limit."""
        return max(self.used - self.limit, 0)

    @property
    def left(self) -> float:
        """The seconds left of the time limit."""
        return max(self.limit - self.used, 0)


@dataclass
class TimeUsed:
    """A row of the table of time used: a delegation or a kind of speaker. `party` is None in rows of a kind."""

    name: str
    party: Party | None = None
    speeches: int = 0
    seconds: float = 0
    points: int = 0


@dataclass
class RunningList:
    """The running list of a session at the time `now` of the database."""

    now: datetime
    speaking: RunningSpeech | None = None
    waiting: list[RunningSpeech] = field(default_factory=list)
    done: list[RunningSpeech] = field(default_factory=list)
    by_party: list[TimeUsed] = field(default_factory=list)
    by_kind: list[TimeUsed] = field(default_factory=list)

    def wins(self, minutes: int) -> int:
        """Return how many minutes are won if no waiting speech is longer than `minutes`."""
        return sum(max(line.slot.minutes - minutes, 0) for line in self.waiting)


def running_list(session: Session) -> RunningList:
    """Return the running list of a session. Makes four queries."""
    lines = _speeches(session)
    listed = RunningList(now=db_now())
    intervals = SpeechInterval.objects.filter(slot__in=[line.slot.pk for line in lines]).select_related("party")
    by_slot = {line.slot.pk: line for line in lines}
    points = []
    for interval in intervals.order_by("started_at", "pk"):
        _count(by_slot[interval.slot_id], interval, listed.now)
        if interval.kind == IntervalKind.POINT_OF_ORDER:
            points.append(interval)
    listed.speaking = next((line for line in lines if line.state in ON_THE_FLOOR), None)
    listed.waiting = in_running_order(line for line in lines if line.state == SpeechState.WAITING)
    listed.done = sorted(
        (line for line in lines if line.state in (SpeechState.DELIVERED, SpeechState.NOT_DELIVERED)),
        key=lambda line: (line.run.changed_at if line.run else listed.now, line.slot.pk),
    )
    _expect(session, listed)
    _add_up(listed, lines, points)
    return listed


def waiting(session: Session) -> list[RunningSpeech]:
    """Return the waiting speeches of a session in the running order, without their times. Makes one query."""
    return in_running_order(line for line in _speeches(session) if line.state == SpeechState.WAITING)


def in_running_order(lines: Iterable[RunningSpeech]) -> list[RunningSpeech]:
    """Return speeches in the running order, with the number of speeches `ahead` of each."""
    ordered = sorted(lines, key=lambda line: (line.place, line.slot.pk))
    for number, line in enumerate(ordered):
        line.ahead = number
    return ordered


def version(session: Session) -> str:
    """Return a string that changes whenever the running list would read differently, at the latest after a minute.

    Makes six queries.
    """
    parts = (
        Slot.every.filter(session=session).values_list(
            "pk", "position", "minutes", "speaker", "party", "title", "cancelled_at"
        ),
        SpeechRun.objects.filter(slot__session=session).values_list("slot", "state", "place", "changed_at"),
        SpeechInterval.objects.filter(slot__session=session).values_list("pk", "party", "started_at", "ended_at"),
        Session.objects.filter(pk=session.pk).values_list(
            "starts_at", "ends_at", "opening", "requests_until", "cancelled_at"
        ),
    )
    asked = session.requests.filter(state=RequestState.ASKED).count()
    text = repr([sorted(rows, key=repr) for rows in parts]) + f"{asked} {db_now():%H:%M}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _speeches(session: Session) -> list[RunningSpeech]:
    """Return the speeches of a session, and those that were taken off the list after they had begun."""
    rows = Slot.every.filter(session=session).select_related("speaker", "party", "run").order_by("position", "pk")
    lines = [RunningSpeech(row, getattr(row, "run", None)) for row in rows]
    for line in lines:
        line.slot.session = session
    return [
        line
        for line in lines
        if line.slot.cancelled_at is None or line.state in (*ON_THE_FLOOR, SpeechState.DELIVERED)
    ]


def _count(line: RunningSpeech, interval: SpeechInterval, now: datetime) -> None:
    seconds = ((interval.ended_at or now) - interval.started_at).total_seconds()
    line.began = line.began or interval.started_at
    if interval.kind == IntervalKind.SPEECH:
        line.used += seconds
    if interval.ended_at is None:
        line.interval = seconds
        if interval.kind == IntervalKind.POINT_OF_ORDER:
            line.point = interval


def _expect(session: Session, listed: RunningList) -> None:
    """Set the expected starts of the waiting speeches, if all keep to their time from now on."""
    begins = listed.now
    if listed.speaking is not None:
        begins += timedelta(seconds=max(listed.speaking.limit - listed.speaking.used, 0))
    elif not listed.done:
        begins = max(begins, session.starts_at + timedelta(minutes=session.opening or 0))
    for line in listed.waiting:
        line.begins = begins
        begins += timedelta(minutes=line.slot.minutes)


def _add_up(listed: RunningList, lines: Sequence[RunningSpeech], points: Sequence[SpeechInterval]) -> None:
    """Fill the tables of time used per delegation and per kind of speaker: who used most comes first."""
    kinds = _kinds(line.slot for line in lines)
    by_party: dict[int | None, TimeUsed] = {}
    by_kind: dict[str, TimeUsed] = {}
    for line in lines:
        if line.began is None:
            continue
        slot, kind = line.slot, kinds[line.slot.pk]
        rows = (
            by_party.setdefault(slot.party_id, TimeUsed("" if slot.party else _("No delegation"), slot.party)),
            by_kind.setdefault(kind, TimeUsed(kind)),
        )
        for row in rows:
            row.speeches += 1
            row.seconds += line.used
    for point in points:
        if point.party_id is not None:
            by_party.setdefault(point.party_id, TimeUsed("", point.party)).points += 1
    listed.by_party = _most_first(by_party.values())
    listed.by_kind = _most_first(by_kind.values())


def _most_first(rows: Iterable[TimeUsed]) -> list[TimeUsed]:
    return sorted(rows, key=lambda row: (-row.seconds, row.name or str(row.party)))


def _kinds(slots: Iterable[Slot]) -> dict[int, str]:
    """Return the kind of speaker of each speech by its primary key: the speaker's category. Makes one query."""
    listed = list(slots)
    rows = Membership.objects.filter(person__in={slot.speaker_id for slot in listed}).select_related("category")
    names: dict[int, dict[int | None, str]] = defaultdict(dict)
    for row in rows.order_by("pk"):
        names[row.person_id][row.party_id] = row.category.name
    other = _("Other speakers")
    return {slot.pk: names[slot.speaker_id].get(slot.party_id, other) for slot in listed}

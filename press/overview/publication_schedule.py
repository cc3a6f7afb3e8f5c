"""The publication schedule of the press desk: texts by their moments, and by the speeches they wait for.

A day's schedule and the embargo calendar show the same groups. The number of queries doesn't grow with them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import groupby

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from press.texts.models.editions import Edition, EditionState
from press.texts.models.embargoes import Embargo
from press.texts.models.texts import Text, TextVersion
from press.texts.models.visibility import standing
from press.texts.selectors import workflow_queries
from press.texts.selectors.workflow_queries import StandingText, late
from sessions.draft.models.sessions import Session
from sessions.draft.selectors import speech_times
from summit.admin_base.dashboard import end_of
from summit.outbox.models import Message, MessageState
from summit.summits.models import Summit
from summit.users.models import User

# The prefix of a message's subject key, as press.subscriptions.services.announcements stores it.
ABOUT = "press.edition:"
# The states of an edition that isn't approved.
UNAPPROVED = ("draft", "in_review", "changes_asked")


@dataclass(frozen=True)
class ScheduleGroup:
    """The texts of one embargo, which are published and held together, at the time `at`.

    `by` is the source of that time: the "moment" that is set; without one, the "plan" of the speech or session; or
    else the "alarm".
    """

    embargo: Embargo
    texts: list[StandingText]
    at: datetime
    by: str

    @property
    def planned(self) -> bool:
        """Whether no moment is set yet."""
        return self.by != "moment"

    @property
    def approved(self) -> bool:
        """Whether the newest edition of each text is approved."""
        return all(text.edition_state == EditionState.APPROVED for text in self.texts)

    @property
    def cancelled(self) -> bool:
        """Whether one of its sessions is cancelled."""
        return any(session.cancelled_at is not None for session in map(session_of, self.texts) if session)


@dataclass(frozen=True)
class Unsent:
    """An edition, and the number of its mails that failed."""

    edition: Edition
    number: int

    @property
    def about(self) -> str:
        """The subject key by which the outbox finds the mails."""
        return f"{ABOUT}{self.edition.public_id}"


@dataclass(frozen=True)
class ScheduleDetails:
    """Further facts about a text on the schedule.

    `behind` are the other languages that aren't approved, each annotated with its state (`standing`).
    """

    language: str
    author: User | None
    behind: list[TextVersion]


@dataclass(frozen=True)
class Plan:
    """The publication schedule of a day.

    `groups` are published on that day; `overdue` should have been published. Texts without a day are `timeless`, on
    today's schedule only; `unplaced` is their full number. `told` has further facts by the text's primary key.
    """

    day: date
    groups: list[ScheduleGroup]
    overdue: list[StandingText]
    timeless: list[StandingText]
    unplaced: int
    unreviewed: list[Edition]
    unsent: list[Unsent]
    told: dict[int, ScheduleDetails]


def session_of(text: Text) -> Session | None:
    """Return a text's session: that of its speech, or else its own; None if it has none."""
    return text.slot.session if text.slot else text.session


def bounds(first: date, last: date, summit: Summit) -> tuple[datetime, datetime]:
    """Return the start of the first day and the end of the last day at the venue, in UTC.

    The span is an hour longer or shorter if the clocks change in between.
    """
    return datetime.combine(first, time.min, summit.zone).astimezone(UTC), end_of(last, summit)


def whole(rows: QuerySet[StandingText]) -> QuerySet[StandingText]:
    """Return the queryset with the related rows that the schedule shows."""
    return rows.select_related(
        "summit", "embargo__held_by", "slot__speaker", "slot__party", "slot__session", "session"
    ).order_by("embargo_id", "id")


def groups(summit: Summit, first: date, last: date) -> list[ScheduleGroup]:
    """Return the groups to be published from one day at the venue to another, the earliest first. Two queries.

    A group includes all texts of its embargo, even those that belong to other days.
    """
    start, end = bounds(first, last, summit)
    waits = Q(embargo__moment__isnull=True)
    speech = Q(slot__session__starts_at__lt=end, slot__session__ends_at__gte=start)
    session = Q(slot__isnull=True, session__starts_at__lt=end, session__starts_at__gte=start)
    alarm = Q(embargo__fallback_at__gte=start, embargo__fallback_at__lt=end)
    there = Q(embargo__moment__gte=start, embargo__moment__lt=end) | waits & (speech | session | alarm)
    embargoes = Text.objects.filter(there, summit=summit, withdrawn_at__isnull=True).values("embargo")
    rows = list(whole(workflow_queries.texts(summit).filter(embargo__in=embargoes)))
    begins = speech_times.planned(
        sessions={row.slot.session_id for row in rows if row.slot and row.embargo.moment is None}
    )
    found = [
        group
        for _embargo, together in groupby(rows, key=lambda row: row.embargo_id)
        if (group := _group(list(together), begins, start, end)) is not None
    ]
    return sorted(found, key=lambda group: (group.at, group.embargo.pk))


def _group(
    rows: list[StandingText], begins: dict[int, datetime], start: datetime, end: datetime
) -> ScheduleGroup | None:
    embargo = rows[0].embargo
    if embargo.moment is not None:
        return ScheduleGroup(embargo, rows, embargo.moment, "moment")
    speeches = [begins[row.slot_id] for row in rows if row.slot_id in begins]
    sessions = [row.session.starts_at for row in rows if row.session]
    # If the speech is on another day, the group is listed on this one by its alarm.
    times = [(at, "plan") for at in (*sorted(speeches), *sorted(sessions))]
    times += [(embargo.fallback_at, "alarm")] if embargo.fallback_at else []
    return next((ScheduleGroup(embargo, rows, at, by) for at, by in times if start <= at < end), None)


def timeless(summit: Summit) -> QuerySet[StandingText]:
    """Return the texts that belong to no day: without a moment, an alarm, a speech and a session."""
    rows = workflow_queries.texts(summit).filter(embargo__moment__isnull=True, embargo__fallback_at__isnull=True)
    return whole(rows.filter(slot__isnull=True, session__isnull=True)).order_by("-id")


def plan(summit: Summit, day: date, *, now: datetime, most: int) -> Plan:
    """Return the publication schedule of a day at the venue, with at most `most` texts without a day.

    The number of queries depends only on whether the day is today.
    """
    found, overdue = groups(summit, day, day), list(whole(late(summit)))
    overdue.sort(key=lambda row: (row.embargo.moment or row.embargo.fallback_at or now, row.pk))
    apart = timeless(summit) if day == now.astimezone(summit.zone).date() else None
    named = list(apart[:most]) if apart is not None else []
    return Plan(
        day=day,
        groups=found,
        overdue=overdue,
        timeless=named,
        unplaced=apart.count() if apart is not None else 0,
        unreviewed=unreviewed(summit),
        unsent=unsent(summit),
        told=_schedule_details([row for group in found for row in group.texts] + overdue + named),
    )


def _schedule_details(rows: list[StandingText]) -> dict[int, ScheduleDetails]:
    """Return further facts about texts, by primary key. Two queries, for their authors and their languages."""
    written, languages = authors(rows), versions(rows)
    told = {}
    for row in rows:
        first, *others = languages[row.pk]
        behind = [each for each in others if getattr(each, "standing", "") in UNAPPROVED]
        told[row.pk] = ScheduleDetails(first.language, written.get(row.written_by), behind)
    return told


def authors(rows: Iterable[StandingText]) -> dict[int, User]:
    """Return the authors of the texts' newest words, by primary key. One query."""
    return User.objects.in_bulk({row.written_by for row in rows})


def versions(rows: Iterable[Text]) -> dict[int, list[TextVersion]]:
    """Return the language versions of texts by the text's key, the authoritative one first. One query.

    Each is annotated with the state of its newest edition (`standing`).
    """
    newest = Edition.objects.filter(version=OuterRef("pk")).order_by("-number").annotate(standing=standing())
    listed = TextVersion.objects.filter(text__in=[row.pk for row in rows]).annotate(
        standing=Subquery(newest.values("standing")[:1])
    )
    found: dict[int, list[TextVersion]] = {}
    for version in listed.order_by("text_id", "-authoritative", "language"):
        found.setdefault(version.text_id, []).append(version)
    return found


def unreviewed(summit: Summit) -> list[Edition]:
    """Return the editions that were approved without a second person and not reviewed since. One query."""
    rows = Edition.objects.filter(
        version__text__summit=summit, version__text__withdrawn_at__isnull=True, afterwards_at__isnull=True
    ).exclude(emergency_reason="")
    return list(rows.select_related("version__text", "decided_by").defer("body").order_by("decided_at", "pk"))


def unsent(summit: Summit) -> list[Unsent]:
    """Return the editions with failed mails to subscribers, and the number of these. Two queries."""
    failed = Message.objects.filter(summit=summit, kind="publication", state=MessageState.FAILED)
    numbers = dict(failed.order_by().values_list("subject_key").annotate(Count("pk")))
    keys = [about.removeprefix(ABOUT) for about in numbers]
    rows = Edition.objects.filter(public_id__in=keys, version__text__summit=summit)
    listed = rows.select_related("version__text").defer("body").order_by("pk")
    return [Unsent(row, numbers[f"{ABOUT}{row.public_id}"]) for row in listed]

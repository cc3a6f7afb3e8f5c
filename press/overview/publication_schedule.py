"""The publication schedule of the press desk: texts by their moments, and by the speeches that they wait for.

The schedule of a day and the embargo calendar show the same groups. The number of queries doesn't grow with the
number of groups.
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

# The prefix of the subject key of messages, which press.subscriptions.services.announcements stores.
ABOUT = "press.edition:"
# The states of an edition that isn't approved.
UNAPPROVED = ("draft", "in_review", "changes_asked")


@dataclass(frozen=True)
class ScheduleGroup:
    """The texts of one embargo, which are published together at the time `at`, and held together.

    `by` is the source of the time: "moment" if a moment is set, otherwise "plan" if a speech or session is planned,
    otherwise "alarm".
    """

    embargo: Embargo
    texts: list[StandingText]
    at: datetime
    by: str

    @property
    def planned(self) -> bool:
        """Whether the time is only planned: no moment is set yet."""
        return self.by != "moment"

    @property
    def approved(self) -> bool:
        """Whether the newest edition of each text is approved."""
        return all(text.edition_state == EditionState.APPROVED for text in self.texts)

    @property
    def cancelled(self) -> bool:
        """Whether the session of one of the texts is cancelled."""
        return any(session.cancelled_at is not None for session in map(session_of, self.texts) if session)


@dataclass(frozen=True)
class Unsent:
    """An edition, and the number of mails about it that failed."""

    edition: Edition
    number: int

    @property
    def about(self) -> str:
        """The subject key of the mails, by which the outbox can be searched."""
        return f"{ABOUT}{self.edition.public_id}"


@dataclass(frozen=True)
class ScheduleDetails:
    """Further facts about a text on the schedule.

    `language` is the authoritative language, and `author` the author of the newest edition. `behind` has the other
    languages of which the newest edition isn't approved, each annotated with its state (`standing`).
    """

    language: str
    author: User | None
    behind: list[TextVersion]


@dataclass(frozen=True)
class Plan:
    """The publication schedule of a day.

    `groups` are published on this day. `overdue` has the texts that should have been published. `timeless` has texts
    without a day, and `unplaced` is the number of all texts without a day. Both are empty unless the day is today.
    `told` is a dict from primary keys of texts to further facts about them.
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
    """Return the session of a text's speech, or else the session of the text, which may be None."""
    return text.slot.session if text.slot else text.session


def bounds(first: date, last: date, summit: Summit) -> tuple[datetime, datetime]:
    """Return the start of the first day and the end of the last day in the venue's time zone, as UTC datetimes.

    The time between them is an hour longer or shorter if the clocks change on one of the days.
    """
    return datetime.combine(first, time.min, summit.zone).astimezone(UTC), end_of(last, summit)


def whole(rows: QuerySet[StandingText]) -> QuerySet[StandingText]:
    """Return the queryset joined with the related rows that the schedule shows, ordered by embargo."""
    return rows.select_related(
        "summit", "embargo__held_by", "slot__speaker", "slot__party", "slot__session", "session"
    ).order_by("embargo_id", "id")


def groups(summit: Summit, first: date, last: date) -> list[ScheduleGroup]:
    """Return the groups that are published from the day `first` to the day `last` at the venue, the earliest first.

    A group has all texts of its embargo, even texts with a speech or session on another day. Makes two queries.
    """
    start, end = bounds(first, last, summit)
    waits = Q(embargo__moment__isnull=True)
    speech = Q(slot__session__starts_at__lt=end, slot__session__ends_at__gte=start)
    session = Q(slot__isnull=True, session__starts_at__lt=end, session__starts_at__gte=start)
    alarm = Q(embargo__fallback_at__gte=start, embargo__fallback_at__lt=end)
    in_period = Q(embargo__moment__gte=start, embargo__moment__lt=end) | waits & (speech | session | alarm)
    embargoes = Text.objects.filter(in_period, summit=summit, withdrawn_at__isnull=True).values("embargo")
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
    # If the speech isn't within these days, the group is listed by the time of its alarm.
    times = [(at, "plan") for at in (*sorted(speeches), *sorted(sessions))]
    times += [(embargo.fallback_at, "alarm")] if embargo.fallback_at else []
    return next((ScheduleGroup(embargo, rows, at, by) for at, by in times if start <= at < end), None)


def timeless(summit: Summit) -> QuerySet[StandingText]:
    """Return the texts that belong to no day: they have neither moment nor alarm, neither speech nor session."""
    rows = workflow_queries.texts(summit).filter(embargo__moment__isnull=True, embargo__fallback_at__isnull=True)
    return whole(rows.filter(slot__isnull=True, session__isnull=True)).order_by("-id")


def plan(summit: Summit, day: date, *, now: datetime, most: int) -> Plan:
    """Return the publication schedule of a day at the venue, with at most `most` texts without a day.

    The number of queries depends only on whether the day is today.
    """
    day_groups, overdue = groups(summit, day, day), list(whole(late(summit)))
    overdue.sort(key=lambda row: (row.embargo.moment or row.embargo.fallback_at or now, row.pk))
    without_day = timeless(summit) if day == now.astimezone(summit.zone).date() else None
    listed = list(without_day[:most]) if without_day is not None else []
    return Plan(
        day=day,
        groups=day_groups,
        overdue=overdue,
        timeless=listed,
        unplaced=without_day.count() if without_day is not None else 0,
        unreviewed=unreviewed(summit),
        unsent=unsent(summit),
        told=_schedule_details([row for group in day_groups for row in group.texts] + overdue + listed),
    )


def _schedule_details(rows: list[StandingText]) -> dict[int, ScheduleDetails]:
    """Return a dict from primary keys of texts to further facts about them.

    Makes two queries, for authors and languages.
    """
    written, languages = authors(rows), versions(rows)
    details = {}
    for row in rows:
        first, *others = languages[row.pk]
        behind = [each for each in others if getattr(each, "standing", "") in UNAPPROVED]
        details[row.pk] = ScheduleDetails(first.language, written.get(row.written_by), behind)
    return details


def authors(rows: Iterable[StandingText]) -> dict[int, User]:
    """Return a dict from primary keys of users to the users who wrote the newest editions of texts.

    Makes one query.
    """
    return User.objects.in_bulk({row.written_by for row in rows})


def versions(rows: Iterable[Text]) -> dict[int, list[TextVersion]]:
    """Return a dict from primary keys of texts to their language versions, the authoritative one first.

    Each version is annotated with the state of its newest edition (`standing`). Makes one query.
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
    """Return the editions of a summit that were approved without a second person and aren't reviewed yet.

    Editions of withdrawn texts are left out. Makes one query.
    """
    rows = Edition.objects.filter(
        version__text__summit=summit, version__text__withdrawn_at__isnull=True, afterwards_at__isnull=True
    ).exclude(emergency_reason="")
    return list(rows.select_related("version__text", "decided_by").defer("body").order_by("decided_at", "pk"))


def unsent(summit: Summit) -> list[Unsent]:
    """Return the editions about which mails to subscribers failed, each with the number of these mails.

    Makes two queries.
    """
    failed = Message.objects.filter(summit=summit, kind="publication", state=MessageState.FAILED)
    numbers = dict(failed.order_by().values_list("subject_key").annotate(Count("pk")))
    keys = [about.removeprefix(ABOUT) for about in numbers]
    rows = Edition.objects.filter(public_id__in=keys, version__text__summit=summit)
    listed = rows.select_related("version__text").defer("body").order_by("pk")
    return [Unsent(row, numbers[f"{ABOUT}{row.public_id}"]) for row in listed]

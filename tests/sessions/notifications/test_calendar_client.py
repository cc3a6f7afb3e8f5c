"""A calendar program that gets every mail, in any order and some twice, and ends with what the feed shows.

It knows of RFC 5546, 2.1.5 alone: of two messages about a UID the one with the higher SEQUENCE counts, of equal ones
the one with the later DTSTAMP. What is older than what it has, it leaves.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from delegations.mailboxes.selectors import Mailbox
from sessions.agenda.selectors.change_descriptions import title_of
from sessions.agenda.selectors.differences import Programme, differences
from sessions.agenda.selectors.sequence_numbers import NEVER, Highest, numbered
from sessions.agenda.selectors.snapshots import Agenda, Snapshot
from sessions.calendars.selectors import icalendar
from sessions.draft.models.sessions import calendar_uid
from sessions.notifications.selectors import notification_content
from sessions.notifications.selectors.change_serialization import to_facts
from sessions.notifications.selectors.notification_content import NotifiedChange, notified_changes
from sessions.notifications.selectors.recipients import Recipient
from sessions.visibility.models import DESK, TAKING_PART
from tests.sessions.agenda.test_differences import PLACE, SESSION, agendas

BOX = "embassy@shared.example"
LONDON = ZoneInfo("Europe/London")
FACTS = {
    "summit": {"zone": "Europe/London", "contact": "desk@host.example", "host": "Host", "language": "en"},
    "name": "Aland",
}
Entry = tuple[Any, Any, str, str]


def reader(party: int) -> Recipient:
    return Recipient(
        Mailbox(BOX, "en", party, f"delegation:{party}", frozenset()), Programme(parties=frozenset({party}))
    )


def history(drafts: list[Agenda]) -> list[Agenda]:
    """Return drafts as they are released one after another."""
    found: list[Agenda] = [{}]
    for draft in drafts:
        found.append(numbered(draft, found[-1], highest(found)))
    return found


def highest(released: list[Agenda]) -> Highest:
    """Return what `sessions.agenda.selectors.sequence_numbers.highest` reads from the releases as they are stored."""
    found: dict[int, list[int]] = {}
    for key, session in (each for agenda in released for each in agenda.items()):
        ranks = found.setdefault(key, list(NEVER))
        for rank in range(DESK + 1):
            ranks[rank] = max(ranks[rank], session.sequence_at(rank) if session.seen_at(rank) else 0)
    return found


def parts(told: list[NotifiedChange], number: int) -> list[bytes]:
    """Return the calendar parts of a message."""
    stamp = datetime(2025, 3, 1, tzinfo=UTC) + timedelta(hours=number)
    return [
        icalendar.itip(
            entry.change,
            told={**to_facts(entry.change), "sequence": entry.sequence},
            facts={**FACTS, "number": number},
            address=BOX,
            stamp=stamp,
        )[1]
        for entry in told
        if entry.calendar
    ]


def mails(released: list[Agenda], readers: list[Recipient], gone: list[bool]) -> list[bytes]:
    """Return the calendar parts of all that is sent, as `sessions.notifications.services.agenda_changes` does: what
    has not gone out before the next release (`gone` says so of each) is folded into the newer one."""
    sent = []
    for one in readers:
        beside = [other for other in readers if other is not one]
        since, waits, number = 0, [], 0
        for number in range(1, len(released)):
            known = highest(released[:number])
            changes = differences(old=released[number - 1], new=released[number])
            told = notified_changes(changes, one, highest=known, beside=beside)
            if told:
                since = since if waits else number - 1
                changes = differences(old=released[since], new=released[number])
                whole = notified_changes(changes, one, highest=known, beside=beside)
                told = notification_content.folded(told, whole, beside=beside) if since != number - 1 else whole
                waits = parts(told, number)
            if gone[number % len(gone)]:
                sent, waits = sent + waits, []
        sent += waits
    return sent


class Client:
    """The calendar of whoever reads the mailbox."""

    def __init__(self) -> None:
        self.known: dict[str, tuple[tuple[int, datetime], Entry | None]] = {}

    def receive(self, content: bytes) -> None:
        calendar: Any = Calendar.from_ical(content)
        (event,) = calendar.events
        assert str(event["attendee"]) == f"mailto:{BOX}"
        assert str(event["organizer"]) == "mailto:desk@host.example"
        uid, rank = str(event["uid"]), (int(event["sequence"]), event["dtstamp"].dt)
        if uid in self.known and self.known[uid][0] >= rank:
            return
        entry = None
        if str(calendar["method"]) == "REQUEST":
            entry = (event["dtstart"].dt, event["dtend"].dt, str(event["summary"]), str(event.get("location", "")))
        self.known[uid] = (rank, entry)

    @property
    def shows(self) -> dict[str, Entry]:
        return {uid: entry for uid, (_rank, entry) in self.known.items() if entry is not None}


def event_of(view: Snapshot) -> Entry:
    times = [moment.astimezone(LONDON) for moment in (view.starts_at, view.ends_at)]
    start, end = times if view.times_known else (moment.date() for moment in times)
    return start, end, title_of(view, "en"), view.where


def feed(agenda: Agenda, readers: list[Recipient]) -> dict[str, tuple[int, Entry]]:
    """Return what the feeds of these show: SEQUENCE and event by UID."""
    views = [
        full.at(TAKING_PART)
        for full in agenda.values()
        if any(one.programme.rank_in(full) == TAKING_PART for one in readers)
    ]
    return {calendar_uid(view.key): (view.sequence, event_of(view)) for view in views if view is not None}


def ends_as_the_feed(released: list[Agenda], readers: list[Recipient], sent: list[bytes]) -> None:
    client = Client()
    for content in sent:
        client.receive(content)
    shown = feed(released[-1], readers)
    assert client.shows == {uid: event for uid, (_sequence, event) in shown.items()}
    # Nor would the feed, read by the same program, be taken for older than a mail.
    for uid, (rank, _entry) in client.known.items():
        assert uid not in shown or shown[uid][0] >= rank[0]


@pytest.mark.slow("keeps the calendars of drawn agendas")
@settings(max_examples=20)
@given(
    drafts=st.lists(agendas(), min_size=1, max_size=4),
    gone=st.lists(st.booleans(), min_size=1, max_size=4),
    readers=st.sampled_from([[1], [1, 2]]),
    random=st.randoms(),
)
def test_each_mailbox_ends_with_its_feeds(
    drafts: list[Agenda], gone: list[bool], readers: list[int], random: Any
) -> None:
    released, all_of_them = history(drafts), [reader(party) for party in readers]
    sent = mails(released, all_of_them, gone)
    if len(readers) == 1:
        sent += random.sample(sent, len(sent) // 2)
    random.shuffle(sent)
    ends_as_the_feed(released, all_of_them, sent)


def _two(*drafts: dict[int, Snapshot]) -> tuple[list[Agenda], list[Recipient]]:
    return history(list(drafts)), [reader(1), reader(2)]


def test_control_where_one_party_goes_the_others_entry_would_go_too(monkeypatch: pytest.MonkeyPatch) -> None:
    both = replace(SESSION, places=(PLACE, replace(PLACE, party_id=2, label="Beland")))
    released, readers = _two({1: both}, {1: replace(both, places=both.places[1:])})
    ends_as_the_feed(released, readers, mails(released, readers, [True]))
    real = notification_content.notified_changes
    monkeypatch.setitem(
        globals(),
        "notified_changes",
        lambda changes, one, *, highest, beside: real(changes, one, highest=highest, beside=()),
    )
    sent = mails(released, readers, [True])
    with pytest.raises(AssertionError):
        # The other party's message has the same SEQUENCE and was stored first.
        ends_as_the_feed(released, readers, [*sent[2:], *sent[:2]][::-1])


def test_control_who_came_and_went_unsent_would_leave_the_others_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    given = replace(SESSION, places=(replace(PLACE, party_id=2, label="Beland"),))
    # The first party has gone in favour of the second, which goes before it was told that it had come.
    released, readers = _two({1: SESSION}, {1: given}, {1: replace(SESSION, places=())})
    gone = [True, True, False]
    sent = mails(released, readers, gone)
    ends_as_the_feed(released, readers, sent)
    monkeypatch.setattr(notification_content, "folded", lambda told, whole, *, beside: whole)
    with pytest.raises(AssertionError):
        ends_as_the_feed(released, readers, mails(released, readers, gone))

"""A day's run and the calendar of embargoes: what stands where, to whom, and in how many queries."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import RequestFactory

from press.overview import publication_schedule
from press.texts.models.embargoes import Embargo, EmbargoMode
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import Session
from summit.admin_base import dashboard as admin_base_dashboard
from summit.core.database_clock import db_now
from summit.summits.models import Summit
from summit.users.models import User
from tests.clients import read, signed_in
from tests.factories import MessageFactory, SlotFactory, SummitFactory, UserFactory
from tests.press.helpers import HOUR, ago, approver, make_embargo, make_slot, make_text, officer, organiser

pytestmark = pytest.mark.django_db

RUN, CALENDAR = "/admin/press/text/run/", "/admin/press/text/embargoes/"
DAY, SECOND = date(2030, 7, 1), date(2030, 7, 2)


@pytest.fixture
def summit() -> Summit:
    return SummitFactory(starts_on=DAY, ends_on=SECOND)


def at(hour: int, minute: int = 0, day: int = 1) -> datetime:
    """A time of a July day of 2030 in London, an hour ahead of UTC."""
    return datetime(2030, 7, day, hour - 1, minute, tzinfo=UTC)


def shown(user: User, path: str = RUN, **query: str) -> str:
    return read(signed_in(user), path, **query)


def waits(summit: Summit, **kwargs: Any) -> Embargo:
    return make_embargo(summit, None, mode=EmbargoMode.DELIVERED, **kwargs)


def session_at(summit: Summit, starts_at: datetime) -> Session:
    session = make_slot(summit).session
    Session.objects.filter(pk=session.pk).update(starts_at=starts_at, ends_at=starts_at + HOUR, opening=10)
    session.slots.all().delete()
    session.refresh_from_db()
    return session


def give(slot: Slot, title: str, embargo: Embargo) -> None:
    text = make_text(summit=embargo.summit, embargo=embargo, title=title).version.text
    text.slot = slot
    text.save()


def titles(groups: list[publication_schedule.ScheduleGroup]) -> list[tuple[str, list[str], bool]]:
    zone = groups[0].texts[0].summit.zone
    return [(f"{each.at.astimezone(zone):%H:%M}", [row.title for row in each.texts], each.planned) for each in groups]


class TestGroups:
    def test_moments_and_planned_speeches_in_order(self, summit: Summit) -> None:
        session = session_at(summit, at(10))
        first = SlotFactory(session=session, position=1, minutes=20)
        second = SlotFactory(session=session, position=2, minutes=5)
        make_text(summit=summit, moment=at(10, 20), title="At a moment")
        for slot, title in ((second, "Second speech"), (first, "First speech")):
            give(slot, title, waits(summit))
        make_text(summit=summit, moment=at(9, day=2), title="The day after")
        make_text(moment=at(9), title="Another summit’s")
        make_text(summit=summit, moment=at(11), withdrawn_at=ago(1), title="Withdrawn")
        assert titles(publication_schedule.groups(summit, DAY, DAY)) == [
            ("10:10", ["First speech"], True),
            ("10:20", ["At a moment"], False),
            ("10:30", ["Second speech"], True),
        ]

    def test_what_is_tied_stands_together_and_an_alarm_on_another_day_on_its_own(self, summit: Summit) -> None:
        embargo = waits(summit, tied=True, fallback_at=at(8, day=2))
        give(SlotFactory(session=session_at(summit, at(10)), minutes=5), "Speech", embargo)
        make_text(summit=summit, embargo=embargo, title="Notice")
        for day, clock, by in ((DAY, "10:10", "plan"), (SECOND, "08:00", "alarm")):
            groups = publication_schedule.groups(summit, day, day)
            assert (titles(groups), groups[0].by) == ([(clock, ["Speech", "Notice"], True)], by)

    def test_a_day_is_the_venues_across_the_change_of_clocks(self, summit: Summit) -> None:
        for day, hours in ((date(2030, 3, 31), 23), (date(2030, 10, 27), 25), (DAY, 24)):
            start, end = publication_schedule.bounds(day, day, summit)
            assert (end - start) / HOUR == hours
            second = timedelta(seconds=1)
            moments = {"Before": start - second, "First": start, "Last": end - second, "After": end}
            for title, moment in moments.items():
                make_text(summit=summit, moment=moment, title=title)
            assert [row.title for each in publication_schedule.groups(summit, day, day) for row in each.texts] == [
                "First",
                "Last",
            ]


class TestRun:
    def test_what_is_late_or_failed_stands_on_top_of_every_day(self, summit: Summit) -> None:
        make_text(summit=summit, moment=ago(1), held=True, title="Held too long")
        make_text(summit=summit, moment=ago(2), state="draft", title="Not approved")
        make_text(summit=summit, embargo=waits(summit, fallback_at=ago(1)), title="Not given")
        alone = make_text(summit=summit, moment=ago(3), title="Alone", emergency_reason="Nobody was there.")
        out = make_text(summit=summit, moment=ago(3), title="Not told")
        about = {"kind": "publication", "state": "failed", "subject_key": f"press.edition:{out.public_id}"}
        for address in ("a@paper.example", "b@paper.example"):
            MessageFactory(summit=summit, problem="550", address=address, **about)
        content = shown(officer(summit), day="2030-07-01")
        late = content.partition("Overdue or failed")[2].partition("</ul>")[0]
        for part in (
            "Release the hold, or withdraw it.",
            "Submit it, or schedule it for another time.",
            "Ask at the venue whether the speech was delivered, and record it here.",
            "Nobody was there.",
            "2 emails about it failed.",
            f"q=press.edition%3A{out.public_id}",
        ):
            assert part in late
        assert "Check the reasons and resend them" in shown(organiser(summit), day="2030-07-01")
        alone.afterwards_by, alone.afterwards_at = UserFactory(), db_now()
        alone.save()
        assert "Nobody was there." not in shown(officer(summit), day="2030-07-01")
        assert "Nothing is overdue or failed." in shown(officer(other := SummitFactory()), summit=other.slug)


class TestCalendar:
    def test_the_summits_days_stand_in_whole_weeks(self, summit: Summit) -> None:
        make_text(summit=summit, moment=at(10), title="On the first day")
        make_text(summit=summit, moment=at(23, 59, day=2), state="draft", title="On the second")
        make_text(summit=summit, moment=at(9, day=20), title="Later")
        answer = signed_in(officer(summit)).get(CALENDAR)
        weeks = answer.context["weeks"]
        assert [(week[0].day, week[-1].day) for week in weeks] == [
            (date(2030, 6, 24), date(2030, 6, 30)),
            (date(2030, 7, 1), date(2030, 7, 7)),
        ]
        found = [[(entry.clock, entry.text.title) for entry in cell.entries] for cell in weeks[1][:3]]
        assert found == [[("10:00", "On the first day")], [("23:59", "On the second")], []]
        assert "Later" not in answer.content.decode()


def asked(user: User) -> Any:
    request: Any = RequestFactory().get("/admin/")
    request.user = user
    return request


def tasks(summit: Summit, user: User) -> dict[str, tuple[str, str]]:
    """The sentences with their urgency and address."""
    return {task.sentence: (task.word, task.address) for task in admin_base_dashboard.tasks(asked(user), summit)}


def opened(user: User, address: str) -> list[str]:
    return sorted(row.title for row in signed_in(user).get(address).context["cl"].result_list)


def one_of_each(summit: Summit) -> None:
    make_text(summit=summit, state="draft", title="Draft")
    make_text(summit=summit, state="in_review", title="In review")
    make_text(summit=summit, state="changes_asked", title="Changes asked")
    make_text(summit=summit, title="No moment")
    make_text(summit=summit, embargo=make_embargo(summit, None, mode=EmbargoMode.DELIVERED), title="When delivered")
    make_text(summit=summit, moment=db_now() + 24 * HOUR, held=True, title="Held")
    make_text(summit=summit, moment=ago(1), held=True, title="Held too long")
    make_text(summit=summit, moment=ago(1), title="Out")
    make_text(summit=summit, moment=ago(3), withdrawn_at=ago(4), title="Withdrawn")


WORDS = {
    "1 text overdue.": ("late", ["Held too long"]),
    "1 text is awaiting your review.": ("now", ["In review"]),
    "1 text needs changes after review.": ("now", ["Changes asked"]),
    "1 approved text is unscheduled. Schedule it.": ("now", ["No moment"]),
    "1 text on hold.": ("now", ["Held"]),
    "1 text will be published when you mark its speech as delivered.": ("next", ["When delivered"]),
    "1 text is a draft. Submit it when it is ready.": ("next", ["Draft"]),
}
OF_OFFICER = [words for words in WORDS if "your review." not in words]
OF_APPROVER = [words for words in WORDS if "changes after" not in words and "a draft" not in words]


@pytest.mark.parametrize(("make", "expected"), [(officer, OF_OFFICER), (approver, OF_APPROVER)])
def test_each_role_is_told_what_it_can_do(summit: Summit, make: Any, expected: list[str]) -> None:
    one_of_each(summit)
    user = make(summit)
    found = tasks(summit, user)
    assert list(found) == expected
    assert [word for word, _address in found.values()] == [WORDS[each][0] for each in expected]
    # What is last is the first role's alone: both open all lists between them.
    for sentence in expected[:3] if make is approver else expected[3:]:
        assert opened(user, found[sentence][1]) == WORDS[sentence][1]

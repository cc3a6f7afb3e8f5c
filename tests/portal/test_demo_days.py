"""When the demonstration takes place: three weeks from the day of loading, or on that day at this hour."""

from collections import Counter
from datetime import date, datetime, time, timedelta

import pytest

from delegations.invitations.models.invitations import Invitation
from delegations.participants.services import revisions
from portal.demo import border_security, days, first_day
from press.subscriptions.models import Announcement
from press.texts.models.editions import Edition
from press.texts.models.texts import Text
from sessions.agenda.models.releases import Release
from sessions.draft.models.sessions import Session
from summit.core.database_clock import db_now

# Alike whatever the database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_ahead_it_begins_on_the_monday_after_three_weeks() -> None:
    for loaded, begins in ((date(2026, 11, 29), date(2026, 12, 21)), (date(2026, 11, 30), date(2026, 12, 21))):
        now = datetime.combine(loaded, time(12, 0), days.ZONE)
        assert days.days_of(days.Act.AHEAD, now) == days.Days(begins)


def _in(moment: datetime, clock: str) -> datetime:
    """Return a moment at a clock's time in London, on the day of another."""
    return datetime.combine(moment.astimezone(days.ZONE).date(), time.fromisoformat(clock), days.ZONE)


def test_the_first_day_is_at_this_hour_and_by_night_so_are_its_sessions() -> None:
    for clock in ("00:15", "05:00", "10:30", "12:00", "17:15", "17:16", "21:40", "23:59"):
        now = _in(db_now(), clock)
        found = days.days_of(days.Act.DAY, now)
        assert found.at(0, days.BUSY_FROM) <= now <= found.at(0, days.BUSY_TO), clock
        assert found.later % timedelta(hours=1) == timedelta()
        if days.BUSY_FROM <= now.time() <= days.BUSY_TO:
            assert (found.first, found.later) == (now.date(), timedelta())


@pytest.mark.slow("loads a demonstration of the day")
def test_the_first_day_has_sessions_speeches_and_what_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """By night, when all of it is later than on other days."""
    now = _in(db_now(), "23:10")
    monkeypatch.setattr(border_security, "db_now", lambda: now)
    summit = border_security.load(days.Act.DAY)
    summit.full_clean()
    running = Session.objects.filter(starts_at__lte=now, ends_at__gt=now)
    assert running.exists()
    assert summit.starts_on <= now.date() <= summit.ends_on
    assert list(Release.objects.order_by("number").values_list("number", flat=True)) == [1, 2]
    said = Counter(Invitation.objects.values_list("state", "answer"))
    assert said == {("sent", ""): 2, ("answered", "regrets"): 1, ("answered", "attending"): 45}
    named = revisions.gather(summit)
    assert (len(named["parties"]), revisions.count_omitted(summit).people) == (46, 0)
    # The database's clock says which are out; those that wait do so for the real moments of this act.
    moments = dict(Text.objects.values_list("slug", "embargo__moment"))
    out = {slug for slug, moment in moments.items() if moment <= now}
    assert out == set(first_day.OUT)
    later = {row.version.text.slug: row.number for row in Edition.objects.filter(number__gt=1)}
    assert later == {first_day.CORRECTED: 2}
    # Nobody is written to of what was out before.
    assert Announcement.objects.count() == len(first_day.OUT) + 1
    for row in (*Text.objects.all(), *Session.objects.all()):
        row.full_clean()

"""Answers over time and by region, as the database counts them and as the desk draws them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import RequestFactory
from django.utils.html import strip_tags

from delegations import charts
from delegations.domain import gaps, progress
from delegations.domain.progress import RegionNumbers
from summit.db.clock import db_now
from summit.models import Role, Summit
from tests import factories as f

pytestmark = pytest.mark.django_db


def invitation(summit: Summit, sent: datetime, answered: datetime | None = None, **kwargs: Any) -> None:
    fields: dict[str, Any] = {"state": "sent", "sent_at": sent}
    if answered:
        fields |= {"state": "answered", "answered_at": answered, "answered_by": "A"}
        kwargs.setdefault("answer", "attending")
    f.InvitationFactory(party__summit=summit, **fields, **kwargs)


def asked(summit: Summit, role: Role = Role.PROTOCOL) -> Any:
    request = RequestFactory().get("/admin/")
    request.user = f.UserFactory.with_role(role, summit)
    return request


def test_days_are_those_of_the_venue() -> None:
    summit = f.SummitFactory(time_zone="Pacific/Auckland")
    # 11:30 UTC is the day after's half past midnight in Auckland in summer.
    invitation(summit, datetime(2025, 1, 10, 10, 30, tzinfo=UTC), datetime(2025, 1, 10, 11, 30, tzinfo=UTC))
    invitation(summit, datetime(2025, 1, 10, 11, 30, tzinfo=UTC))
    invitation(f.SummitFactory(), datetime(2025, 1, 10, 11, 30, tzinfo=UTC))
    assert progress.by_day(summit) == ({date(2025, 1, 10): 1, date(2025, 1, 11): 1}, {date(2025, 1, 11): 1})


def test_regions_count_what_stands_the_largest_first() -> None:
    summit = f.SummitFactory()
    for answer, region in (("attending", "europe"), ("regrets", "europe"), ("attending", "africa")):
        invitation(summit, f.START, f.START, answer=answer, party__region=region)
    invitation(summit, f.START, party__region="europe")
    f.InvitationFactory(party__summit=summit, party__region="americas", state="revoked")
    f.PartyFactory(summit=summit, region="asia")
    assert progress.by_region(summit) == [
        RegionNumbers("europe", attending=1, regrets=1, open=1),
        RegionNumbers("africa", attending=1, regrets=0, open=0),
    ]
    chart = charts.by_region(asked(summit), summit)
    assert chart is not None
    assert chart.title == "2 attend; answers are open in 1 region"
    assert charts._attending(1, 2) == "1 attends; answers are open in 2 regions"
    rows = [[strip_tags(cell) for cell in row] for row in chart.rows]
    assert rows == [["Europe", "1", "1", "1"], ["Africa", "1", "0", "0"]]


def test_a_party_invited_anew_after_a_revoked_invitation_counts_once() -> None:
    summit = f.SummitFactory()
    party = f.PartyFactory(summit=summit, region="europe")
    f.InvitationFactory(party=party, state="revoked")
    f.InvitationFactory(party=party, state="sent", sent_at=f.START)
    assert progress.by_region(summit) == [RegionNumbers("europe", attending=0, regrets=0, open=1)]


def test_the_title_is_the_answer_and_the_table_has_the_days_that_changed_something() -> None:
    now = db_now()
    summit = f.SummitFactory(answer_by=now + timedelta(days=3), time_zone="UTC")
    invitation(summit, now - timedelta(days=10), now - timedelta(days=4))
    invitation(summit, now - timedelta(days=10))
    found = charts.over_time(asked(summit), summit)
    assert found is not None
    assert found.title == "1 of 2 has answered"
    assert [row[1:] for row in found.rows] == [["0", "2"], ["1", "2"]]
    assert "due" in found.drawing
    Summit.objects.filter(pk=summit.pk).update(answer_by=now - timedelta(days=1))
    summit.refresh_from_db()
    late = charts.over_time(asked(summit), summit)
    assert late is not None
    assert late.title == "1 of 2 have answered; 1 is late"


@pytest.mark.parametrize("chart", [charts.over_time, charts.by_region])
def test_before_the_first_letter_there_is_no_chart_and_none_for_other_desks(chart: Any) -> None:
    summit = f.SummitFactory()
    f.PartyFactory(summit=summit)
    assert chart(asked(summit), summit) is None
    invitation(summit, f.START)
    assert chart(asked(summit), summit) is not None
    assert chart(asked(summit, Role.PRESS_OFFICER), summit) is None


def test_what_parties_lack() -> None:
    summit = f.SummitFactory()
    f.PartyFactory(summit=summit, mission_email="", is_host=True)
    f.PartyFactory(summit=summit, mission_email="")
    silent = f.PartyFactory(summit=summit, mission_email="")
    f.FocalPointFactory(party=silent, person__email="")
    reached = f.PartyFactory(summit=summit, mission_email="")
    f.FocalPointFactory(party=reached)
    invitation(summit, f.START, f.START, party__kind="organisation")
    invitation(summit, f.START, f.START)
    invitation(summit, f.START)
    assert gaps.counts(summit) == {
        **dict.fromkeys([*gaps.GAPS, gaps.REQUESTS], 0),
        **{"mailbox": 2, "head": 1, "focal": 2},
    }


def test_links_that_end_are_those_without_an_answer_within_a_week() -> None:
    summit, now = f.SummitFactory(time_zone="UTC"), db_now()
    soon = now + timedelta(days=2)
    f.InvitationLinkFactory(invitation__party__summit=summit, expires_at=soon)
    f.InvitationLinkFactory(invitation__party__summit=summit, expires_at=now - timedelta(days=1))
    f.InvitationLinkFactory(invitation__party__summit=summit, expires_at=now + timedelta(days=8))
    f.InvitationLinkFactory(invitation__party__summit=summit, expires_at=soon, revoked_at=now)
    answered = f.InvitationLinkFactory(invitation__party__summit=summit, expires_at=soon).invitation
    answered.state, answered.answer = "answered", "attending"
    answered.answered_at, answered.answered_by = now, "A"
    answered.save()
    assert gaps.ending_by_day(summit) == {soon.date(): 1}

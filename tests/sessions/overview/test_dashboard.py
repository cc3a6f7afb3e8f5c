"""What the home says of the agenda, and that its addresses open the sessions that it means."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.test import RequestFactory

from sessions.overview import dashboard as overview_dashboard
from sessions.releases.services import releases
from summit.admin_base import dashboard as admin_base_dashboard
from summit.core.database_clock import db_now
from summit.maintenance.models import Heartbeat
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests.clients import signed_in
from tests.factories import ParticipantFactory, PersonFactory, SessionFactory, UserFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def swept() -> None:
    Heartbeat.objects.create(name="sweep")


def tasks(summit: Summit, role: Role) -> list[admin_base_dashboard.Task]:
    request: Any = RequestFactory().get("/admin/")
    request.user = UserFactory.with_role(role, summit)
    return admin_base_dashboard.tasks(request, summit)


def opened(summit: Summit, task: admin_base_dashboard.Task) -> list[str]:
    client = signed_in(UserFactory.with_role(Role.PROGRAMME, summit))
    page = client.get(task.address)
    assert page.status_code == 200
    return sorted(row.title for row in page.context["cl"].result_list)


def test_only_who_releases_is_told_to(summit: Summit, organiser: User) -> None:
    SessionFactory(summit=summit)
    (task,) = tasks(summit, Role.ORGANISER)
    assert task.sentence == "1 unreleased session. Preview the first release."
    assert task.address == f"/admin/agenda/release/prepare/{summit.slug}/"
    assert tasks(summit, Role.PROGRAMME) == []
    releases.release(summit=summit, by=organiser)
    assert tasks(summit, Role.ORGANISER) == []
    SessionFactory.create_batch(2, summit=summit)
    (task,) = tasks(summit, Role.ORGANISER)
    assert task.sentence == "2 sessions have changed since release 1. Preview the next release."


def test_warnings_open_the_list_of_them(summit: Summit) -> None:
    person = PersonFactory(summit=summit)
    for title in ("One", "Two"):
        ParticipantFactory(session=SessionFactory(summit=summit, title=title), person=person)
    SessionFactory(summit=summit, title="Alone")
    (task,) = tasks(summit, Role.PROGRAMME)
    assert task.sentence == "1 scheduling conflict"
    assert task.address == f"/admin/agenda/release/warnings/{summit.slug}/"
    task = admin_base_dashboard.Task(
        "",
        admin_base_dashboard.Urgency.NOW,
        overview_dashboard.listed(summit, warning="person"),
        overview_dashboard.EDIT,
    )
    assert opened(summit, task) == ["One", "Two"]


def test_what_starts_within_the_hour_and_later_today(summit: Summit) -> None:
    # A venue where it is morning, so that there is a later; zones end at twelve hours behind UTC.
    now = db_now()
    behind = min(now.hour - 9, 12)
    summit.time_zone = f"Etc/GMT{behind:+d}" if behind else "UTC"
    summit.starts_on = now.date() - timedelta(days=1)
    summit.ends_on = now.date() + timedelta(days=2)
    summit.save()
    midnight = datetime.combine(now.astimezone(summit.zone).date() + timedelta(days=1), time(), summit.zone)
    starts = {"Past": now - HOUR, "Soon": now + HOUR / 2, "Later": now + 2 * HOUR, "Tomorrow": midnight}
    for title, start in starts.items():
        SessionFactory(summit=summit, title=title, starts_at=start, ends_at=start + HOUR / 4)
    SessionFactory(summit=summit, title="Off", starts_at=now + HOUR / 2, ends_at=now + HOUR, cancelled_at=now)
    hour, later = tasks(summit, Role.PROGRAMME)
    assert (hour.word, hour.sentence) == ("now", "1 session starts within the hour.")
    assert (later.word, later.sentence) == ("next", "1 session starts later today.")
    assert opened(summit, hour) == ["Soon"]
    assert opened(summit, later) == ["Later"]


def test_on_its_days_the_home_shows_what_is_on(summit: Summit) -> None:
    now, hour = db_now(), timedelta(hours=1)
    today = now.astimezone(summit.zone).date()
    Summit.objects.filter(pk=summit.pk).update(starts_on=today, ends_on=today)
    for title, starts_at, ends_at, more in (
        ("Over", now - 2 * hour, now - hour, {}),
        ("On", now - hour, now + hour, {}),
        ("To come", now + hour, now + 2 * hour, {}),
        ("Off", now - hour, now + hour, {"cancelled_at": now}),
    ):
        SessionFactory(summit=summit, title=title, starts_at=starts_at, ends_at=ends_at, **more)

    def running(role: Role) -> list[list[str]]:
        picture = signed_in(UserFactory.with_role(role, summit)).get("/admin/").context_data["picture"]
        return [[row.title for row in shown["running"]] for _template, shown in picture if "running" in shown]

    assert running(Role.PROGRAMME) == [["On"]]
    assert running(Role.ACCREDITATION) == []

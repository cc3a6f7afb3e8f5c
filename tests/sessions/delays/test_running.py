"""Sessions that start, end and run late: recorded once, undone, and told where it may be known."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from sessions.agenda.models.releases import ReleasedSession
from sessions.delays.models import DelayNotice, SessionRun
from sessions.delays.selectors import live_version
from sessions.delays.selectors.running import ON, RunningSession, RunState, late_sessions, of_day
from sessions.delays.services import running
from sessions.draft.models.sessions import Session
from sessions.draft.selectors.progress import Progress, progress_of
from sessions.public import on_now
from sessions.releases.selectors import unreleased_changes
from sessions.visibility.models import Visibility
from summit.core.database_clock import db_now
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.undo import services as undo
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import refuses, sign_in
from tests.sessions.conftest import focal, release, session

pytestmark = pytest.mark.django_db
Act = Callable[..., bool]


@pytest.fixture
def officer(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.CONFERENCE_OFFICER, summit)


def test_weeks_before_the_summit_today_leads_to_its_first_day(summit: Summit) -> None:
    desk, today = sign_in(summit, Role.PROGRAMME), db_now().astimezone(summit.zone).date()
    address = f"{reverse('admin:agenda_session_day')}?summit={summit.slug}"
    found = []
    for ahead in (21, 0):
        first = today + timedelta(days=ahead)
        Summit.objects.update(starts_on=first, ends_on=first)
        shown = desk.get(address).content.decode()
        found.append(f'{address}&amp;day={first.isoformat()}">First day of the summit</a>' in shown)
        assert "First day of" not in desk.get(f"{address}&day={first.isoformat()}").content.decode()
    assert found == [True, False]


@pytest.fixture
def row(summit: Summit) -> Session:
    now = db_now()
    times = {"starts_at": now - timedelta(minutes=10), "ends_at": now + timedelta(minutes=50)}
    return session(summit, title="Plenary", visibility=Visibility.PUBLIC, **times)


class TestOnce:
    def test_what_is_done_is_done_once_and_only_by_who_runs_the_day(self, row: Session, officer: User) -> None:
        viewer = f.UserFactory.with_role(Role.VIEWER, row.summit)
        refuses(running.NotStarted, running.end, session=row, by=officer, match="Start it first")
        acts: tuple[Act, ...] = (running.announce_delay, running.end_delay, running.start, running.end)
        for act in acts:
            refuses(PermissionDenied, act, session=row, by=viewer)
            assert (act(session=row, by=officer), act(session=row, by=officer)) == (True, False), act.__name__

    def test_each_is_undone(self, row: Session, officer: User) -> None:
        for act, state in (
            (running.announce_delay, lambda: DelayNotice.objects.filter(ended_at=None).count()),
            (running.start, SessionRun.objects.count),
        ):
            with undo.grouped() as group:
                act(session=row, by=officer)
            assert group.offer is not None
            assert state() == 1
            undo.undo(public_id=group.offer.public_id, by=officer)
            assert state() == 0

    def test_an_announcement_that_starting_or_ending_ended_goes_on(self, row: Session, officer: User) -> None:
        for act in (running.start, running.end):
            running.announce_delay(session=row, by=officer)
            [notice] = DelayNotice.objects.filter(ended_at=None)
            with undo.grouped() as group:
                act(session=row, by=officer)
            assert late_sessions(row.summit) == frozenset()
            assert group.offer is not None
            undo.undo(public_id=group.offer.public_id, by=officer)
            assert list(DelayNotice.objects.filter(ended_at=None)) == [notice]
            running.start(session=row, by=officer)


# Announced as late, started and ended; minutes after the start; how it stands, and whether it is on for readers.
WHERE_IT_STANDS = [
    ("", -5, RunState.AHEAD, ""),
    ("", 5, RunState.DUE, on_now.NOW),
    ("", 65, RunState.PAST, on_now.PAST),
    ("late", -5, RunState.AHEAD, ""),
    ("late", 5, RunState.LATE, ""),
    ("late", 65, RunState.LATE, ""),
    ("late", 60 + 12 * 60, RunState.PAST, on_now.PAST),
    ("late started", 5, RunState.RUNNING, on_now.NOW),
    ("started", -5, RunState.RUNNING, on_now.NOW),
    ("started", 5, RunState.RUNNING, on_now.NOW),
    ("started", 65, RunState.OVER, on_now.NOW),
    ("started", 60 + 12 * 60, RunState.ENDED, on_now.PAST),
    ("started ended", 5, RunState.ENDED, on_now.PAST),
]


def test_where_a_session_stands(row: Session, officer: User) -> None:
    """An hour's session, so many minutes after its start. The desk and its readers are told the same."""
    snapshot = unreleased_changes.agendas(row.summit).new[row.pk]
    release(row.summit)
    [line] = ReleasedSession.objects.all()
    for recorded, minutes, state, readers in WHERE_IT_STANDS:
        now = row.starts_at + timedelta(minutes=minutes)
        ended = "ended" in recorded
        run = SessionRun(session=row, started_at=now, started_by=officer, ended_at=now if ended else None)
        notice = DelayNotice(session=row, announced_by=officer) if "late" in recorded else None
        stands = RunningSession(snapshot, run if "started" in recorded else None, notice, now)
        line.late, line.ended = notice is not None, ended if "started" in recorded else None
        assert (stands.state, on_now.state_of(line, now)) == (state, readers), (recorded, minutes)
        assert (stands.state in ON) == (readers == on_now.NOW)


def test_what_goes_on_past_midnight_is_on_today(summit: Summit) -> None:
    """Others of yesterday aren't, and neither is it on tomorrow's page."""
    midnight = datetime(2025, 4, 1, tzinfo=summit.zone)
    times = {"starts_at": midnight - timedelta(hours=1), "ends_at": midnight - timedelta(minutes=10)}
    titles = ("Running", "Late", "Never started")
    started, late, _never = rows = [session(summit, title=title, **times) for title in titles]
    SessionRun.objects.create(session=started, started_by=f.UserFactory())
    DelayNotice.objects.create(session=late, announced_by=f.UserFactory())
    agenda = unreleased_changes.agendas(summit).new
    now = midnight + timedelta(minutes=5)
    for days, found in ((-1, {*titles}), (0, {"Running", "Late"}), (1, set())):
        stood = of_day(summit, agenda.values(), (now + timedelta(days=days)).date(), now)
        assert {row.session.title for row in stood} == found, days
    assert len(rows) == len(agenda)


LATE = "running late, new time to follow"


def test_everybody_reads_it_where_the_session_stands(row: Session, officer: User, client: Client) -> None:
    browser = signed_in(focal(f.PartyFactory(summit=row.summit)).user)
    release(row.summit)
    public = [reverse(f"agenda:{name}", args=[row.summit.slug]) for name in ("agenda", "grid")]
    public += [reverse("agenda:session", args=[row.summit.slug, row.public_id]), row.summit.get_absolute_url()]
    theirs = f"{reverse('portal:session', args=[row.public_id])}?summit={row.summit.slug}"

    def late() -> list[bool]:
        pages = [*(client.get(path) for path in public), browser.get(theirs)]
        return [LATE in page.content.decode() for page in pages]

    assert late() == [False] * 5
    running.announce_delay(session=row, by=officer)
    assert late() == [True] * 5
    Session.objects.filter(pk=row.pk).update(times_to=Visibility.ACCREDITED)
    release(row.summit)
    for page in (public[0], public[2]):
        assert LATE not in client.get(page).content.decode(), page


def test_the_version_changes_with_a_delay_and_with_a_release(row: Session, officer: User, client: Client) -> None:
    def ask(**headers: str) -> Any:
        key = live_version.live_key(row.summit)
        return client.get(reverse("agenda:live", args=[row.summit.slug, key]), headers=headers)

    versions = [ask().content]
    for act in (
        lambda: release(row.summit),
        lambda: running.announce_delay(session=row, by=officer),
        lambda: running.end_delay(session=row, by=officer),
        lambda: running.start(session=row, by=officer),
        lambda: running.end(session=row, by=officer),
    ):
        act()
        answer = ask()
        versions.append(answer.content)
        assert answer["Cache-Control"] == "public, max-age=1"
        assert ask(if_none_match=answer["ETag"]).status_code == 304
    assert len(set(versions)) == 6
    # An edit of the draft says nothing, and only who knows the key may ask.
    Session.objects.filter(pk=row.pk).update(title="Other")
    assert ask().content == versions[-1]
    assert client.get(reverse("agenda:live", args=[row.summit.slug, "0" * 24])).status_code == 404


def test_the_day_is_run_from_its_page(row: Session) -> None:
    release(row.summit)
    desk = sign_in(row.summit, Role.CONFERENCE_OFFICER)
    page = f"{reverse('admin:agenda_session_day')}?summit={row.summit.slug}"
    assert [each.session.title for each in desk.get(page).context["on"]] == ["Plenary"]
    live = f"{reverse('admin:agenda_session_live')}?summit={row.summit.slug}"
    before = desk.get(live).content
    assert desk.get(live).content == before
    for name, said, where, listed in (
        ("announce_delay", "announced as running late", "late", Progress.SCHEDULED),
        ("start", "has started", "on", Progress.RUNNING),
        ("end", "has ended", "ended", Progress.OVER),
        ("end", "has ended already", "ended", Progress.OVER),
    ):
        answer = desk.post(reverse(f"admin:agenda_session_{name}", args=[row.pk]), follow=True)
        assert answer.redirect_chain[-1][0] == page
        assert said in answer.content.decode(), name
        assert [group for group in ("on", "late", "next", "ended") if answer.context[group]] == [where]
        assert progress_of([row.pk]) == {row.pk: listed}
    assert SessionRun.objects.get().ended_by is not None
    assert desk.get(live).content != before


def test_a_session_that_nobody_started_is_not_over(row: Session) -> None:
    now = db_now()
    Session.objects.filter(pk=row.pk).update(starts_at=now - timedelta(minutes=2), ends_at=now - timedelta(minutes=1))
    release(row.summit)
    desk = sign_in(row.summit, Role.CONFERENCE_OFFICER)
    page = desk.get(f"{reverse('admin:agenda_session_day')}?summit={row.summit.slug}")
    assert [each.session.title for each in page.context["never_started"]] == ["Plenary"]
    assert "1 session was never started" in page.content.decode()
    assert "is over" not in page.content.decode()


def test_a_page_of_many_sessions_makes_no_more_queries(summit: Summit, django_assert_max_num_queries: Any) -> None:
    now = db_now()
    for minutes in range(12):
        session(summit, starts_at=now + timedelta(minutes=minutes), ends_at=now + timedelta(minutes=minutes + 30))
    release(summit)
    desk = sign_in(summit, Role.CONFERENCE_OFFICER)
    page = f"{reverse('admin:agenda_session_day')}?summit={summit.slug}"
    desk.get(page)
    with django_assert_max_num_queries(16):
        assert len(desk.get(page).context["next"]) == 3

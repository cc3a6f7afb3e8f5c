"""Sessions that start, end and run late: recorded once, undone, and told where it may be known."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from sessions.delays.models import DelayNotice, SessionRun
from sessions.delays.selectors import live_version
from sessions.delays.selectors.running import RunningSession, RunState, late_sessions
from sessions.delays.services import running
from sessions.draft.models.sessions import Session
from sessions.releases.selectors import unreleased_changes
from sessions.visibility.models import Visibility
from summit.core.database_clock import db_now
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.undo import services as undo
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import sign_in
from tests.sessions.conftest import focal, release, session

pytestmark = pytest.mark.django_db
Act = Callable[..., bool]


@pytest.fixture
def officer(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.CONFERENCE_OFFICER, summit)


@pytest.fixture
def row(summit: Summit) -> Session:
    now = db_now()
    return session(
        summit,
        title="Plenary",
        visibility=Visibility.PUBLIC,
        starts_at=now - timedelta(minutes=10),
        ends_at=now + timedelta(minutes=50),
    )


class TestOnce:
    def test_what_is_done_is_done_once(self, row: Session, officer: User) -> None:
        acts: tuple[Act, ...] = (running.announce_delay, running.end_delay, running.start, running.end)
        for act in acts:
            assert (act(session=row, by=officer), act(session=row, by=officer)) == (True, False), act.__name__

    def test_starting_and_ending_end_the_announcement(self, row: Session, officer: User) -> None:
        running.announce_delay(session=row, by=officer)
        running.start(session=row, by=officer)
        assert late_sessions(row.summit) == frozenset()
        running.announce_delay(session=row, by=officer)
        running.end(session=row, by=officer)
        assert late_sessions(row.summit) == frozenset()

    def test_what_nobody_started_cant_end(self, row: Session, officer: User) -> None:
        with pytest.raises(running.NotStarted, match="Start it first"):
            running.end(session=row, by=officer)

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

    def test_an_announcement_that_has_another_by_now_stays_ended(self, row: Session, officer: User) -> None:
        running.announce_delay(session=row, by=officer)
        with undo.grouped() as group:
            running.start(session=row, by=officer)
        running.announce_delay(session=row, by=officer)
        [newer] = DelayNotice.objects.filter(ended_at=None)
        assert group.offer is not None
        undo.undo(public_id=group.offer.public_id, by=officer)
        assert list(DelayNotice.objects.filter(ended_at=None)) == [newer]

    def test_who_doesnt_run_the_day_may_not(self, row: Session) -> None:
        viewer = f.UserFactory.with_role(Role.VIEWER, row.summit)
        for act in (running.start, running.end, running.announce_delay, running.end_delay):
            with pytest.raises(PermissionDenied):
                act(session=row, by=viewer)


def _state(started: bool, ended: bool, minutes: int, summit: Summit) -> RunState:
    """Return the state of an hour's session, so many minutes after its start."""
    by, now = f.UserFactory(), db_now()
    made = session(summit, starts_at=now - timedelta(minutes=minutes), ends_at=now + timedelta(minutes=60 - minutes))
    run = SessionRun(session=made, started_at=now, started_by=by, ended_at=now if ended else None)
    snapshot = unreleased_changes.agendas(summit).new[made.pk]
    return RunningSession(snapshot, run if started or ended else None, None, now).state


def test_where_a_session_stands(summit: Summit) -> None:
    table = {
        (False, False, -5): RunState.AHEAD,
        (False, False, 5): RunState.DUE,
        (True, False, -5): RunState.RUNNING,
        (True, False, 5): RunState.RUNNING,
        (True, False, 65): RunState.OVER,
        (False, False, 65): RunState.PAST,
        (True, True, 5): RunState.ENDED,
    }
    for (started, ended, minutes), state in table.items():
        assert _state(started, ended, minutes, summit) == state, (started, ended, minutes)


LATE = "running late, new time to follow"


class TestTold:
    def test_everybody_reads_it_where_the_session_stands(self, row: Session, officer: User, client: Client) -> None:
        release(row.summit)
        pages = [
            reverse("agenda:agenda", args=[row.summit.slug]),
            reverse("agenda:grid", args=[row.summit.slug]),
            reverse("agenda:session", args=[row.summit.slug, row.public_id]),
            row.summit.get_absolute_url(),
        ]
        assert not any(LATE in client.get(page).content.decode() for page in pages)
        running.announce_delay(session=row, by=officer)
        for page in pages:
            assert LATE in client.get(page).content.decode(), page

    def test_delegates_read_it_on_the_sessions_page(self, row: Session, officer: User) -> None:
        person = focal(f.PartyFactory(summit=row.summit))
        assert person.user is not None
        browser = signed_in(person.user)
        release(row.summit)
        page = f"{reverse('portal:session', args=[row.public_id])}?summit={row.summit.slug}"
        assert LATE not in browser.get(page).content.decode()
        running.announce_delay(session=row, by=officer)
        assert LATE in browser.get(page).content.decode()

    def test_not_where_its_times_arent_known(self, row: Session, officer: User, client: Client) -> None:
        Session.objects.filter(pk=row.pk).update(times_to=Visibility.ACCREDITED)
        release(row.summit)
        running.announce_delay(session=row, by=officer)
        for page in (
            reverse("agenda:agenda", args=[row.summit.slug]),
            reverse("agenda:session", args=[row.summit.slug, row.public_id]),
        ):
            assert LATE not in client.get(page).content.decode(), page


class TestLive:
    def _ask(self, summit: Summit, client: Client, **headers: str) -> Any:
        return client.get(reverse("agenda:live", args=[summit.slug, live_version.live_key(summit)]), headers=headers)

    def test_the_version_changes_with_a_delay_and_with_a_release(
        self, row: Session, officer: User, client: Client
    ) -> None:
        versions = [self._ask(row.summit, client).content]
        for act in (
            lambda: release(row.summit),
            lambda: running.announce_delay(session=row, by=officer),
            lambda: running.end_delay(session=row, by=officer),
        ):
            act()
            answer = self._ask(row.summit, client)
            versions.append(answer.content)
            assert answer["Cache-Control"] == "public, max-age=1"
            assert self._ask(row.summit, client, if_none_match=answer["ETag"]).status_code == 304
        assert len(set(versions)) == 4

    def test_only_who_knows_the_key_may_ask(self, summit: Summit, client: Client) -> None:
        assert client.get(reverse("agenda:live", args=[summit.slug, "0" * 24])).status_code == 404

    def test_an_edit_of_the_draft_says_nothing(self, row: Session, client: Client) -> None:
        release(row.summit)
        before = self._ask(row.summit, client).content
        Session.objects.filter(pk=row.pk).update(title="Other")
        assert self._ask(row.summit, client).content == before


def test_the_day_is_run_from_its_page(row: Session) -> None:
    release(row.summit)
    desk = sign_in(row.summit, Role.CONFERENCE_OFFICER)
    page = f"{reverse('admin:agenda_session_day')}?summit={row.summit.slug}"
    assert [each.session.title for each in desk.get(page).context["on"]] == ["Plenary"]
    for name, said in (
        ("announce_delay", "announced as running late"),
        ("start", "has started"),
        ("end", "has ended"),
        ("end", "has ended already"),
    ):
        answer = desk.post(reverse(f"admin:agenda_session_{name}", args=[row.pk]), follow=True)
        assert answer.redirect_chain[-1][0] == page
        assert said in answer.content.decode(), name
    assert SessionRun.objects.get().ended_by is not None


def test_the_desks_open_pages_notice_it(row: Session, officer: User) -> None:
    desk = sign_in(row.summit, Role.CONFERENCE_OFFICER)
    page = f"{reverse('admin:agenda_session_live')}?summit={row.summit.slug}"
    before = desk.get(page).content
    assert desk.get(page).content == before
    running.start(session=row, by=officer)
    assert desk.get(page).content != before


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


def test_a_speakers_list_is_run_before_it_is_released(row: Session, summit: Summit, officer: User) -> None:
    release(summit)
    client, url = signed_in(officer), reverse("admin:agenda_session_speaking", args=[row.pk])
    day = f"{reverse('admin:agenda_session_day')}?summit={summit.slug}"
    assert url not in client.get(day).content.decode()
    f.SlotFactory(session=row)
    assert url in client.get(day).content.decode()

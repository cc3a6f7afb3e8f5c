"""The clock of the speakers' list: its acts by the table, what it stores, what it adds up, and what can be undone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models.deletion import ProtectedError

from sessions.agenda.models.releases import Release
from sessions.delays.services import running
from sessions.draft import change_guards
from sessions.draft.change_guards import Blocked
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import Session
from sessions.releases.services import restore
from sessions.speakers import selectors
from sessions.speakers.models import SpeechInterval, SpeechRun, SpeechState
from sessions.speakers.services import floor_requests, speakers_list, speech_clock
from sessions.speakers.services.speech_clock import ClockRefused, OutOfTime
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.core.registry import Registry
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.undo import services as undo
from summit.undo.kinds import UndoRefused
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import refuses, sign_in
from tests.factories import MembershipFactory, PersonFactory, SlotFactory, SummitFactory, UserFactory
from tests.module_fixtures import once_a_module
from tests.sessions.conftest import Parties, parties_of, release, session

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@once_a_module
def row() -> Session:
    summit = SummitFactory()
    made = session(summit, *parties_of(summit).values())
    for position, name in enumerate("ABCD"):
        SlotFactory(session=made, speaker=PersonFactory(summit=summit, name=name, office=""), position=position)
    return made


@pytest.fixture
def summit(row: Session) -> Summit:
    return row.summit


@pytest.fixture
def parties(summit: Summit) -> Parties:
    return {party.name: party for party in summit.parties.order_by("name")}


@pytest.fixture
def officer(summit: Summit) -> User:
    """Runs the day, and may neither change the draft nor see texts."""
    return UserFactory.with_role(Role.CONFERENCE_OFFICER, summit)


def slot(row: Session, name: str) -> Slot:
    return Slot.every.select_related("session__summit").get(session=row, speaker__name=name)


def state(row: Session, name: str) -> str:
    run = SpeechRun.objects.filter(slot=slot(row, name)).first()
    return run.state if run else SpeechState.WAITING


def order(row: Session) -> str:
    return "".join(line.slot.speaker.name for line in selectors.waiting(row))


def shift(by: timedelta) -> None:
    """Make all intervals older, as if so much time had passed."""
    for interval in SpeechInterval.objects.order_by("pk"):
        interval.started_at -= by
        if interval.ended_at is not None:
            interval.ended_at -= by
        interval.save()


def undone(act: undo.UndoGroup, by: User) -> undo.UndoResult:
    assert act.offer is not None
    return undo.undo(public_id=act.offer.public_id, by=by)


def test_a_speech_with_a_pause_and_a_point_of_order(row: Session, officer: User, parties: Parties) -> None:
    a = slot(row, "A")
    assert speech_clock.give_floor(slot=a, by=officer)
    shift(2 * MINUTE)
    assert speech_clock.pause(slot=a, by=officer)
    shift(10 * MINUTE)
    assert speech_clock.point_of_order(slot=a, by=officer)
    assert speech_clock.record_raiser(slot=a, party=parties["Aland"], by=officer)
    assert not speech_clock.record_raiser(slot=a, party=parties["Aland"], by=officer)
    shift(3 * MINUTE)
    assert speech_clock.resume(slot=a, by=officer)
    shift(4 * MINUTE)
    assert speech_clock.end(slot=a, by=officer)
    listed = selectors.running_list(row)
    [line] = listed.done
    assert (line.state, round(line.used / 60), round(line.over / 60)) == (SpeechState.DELIVERED, 6, 1)
    stored = SpeechInterval.objects.values_list("kind", "party", "by")
    assert [*stored] == [
        ("speech", None, officer.pk),
        ("point_of_order", parties["Aland"].pk, officer.pk),
        ("speech", None, officer.pk),
    ]
    actions = [*AuditEntry.objects.filter(action__startswith="agenda.speech.").order_by("pk")]
    assert [entry.action.rpartition(".")[2] for entry in actions] == [
        *("give_floor", "pause", "point_of_order", "raised_by", "resume", "end")
    ]


def test_an_act_that_is_repeated_changes_nothing(row: Session, officer: User) -> None:
    a = slot(row, "A")
    acts = (speech_clock.give_floor, speech_clock.pause, speech_clock.point_of_order, speech_clock.resume)
    for act in (*acts, speech_clock.end):
        assert (act(slot=a, by=officer), act(slot=a, by=officer)) == (True, False)
    assert speech_clock.skip(slot=slot(row, "B"), by=officer)
    assert not speech_clock.skip(slot=slot(row, "B"), by=officer)
    assert SpeechInterval.objects.count() == 3
    assert AuditEntry.objects.filter(action__startswith="agenda.speech.").count() == 6


def test_what_is_not_in_the_table_is_refused_and_says_what_to_do(row: Session, officer: User) -> None:
    a, b = slot(row, "A"), slot(row, "B")
    with pytest.raises(ClockRefused, match=r"A does not have the floor\. Give the floor first\."):
        speech_clock.end(slot=a, by=officer)
    speech_clock.give_floor(slot=a, by=officer)
    speech_clock.pause(slot=a, by=officer)
    with pytest.raises(ClockRefused, match=r"A has the floor\. End that speech first\."):
        speech_clock.give_floor(slot=b, by=officer)
    refuses(ClockRefused, speech_clock.postpone, slot=a, by=officer, match=r"A already has the floor\.")
    speech_clock.end(slot=a, by=officer)
    refuses(ClockRefused, speech_clock.give_floor, slot=a, by=officer, match=r"A has already delivered this speech\.")
    # Who was called in vain is heard after all.
    speech_clock.skip(slot=b, by=officer)
    assert speech_clock.give_floor(slot=b, by=officer)
    assert SpeechInterval.objects.filter(ended_at=None).count() == 1


def test_only_who_runs_the_day_runs_the_list(row: Session, summit: Summit) -> None:
    protocol: User = UserFactory.with_role(Role.PROTOCOL, summit)
    a = slot(row, "A")
    acts: list[Callable[[], Any]] = [
        lambda: speech_clock.give_floor(slot=a, by=protocol),
        lambda: speech_clock.record_raiser(slot=a, party=None, by=protocol),
        lambda: speech_clock.shorten(session=row, minutes=3, by=protocol),
        lambda: speech_clock.close_list(session=row, by=protocol),
    ]
    for act in acts:
        refuses(PermissionDenied, act)
    assert not SpeechRun.objects.exists()


def test_postponing_changes_the_running_order_only(row: Session, officer: User) -> None:
    a, c = slot(row, "A"), slot(row, "C")
    assert speech_clock.postpone(slot=a, behind=c.pk, by=officer)
    assert order(row) == "BCAD"
    assert not speech_clock.postpone(slot=a, behind=c.pk, by=officer)
    with undo.grouped() as act:
        assert speech_clock.postpone(slot=slot(row, "B"), by=officer)
    assert order(row) == "CADB"
    assert [each.speaker.name for each in speakers_list.slots(row)] == ["A", "B", "C", "D"]
    assert undone(act, officer).done == ["The speech is as it was."]
    assert order(row) == "BCAD"
    assert not speech_clock.postpone(slot=slot(row, "D"), by=officer)
    speech_clock.give_floor(slot=c, by=officer)
    refuses(ClockRefused, speech_clock.postpone, slot=a, behind=c.pk, by=officer, match=r"The list has changed\.")


def test_what_was_pressed_by_mistake_is_taken_back(row: Session, officer: User, organiser: User) -> None:
    a, b = slot(row, "A"), slot(row, "B")
    with undo.grouped() as act:
        speech_clock.give_floor(slot=a, by=officer)
    assert undone(act, officer).done == ["The speech is as it was."]
    assert (state(row, "A"), SpeechInterval.objects.count()) == (SpeechState.WAITING, 0)
    speech_clock.give_floor(slot=a, by=officer)
    shift(MINUTE)
    with undo.grouped() as ended:
        speech_clock.end(slot=a, by=officer)
    # Another who runs the day may take it back; the clock has run on.
    assert undone(ended, organiser).problems == []
    assert state(row, "A") == SpeechState.SPEAKING
    assert SpeechInterval.objects.get().ended_at is None
    with undo.grouped() as ended:
        speech_clock.end(slot=a, by=officer)
    speech_clock.give_floor(slot=b, by=officer)
    refuses(UndoRefused, undone, ended, officer, match=r"B has the floor\. End that speech first\.")
    assert state(row, "A") == SpeechState.DELIVERED
    speech_clock.end(slot=b, by=officer)
    with undo.grouped() as skipped:
        speech_clock.skip(slot=slot(row, "C"), by=officer)
    assert undone(skipped, officer).done == ["The speech is as it was."]
    assert order(row) == "CD"


def test_the_floor_is_not_taken_back_once_the_clock_was_stopped(row: Session, officer: User) -> None:
    a = slot(row, "A")
    with undo.grouped() as act:
        speech_clock.give_floor(slot=a, by=officer)
    speech_clock.pause(slot=a, by=officer)
    speech_clock.resume(slot=a, by=officer)
    refuses(UndoRefused, undone, act, officer, match=r"This has since changed: .* resumed a speech\. Use the buttons")
    assert (state(row, "A"), SpeechInterval.objects.count()) == (SpeechState.SPEAKING, 2)


def test_the_remaining_speeches_are_shortened_in_the_draft(row: Session, officer: User) -> None:
    Slot.objects.filter(pk=slot(row, "B").pk).update(minutes=2)
    speech_clock.give_floor(slot=slot(row, "A"), by=officer)
    assert selectors.running_list(row).wins(3) == 4
    with undo.grouped() as act:
        assert speech_clock.shorten(session=row, minutes=3, by=officer) == 4
    assert speech_clock.shorten(session=row, minutes=3, by=officer) == 0
    minutes = dict(row.slots.values_list("speaker__name", "minutes"))
    assert minutes == {"A": 5, "B": 2, "C": 3, "D": 3}
    assert AuditEntry.objects.get(action="agenda.speech.shorten").fields == ["minutes"]
    # A limit that somebody has set since stays.
    Slot.objects.filter(pk=slot(row, "D").pk).update(minutes=4)
    result = undone(act, officer)
    assert result.done == ["The speeches have their earlier limits again."]
    assert result.notes == ["Speeches that have changed since keep their limit."]
    assert dict(row.slots.values_list("speaker__name", "minutes")) == {"A": 5, "B": 2, "C": 5, "D": 4}


def test_a_closed_list_takes_no_requests(row: Session, officer: User) -> None:
    assert not speech_clock.close_list(session=row, by=officer)
    until = db_now().replace(microsecond=0) + timedelta(hours=1)
    Session.objects.filter(pk=row.pk).update(requests_until=until)
    with undo.grouped() as act:
        assert speech_clock.close_list(session=row, by=officer)
    row.refresh_from_db()
    assert not floor_requests.is_open(row)
    assert not speech_clock.close_list(session=row, by=officer)
    assert undone(act, officer).done == ["The list is open again."]
    row.refresh_from_db()
    assert row.requests_until == until


def test_time_used_per_delegation_and_kind(row: Session, officer: User, parties: Parties) -> None:
    party = parties["Aland"]
    for name, code, minutes in (("A", "head", 4), ("B", "delegate", 6), ("C", "", 1)):
        each = slot(row, name)
        if code:
            MembershipFactory(party=party, person=each.speaker, code=code)
            Slot.objects.filter(pk=each.pk).update(party=party)
        speech_clock.give_floor(slot=slot(row, name), by=officer)
        shift(minutes * MINUTE)
        if name == "C":
            speech_clock.point_of_order(slot=slot(row, name), by=officer)
            speech_clock.record_raiser(slot=slot(row, name), party=party, by=officer)
        else:
            speech_clock.end(slot=slot(row, name), by=officer)
    listed = selectors.running_list(row)
    found = [
        (used.party or used.name, used.speeches, round(used.seconds / 60), used.points) for used in listed.by_party
    ]
    assert found == [(party, 2, 10, 1), ("No delegation", 1, 1, 0)]
    kinds = [(used.name, used.speeches, round(used.seconds / 60)) for used in listed.by_kind]
    assert kinds == [("delegate", 1, 6), ("head of delegation", 1, 4), ("Other speakers", 1, 1)]


def test_a_speech_taken_off_the_list_keeps_its_time(row: Session, officer: User, organiser: User) -> None:
    a = slot(row, "A")
    speech_clock.give_floor(slot=a, by=officer)
    speakers_list.remove(slot=a, by=organiser)
    # It still has the floor, and can be ended.
    speaking = selectors.running_list(row).speaking
    assert speaking is not None
    assert speaking.slot == a
    assert speech_clock.end(slot=slot(row, "A"), by=officer)
    assert [line.slot for line in selectors.running_list(row).done] == [a]
    Slot.every.filter(speaker__name="B").update(cancelled_at=db_now())
    with pytest.raises(ClockRefused, match=r"Someone has removed this speech from the list\."):
        speech_clock.give_floor(slot=slot(row, "B"), by=officer)
    with pytest.raises(ProtectedError), transaction.atomic():
        a.delete()


class TestMovedToAnotherSession:
    """A restored release brings a speech back to the session in which it was."""

    @pytest.fixture
    def world(self, summit: Summit, row: Session, officer: User) -> tuple[Release, Slot, Session]:
        other = session(summit, title="Other")
        first = release(summit)
        moved = slot(row, "A")
        Slot.objects.filter(pk=moved.pk).update(session=other, position=0)
        moved = slot(other, "A")
        speech_clock.give_floor(slot=moved, by=officer)
        return first, moved, other

    def test_not_while_it_has_the_floor(
        self, world: tuple[Release, Slot, Session], row: Session, officer: User, organiser: User
    ) -> None:
        first, moved, other = world
        with pytest.raises(Blocked, match=r"A has the floor\. End that speech first\."):
            restore.restore(release=first, by=organiser)
        assert slot(other, "A") == moved
        speech_clock.end(slot=moved, by=officer)
        restore.restore(release=first, by=organiser)
        assert slot(row, "A") == moved

    def test_control_the_floor_of_the_first_session_would_stay_taken(
        self, world: tuple[Release, Slot, Session], officer: User, organiser: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first, _moved, other = world
        monkeypatch.setattr(change_guards, "guards", Registry())
        restore.restore(release=first, by=organiser)
        waiting = SlotFactory(session=other, speaker__name="E", speaker__summit=other.summit)
        refuses(ClockRefused, speech_clock.give_floor, slot=waiting, by=officer, match="A has the floor")


DAY = timedelta(days=1)


@pytest.fixture
def slot_of_tomorrow(summit: Summit) -> Slot:
    """A speech of a session of tomorrow."""
    starts = db_now() + DAY
    row = session(summit, starts_at=starts, ends_at=starts + timedelta(hours=1))
    return f.SlotFactory(session=row, speaker=f.PersonFactory(summit=summit, name="A. Speaker", office=""))


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.CONFERENCE_OFFICER])
def test_the_page_asks_before_it_gives_the_floor(slot_of_tomorrow: Slot, role: Role) -> None:
    desk = sign_in(slot_of_tomorrow.session.summit, role)
    page = f"/admin/agenda/session/{slot_of_tomorrow.session_id}/speaking/"
    asks = desk.post(page, {"do": f"give_floor:{slot_of_tomorrow.pk}"})["Location"]
    assert asks == f"{page}?ask={slot_of_tomorrow.pk}"
    content = desk.get(asks).content.decode()
    assert "This session hasn’t started. It is planned for " in content
    assert "Give the floor to A. Speaker now" in content
    assert not Slot.objects.filter(run__isnull=False).exists()
    answer = desk.post(page, {"do": f"give_floor:{slot_of_tomorrow.pk}:despite-time"})
    assert answer["Location"] == f"{page}?acted=1"
    assert "A. Speaker has the floor." in desk.get(page).content.decode()
    # Once somebody speaks, nothing is asked any more.
    assert "hasn’t started" not in desk.get(page).content.decode()


def test_a_program_says_so_itself(slot_of_tomorrow: Slot) -> None:
    by = f.UserFactory.with_role(Role.ORGANISER, slot_of_tomorrow.session.summit)
    desk = signed_in(by)
    address = f"/api/v1/summits/{slot_of_tomorrow.session.summit.slug}/desk/slots/{slot_of_tomorrow.public_id}/run/"
    refused = desk.post(address, {"act": "give_floor"}, "application/json")
    assert (refused.status_code, "This session hasn’t started." in refused.json()["detail"]) == (409, True)
    given = desk.post(address, {"act": "give_floor", "despite_time": True}, "application/json")
    assert (given.status_code, given.json()["state"]) == (200, "speaking")


@pytest.mark.parametrize("how", ["started", "at its time"])
def test_nothing_is_asked_in_a_session_that_has_begun(slot_of_tomorrow: Slot, how: str) -> None:
    by = f.UserFactory.with_role(Role.ORGANISER, slot_of_tomorrow.session.summit)
    refuses(OutOfTime, speech_clock.give_floor, slot=slot_of_tomorrow, by=by)
    if how == "started":
        running.start(session=slot_of_tomorrow.session, by=by)
    else:
        Session.objects.filter(pk=slot_of_tomorrow.session_id).update(starts_at=db_now() - timedelta(minutes=1))
    assert speech_clock.give_floor(slot=slot_of_tomorrow, by=by)

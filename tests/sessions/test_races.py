"""Two who decide at one instant: one wins, and the other is told; nobody waits in vain, and nothing is lost."""

from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from delegations.members.models.members import Membership
from delegations.membership_changes.services import merging
from delegations.parties.models.parties import Party
from sessions.agenda.models.releases import Release
from sessions.bilaterals import services
from sessions.bilaterals.models import Bilateral
from sessions.board.services import steps
from sessions.board.services.steps import Sitting
from sessions.conflicts.models import ConflictAction, RoomHold, WarningKind
from sessions.conflicts.services import policies
from sessions.delays.selectors import retiming_preview
from sessions.delays.services import retiming, running
from sessions.draft.models.placements import Placement
from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move
from sessions.overview.admin import session_edit_conflicts
from sessions.presence.models import Place, PresenceMark, Representation, ToldByTelephone
from sessions.presence.services import marks, representation, telephone
from sessions.releases.services import releases
from sessions.signups.services import signups
from sessions.visibility.models import Visibility
from summit.core.database_clock import db_now
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.sessions.conftest import Parties, session
from tests.sessions.delays.test_retiming import World
from tests.sessions.overview.test_edit_conflicts import carried, change, desk, form_of, make
from tests.sessions.presence.conftest import Day, new_day
from tests.sessions.presence.test_marks import move, release
from tests.sessions.releases.test_release_races import Pause
from tests.threads import amid, amid_call, at_once, meet_after, names

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]
HOUR = timedelta(hours=1)


def _race(summit: Summit, organiser: User) -> list[Any]:
    """Place two sessions in one room at once, each by another organiser; return what became of both."""
    room = f.RoomFactory(venue=f.VenueFactory(summit=summit), capacity=None)
    colleague = f.UserFactory.with_role(Role.PROGRAMME, summit)
    rows = [f.SessionFactory(summit=summit, starts_at=f.START, ends_at=f.START + HOUR) for _place in range(2)]

    def place(row: Session, by: User, late: timedelta) -> str:
        placement = Placement(f.START + late, f.START + late + HOUR, room)
        step = steps.move(sitting=Sitting(summit, by, "browser"), placements={row.pk: placement})
        return "moved" if step else "nothing"

    found = at_once(
        lambda: place(rows[0], organiser, timedelta()), lambda: place(rows[1], colleague, timedelta(minutes=30))
    )
    assert Session.objects.filter(room=room).count() == names(found).count("moved")
    return names(found)


def _block(summit: Summit, organiser: User) -> None:
    policies.change(summit=summit, actions={WarningKind.ROOM: ConflictAction.BLOCK}, by=organiser)


def test_one_of_two_gets_the_room(summit: Summit, organiser: User) -> None:
    _block(summit, organiser)
    assert Counter(_race(summit, organiser)) == Counter(["moved", "Blocked"])
    assert RoomHold.objects.count() == 1


def test_the_database_decides_even_without_the_lock(
    summit: Summit, organiser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    _block(summit, organiser)
    monkeypatch.setattr(cancel_and_move, "lock", lambda _summit: None)
    # Both have read the room as free before one of them writes.
    meet_after(monkeypatch, cancel_and_move, "check")
    # Of two that wait for each other's row, PostgreSQL ends one.
    ended = Counter(["moved", "OperationalError"])
    assert Counter(_race(summit, organiser)) in (Counter(["moved", "Blocked"]), ended)
    assert RoomHold.objects.count() == 1


def test_control_a_summit_that_warns_lets_both_in(
    summit: Summit, organiser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    policies.change(summit=summit, actions={WarningKind.SEATS: ConflictAction.BLOCK}, by=organiser)
    assert _race(summit, organiser) == ["moved", "moved"]
    assert RoomHold.objects.count() == 0


def test_control_without_the_constraint_both_get_the_room(
    summit: Summit, organiser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without holds and without the check of the guard after the lock, nothing refuses the second one."""
    _block(summit, organiser)
    RoomHold.objects.all().delete()

    @contextmanager
    def unguarded(_summit: Summit, _sessions: list[int], _written: list[Session]) -> Any:
        yield

    monkeypatch.setattr(cancel_and_move, "guarded", unguarded)
    with _without_holds():
        assert _race(summit, organiser) == ["moved", "moved"]


@contextmanager
def _without_holds() -> Any:
    table, trigger = "agenda_session", "agenda_session_room_update"
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER "{trigger}"')
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER "{trigger}"')


def _two_ask(parties: Parties, by: User, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Ask for the same meeting twice at once; return what came of each: its state, or the problem."""
    for party in parties.values():
        f.InvitationFactory(party=party, answered=True)
    asked = {"party": parties["Aland"], "counterpart": parties["Beland"], "purpose": "Trade", "level": "head"}
    ask = lambda: services.ask(minutes=30, by=by, **asked).state  # noqa: E731
    came = names(amid_call(monkeypatch, services, "_check_new", ask, ask))
    assert Bilateral.objects.count() == 1
    return sorted(came)


def test_of_two_who_ask_at_once_one_is_told_so(
    parties: Parties, organiser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _two_ask(parties, organiser, monkeypatch) == ["BilateralRefused", "asked"]


def test_control_without_a_lock_only_the_constraint_holds(
    parties: Parties, organiser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "lock", lambda summit: None)
    assert _two_ask(parties, organiser, monkeypatch) == ["IntegrityError", "asked"]


def test_what_is_being_placed_is_placed(
    summit: Summit, parties: Parties, organiser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = f.BilateralFactory(party=parties["Aland"], counterpart=parties["Beland"], state="accepted")
    place = {"bilateral": row, "starts_at": timezone.now() + timedelta(days=1), "room": None, "by": organiser}
    withdraw = lambda: services.withdraw(bilateral=row, by=organiser)  # noqa: E731
    came = names(amid_call(monkeypatch, services, "_create_session", lambda: services.place(**place), withdraw))
    assert "BilateralRefused" in came
    row.refresh_from_db()
    assert (row.state, Session.objects.filter(summit=summit).count()) == ("placed", 1)


def _both(world: World) -> list[Any]:
    """Give the plenary 25 and 10 minutes more at once, both from the same agenda; return what came of it."""
    planned, other = world.planned(), world.planned(asked=world.longer(10))

    def press(each: retiming_preview.RetimingPreview) -> Any:
        return lambda: world.retime(placements=each.placements).state

    return sorted(map(str, names(at_once(press(planned), press(other)))))


def test_of_two_cascades_from_one_agenda_one_is_made() -> None:
    assert _both(World()) == ["DraftChanged", "released"]
    assert Release.objects.count() == 2


def test_control_without_the_digest_both_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(releases, "retiming_digest", lambda *args: "")
    assert _both(World()) == ["released", "released"]
    assert Release.objects.count() == 3


def test_a_cascade_and_a_release_both_keep_what_the_other_released() -> None:
    world = World()
    Session.objects.filter(pk=world.lunch.pk).update(title="Dinner")
    planned = world.planned()
    came = names(
        at_once(
            lambda: world.retime(placements=planned.placements, expected=retiming.digest(planned)).state,
            lambda: releases.release(summit=world.summit, by=world.organiser).number,
        )
    )
    times = world.times()
    assert "Dinner" in times
    # The re-timing came first, or was refused because the agenda had changed.
    assert times["Talks"] == ("13:00" if "DraftChanged" in map(str, came) else "13:25")


def test_of_two_who_announce_a_delay_at_once_one_does() -> None:
    world = World()
    press = lambda: running.announce_delay(session=world.plenary, by=world.officer)  # noqa: E731
    assert sorted(at_once(press, press)) == [False, True]


@pytest.fixture
def day() -> Day:
    return new_day()


def test_two_tablets_make_one_tick(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    head = day.head

    def tick() -> Any:
        return marks.tick(party=day.party, person=head, place=Place.ROOM, session=day.session, by=day.officer)

    meet_after(monkeypatch, marks, "_live")
    (first, one), (second, other) = at_once(tick, tick)
    assert (first, {one, other}) == (second, {True, False})
    assert PresenceMark.objects.count() == 1


def _two_represent(day: Day, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Record a second representative while the first is being recorded, and return what came of it."""
    slot = f.SlotFactory(session=day.session, party=day.party, speaker=day.head)
    mia, noa = day.member(), day.member("Noa")

    def represent(person: Any) -> Callable[[], Any]:
        values = {"session": day.session, "party": day.party, "person": person, "by": day.officer}
        return lambda: representation.represent(**values)

    came = amid_call(monkeypatch, representation.attendance, "of_party", represent(mia), represent(noa))
    live = list(Representation.objects.filter(taken_back_at=None).values_list("person__name", flat=True))
    slot.refresh_from_db()
    return [live, slot.speaker.name, [type(each).__name__ for each in came if isinstance(each, BaseException)]]


def test_of_two_representatives_the_later_stays(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _two_represent(day, monkeypatch) == [["Noa"], "Noa", []]
    assert Membership.objects.get(party=day.party, capacity="head").person == day.head


def test_control_without_the_lock_one_fails(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(representation, "lock", lambda summit: None)
    assert _two_represent(day, monkeypatch) == [["Noa"], "Noa", ["IntegrityError"]]


def test_of_two_who_telephone_one_records_it(day: Day) -> None:
    release(day)
    newest = move(day)
    news = [(day.session.pk, newest.pk)]
    users = [day.officer, f.UserFactory.with_role(Role.PROGRAMME, day.summit)]

    def tell(by: User) -> Callable[[], Any]:
        return lambda: len(telephone.record_told(summit=day.summit, to=day.party, news=news, by=by))

    assert sorted(map(str, names(at_once(*map(tell, users))))) == ["1", "PresenceRefused"]
    assert ToldByTelephone.objects.count() == 1


def race(monkeypatch: pytest.MonkeyPatch) -> tuple[list[int], Session]:
    """Save two changes of one page at the same moment; return what came of each, and what stands."""
    summit = f.SummitFactory()
    row, ann, ben = make(summit), desk(summit, "Ann Example"), desk(summit, "Ben Example")
    shown = carried(ann.get(change(row)))
    # Both have found the session as it was before either saves, unless one waits for the other.
    meet_after(monkeypatch, session_edit_conflicts.TogetherMixin, "compare")

    def save(client: Client, **changed: str) -> int:
        return client.post(change(row), form_of(row, shown=shown, **changed)).status_code

    came = at_once(lambda: save(ann, media="open"), lambda: save(ben, summary="With music."))
    row.refresh_from_db()
    return sorted(came), row


def test_of_two_at_once_one_saves_and_one_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    came, row = race(monkeypatch)
    assert came == [200, 302]
    assert (row.media, row.summary, row.revision) in (("open", "", 1), ("closed", "With music.", 1))


def test_without_the_lock_one_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sessions.draft.services.agenda_lock.lock", lambda summit: None)
    came, row = race(monkeypatch)
    assert came == [302, 302]
    assert (row.media, row.summary) != ("open", "With music.")


def _merge_amid(summit: Summit, party: Party) -> list[str]:
    """Merge two who have places in a session, for which a third waits, while a place in it is given to one of them;
    return what came of each."""
    soon = db_now() + HOUR
    row = session(
        summit, party, starts_at=soon, ends_at=soon + HOUR, visibility=Visibility.ACCREDITED, sign_up=True, capacity=2
    )
    kept, gone = (f.MembershipFactory(party=party).person for _number in range(2))
    for person in (kept, gone):
        f.SignUpFactory(session=row, person=person)
    f.SignUpFactory(session=row, person=f.MembershipFactory(party=party).person, state="waiting")
    protocol = f.UserFactory.with_role(Role.PROTOCOL, summit)

    def give(pause: Pause) -> str:
        with transaction.atomic():
            signups._lock(row)
            pause()
            Person.objects.select_for_update().get(pk=gone.pk)
        return "given"

    return names(amid(give, lambda: merging.merge(kept=kept, gone=gone, by=protocol) and "merged"))


def test_a_merge_and_a_sign_up_do_not_wait_for_one_another(summit: Summit, parties: Parties) -> None:
    assert _merge_amid(summit, parties["Aland"]) == ["given", "merged"]


def test_control_a_merge_that_holds_people_first_loses_one_of_them(
    summit: Summit, parties: Parties, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "_holds", [])
    assert "OperationalError" in _merge_amid(summit, parties["Aland"])

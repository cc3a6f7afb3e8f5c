"""Two tablets at once: one tick of two, and one representative of two."""

from collections.abc import Callable
from typing import Any

import pytest

from delegations.members.models.members import Membership
from sessions.presence.models import Place, PresenceMark, Representation, ToldByTelephone
from sessions.presence.services import marks, representation, telephone
from summit.permissions.models import Role
from summit.users.models import User
from tests import factories as f
from tests.sessions.presence.conftest import Day, new_day
from tests.sessions.presence.test_unreached import move, release
from tests.threads import amid, at_once, meet_after, names

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


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
    of_party = representation.attendance.of_party

    def represent(person: Any) -> Callable[[], Any]:
        values = {"session": day.session, "party": day.party, "person": person, "by": day.officer}
        return lambda: representation.represent(**values)

    def read(pause: Callable[[], bool]) -> None:
        def slowly(*given: Any) -> Any:
            found = of_party(*given)
            pause()
            return found

        monkeypatch.setattr(representation.attendance, "of_party", slowly)
        represent(mia)()

    came = amid(read, represent(noa))
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

"""Programs that ask at once: the same key has one effect, and of two changes of one row one is refused."""

import pytest

from summit.api_base import etags, idempotency, token_services
from summit.api_base.models.answers import IdempotencyRecord
from summit.audit.models import AuditEntry
from summit.permissions.models import Role
from summit.summits.models import Room
from tests.attack.test_races import race
from tests.factories import RoomFactory, SummitFactory, UserFactory
from tests.summit.api.conftest import Program

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql, pytest.mark.usefixtures("chain")]
PATH = "summits/here/desk/rooms/"


@pytest.fixture
def room() -> Room:
    made: Room = RoomFactory(venue__summit=SummitFactory(slug="here"), name="Hall")
    return made


@pytest.fixture
def asks(room: Room) -> Program:
    user = UserFactory.with_role(Role.ORGANISER, room.venue.summit)
    return Program(user, token_services.make(by=user, name="Registry", scopes=["rooms:write"]).secret)


def changes_at_once(asks: Program, room: Room) -> list[int]:
    """Two change the same room as both have read it."""
    path = f"{PATH}{room.public_id}/"
    etag = asks.get(path)["ETag"]

    def change(seats: int) -> int:
        return asks.patch(path, {"capacity": seats}, If_Match=etag).status_code

    return sorted(race(lambda: change(10), lambda: change(20)))


def add_cellar(asks: Program, room: Room) -> tuple[int, bytes]:
    """Add a room by a key that is the same each time."""
    data = {"venue": room.venue.public_id, "name": "Cellar"}
    response = asks.post(PATH, data, Idempotency_Key="k")
    return response.status_code, response.content


def test_the_same_key_at_once_has_one_effect(asks: Program, room: Room) -> None:
    came = race(*[lambda: add_cellar(asks, room)] * 3)
    done = {content for status, content in came if status == 201}
    assert {status for status, _content in came} <= {201, 409}
    assert len(done) == 1
    assert AuditEntry.objects.filter(action="summit.room.add").count() == 1


def test_control_without_the_row_of_the_key_the_second_is_refused_or_doubled(
    asks: Program, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forgetful(question: idempotency.Question) -> IdempotencyRecord:
        IdempotencyRecord.objects.all().delete()
        return IdempotencyRecord.objects.create(who=question.who, key=question.key, asked=question.asked)

    monkeypatch.setattr(idempotency, "begin", forgetful)
    assert [add_cellar(asks, room)[0] for _number in range(2)] == [201, 422]


def test_of_two_changes_at_once_one_is_refused(asks: Program, room: Room) -> None:
    assert changes_at_once(asks, room) == [200, 412]
    room.refresh_from_db()
    assert room.capacity in (10, 20)


def test_control_compared_with_nothing_both_write(asks: Program, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(etags, "check_match", lambda request, state: None)
    assert changes_at_once(asks, room) == [200, 200]

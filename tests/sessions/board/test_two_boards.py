"""Two boards that move the same session: the second is told where the first has put it, and may move it again."""

from urllib.parse import urlencode

import pytest
from django.test import Client

from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.sessions.board.test_board import HOUR, URL, place
from tests.sessions.conftest import session

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(summit: Summit) -> Session:
    return session(summit, title="Opening", starts_at=f.START, ends_at=f.START + HOUR)


def send(user: User, row: Session, do: str, saw: str, *, to: str = "", part: str = "1") -> tuple[int, str]:
    address = f"{URL}?{urlencode({'summit': row.summit.slug, 'part': part})}"
    selected = {"place": to} if do == "place" else {"session": [row.pk]}
    answer = signed_in(user).post(address, {"do": do, **({"saw": saw} if saw else {}), **selected})
    return answer.status_code, answer.content.decode()


@pytest.mark.parametrize("control", [False, True])
def test_the_second_to_move_is_told_and_moves_again(
    summit: Summit, organiser: User, row: Session, control: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Control: without what the boards saw, the last one wins and neither is told."""
    colleague = f.UserFactory.with_role(Role.PROGRAMME, summit)
    room = f.RoomFactory(venue=f.VenueFactory(summit=summit), name="Gold Room")
    at_nine = "" if control else place(summit, row, 0, None)
    assert send(organiser, row, "place", at_nine, to=place(summit, row, 2, room))[0] == 200
    status, said = send(colleague, row, "place", at_nine, to=place(summit, row, 5, None))
    row.refresh_from_db()
    if control:
        assert (status, row.starts_at) == (200, f.START + 5 * HOUR)
        return
    assert status == 409
    where = "Monday 31 March 2025, 11:00 London time, Gold Room"
    assert said == f"“Opening” was moved since: it is now on {where}. Move it again if you still want to."
    assert (row.starts_at, row.room) == (f.START + 2 * HOUR, room)
    # The board then shows it there, and the move is repeated from there.
    saw = place(summit, row, 2, room)
    assert send(colleague, row, "tray", at_nine)[0] == 409
    assert send(colleague, row, "place", saw, to=place(summit, row, 5, None))[0] == 200


def test_two_are_swapped_only_from_where_they_were_seen(summit: Summit, organiser: User, row: Session) -> None:
    other = session(summit, title="Dinner", starts_at=f.START + 3 * HOUR, ends_at=f.START + 4 * HOUR)
    saw = [place(summit, row, 0, None), place(summit, other, 3, None)]
    cancel_and_move.move(
        session=other, starts_at=f.START + 5 * HOUR, ends_at=f.START + 6 * HOUR, room=None, by=organiser
    )
    sent = {"do": "swap", "session": [row.pk, other.pk], "saw": saw}
    answer = signed_in(organiser).post(f"{URL}?{urlencode({'summit': summit.slug, 'part': '1'})}", sent)
    assert (answer.status_code, "“Dinner” was moved since" in answer.content.decode()) == (409, True)


def test_seconds_of_an_imported_session_are_no_difference(summit: Summit, organiser: User, row: Session) -> None:
    Session.objects.update(starts_at=f.START.replace(second=30))
    row.refresh_from_db()
    assert send(organiser, row, "place", place(summit, row, 0, None), to=place(summit, row, 2, None))[0] == 200


def test_without_the_script_nothing_was_seen(summit: Summit, organiser: User, row: Session, client: Client) -> None:
    client.force_login(organiser)
    client.post(f"{URL}?summit={summit.slug}", {"do": "place", "place": place(summit, row, 2, None)})
    row.refresh_from_db()
    assert row.starts_at == f.START + 2 * HOUR

"""The page of the board: what it shows, what is done on it, and how two boards follow each other."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from sessions.board.models import BoardStep
from sessions.conflicts.models import ConflictAction, WarningKind
from sessions.conflicts.services import policies as policy_services
from sessions.draft.models.sessions import Session
from summit.permissions.models import Role
from summit.summits.models import Room, Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
URL = "/admin/agenda/session/board/"


@pytest.fixture
def room(summit: Summit) -> Room:
    return f.RoomFactory(venue=f.VenueFactory(summit=summit, name="House"), name="Blue", capacity=None)


@pytest.fixture
def tab(organiser: User) -> Client:
    return signed_in(organiser)


def at(summit: Summit, title: str, hour: float, room: Room | None = None, **kwargs: Any) -> Session:
    start = f.START + hour * HOUR
    return f.SessionFactory(summit=summit, title=title, starts_at=start, ends_at=start + HOUR, room=room, **kwargs)


def address(summit: Summit, **query: str) -> str:
    day = f.START.astimezone(summit.zone).date()
    return f"{URL}?{urlencode({'summit': summit.slug, 'day': day.isoformat(), **query})}"


def browser_page(tab: Client, summit: Summit, **query: str) -> str:
    return tab.get(address(summit, **query)).content.decode()


def place(summit: Summit, row: Session, hour: float, room: Room | None, length: float = 1) -> str:
    """Return a place on the board that begins so many hours after START."""
    local = (f.START + hour * HOUR).astimezone(summit.zone)
    first = local.hour * 60 + local.minute
    return f"{row.pk}:{local:%Y-%m-%d}:{first}:{first + int(60 * length)}:{room.pk if room else ''}"


def test_the_board_shows_rooms_sessions_tray_and_conflicts(summit: Summit, room: Room, tab: Client) -> None:
    at(summit, "One", 0, room)
    at(summit, "Two", 0.5, room)
    at(summit, "Unplaced", 0)
    at(summit, "Cancelled", 0, room, cancelled_at=f.START)
    at(summit, "Next day", 24, room)
    page = tab.get(address(summit)).content.decode()
    days, side = page.split('<aside class="board-side">')
    assert [title for title in ("One", "Two", "Unplaced", "Next day") if f">{title}</a>" in days] == ["One", "Two"]
    assert ">Unplaced</a>" in side
    assert "1 session without a room" in side
    assert "1 conflict" in side
    assert "Cancelled" not in page
    # Beside a day stand its own conflicts.
    at(summit, "Too", 24.5, room)
    assert "1 conflict<" in browser_page(tab, summit)
    assert "2 conflicts<" in browser_page(tab, summit, day="all")
    assert ">Next day</a>" in tab.get(address(summit, day="all")).content.decode()


def test_a_move_is_stored_and_answers_with_the_board(summit: Summit, room: Room, tab: Client) -> None:
    row = at(summit, "One", 0)
    sent = {"do": "place", "place": place(summit, row, 1.25, room, 1.5)}
    answer = tab.post(address(summit, part="1"), sent)
    row.refresh_from_db()
    assert (row.starts_at, row.ends_at, row.room) == (f.START + 1.25 * HOUR, f.START + 2.75 * HOUR, room)
    assert answer.status_code == 200
    assert "1 session moved." in answer.content.decode()
    assert "<html" not in answer.content.decode()
    # Without the script, the page comes again.
    assert tab.post(address(summit), {"do": "undo"}).status_code == 302
    row.refresh_from_db()
    assert (row.starts_at, row.room) == (f.START, None)


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"do": "nothing"}, "Choose what to do."),
        ({"do": "place"}, "Select at least one session."),
        ({"do": "place", "place": "1:2026:x"}, "This place isn’t on the board. Reload the page."),
        ({"do": "place", "place": "1:2026-03-02:90:60:"}, "This place isn’t on the board. Reload the page."),
        ({"do": "place", "place": "1:2026-03-02:60:90:99999"}, "This place isn’t on the board. Reload the page."),
        ({"do": "place", "place": "99999:2026-03-02:60:90:"}, "1 session no longer exists. Reload the page."),
        ({"do": "swap"}, "Select two sessions to swap."),
        ({"do": "duplicate"}, "Select at least one session."),
        ({"do": "shift", "minutes": "15"}, "Select the session after which all others move."),
        ({"do": "shift", "session": "1", "minutes": "x"}, "Enter a number of minutes, such as 15 or -15."),
        ({"do": "undo"}, "There is nothing to undo in this sitting."),
        ({"do": "redo"}, "There is nothing to redo in this sitting."),
    ],
)
def test_what_cannot_be_done_says_why(summit: Summit, tab: Client, sent: dict[str, str], why: str) -> None:
    answer = tab.post(address(summit, part="1"), sent)
    assert (answer.status_code, answer.content.decode()) == (409, why)
    assert not BoardStep.objects.exists()


def test_acts_on_selected_sessions(summit: Summit, room: Room, tab: Client) -> None:
    one, two = at(summit, "One", 0, room), at(summit, "Two", 2)
    acts: list[tuple[dict[str, Any], str]] = [
        ({"do": "swap", "session": [one.pk, two.pk]}, "Sessions swapped."),
        ({"do": "tray", "session": [two.pk]}, "1 session moved."),
        ({"do": "duplicate", "session": [one.pk]}, "1 copy without a room. Place it from the tray."),
        ({"do": "undo"}, "Undone: Duplicate."),
        ({"do": "redo"}, "Done again: Duplicate."),
    ]
    for sent, said in acts:
        assert f"hidden>{said}</p>" in tab.post(address(summit, part="1"), sent).content.decode()
    assert sorted(Session.objects.values_list("title", "room")) == [("One", None), ("One", None), ("Two", None)]


def test_where_nothing_moves_nothing_is_done(summit: Summit, room: Room, tab: Client) -> None:
    row = at(summit, "One", 0, room)
    for sent in (
        {"do": "place", "place": place(summit, row, 0, room)},
        {"do": "shift", "session": row.pk, "minutes": "5"},
    ):
        answer = tab.post(address(summit, part="1"), sent)
        assert (answer.status_code, answer.content.decode()) == (409, "Nothing to move.")
    assert not BoardStep.objects.exists()


def test_a_place_is_checked_before_it_is_taken(summit: Summit, room: Room, organiser: User, tab: Client) -> None:
    at(summit, "One", 0, room)
    two = at(summit, "Two", 2)

    def check(hour: float) -> str:
        query = urlencode({"summit": summit.slug, "place": place(summit, two, hour, room)})
        return tab.get(f"{URL}check/?{query}").content.decode()

    assert "<li" not in check(1)
    assert re.search("Room double-booked<.*“One”.*Blue, House", check(0.5), re.DOTALL)
    assert "refused" not in check(0.5)
    policy_services.change(summit=summit, actions={WarningKind.ROOM: ConflictAction.BLOCK}, by=organiser)
    assert "refused" in check(0.5)
    assert Session.objects.get(pk=two.pk).room is None
    answer = tab.post(address(summit, part="1"), {"do": "place", "place": place(summit, two, 0.5, room)})
    assert (answer.status_code, answer.content.decode()) == (
        409,
        "Not moved, because this summit blocks it: The room is taken at this time. Choose another room or another "
        "time.",
    )


def test_another_board_learns_of_a_move_and_whose_it_is(summit: Summit, room: Room, tab: Client) -> None:
    row = at(summit, "One", 0)
    colleague = f.UserFactory.with_role(Role.PROGRAMME, summit)
    other, url = signed_in(colleague), f"{URL}version/?summit={summit.slug}"
    before = other.get(url)
    assert other.get(url, headers={"If-None-Match": before["ETag"]}).status_code == 304
    tab.post(address(summit, part="1"), {"do": "place", "place": place(summit, row, 1, room)})
    after = other.get(url, headers={"If-None-Match": before["ETag"]})
    assert (after.status_code, int(after.content) > int(before.content)) == (200, True)
    mover = row.summit and BoardStep.objects.get().by
    shown = other.get(address(summit, part="1")).content.decode()
    assert f"moved by {mover}" in shown
    assert "moved by" not in tab.get(address(summit, part="1")).content.decode()


def test_readers_of_the_draft_move_nothing(summit: Summit, room: Room) -> None:
    row = at(summit, "One", 0, room)
    viewer = signed_in(f.UserFactory.with_role(Role.VIEWER, summit))
    page = viewer.get(address(summit)).content.decode()
    assert ">One</a>" in page
    assert 'id="board-acts"' not in page
    assert viewer.post(address(summit), {"do": "place", "place": place(summit, row, 1, room)}).status_code == 403
    stranger = signed_in(f.UserFactory.with_role(Role.ACCREDITATION, summit))
    assert {stranger.get(f"{URL}{end}?summit={summit.slug}").status_code for end in ("", "version/", "check/")} == {
        404
    }


def test_a_board_without_rooms_says_so(summit: Summit, tab: Client) -> None:
    assert "No rooms yet." in tab.get(address(summit)).content.decode()


def test_the_rules_of_conflicts_lead_back(summit: Summit, tab: Client) -> None:
    rules = reverse("admin:agenda_conflict_policies", args=[summit.slug])
    assert f'href="{rules}"' in browser_page(tab, summit)
    assert f'<a href="{URL}?summit={summit.slug}">Back to the board</a>' in tab.get(rules).content.decode()


def test_approved_bilaterals_are_placed_from_the_tray_by_those_who_may_know(summit: Summit, tab: Client) -> None:
    row = f.BilateralFactory(
        party=f.PartyFactory(summit=summit, name="Aland"),
        counterpart=f.PartyFactory(summit=summit, name="Beland"),
        state="approved",
    )
    link = reverse("admin:agenda_bilateral_place", args=[row.pk])
    assert f'href="{link}"' in browser_page(tab, summit)
    viewer = signed_in(f.UserFactory.with_role(Role.VIEWER, summit))
    page = browser_page(viewer, summit)
    assert "Aland" not in page
    assert link not in page

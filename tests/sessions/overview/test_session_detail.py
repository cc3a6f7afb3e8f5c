"""The page of a session that one reads: where it stands, what comes next, what clashes, and its sections."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from sessions.draft.models.participants import FloorRequest
from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move, planning
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import text
from tests.sessions.conftest import open_session, release, session

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def page(row: Session) -> str:
    return reverse("admin:agenda_session_detail", args=[row.pk])


def section(row: Session, name: str = "time-and-room") -> str:
    return reverse("admin:agenda_session_edit", args=[row.pk, name])


def context(client: Client, row: Session) -> dict[str, Any]:
    return client.get(page(row)).context_data


def times(**changed: str) -> dict[str, str]:
    found = {"starts_at_0": "2025-03-31", "starts_at_1": "09:00", "ends_at_0": "2025-03-31", "ends_at_1": "10:00"}
    return {**found, "room": "", "set_up": "0", "clear_down": "0", **changed}


class TestReading:
    def test_it_counts_sign_ups_once_released(self, desk: Client, summit: Summit) -> None:
        row = open_session(summit, places=1)
        assert "places taken" not in text(desk.get(page(row)))
        release(summit)
        for state in ("place", "waiting", "waiting"):
            f.SignUpFactory(session=row, state=state)
        link = f'<a href="/admin/agenda/session/{row.pk}/sign-ups/">'
        shown = desk.get(page(row)).content.decode()
        assert f"{link}1 of 1 places taken. 2 people on the waiting list.</a>" in shown

    def test_what_clashes_and_who_asks_for_the_floor_waits_there(self, desk: Client, summit: Summit) -> None:
        room = f.RoomFactory(venue__summit=summit, name="Long Gallery")
        row = session(summit, title="Talks", room=room)
        shown = desk.get(page(row))
        assert shown.context_data["points"] == []
        assert "No scheduling conflicts" in text(shown)
        other = session(summit, title="Dinner", room=room, starts_at=row.starts_at, ends_at=row.ends_at)
        party, speaker = f.PartyFactory(summit=summit), f.PersonFactory(summit=summit)
        FloorRequest.objects.create(session=row, party=party, speaker=speaker)
        points = {point.url: point.sentence for point in context(desk, row)["points"]}
        speakers = reverse("admin:agenda_session_speakers", args=[row.pk])
        assert set(points) == {page(other), speakers}
        assert ("Long Gallery" in points[page(other)], "“Dinner”" in points[page(other)]) == (True, True)
        assert points[speakers] == "Requests to speak: 1 to decide"


class TestSections:
    def test_what_somebody_else_changed_meanwhile_is_shown_first(self, desk: Client, summit: Summit) -> None:
        row = session(summit, title="Talks")
        shown = desk.get(section(row)).context_data["shown"]
        room = f.RoomFactory(venue__summit=summit)
        by = f.UserFactory.with_role(Role.PROGRAMME, summit)
        cancel_and_move.move(session=row, starts_at=row.starts_at, ends_at=row.ends_at, room=room, by=by)
        answer = desk.post(section(row), times(shown=shown), **HTMX)
        assert "Someone else has saved this session" in text(answer)
        # The control: a page that says nothing of what it showed is saved.
        assert "HX-Redirect" in desk.post(section(row), times(), **HTMX)

    def test_the_form_says_which_rooms_are_free_and_what_would_clash(
        self, desk: Client, summit: Summit, organiser: User
    ) -> None:
        gallery, library = (f.RoomFactory(venue__summit=summit, name=name) for name in ("Gallery", "Library"))
        row = session(summit, room=gallery)
        other = session(summit, title="Dinner", room=library, starts_at=row.starts_at, ends_at=row.ends_at)

        def rooms(**query: Any) -> tuple[list[str], list[str], list[tuple[str, str]]]:
            found = desk.get(section(row), query).context_data["free_rooms"]
            free, taken = ([each.room.name for each in found[kind]] for kind in ("free", "taken"))
            return free, taken, [(each.label, each.who) for each in found["warnings"]]

        assert rooms() == (["Gallery"], ["Library"], [])
        clash = ("Room double-booked", f"Library, {library.venue}")
        assert rooms(**times(room=library.pk)) == (["Gallery"], ["Library"], [clash])
        noon = times(room=library.pk, starts_at_1="12:00", ends_at_1="13:00")
        assert rooms(**noon) == (["Gallery", "Library"], [], [])
        for wrong in ("08:00", "noon"):
            assert desk.get(section(row), times(ends_at_1=wrong)).context_data["free_rooms"] == {}
        cancel_and_move.cancel(session=other, by=organiser)
        assert rooms() == (["Gallery", "Library"], [], [])


class TestAddingDelegations:
    def url(self, row: Session) -> str:
        return reverse("admin:agenda_session_participants", args=[row.pk])

    def test_those_that_are_ticked_take_part(self, desk: Client, summit: Summit) -> None:
        there = f.PartyFactory(summit=summit, name="Aland")
        names = ["Beland", "Celand", "Deland"]
        first, second, left_out = (f.PartyFactory(summit=summit, name=name) for name in names)
        row = session(summit, there)
        assert [each.name for each in desk.get(self.url(row)).context_data["parties"]] == names
        foreign = f.PartyFactory()
        data = {"party": [first.pk, second.pk, there.pk, foreign.pk], "level": "head"}
        assert desk.post(self.url(row), data)["Location"] == page(row)
        found = row.participants.order_by("position").values_list("party__name", "level")
        assert list(found) == [("Aland", ""), ("Beland", "head"), ("Celand", "head")]
        assert not row.participants.filter(party=left_out).exists()

    def test_whoever_takes_part_already_or_belongs_elsewhere_is_refused_and_nobody_added(
        self, summit: Summit
    ) -> None:
        there, new = (f.PartyFactory(summit=summit) for _number in range(2))
        row, by = session(summit, there), f.UserFactory.with_role(Role.PROGRAMME, summit)
        for wrong, said in ((there, "is already in the session"), (f.PartyFactory(), "another summit")):
            with pytest.raises(ValidationError, match=said):
                planning.add_parties(session=row, parties=[new, wrong], level="", by=by)
            assert [each.party for each in row.participants.all()] == [there]
        with pytest.raises(PermissionDenied):
            planning.add_parties(
                session=row, parties=[new], level="", by=f.UserFactory.with_role(Role.VIEWER, summit)
            )

    def test_nothing_ticked_says_what_to_do(self, desk: Client, summit: Summit) -> None:
        row = session(summit)
        assert "Choose at least one delegation" in text(desk.post(self.url(row), {"level": ""}))

    def test_a_group_is_shown_alone_and_ticked(self, desk: Client, summit: Summit) -> None:
        accepted = f.PartyFactory(summit=summit, name="Aland", iso_code="EG")
        f.InvitationFactory(party=accepted, answered=True)
        f.PartyFactory(summit=summit, name="Beland", iso_code="LY")
        row = session(summit)

        def shown(group: str) -> tuple[list[str], int]:
            page = desk.get(self.url(row), {"group": group})
            return [each.name for each in page.context_data["parties"]], text(page).count(" checked")

        # The level is one more that is checked.
        assert shown("accepted") == (["Aland"], 1 + 1)
        assert shown("africa") == (["Aland", "Beland"], 2 + 1)
        assert shown("europe") == ([], 0)
        assert shown("no-such-group") == (["Aland", "Beland"], 2 + 1)

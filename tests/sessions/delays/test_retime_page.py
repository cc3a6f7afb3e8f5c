"""The page that re-times a session: what was touched, what follows, and what is refused."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sessions.agenda.models.releases import Release
from sessions.delays.models import Retiming, RetimingState
from sessions.draft.models.kinds import SessionKind
from sessions.draft.models.sessions import Session
from sessions.releases.services import releases
from summit.permissions.models import Role
from tests.delegations.helpers import sign_in
from tests.module_fixtures import once_a_module
from tests.sessions.delays.test_retiming import World

pytestmark = pytest.mark.django_db


@once_a_module
def world() -> World:
    return World()


@pytest.fixture
def desk(world: World) -> Client:
    return sign_in(world.summit, Role.CONFERENCE_OFFICER)


def page(row: Session) -> str:
    return reverse("admin:agenda_session_retime", args=[row.pk])


def moves(response: Any) -> dict[str, tuple[str, str]]:
    return {
        each.after.title: (f"{each.after.starts_at:%H:%M}", f"{each.after.ends_at:%H:%M}")
        for each in response.context["planned"].moves
    }


class TestWays:
    def test_each_way_says_what_follows(self, world: World, desk: Client) -> None:
        day = f"{world.plenary.starts_at:%d/%m/%Y}"
        asked: dict[str, tuple[dict[str, str], dict[str, tuple[str, str]]]] = {
            "longer": ({"by": "25"}, {"Plenary": ("12:00", "13:25"), "Talks": ("13:25", "13:55")}),
            "later": ({"at": "12:10"}, {"Plenary": ("12:10", "13:10"), "Talks": ("13:10", "13:40")}),
            "postpone": ({"to-day": day, "to-clock": "15:00"}, {"Plenary": ("15:00", "16:00")}),
            "swap": (
                {"with": world.talks.public_id},
                {"Plenary": ("13:00", "14:00"), "Talks": ("12:00", "12:30")},
            ),
        }
        for way, (values, expected) in asked.items():
            assert moves(desk.get(page(world.plenary), {"way": way, **values})) == expected, way

    def test_what_cant_be_read_is_said(self, world: World, desk: Client) -> None:
        for values, said in (
            ({"way": "longer", "by": "many"}, "Enter a number of minutes."),
            ({"way": "longer", "at": "late"}, "Enter a time such as 14:30."),
            ({"way": "longer", "by": "-90"}, "that leave the session a length"),
            ({"way": "postpone", "to-clock": "tea"}, "Enter the new day and time"),
            ({"way": "longer", "by": "25", f"start-{world.talks.public_id}": "noon"}, "enter a time such as 14:30"),
        ):
            response = desk.get(page(world.plenary), values)
            assert response.context["planned"] is None, values
            assert said in response.content.decode(), values

    def test_a_session_that_follows_gets_another_time_or_stays(self, world: World, desk: Client) -> None:
        key = world.talks.public_id
        asked = {"way": "longer", "by": "25", f"start-{key}": "14:10", f"was-{key}": "13:25"}
        assert moves(desk.get(page(world.plenary), asked))["Talks"] == ("14:10", "14:40")
        stays = desk.get(page(world.plenary), {"way": "longer", "by": "25", "stay": key})
        assert moves(stays).keys() == {"Plenary"}
        assert [each.kind for each in stays.context["planned"].conflicts] == ["head"]

    def test_a_break_that_gives_way_is_named_with_what_it_loses(self, world: World, desk: Client) -> None:
        coffee = world._at(world.plenary.ends_at, 30, "Beland", title="Coffee", kind=SessionKind.BREAK)
        releases.release(summit=world.summit, by=world.organiser, tell=False)
        said = "“Coffee” becomes 15 minutes shorter. 15 minutes remain."
        asked = {"way": "longer", "by": "15"}
        shown = desk.get(page(world.plenary), asked)
        assert moves(shown)[coffee.title] == ("13:15", "13:30")
        assert shown.content.decode().count(said) == 1
        assert "shorter" not in desk.get(page(world.plenary), {**asked, "breaks": "keep"}).content.decode()

    def test_a_conflict_is_accepted_by_name(self, world: World, desk: Client) -> None:
        asked = {"way": "longer", "by": "25", "stay": world.talks.public_id}
        shown = desk.get(page(world.plenary), asked).content.decode()
        assert 'aria-labelledby="accept-1 conflict-1"' in shown
        assert '<span id="accept-1">Accept</span>' in shown
        assert re.search(r'<p id="conflict-1"><strong>[^<]+</strong>: <bdi>[^<]*Aland', shown)

    def test_one_that_isnt_released_is_moved_in_the_draft(self, world: World, desk: Client) -> None:
        row = world._at(world.plenary.starts_at, 30, title="New")
        answer = desk.get(page(row), follow=True)
        assert "isn’t released yet" in answer.content.decode()


class TestRelease:
    def _post(self, world: World, desk: Client, **values: Any) -> Any:
        asked = {"way": "longer", "by": "25", **values}
        expected = desk.get(page(world.plenary), asked).context["expected"]
        return desk.post(page(world.plenary), {"expected": expected, **asked}, follow=True)

    def test_it_is_released_and_leads_to_the_day(self, world: World, desk: Client) -> None:
        answer = self._post(world, desk, reason="The plenary runs over")
        assert "New times released as agenda 2." in answer.content.decode()
        assert answer.redirect_chain[-1][0].startswith(reverse("admin:agenda_session_day"))
        assert (Release.objects.get(number=2).note, world.times()["Talks"]) == ("The plenary runs over", "13:25")

    def test_a_conflict_that_isnt_decided_releases_nothing(self, world: World, desk: Client) -> None:
        answer = self._post(world, desk, stay=world.talks.public_id)
        assert "Decide 1 more conflict" in answer.content.decode()
        assert Release.objects.count() == 1
        key = answer.context["planned"].conflicts[0].key
        self._post(world, desk, stay=world.talks.public_id, accept=key)
        assert Release.objects.count() == 2

    def test_consent_is_asked_for_and_given_in_one_touch(self, world: World, desk: Client) -> None:
        Session.objects.filter(pk=world.plenary.pk).update(pinned=True)
        assert "An organiser has been asked for consent." in self._post(world, desk).content.decode()
        organiser = sign_in(world.summit, Role.ORGANISER)
        day = f"{reverse('admin:agenda_session_day')}?summit={world.summit.slug}"
        shown = organiser.get(day).context["proposals"]
        lines = [("Plenary", "12:00–13:00", "12:00–13:25"), ("Talks", "13:00–13:30", "13:25–13:55")]
        assert [
            (name, was.replace("\u2060", ""), new.replace("\u2060", "")) for name, was, new in shown[0].lines
        ] == lines
        organiser.post(reverse("admin:agenda_retiming_approve", args=[shown[0].row.pk]))
        assert Retiming.objects.get().state == RetimingState.RELEASED

    def test_a_time_that_was_typed_after_the_preview_is_shown_first(self, world: World, desk: Client) -> None:
        key = world.talks.public_id
        expected = desk.get(page(world.plenary), {"way": "longer", "by": "25"}).context["expected"]
        typed = {f"start-{key}": "15:00", f"was-{key}": "13:25"}
        answer = desk.post(
            page(world.plenary), {"way": "longer", "by": "25", "expected": expected, **typed}, follow=True
        )
        assert "Check the new times" in answer.content.decode()
        assert Release.objects.count() == 1

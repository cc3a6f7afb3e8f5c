"""Two who give new times at once, and new times beside a release: nobody overwrites what the other released."""

from typing import Any

import pytest

from sessions.agenda.models.releases import Release
from sessions.delays.selectors import retiming_preview
from sessions.delays.services import retiming, running
from sessions.draft.models.sessions import Session
from sessions.releases.services import releases
from tests.sessions.delays.test_retiming import World
from tests.threads import at_once, names

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


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

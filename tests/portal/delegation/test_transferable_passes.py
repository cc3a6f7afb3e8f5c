"""Transferable passes in the portal: how many there are, who carries which, and handing them on."""

import pytest

from delegations.badges.models.transferable_passes import TransferablePass, TransferablePassRule
from delegations.badges.services import transferable_passes
from summit.audit.services import SYSTEM
from tests.portal.delegation.helpers import World, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    """A delegation of four, which has two passes."""
    found = make()
    TransferablePassRule.objects.create(summit=found.party.summit, name="Leaders’ floor", people=2, most=3)
    for name in ("Ada", "Bob", "Cyd", "Dan"):
        found.member(name, passport=False)
    transferable_passes.settle_summit(summit=found.party.summit, by=SYSTEM)
    return found


def key(world: World, name: str) -> str:
    return str(world.party.memberships.get(person__name=name).person.public_id)


def test_how_many_and_who_carries_which(world: World) -> None:
    row = TransferablePass.objects.get(number=1)
    world.post(f"overpasses/{row.pk}/", {"seen": "", "person": key(world, "Ada")})
    content = world.get("overpasses/")
    for said in ("Leaders’ floor", "1 of 2 in use", "1 for every 2 people, 3 at most", "not in use"):
        assert said in content


def test_passing_on_and_taking_back(world: World) -> None:
    row = TransferablePass.objects.get(number=1)
    page = f"overpasses/{row.pk}/"
    assert "Not in use." in world.get(page)
    content = world.post(page, {"seen": "", "person": ""}, 422).content.decode()
    assert '<a href="#id_person">' in content
    assert "Choose a person." in content
    response = world.post(page, {"seen": "", "person": key(world, "Ada")})
    assert response["Location"] == world.path("overpasses/")
    # Whoever is second is told and sees who carries it; whoever carries it is no choice.
    late = world.post(page, {"seen": "", "person": key(world, "Bob")}, 409).content.decode()
    assert "The pass has just changed hands. Check who has it now." in late
    for content in (late, world.get(page)):
        assert f'name="seen" value="{key(world, "Ada")}"' in content
        assert "Take back from Ada" in content
        assert f'<option value="{key(world, "Ada")}"' not in content
    world.post(page, {"seen": key(world, "Ada"), "person": key(world, "Bob")})
    row.refresh_from_db()
    assert row.holder is not None and row.holder.person.name == "Bob"  # noqa: PT018
    world.post(page, {"seen": key(world, "Bob"), "back": "1"})
    row.refresh_from_db()
    assert row.holder is None


def test_one_that_is_over_is_shown(world: World) -> None:
    for number, name in ((1, "Ada"), (2, "Bob")):
        world.post(
            f"overpasses/{TransferablePass.objects.get(number=number).pk}/", {"seen": "", "person": key(world, name)}
        )
    world.post(f"people/{key(world, 'Dan')}/withdraw/", {})
    assert "1 pass too many is in use (1 allowed)." in world.get("overpasses/")


def test_a_host_that_gives_none_says_so(world: World) -> None:
    TransferablePassRule.objects.all().delete()
    assert "The host issues no transferable passes." in world.get("overpasses/")

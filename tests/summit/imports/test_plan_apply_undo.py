"""Tables for lists: imported as previewed, nothing the second time, and undone without a trace."""

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delegations.members.models.categories import Category
from summit.import_export.list_import import list_imports
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.plan_apply_undo import check, few_examples
from tests.summit.import_export.test_round_trips import TRIPS, World, exported, world

__all__ = ["world"]
pytestmark = pytest.mark.django_db
ROOMS = st.lists(
    st.fixed_dictionaries(
        {
            "venue": st.sampled_from(["House", "Park", "Nowhere"]),
            "name": st.sampled_from(["Blue", "blue", "Green"]),
            "seats": st.sampled_from(["", "40", "many", "-1"]),
        }
    ),
    min_size=1,
    max_size=6,
)


@pytest.fixture
def summit() -> Summit:
    found: Summit = f.SummitFactory()
    for name in ("House", "Park"):
        f.VenueFactory(summit=found, name=name)
    f.RoomFactory(venue=found.venues.get(name="House"), name="Blue", capacity=10)
    return found


@pytest.fixture
def by(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.ORGANISER, summit)


@given(rows=ROOMS)
@few_examples
def test_a_random_table(rows: list[dict[str, Any]], summit: Summit, by: User) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    check(summit=summit, kind="summit.room", filename="x.csv", content=text.getvalue().encode(), by=by)


@pytest.mark.parametrize("label", sorted(set(TRIPS) - {"summit.roleassignment"}))
def test_each_list_is_undone_with_all_that_its_service_writes(world: World, label: str) -> None:
    trip = TRIPS[label]
    for each in (world.here, world.there):
        Category.objects.of(each)
        trip.needs(each)
    trip.make(world.here, world.by)
    content = exported(world, label, "csv")
    assert list_imports()[label].writes
    check(summit=world.there, kind=label, filename="t.csv", content=content, by=world.by)

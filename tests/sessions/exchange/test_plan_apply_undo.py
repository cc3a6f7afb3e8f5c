"""Random schedules: imported as previewed, nothing the second time, and undone without a trace."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests.factories import PersonFactory, UserFactory
from tests.plan_apply_undo import check, few_examples
from tests.sessions.exchange.helpers import read_in
from tests.sessions.exchange.test_importer import as_json, event

pytestmark = pytest.mark.django_db
EVENTS = st.lists(
    st.fixed_dictionaries(
        {
            "number": st.integers(1, 4),
            "title": st.sampled_from(["", "Opening", "Closing"]),
            "room": st.sampled_from(["Hall A", "Hall B", "hall a"]),
            "date": st.sampled_from(["2025-03-31T09:30:00+01:00", "2025-03-31T11:00:00+01:00", "some day"]),
            "type": st.sampled_from(["keynote", "lunch", "unheard of"]),
            "language": st.sampled_from(["en", "fr"]),
            "persons": st.lists(st.sampled_from([{"name": "A. Speaker"}, {"name": "B. Other"}]), max_size=2),
        }
    ),
    min_size=1,
    max_size=5,
)


@pytest.fixture
def by(summit: Summit) -> User:
    PersonFactory(summit=summit, name="A. Speaker")
    read_in(summit=summit, content=as_json(event(1), event(2)))
    return UserFactory.with_role(Role.ORGANISER, summit)


@given(events=EVENTS)
@few_examples
def test_a_random_schedule(events: list[dict[str, Any]], summit: Summit, by: User) -> None:
    content = as_json(*(event(**each) for each in events))
    check(summit=summit, kind="schedule", filename="x.json", content=content, by=by)

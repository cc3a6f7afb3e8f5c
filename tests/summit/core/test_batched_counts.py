"""Numbers of several kinds of rows in one query."""

from typing import Any

import pytest

from summit.core import batched_counts
from summit.people.models import Person
from summit.summits.models import Summit, Venue
from tests import factories as f


@pytest.mark.django_db
def test_each_number_is_what_its_query_finds(django_assert_num_queries: Any) -> None:
    summit = f.SummitFactory()
    f.VenueFactory.create_batch(3, summit=summit)
    f.VenueFactory()
    with django_assert_num_queries(1):
        found = batched_counts.counts(
            summits=Summit.objects.all(), venues=Venue.objects.filter(summit=summit), people=Person.objects.all()
        )
    assert found == {"summits": 2, "venues": 3, "people": 0}
    assert batched_counts.counts() == {}

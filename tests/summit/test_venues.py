"""A venue's hours at its desk."""

from datetime import time
from typing import Any

import pytest
from django.test import Client

from summit.models import Role, Venue
from tests.factories import UserFactory, VenueFactory

pytestmark = pytest.mark.django_db


def save(venue: Venue, **hours: str) -> Any:
    client = Client()
    client.force_login(UserFactory.with_role(Role.ORGANISER, venue.summit))
    form = {"summit": venue.summit_id, "name": venue.name, "address": "", "opens_at": "", "closes_at": "", **hours}
    rows = {"rooms-TOTAL_FORMS": 0, "rooms-INITIAL_FORMS": 0}
    response = client.post(f"/admin/summit/venue/{venue.pk}/change/", form | rows)
    listed = client.get("/admin/summit/venue/").content.decode()
    return response, listed


@pytest.mark.parametrize(
    ("opens", "closes", "listed"),
    [
        ("07:30", "22:00", "07:30–\u206022:00"),
        # After midnight.
        ("08:00", "01:00", "08:00–\u206001:00"),
        ("", "", "always"),
    ],
)
def test_hours_are_given_both_or_none(opens: str, closes: str, listed: str) -> None:
    venue = VenueFactory()
    response, page = save(venue, opens_at=opens, closes_at=closes)
    assert response.status_code == 302
    venue.refresh_from_db()
    wanted = tuple(time.fromisoformat(value) if value else None for value in (opens, closes))
    assert (venue.opens_at, venue.closes_at) == wanted
    assert listed in page


@pytest.mark.parametrize(
    ("opens", "closes", "said"),
    [
        ("08:00", "", "Give both when the venue opens and when it closes, or leave both empty."),
        ("08:00", "08:00", "The venue would close as it opens. Give two times, or leave both empty"),
    ],
)
def test_half_hours_are_refused_in_words(opens: str, closes: str, said: str) -> None:
    venue = VenueFactory()
    response, _page = save(venue, opens_at=opens, closes_at=closes)
    assert response.status_code == 200
    assert said in response.content.decode()
    venue.refresh_from_db()
    assert (venue.opens_at, venue.closes_at) == (None, None)

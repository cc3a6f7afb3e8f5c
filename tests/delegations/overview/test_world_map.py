"""The map of who has answered: a mark for each delegation, none on another, and all of them in the table."""

import math
import re
from itertools import combinations
from typing import Any

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from delegations.overview import world_map
from delegations.overview.world_map import APART, HEIGHT, WIDTH, places_of, position
from delegations.parties.selectors import regions
from delegations.parties.selectors.seats import SEATS
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.helpers import answered, sign_in, text

pytestmark = pytest.mark.django_db


def drawn(summit: Summit, role: Role = Role.PROTOCOL) -> Any:
    request = RequestFactory().get("/admin/")
    request.user = f.UserFactory.with_role(role, summit)
    return world_map.world_map(request, summit)


def test_each_delegation_has_one_mark_with_its_answer(summit: Summit) -> None:
    f.PartyFactory(summit=summit, name="Host", iso_code="GB", is_host=True)
    answered(summit, "attending", party__name="Aland", party__iso_code="FR")
    answered(summit, "represented", party__name="Beland", party__iso_code="MT")
    answered(summit, "regrets", party__name="Celand", party__iso_code="FJ")
    f.InvitationFactory(party__summit=summit, party__name="Deland", party__iso_code="IN", sent=True)
    f.PartyFactory(summit=summit, name="Interpol", iso_code="", kind="organisation")
    found = drawn(summit)
    assert found.title == "3 of 4 invited delegations have answered"
    assert [(mark.name, mark.answer) for mark in found.placed] == [
        ("Aland", "attending"),
        ("Beland", "attending"),
        ("Celand", "regrets"),
        ("Deland", "open"),
    ]
    assert [(mark.name, mark.answer) for mark in found.elsewhere] == [("Interpol", "uninvited")]
    lines = [(line.answer, line.names) for line in found.lines]
    assert lines == [
        ("attending", ["Aland", "Beland"]),
        ("regrets", ["Celand"]),
        ("open", ["Deland"]),
        ("uninvited", ["Interpol"]),
    ]
    page = text(sign_in(summit).get("/admin/"))
    figure = page[page.index('class="chart world-map"') :].partition("</figure>")[0]
    assert 'aria-label="Aland: attending"' in figure
    assert re.findall(r"<th scope=\"row\">(.*?)</th>", figure) == [
        "attending",
        "regrets",
        "awaiting answer",
        "not invited",
    ]


def test_who_may_not_see_delegations_sees_no_map(summit: Summit) -> None:
    assert drawn(summit) is None
    f.PartyFactory(summit=summit)
    assert drawn(summit).title == "1 delegation, not invited yet"
    assert drawn(summit, Role.VETTING) is None


def test_it_asks_as_much_for_many_as_for_few(summit: Summit) -> None:
    f.PartyFactory(summit=summit, iso_code="FR")
    user = f.UserFactory.with_role(Role.PROTOCOL, summit)

    def queries() -> int:
        request = RequestFactory().get("/admin/")
        request.user = user
        with CaptureQueriesContext(connection) as asked:
            world_map.world_map(request, summit)
        return len(asked)

    queries()
    few = queries()
    f.PartyFactory.create_batch(10, summit=summit, iso_code="DE")
    assert queries() == few


def test_no_mark_covers_another_and_each_is_near_its_seat() -> None:
    codes = tuple(SEATS)
    places = [place for place in places_of(codes) if place]
    assert len(places) == len(codes)
    covered = sum(math.dist(one, other) < APART * 0.6 for one, other in combinations(places, 2))
    assert covered == 0
    assert all(0 < x < WIDTH and 0 < y < HEIGHT for x, y in places)
    far = {code: math.dist(place, position(*SEATS[code])) for code, place in zip(codes, places, strict=True)}
    assert max(far.values()) < 60, max(far, key=lambda code: far[code])
    # The control: without being moved apart, marks would cover each other.
    where = [position(*SEATS[code]) for code in codes]
    assert sum(math.dist(one, other) < APART * 0.6 for one, other in combinations(where, 2)) > 20


def test_every_country_of_the_united_nations_groups_has_a_seat() -> None:
    missing = {code for codes in regions.CODES_OF.values() for code in codes} - SEATS.keys()
    assert missing == set()

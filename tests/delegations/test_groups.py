"""Groups of countries: a country stands in as many as it belongs to, and is found under each."""

from collections import Counter

import pytest
from django.test import Client

from delegations.domain import countries, regions
from delegations.domain.groups import CODES_OF, Group, groups_of
from summit.models import Role, Summit
from tests import factories as f
from tests.delegations.helpers import sign_in, text

CONTINENTS = ("africa", "americas", "asia", "europe", "oceania")
OF_THE_UN = ("un-africa", "un-asia", "un-east", "un-latin", "un-west")
MEMBERS = set(regions.REGION_OF) - {"VA", "PS"}


def test_each_country_stands_on_one_continent() -> None:
    found = Counter(code for name in CONTINENTS for code in CODES_OF[name])
    assert (set(found), set(found.values())) == (set(regions.REGION_OF), {1})


def test_each_member_of_the_un_stands_in_a_group_and_turkiye_in_two() -> None:
    found = Counter(code for name in OF_THE_UN for code in CODES_OF[name])
    assert set(found) == MEMBERS
    assert {code for code, number in found.items() if number > 1} == {"TR"}
    assert [len(CODES_OF[name]) for name in (*OF_THE_UN, "eu", "g20")] == [54, 55, 23, 33, 29, 27, 19]


def test_all_codes_are_those_of_countries() -> None:
    assert all(countries.code_of(code) == code for codes in CODES_OF.values() for code in codes)
    assert [str(name) for name in groups_of("EG")] == ["Africa", "UN: African States"]
    assert groups_of("") == []


@pytest.mark.django_db
def test_egypt_is_found_under_africa_and_turkiye_under_both(summit: Summit) -> None:
    for name, code in (("Egypt", "EG"), ("Türkiye", "TR"), ("France", "FR"), ("Acme", "")):
        f.PartyFactory(summit=summit, name=name, iso_code=code)
    desk: Client = sign_in(summit, Role.PROTOCOL)
    for group, wanted in (
        (Group.AFRICA, {"Egypt"}),
        (Group.UN_ASIA, {"Türkiye"}),
        (Group.UN_WEST, {"Türkiye", "France"}),
        (Group.OCEANIA, set()),
    ):
        page = text(desk.get(f"/admin/delegations/party/?group={group.value}")).partition("<main")[2]
        names = {name for name in ("Egypt", "Türkiye", "France", "Acme") if f">{name}<" in page}
        assert names == wanted, group
        api = desk.get(f"/api/v1/summits/{summit.slug}/desk/parties/?group={group.value}").json()
        assert {row["name"] for row in api["results"]} == wanted

"""Groups of countries: a country stands in as many as it belongs to, and is found under each."""

from collections import Counter

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from delegations.parties.models.groups import PartyGroup
from delegations.parties.models.parties import Party
from delegations.parties.selectors import country_recognition, un_country_names
from delegations.parties.selectors.regions import CODES_OF, RegionGroup, groups_of
from delegations.parties.services import groups
from summit.audit.models import AuditEntry
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import listed, text

PARTIES = (("Egypt", "EG"), ("Acme", ""), ("France", "FR"))
CONTINENTS = ("africa", "americas", "asia", "europe", "oceania")
OF_THE_UN = ("un-africa", "un-asia", "un-east", "un-latin", "un-west")
STATES = set(un_country_names.names("en"))
MEMBERS = STATES - {"VA", "PS"}


def test_each_country_stands_on_one_continent() -> None:
    found = Counter(code for name in CONTINENTS for code in CODES_OF[name])
    assert (set(found), set(found.values())) == (STATES, {1})


def test_each_member_of_the_un_stands_in_a_group_and_turkiye_in_two() -> None:
    found = Counter(code for name in OF_THE_UN for code in CODES_OF[name])
    assert set(found) == MEMBERS
    assert {code for code, number in found.items() if number > 1} == {"TR"}
    assert [len(CODES_OF[name]) for name in (*OF_THE_UN, "eu", "g20")] == [54, 55, 23, 33, 29, 27, 19]
    assert all(country_recognition.code_of(code) == code for codes in CODES_OF.values() for code in codes)


@pytest.mark.django_db
def test_egypt_is_found_under_africa_and_turkiye_under_both(summit: Summit, protocol: User, desk: Client) -> None:
    for name, code in (("Egypt", "EG"), ("Türkiye", "TR"), ("France", "FR"), ("Acme", "")):
        f.PartyFactory(summit=summit, name=name, iso_code=code)
    for group, wanted in (
        *((RegionGroup.AFRICA, {"Egypt"}), (RegionGroup.UN_ASIA, {"Türkiye"})),
        *((RegionGroup.UN_WEST, {"Türkiye", "France"}), (RegionGroup.OCEANIA, set())),
    ):
        assert {row.name for row in listed(protocol, Party, group=group.value)} == wanted, group
    api = desk.get(f"/api/v1/summits/{summit.slug}/desk/parties/?group=un-west").json()
    assert {row["name"] for row in api["results"]} == {"Türkiye", "France"}


@pytest.mark.django_db
def test_a_desk_forms_groups_and_finds_parties_by_them(summit: Summit, protocol: User, desk: Client) -> None:
    egypt, acme, _other = (f.PartyFactory(summit=summit, name=name, iso_code=code) for name, code in PARTIES)
    page = "/admin/delegations/partygroup/"
    assert "No groups yet." in text(desk.get(page))
    said = {"summit": summit.pk, "name": "Nile basin", "parties": [egypt.pk, acme.pk]}
    assert desk.post(f"{page}add/", said).status_code == 302
    group = PartyGroup.objects.get()
    assert set(group.parties.all()) == {egypt, acme}
    assert [str(name) for name in groups_of(egypt)] == ["Nile basin", "Africa", "UN: African States"]
    assert [str(name) for name in groups_of(acme)] == ["Nile basin"]
    assert set(listed(protocol, Party, group=group.public_id)) == {egypt, acme}
    assert "Nile basin, Africa, UN: African States" in text(desk.get(f"/admin/delegations/party/{egypt.pk}/change/"))
    desk.post(f"{page}{group.pk}/change/", {"name": "Nile basin", "parties": [egypt.pk]})
    assert list(group.parties.all()) == [egypt]
    desk.post(f"{page}{group.pk}/delete/", {"post": "yes"})
    assert (PartyGroup.objects.count(), Party.objects.count()) == (0, 3)
    actions = AuditEntry.objects.filter(action__startswith="delegations.partygroup").order_by("pk")
    done = [(action.rpartition(".")[2], fields) for action, fields in actions.values_list("action", "fields")]
    assert done == [("add", ["name", "parties"]), ("change", ["parties"]), ("remove", [])]


@pytest.mark.django_db
def test_a_group_has_parties_of_its_own_summit_alone(summit: Summit, protocol: User) -> None:
    with pytest.raises(ValidationError, match="belongs to another summit"):
        groups.create(summit=summit, values={"name": "Odd", "parties": [f.PartyFactory()]}, by=protocol)
    assert PartyGroup.objects.count() == 0


@pytest.mark.django_db
def test_the_api_tells_desks_their_groups(summit: Summit, desk: Client) -> None:
    egypt, acme, _other = (f.PartyFactory(summit=summit, name=name, iso_code=code) for name, code in PARTIES)
    address = f"/api/v1/summits/{summit.slug}/desk/"
    sent = {"name": "Nile basin", "parties": [egypt.public_id, acme.public_id]}
    made = desk.post(f"{address}party-groups/", sent, content_type="application/json").json()
    assert (made["name"], set(made["parties"])) == (sent["name"], {egypt.public_id, acme.public_id})

    def found(client: Client, group: str) -> list[str]:
        return [row["name"] for row in client.get(f"{address}parties/?group={group}").json()["results"]]

    assert found(desk, made["id"]) == ["Acme", "Egypt"]
    assert found(desk, "none") == ["Acme"]
    refused = desk.get(f"{address}parties/?group=afrika")
    assert (refused.status_code, "There is no group “afrika”." in text(refused)) == (400, True)
    # Whoever acts for a party learns by no filter in which groups the desks have put it.
    focal = f.FocalPointFactory(party=egypt, person__summit=summit, person__user=f.UserFactory()).person.user
    own = signed_in(focal)
    assert (found(own, "africa"), found(own, made["id"])) == (["Egypt"], [])

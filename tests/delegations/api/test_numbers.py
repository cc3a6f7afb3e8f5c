"""Quotas, categories, zones, overpasses, the policy and focal points in the API."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from delegations.models import Category, FocalPoint, Policy, Zone
from summit.domain import seen
from summit.models import AuditEntry, Role, Summit
from tests import factories as f
from tests.delegations.api.conftest import Land
from tests.summit.api.conftest import Program, program
from tests.summit.api.test_rooms import kind

pytestmark = pytest.mark.django_db
DESK = "summits/here/desk/"
QUOTAS, POINTS, CATEGORIES, ZONES, RULES, POLICY = (
    f"{DESK}{name}/" for name in (*("quotas", "focal-points", "categories", "zones", "overpass-rules", "policy"),)
)


@pytest.fixture
def organiser(here: Summit) -> Program:
    return program(f.UserFactory.with_role(Role.ORGANISER, here))


def ids(response: Any) -> list[str]:
    body = response.json()
    return [each["id"] for each in (body if isinstance(body, list) else body["results"])]


def number(body: Any, category: str | None) -> Any:
    return next(each for each in body["numbers"] if each["category"] == category)


# --- how many -------------------------------------------------------------------------------------------------------
def test_a_party_gets_a_number_of_its_own_and_loses_it(
    own: Land, other: Land, organiser: Program, focal: Program, protocol: Program
) -> None:
    where = f"{QUOTAS}{own.party.public_id}/"
    data = {"category": "head", "number": 2, "reason": "Two in turn"}
    given = organiser.post(f"{where}set/", data)
    assert given.status_code == 200
    told = number(given.json(), "head")
    assert (told["allowed"], told["left"], told["own"], told["reason"]) == (2, 2, True, "Two in turn")
    theirs = number(focal.get(where).json(), "head")
    assert (theirs["allowed"], theirs["own"], theirs["reason"]) == (2, True, None)
    assert number(focal.get(where).json(), "delegate")["named"] == 1
    assert ids(focal.get(QUOTAS)) == [own.party.public_id]
    assert kind(focal.get(f"{QUOTAS}{other.party.public_id}/")) == (404, "not-found")
    for reader in (focal, protocol):
        assert kind(reader.post(f"{where}set/", data)) == (403, "forbidden")
    fewer = organiser.post(f"{where}set/", {**data, "category": "delegate", "number": 0})
    assert fewer.json()["errors"][0]["pointer"] == "#/number"
    back = organiser.post(f"{where}drop/", {"category": "head"})
    assert number(back.json(), "head")["allowed"] == 1
    whole = organiser.post(f"{where}set/", {"category": None, "number": 9, "reason": "Large"})
    assert number(whole.json(), None)["allowed"] == 9
    organiser.post(f"{where}set/", {"category": "delegate", "number": 1, "reason": "Small"})
    assert ids(protocol.get(f"{QUOTAS}?room=full")) == [own.party.public_id]


def test_queries_do_not_grow_with_parties(here: Summit, protocol: Program) -> None:
    paths = (QUOTAS, POINTS, CATEGORIES, ZONES, RULES)
    counts: dict[str, set[int]] = {}
    for times in (2, 6):
        for _ in range(times):
            party = f.QuotaFactory(party__summit=here).party
            f.FocalPointFactory(party=party)
            zone = f.ZoneFactory(summit=here)
            for row in (f.CategoryFactory(summit=here), f.OverpassRuleFactory(summit=here)):
                row.zones.add(zone)
        for path in paths:
            protocol.get(path)
            with CaptureQueriesContext(connection) as asked:
                protocol.get(path)
            counts.setdefault(path, set()).add(len(asked))
    assert {len(each) for each in counts.values()} == {1}, counts


# --- categories, zones, overpasses ---------------------------------------------------------------------------------
def test_zones_open_by_categories_and_stand_in_an_order(here: Summit, organiser: Program) -> None:
    made = [organiser.post(ZONES, {"code": code, "name": f"Zone {code}"}) for code in ("A", "B/1")]
    assert [each.status_code for each in made] == [201, 201]
    one, two = (each.json()["id"] for each in made)
    data = {"code": "artist", "capacity": "guest", "names": {"en": "Artist", "fr": "Artiste"}, "zones": ["A"]}
    category = organiser.post(CATEGORIES, {**data, "quota": 3})
    assert (category.status_code, category.json()["id"], category.json()["zones"]) == (201, "artist", ["A"])
    assert organiser.get(f"{CATEGORIES}artist/", Accept_Language="fr").json()["called"] in ("Artist", "Artiste")
    where = f"{ZONES}{one}/"
    refused = organiser.delete(where, If_Match="*")
    assert kind(refused) == (409, "conflict")
    assert refused.json()["detail"] == "“Zone A” is opened by: Artist. Take it off them first."
    changed = organiser.patch(f"{CATEGORIES}artist/", {"zones": ["B/1"], "quota": None}, If_Match=category["ETag"])
    assert (changed.json()["zones"], changed.json()["quota"]) == (["B/1"], None)
    assert ids(organiser.get(f"{CATEGORIES}?zone=B/1")) == ["artist"]
    done = organiser.post(f"{ZONES}arrange/", {"order": [two], "expected": [one, two]})
    assert ids(done) == [two, one]
    assert kind(organiser.post(f"{ZONES}arrange/", {"order": [one], "expected": [one, two]})) == (409, "conflict")
    assert organiser.delete(where, If_Match="*").status_code == 204
    assert Zone.objects.get().code == "B/1"
    wrong = organiser.patch(f"{CATEGORIES}artist/", {"names": {"xx": "A"}, "zones": ["C"]}, If_Match="*")
    assert {each["pointer"] for each in wrong.json()["errors"]} == {"#/names/xx", "#/zones"}
    before = ids(organiser.get(CATEGORIES))
    placed = organiser.post(f"{CATEGORIES}arrange/", {"order": ["artist"], "expected": before})
    assert ids(placed)[:2] == ["artist", "head"]
    assert organiser.delete(f"{CATEGORIES}artist/", If_Match="*").status_code == 204
    assert organiser.delete(f"{CATEGORIES}head/", If_Match="*").status_code == 409


def test_protocol_sets_no_quota_of_a_category(here: Summit, protocol: Program) -> None:
    Category.objects.of(here)
    refused = protocol.patch(f"{CATEGORIES}delegate/", {"quota": 5}, If_Match="*")
    assert kind(refused) == (403, "forbidden")
    assert protocol.patch(f"{CATEGORIES}delegate/", {"vetted": False}, If_Match="*").json()["vetted"] is False
    assert kind(protocol.get(f"{CATEGORIES}nothing/")) == (404, "not-found")


def test_overpasses_are_for_so_many_people(here: Summit, protocol: Program) -> None:
    f.ZoneFactory(summit=here, code="P")
    made = protocol.post(RULES, {"name": "Plenary", "passes": 2, "people": 5, "zones": ["P"]})
    assert (made.status_code, made.json()["zones"], made.json()["most"]) == (201, ["P"], None)
    where = f"{RULES}{made.json()['id']}/"
    changed = protocol.patch(where, {"most": 8}, If_Match=made["ETag"])
    assert changed.json()["most"] == 8
    assert protocol.post(RULES, {"name": "Plenary"}).status_code == 422
    assert protocol.delete(where, If_Match=changed["ETag"]).status_code == 204


# --- the policy -----------------------------------------------------------------------------------------------------
def test_every_summit_has_a_policy(here: Summit, own: Land, protocol: Program, focal: Program) -> None:
    read = protocol.get(POLICY)
    assert (read.json()["shows_flags"], Policy.objects.exists()) == (True, False)
    assert kind(protocol.patch(POLICY, {"total": 9})) == (428, "condition")
    changed = protocol.patch(POLICY, {"total": 9, "letter_words": {}}, If_Match=read["ETag"])
    assert (changed.status_code, changed.json()["total"]) == (200, 9)
    assert kind(protocol.patch(POLICY, {"total": 8}, If_Match=read["ETag"])) == (412, "changed")
    wrong = protocol.patch(POLICY, {"reminder_days": "often"}, If_Match=changed["ETag"])
    assert wrong.json()["errors"][0]["pointer"] == "#/reminder_days"
    accreditation = program(f.UserFactory.with_role(Role.ACCREDITATION, here))
    assert accreditation.get(POLICY).json()["total"] == 9
    assert kind(accreditation.patch(POLICY, {"total": 1}, If_Match="*")) == (403, "forbidden")
    assert kind(focal.get(POLICY)) == (404, "not-found")
    assert kind(protocol.get("summits/nowhere/desk/policy/")) == (404, "not-found")


# --- focal points ---------------------------------------------------------------------------------------------------
def test_protocol_names_focal_points_and_takes_them_off(own: Land, other: Land, protocol: Program) -> None:
    person = f.PersonFactory(summit=own.party.summit, name="Gil")
    data = {"party": own.party.public_id, "person": person.public_id}
    made = protocol.post(POINTS, data)
    assert (made.status_code, made.json()["name"]) == (201, "Gil")
    assert kind(protocol.post(POINTS, data)) == (409, "conflict")
    listed = protocol.get(f"{POINTS}?party={own.party.public_id}&order=-name")
    assert [each["name"] for each in listed.json()["results"]] == ["Gil", "Fay of Own"]
    where = made["Location"].removeprefix("http://testserver/api/v1/")
    assert protocol.delete(where, If_Match=made["ETag"]).status_code == 204
    assert kind(protocol.get(where)) == (404, "not-found")
    assert AuditEntry.objects.filter(action=seen.SEEN, object_type="delegations.focalpoint").exists()


def test_focal_points_see_their_own_and_leave(own: Land, other: Land, focal: Program) -> None:
    mine = FocalPoint.objects.get(party=own.party)
    assert ids(focal.get(POINTS)) == [str(mine.pk)]
    assert kind(focal.delete(f"{POINTS}{mine.pk}/", If_Match="*")) == (403, "forbidden")
    alone = focal.post(f"{POINTS}leave/", {"party": own.party.public_id})
    assert kind(alone) == (409, "conflict")
    assert kind(focal.post(f"{POINTS}leave/", {"party": other.party.public_id})) == (422, "fields")
    f.FocalPointFactory(party=own.party)
    assert focal.post(f"{POINTS}leave/", {"party": own.party.public_id}).json() == []
    assert not FocalPoint.objects.filter(pk=mine.pk).exists()

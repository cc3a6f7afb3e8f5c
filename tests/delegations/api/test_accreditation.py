"""Quotas, categories, zones, transferable passes, the policy, focal points and badges in the API."""

from typing import Any

import pytest
from django.utils import timezone

from delegations.badges.models.badges import Badge
from delegations.members.models.categories import Category
from delegations.members.models.focal_points import FocalPoint
from delegations.members.models.members import Membership
from delegations.parties.models.policy import Policy
from summit.audit import access_log
from summit.audit.models import AuditEntry
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.api.conftest import DESK, Land, Place, ids, kind, pointers
from tests.summit.api.conftest import Program

pytestmark = pytest.mark.django_db
QUOTAS, POINTS, CATEGORIES, ZONES, RULES, POLICY = (
    f"{DESK}{name}/" for name in (*("quotas", "focal-points", "categories", "zones", "overpass-rules", "policy"),)
)


def number(body: Any, category: str | None) -> Any:
    return next(each for each in body["numbers"] if each["category"] == category)


# --- how many -------------------------------------------------------------------------------------------------------
def test_a_party_has_its_own_number(own: Land, other: Land, organiser: Program, focal: Program) -> None:
    where = f"{QUOTAS}{own.party.public_id}/"
    data = {"category": "head", "number": 2, "reason": "Two in turn"}
    given = organiser.post(f"{where}set/", data)
    assert given.status_code == 200
    told = number(given.json(), "head")
    assert (told["allowed"], told["left"], told["own"], told["reason"]) == (2, 2, True, "Two in turn")
    theirs = number(focal.get(where).json(), "head")
    assert (theirs["allowed"], theirs["own"], theirs["reason"]) == (2, True, None)
    assert ids(focal.get(QUOTAS)) == [own.party.public_id]
    fewer = organiser.post(f"{where}set/", {**data, "category": "delegate", "number": 0})
    assert pointers(fewer) == {"#/number"}
    assert number(organiser.post(f"{where}drop/", {"category": "head"}).json(), "head")["allowed"] == 1


# --- categories, zones, transferable passes
# ---------------------------------------------------------------------------------
def test_zones_open_by_categories_and_stand_in_an_order(here: Summit, organiser: Program) -> None:
    one, two = (organiser.post(ZONES, {"code": code, "name": f"Zone {code}"}).json()["id"] for code in ("A", "B/1"))
    data = {"code": "artist", "capacity": "guest", "names": {"en": "Artist", "fr": "Artiste"}, "zones": ["A"]}
    artist = f"{CATEGORIES}artist/"
    category = organiser.post(CATEGORIES, {**data, "quota": 3})
    assert (category.status_code, category.json()["id"], category.json()["zones"]) == (201, "artist", ["A"])
    refused = organiser.delete(f"{ZONES}{one}/", If_Match="*")
    assert kind(refused) == (409, "conflict")
    assert refused.json()["detail"] == "“Zone A” is assigned to: Artist. Remove it from them first."
    changed = organiser.patch(artist, {"zones": ["B/1"], "quota": None}, If_Match=category["ETag"])
    assert (changed.json()["zones"], changed.json()["quota"]) == (["B/1"], None)
    assert ids(organiser.get(f"{CATEGORIES}?zone=B/1")) == ["artist"]
    assert ids(organiser.post(f"{ZONES}arrange/", {"order": [two], "expected": [one, two]})) == [two, one]
    assert kind(organiser.post(f"{ZONES}arrange/", {"order": [one], "expected": [one, two]})) == (409, "conflict")
    assert organiser.delete(f"{ZONES}{one}/", If_Match="*").status_code == 204
    assert organiser.delete(artist, If_Match="*").status_code == 204


def test_rooms_lie_in_zones(here: Summit, organiser: Program) -> None:
    room, elsewhere = f.RoomFactory(venue__summit=here), f.RoomFactory()
    made = organiser.post(ZONES, {"code": "A", "name": "Zone A", "rooms": [room.public_id]})
    assert (made.status_code, made.json()["rooms"]) == (201, [room.public_id])
    zone = f"{ZONES}{made.json()['id']}/"
    assert organiser.patch(zone, {"rooms": [elsewhere.public_id]}, If_Match=made["ETag"]).status_code == 422
    assert organiser.patch(zone, {"rooms": []}, If_Match=made["ETag"]).json()["rooms"] == []


def test_protocol_sets_no_quota_of_a_category(here: Summit, protocol: Program) -> None:
    Category.objects.of(here)
    refused = protocol.patch(f"{CATEGORIES}delegate/", {"quota": 5}, If_Match="*")
    assert kind(refused) == (403, "forbidden")
    assert protocol.patch(f"{CATEGORIES}delegate/", {"vetted": False}, If_Match="*").json()["vetted"] is False
    assert kind(protocol.get(f"{CATEGORIES}nothing/")) == (404, "not-found")


def test_transferable_passes_are_for_so_many_people(here: Summit, protocol: Program) -> None:
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
    assert pointers(protocol.patch(POLICY, {"reminder_days": "often"}, If_Match="*")) == {"#/reminder_days"}


# --- focal points ---------------------------------------------------------------------------------------------------
def test_protocol_names_focal_points_and_takes_them_off(own: Land, other: Land, protocol: Program) -> None:
    person = f.PersonFactory(summit=own.party.summit, name="Gil")
    data = {"party": own.party.public_id, "person": person.public_id}
    made = protocol.post(POINTS, data)
    assert (made.status_code, made.json()["name"]) == (201, "Gil")
    assert kind(protocol.post(POINTS, data)) == (409, "conflict")
    listed = protocol.get(f"{POINTS}?party={own.party.public_id}&order=-name")
    assert [each["name"] for each in listed.json()["results"]] == ["Gil", "Fay of Own"]
    assert AuditEntry.objects.filter(action=access_log.SEEN, object_type="delegations.focalpoint").exists()
    where = made["Location"].removeprefix("http://testserver/api/v1/")
    assert protocol.delete(where, If_Match=made["ETag"]).status_code == 204


def test_focal_points_see_their_own_and_leave(own: Land, other: Land, focal: Program) -> None:
    mine, leave = FocalPoint.objects.get(party=own.party), f"{POINTS}leave/"
    assert ids(focal.get(POINTS)) == [str(mine.pk)]
    assert kind(focal.post(leave, {"party": own.party.public_id})) == (409, "conflict")
    assert kind(focal.post(leave, {"party": other.party.public_id})) == (422, "fields")
    f.FocalPointFactory(party=own.party)
    assert focal.post(leave, {"party": own.party.public_id}).json() == []
    assert not FocalPoint.objects.filter(pk=mine.pk).exists()


HERE = f"{DESK}badges/"


def members(place: Place, number: int) -> list[Membership]:
    made = [f.MembershipFactory(party=place.one, person__name=f"Ada {n}") for n in range(number)]
    made[0].category.zones.add(f.ZoneFactory(summit=place.summit, code="A"))
    return made


def test_badges_are_issued_ended_and_issued_anew(place: Place) -> None:
    desk = place.desk(Role.ACCREDITATION)
    one, other = members(place, 2)
    f.BadgeFactory(party=place.one, person=other.person)
    found = desk.post(f"{HERE}issue/", {"people": [one.person.public_id, other.person.public_id]})
    assert found.status_code == 200, found.content
    [made], [left] = found.json()["badges"], found.json()["skipped"]
    assert (made["person"], made["live"]) == (one.person.public_id, True)
    assert (made["category"], made["zones"]) == ("delegate", ["A"])
    assert left == {"id": other.person.public_id, "why": f"{other.person.label} already has a badge."}
    again = desk.post(f"{HERE}{made['id']}/reissue/", {})
    assert (again.status_code, again.json()["live"], again.json()["person"]) == (200, True, one.person.public_id)
    lost = desk.get(f"{HERE}{made['id']}/").json()
    assert (lost["live"], lost["zones"]) == (False, [])
    assert AuditEntry.objects.filter(action=access_log.SEEN, object_key=made["id"], by=desk.user).exists()
    path = f"{HERE}{again.json()['id']}/end/"
    assert pointers(desk.post(path, {})) == {"#/reason"}
    ended = desk.post(path, {"reason": "Sent home"}).json()
    assert (ended["live"], ended["why"], ended["issued_by"]) == (False, "Sent home", desk.user.name)
    assert ids(desk.get(f"{HERE}?live=true")) == [Badge.objects.live().get().public_id]


def test_a_category_is_found_by_as_far_as_it_is_told(place: Place) -> None:
    desk = place.desk(Role.ACCREDITATION)
    one, other, gone = members(place, 3)
    wanted = f.BadgeFactory(party=place.one, person=one.person)
    f.BadgeFactory(party=f.PartyFactory(summit=place.summit), person=other.person)
    f.BadgeFactory(party=place.one, person=gone.person, ended_at=timezone.now(), why="Sent home")
    told = {each["id"]: each["category"] for each in desk.get(HERE).json()["results"]}
    found = ids(desk.get(f"{HERE}?category=delegate"))
    assert found == [wanted.public_id] == [key for key, category in told.items() if category]

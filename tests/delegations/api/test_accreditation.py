"""Quotas, categories, zones, transferable passes, the policy, focal points and badges in the API."""

from base64 import b64decode
from typing import Any

import pytest
from django.utils import timezone

from delegations.badges.models.badges import Badge
from delegations.badges.services import transferable_passes
from delegations.members.models.categories import Category
from delegations.members.models.focal_points import FocalPoint
from delegations.members.models.members import Membership
from delegations.parties.models.policy import Policy
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.api.conftest import DESK, Land, Place, ids, kind, pointers, seen_by, values
from tests.summit.api.conftest import Program

pytestmark = pytest.mark.django_db
QUOTAS, POINTS, CATEGORIES, ZONES, BADGES = (
    f"{DESK}{name}/" for name in ("quotas", "focal-points", "categories", "zones", "badges")
)


def number(body: Any, category: str | None) -> Any:
    return next(each for each in body["numbers"] if each["category"] == category)


def test_a_party_has_its_own_number(own: Land, other: Land, organiser: Program, focal: Program) -> None:
    where = f"{QUOTAS}{own.party.public_id}/"
    data = {"category": "head", "number": 2, "reason": "Two in turn"}
    told = number(organiser.post(f"{where}set/", data).json(), "head")
    assert (told["allowed"], told["left"], told["own"], told["reason"]) == (2, 2, True, "Two in turn")
    [body] = focal.get(QUOTAS).json()["results"]
    theirs = number(body, "head")
    assert (body["id"], theirs["allowed"], theirs["own"], theirs["reason"]) == (own.party.public_id, 2, True, None)
    assert pointers(organiser.post(f"{where}set/", {**data, "category": "delegate", "number": 0})) == {"#/number"}
    assert number(organiser.post(f"{where}drop/", {"category": "head"}).json(), "head")["allowed"] == 1


def test_zones_have_rooms_open_by_categories_and_stand_in_an_order(here: Summit, organiser: Program) -> None:
    room, elsewhere = f.RoomFactory(venue__summit=here), f.RoomFactory()
    made = organiser.post(ZONES, {"code": "A", "name": "Zone A", "rooms": [room.public_id]})
    one, two = made.json()["id"], str(f.ZoneFactory(summit=here, code="B/1", position=1).pk)
    assert (made.status_code, made.json()["rooms"]) == (201, [room.public_id])
    where = f"{ZONES}{one}/"
    assert pointers(organiser.patch(where, {"rooms": [elsewhere.public_id]}, If_Match="*")) == {"#/rooms"}
    data = {"code": "artist", "capacity": "guest", "names": {"en": "Artist", "fr": "Artiste"}, "zones": ["A"]}
    category = organiser.post(CATEGORIES, {**data, "quota": 3})
    assert (category.status_code, category.json()["id"], category.json()["zones"]) == (201, "artist", ["A"])
    refused = organiser.delete(where, If_Match="*")
    assert kind(refused) == (409, "conflict")
    assert refused.json()["detail"] == "“Zone A” is assigned to: Artist. Remove it from them first."
    artist = f"{CATEGORIES}artist/"
    changed = organiser.patch(artist, {"zones": ["B/1"], "quota": None}, If_Match=category["ETag"]).json()
    assert (changed["zones"], changed["quota"]) == (["B/1"], None)
    assert ids(organiser.get(f"{CATEGORIES}?zone=B/1")) == ["artist"]
    assert ids(organiser.post(f"{ZONES}arrange/", {"order": [two], "expected": [one, two]})) == [two, one]
    assert [organiser.delete(each, If_Match="*").status_code for each in (where, artist)] == [204, 204]


def test_protocol_sets_no_quota_of_a_category(here: Summit, protocol: Program) -> None:
    Category.objects.of(here)
    refused = protocol.patch(f"{CATEGORIES}delegate/", {"quota": 5}, If_Match="*")
    assert kind(refused) == (403, "forbidden")
    assert protocol.patch(f"{CATEGORIES}delegate/", {"vetted": False}, If_Match="*").json()["vetted"] is False


def test_a_pass_is_handed_on_by_whoever_has_seen_who_carries_it(place: Place) -> None:
    here = f"{DESK}overpasses/"
    rule = f.TransferablePassRuleFactory(summit=place.summit, people=1)
    ada, bo = (f.MembershipFactory(party=place.one).person.public_id for _number in range(2))
    foreign = f.MembershipFactory(party=place.other).person.public_id
    transferable_passes.settle_summit(summit=place.summit, by=place.protocol.user)
    listed = place.focal.get(f"{here}?carried=false&order=number").json()["results"]
    told = [(each["party"], each["number"], each["holder"]) for each in listed]
    assert told == [(place.one.public_id, number, None) for number in (1, 2)]
    path = f"{here}{listed[0]['id']}/hand/"
    handed = place.focal.post(path, {"seen": None, "taker": ada}).json()
    assert (handed["holder"], handed["rule"]) == (ada, rule.public_id)
    # Who has not seen who carries it now changes nothing.
    assert kind(place.focal.post(path, {"seen": None, "taker": bo})) == (409, "conflict")
    assert pointers(place.focal.post(path, {"seen": ada, "taker": foreign})) == {"#/taker"}


def test_every_summit_has_a_policy(here: Summit, protocol: Program) -> None:
    policy = f"{DESK}policy/"
    read = protocol.get(policy)
    assert (read.json()["shows_flags"], Policy.objects.exists()) == (True, False)
    changed = protocol.patch(policy, {"total": 9, "letter_words": {}}, If_Match=read["ETag"])
    assert (changed.status_code, changed.json()["total"]) == (200, 9)
    assert pointers(protocol.patch(policy, {"reminder_days": "often"}, If_Match="*")) == {"#/reminder_days"}


def test_protocol_names_focal_points_and_takes_them_off(own: Land, other: Land, protocol: Program) -> None:
    person = f.PersonFactory(summit=own.party.summit, name="Gil")
    data = {"party": own.party.public_id, "person": person.public_id}
    made = protocol.post(POINTS, data)
    assert (made.status_code, made.json()["name"]) == (201, "Gil")
    assert kind(protocol.post(POINTS, data)) == (409, "conflict")
    assert values(protocol.get(f"{POINTS}?party={own.party.public_id}&order=-name"), "name") == ["Gil", "Fay of Own"]
    assert "delegations.focalpoint" in [entry.object_type for entry in seen_by(protocol)]
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


def members(place: Place, number: int) -> list[Membership]:
    made = [f.MembershipFactory(party=place.one, person__name=f"Ada {n}") for n in range(number)]
    made[0].category.zones.add(f.ZoneFactory(summit=place.summit, code="A"))
    return made


def test_badges_are_issued_ended_and_issued_anew(place: Place) -> None:
    desk = place.desk(Role.ACCREDITATION)
    one, other = members(place, 2)
    f.BadgeFactory(party=place.one, person=other.person)
    found = desk.post(f"{BADGES}issue/", {"people": [one.person.public_id, other.person.public_id]}).json()
    [made], [left] = found["badges"], found["skipped"]
    assert (made["person"], made["live"]) == (one.person.public_id, True)
    assert (made["category"], made["zones"]) == ("delegate", ["A"])
    assert left == {"id": other.person.public_id, "why": f"{other.person.label} already has a badge."}
    again = desk.post(f"{BADGES}{made['id']}/reissue/", {}).json()
    assert (again["live"], again["person"]) == (True, one.person.public_id)
    lost = desk.get(f"{BADGES}{made['id']}/").json()
    assert (lost["live"], lost["zones"]) == (False, [])
    assert made["id"] in [entry.object_key for entry in seen_by(desk)]
    path = f"{BADGES}{again['id']}/end/"
    assert pointers(desk.post(path, {})) == {"#/reason"}
    ended = desk.post(path, {"reason": "Sent home"}).json()
    assert (ended["live"], ended["why"], ended["issued_by"]) == (False, "Sent home", desk.user.name)
    assert ids(desk.get(f"{BADGES}?live=true")) == [Badge.objects.live().get().public_id]


def test_a_category_is_found_by_as_far_as_it_is_told(place: Place) -> None:
    desk = place.desk(Role.ACCREDITATION)
    one, other, gone = members(place, 3)
    wanted = f.BadgeFactory(party=place.one, person=one.person)
    f.BadgeFactory(party=f.PartyFactory(summit=place.summit), person=other.person)
    f.BadgeFactory(party=place.one, person=gone.person, ended_at=timezone.now(), why="Sent home")
    told = {each["id"]: each["category"] for each in desk.get(BADGES).json()["results"]}
    found = ids(desk.get(f"{BADGES}?category=delegate"))
    assert found == [wanted.public_id] == [key for key, category in told.items() if category]


def test_badges_are_checked_and_printed(place: Place) -> None:
    badge = f.BadgeFactory(party=place.one)
    door, desk = place.desk(Role.ACCREDITATION), place.desk(Role.ORGANISER)
    number = {"number": f"{badge.public_id[:4]} {badge.public_id[4:]}".upper()}
    told = door.post(f"{BADGES}check/", number).json()
    assert (told["opens"], told["why"], told["badge"]["id"]) == (True, "", badge.public_id)
    printed = desk.post(f"{BADGES}print/", {"badges": [badge.public_id]}).json()
    assert printed["file_name"] == f"Badges – {place.summit.name}.pdf"
    assert b64decode(printed["content"])[:5] == b"%PDF-"
    assert [entry.fields for entry in seen_by(desk)] == [["badge_name", "name", "office", "photo"]]
    f.InvitationFactory(party=place.one, state="revoked")
    left = door.post(f"{BADGES}check/", number).json()
    assert (left["opens"], left["badge"]["live"]) == (False, False)
    assert left["why"] == left["badge"]["why"] == "The delegation’s invitation was revoked."

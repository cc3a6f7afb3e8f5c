"""Badges by the API: issued to many, ended, issued anew; who may read them."""

import pytest
from django.utils import timezone

from delegations.models import Badge, Membership, Zone
from summit.models import AuditEntry, Role
from tests import factories as f
from tests.delegations.api.conftest import DESK, Place, counted, kind, pointers

pytestmark = pytest.mark.django_db
HERE = f"{DESK}badges/"


def members(place: Place, number: int) -> list[Membership]:
    made = [f.MembershipFactory(party=place.one, person__name=f"Ada {n}") for n in range(number)]
    zone = Zone.objects.get_or_create(summit=place.summit, code="A", name="Hall")[0]
    made[0].category.zones.add(zone)
    return made


def test_badges_are_issued_ended_and_issued_anew(place: Place) -> None:
    desk = place.desk(Role.ACCREDITATION)
    one, other = members(place, 2)
    f.BadgeFactory(party=place.one, person=other.person)
    found = desk.post(f"{HERE}issue/", {"people": [one.person.public_id, other.person.public_id]})
    assert found.status_code == 200, found.content
    [made], [left] = found.json()["badges"], found.json()["skipped"]
    assert (made["person"], made["live"], made["category"], made["zones"]) == (
        one.person.public_id,
        True,
        "delegate",
        ["A"],
    )
    assert left == {"id": other.person.public_id, "why": f"{other.person.label} has a badge already."}
    again = desk.post(f"{HERE}{made['id']}/reissue/", {})
    assert (again.status_code, again.json()["live"], again.json()["person"]) == (200, True, one.person.public_id)
    lost = desk.get(f"{HERE}{made['id']}/").json()
    assert (lost["live"], lost["zones"], lost["why"]) == (
        False,
        [],
        "It was lost, and another was issued in its place.",
    )
    assert kind(desk.post(f"{HERE}{made['id']}/reissue/", {})) == (409, "conflict")
    path = f"{HERE}{again.json()['id']}/end/"
    assert pointers(desk.post(path, {})) == {"#/reason"}
    ended = desk.post(path, {"reason": "Sent home"}).json()
    assert (ended["live"], ended["why"], ended["issued_by"]) == (False, "Sent home", desk.user.name)
    assert [each["id"] for each in desk.get(f"{HERE}?live=true").json()["results"]] == [
        Badge.objects.live().get().public_id
    ]


def test_who_sees_badges_and_who_issues_them(place: Place) -> None:
    badge = f.BadgeFactory(party=place.one)
    path = f"{HERE}{badge.public_id}/"
    assert kind(place.focal.get(path)) == (404, "not-found")
    assert kind(place.desk(Role.PROGRAMME).get(path)) == (404, "not-found")
    assert place.protocol.get(path).status_code == 200
    assert kind(place.protocol.post(f"{path}reissue/", {})) == (403, "forbidden")
    assert kind(place.protocol.post(f"{HERE}issue/", {"people": ["x"]})) == (403, "forbidden")
    entry = AuditEntry.objects.get(action="summit.person.seen")
    assert (entry.object_key, entry.detail["people"]) == (badge.public_id, [badge.person.public_id])


def test_a_category_is_found_by_as_far_as_it_is_told(place: Place) -> None:
    desk = place.desk(Role.ACCREDITATION)
    one, other, gone = members(place, 3)
    wanted = f.BadgeFactory(party=place.one, person=one.person)
    f.BadgeFactory(party=f.PartyFactory(summit=place.summit), person=other.person)
    f.BadgeFactory(party=place.one, person=gone.person, ended_at=timezone.now(), why="Sent home")
    told = {each["id"]: each["category"] for each in desk.get(HERE).json()["results"]}
    found = [each["id"] for each in desk.get(f"{HERE}?category=delegate").json()["results"]]
    assert found == [wanted.public_id] == [key for key, category in told.items() if category]


def test_many_badges_ask_as_little_as_few(place: Place) -> None:
    place.protocol.get(HERE)
    counts = []
    for number in (2, 4):
        for row in members(place, number):
            f.BadgeFactory(party=place.one, person=row.person, issued_by=f.UserFactory())
        counts.append(counted(place.protocol, HERE))
    assert counts[0] == counts[1] <= 12
    assert {tuple(each["zones"]) for each in place.protocol.get(HERE).json()["results"]} == {("A",)}

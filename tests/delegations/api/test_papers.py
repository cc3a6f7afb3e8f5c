"""What goes between a party and the host by the API: declarations, focal points, passes, what was somebody's own."""

from datetime import timedelta

import pytest
from django.utils import timezone

from delegations.domain import overpasses
from delegations.models import FocalPoint, Overpass
from summit.models import AuditEntry, Role
from tests import factories as f
from tests.delegations.api.conftest import DESK, Place, counted, kind, pointers

pytestmark = pytest.mark.django_db


# --- declarations ---------------------------------------------------------------------------------------------------
def test_something_is_declared_permitted_and_withdrawn(place: Place) -> None:
    here, vetting = f"{DESK}declarations/", place.desk(Role.VETTING)
    member = f.MembershipFactory(party=place.one)
    f.DeclarationKindFactory(summit=place.summit, name="Radios", names={"fr": "Radios portables"})
    [known] = place.focal.get(f"{DESK}declaration-kinds/", Accept_Language="fr").json()["results"]
    assert (known["called"], known["name"], known["permit"]) == ("Radios portables", "Radios", True)
    said = {"person": member.person.public_id, "kind": known["id"], "details": "Two radios"}
    elsewhere = f.DeclarationKindFactory()
    assert pointers(place.focal.post(here, {**said, "kind": elsewhere.pk})) == {"#/kind"}
    made = place.focal.post(here, said)
    assert made.status_code == 201, made.content
    assert (made.json()["state"], made.json()["details"], made.json()["kind_name"]) == (
        "declared",
        "Two radios",
        "Radios",
    )
    path = f"{here}{made.json()['id']}/"
    assert kind(place.focal.post(f"{path}permit/", {})) == (403, "forbidden")
    assert kind(place.protocol.get(path)) == (404, "not-found")
    assert vetting.post(f"{path}permit/", {}).json()["decided_by"] == vetting.user.name
    refused = vetting.post(f"{path}refuse/", {"reason": "Bring none"}).json()
    assert (refused["state"], refused["reason"]) == ("refused", "Bring none")
    etag = place.focal.get(path)["ETag"]
    assert kind(place.focal.delete(path, If_Match=etag)) == (409, "conflict")
    second = vetting.post(here, {**said, "details": "One radio"})
    assert second.status_code == 201
    assert place.focal.delete(f"{here}{second.json()['id']}/", If_Match=second["ETag"]).status_code == 204
    assert [each["id"] for each in vetting.get(f"{here}?state=refused").json()["results"]] == [made.json()["id"]]


def test_a_desk_adds_kinds_after_the_others_and_changes_them(place: Place) -> None:
    here = f"{DESK}declaration-kinds/"
    f.DeclarationKindFactory(summit=place.summit, name="Radios", position=4)
    said = {"name": "Weapons", "asks": "Make and number", "names": {"fr": "Armes"}}
    assert kind(place.focal.post(here, said)) == (403, "forbidden")
    assert pointers(place.protocol.post(here, {**said, "names": {"xx": "Arms"}})) == {"#/names/xx"}
    made = place.protocol.post(here, said)
    assert (made.status_code, made.json()["position"], made.json()["names"]) == (201, 5, {"fr": "Armes"})
    path = f"{here}{made.json()['id']}/"
    changed = place.protocol.patch(path, {"name": "Radios"}, If_Match=made["ETag"])
    assert changed.status_code == 422
    changed = place.protocol.patch(path, {"permit": False}, If_Match=made["ETag"])
    assert (changed.status_code, changed.json()["permit"]) == (200, False)
    actions = AuditEntry.objects.filter(action__startswith="delegations.declarationkind").values_list(
        "action", flat=True
    )
    assert sorted(actions) == ["delegations.declarationkind.add", "delegations.declarationkind.change"]


def test_nobody_reads_what_another_party_declares(place: Place) -> None:
    here = f"{DESK}declarations/"
    foreign = f.DeclarationFactory(party=place.other)
    assert kind(place.focal.get(f"{here}{foreign.public_id}/")) == (404, "not-found")
    assert place.focal.get(here).json()["results"] == []
    said = {"person": foreign.person.public_id, "kind": foreign.kind.pk, "details": "x"}
    assert pointers(place.focal.post(here, said)) == {"#/person"}
    vetting = place.desk(Role.VETTING)
    vetting.get(here)
    counts = []
    for number in (2, 4):
        for _number in range(number):
            f.DeclarationFactory(party=f.PartyFactory(summit=place.summit))
        counts.append(counted(vetting, here))
    assert counts[0] == counts[1] <= 11


# --- focal points ---------------------------------------------------------------------------------------------------
def test_a_focal_point_is_asked_for_and_approved(place: Place) -> None:
    here = f"{DESK}focal-point-requests/"
    said = {"party": place.one.public_id, "name": "Gil Example", "email": "gil@aland.example"}
    assert pointers(place.focal.post(here, {**said, "email": "no mailbox"})) == {"#/email"}
    assert pointers(place.focal.post(here, {**said, "party": place.other.public_id})) == {"#/party"}
    made = place.focal.post(here, said)
    assert made.status_code == 201, made.content
    path = f"{here}{made.json()['id']}/"
    assert kind(place.focal.post(f"{path}approve/", {})) == (403, "forbidden")
    approved = place.protocol.post(f"{path}approve/", {})
    assert approved.status_code == 200, approved.content
    point = FocalPoint.objects.get(person__email="gil@aland.example")
    assert (approved.json()["state"], approved.json()["person"]) == ("approved", point.person.public_id)
    assert kind(place.focal.post(f"{path}withdraw/", {})) == (409, "conflict")
    other = f.FocalPointRequestFactory(party=place.one)
    assert pointers(place.protocol.post(f"{here}{other.pk}/refuse/", {})) == {"#/reason"}
    assert place.focal.post(f"{here}{other.pk}/withdraw/", {}).json()["state"] == "withdrawn"
    foreign = f.FocalPointRequestFactory(party=place.other)
    assert kind(place.focal.get(f"{here}{foreign.pk}/")) == (404, "not-found")
    assert len(place.focal.get(here).json()["results"]) == 2
    counts = []
    for number in (0, 4):
        for _number in range(number):
            f.FocalPointRequestFactory(party=f.PartyFactory(summit=place.summit))
        counts.append(counted(place.protocol, here))
    assert counts[0] == counts[1] <= 11


# --- what changes hands ---------------------------------------------------------------------------------------------
def test_a_pass_is_handed_on_by_whoever_has_seen_who_carries_it(place: Place) -> None:
    here = f"{DESK}overpasses/"
    rule = f.OverpassRuleFactory(summit=place.summit, people=1)
    ada, bo = (f.MembershipFactory(party=place.one).person.public_id for _number in range(2))
    foreign = f.MembershipFactory(party=place.other).person.public_id
    overpasses.settle_summit(summit=place.summit, by=place.protocol.user)
    listed = place.focal.get(f"{here}?carried=false&order=number").json()["results"]
    assert [(each["party"], each["number"], each["holder"]) for each in listed] == [
        (place.one.public_id, 1, None),
        (place.one.public_id, 2, None),
    ]
    path = f"{here}{listed[0]['id']}/"
    handed = place.focal.post(f"{path}hand/", {"seen": None, "taker": ada})
    assert (handed.status_code, handed.json()["holder"], handed.json()["rule"]) == (200, ada, rule.public_id)
    # Who has not seen who carries it now changes nothing.
    assert kind(place.focal.post(f"{path}hand/", {"seen": None, "taker": bo})) == (409, "conflict")
    assert pointers(place.focal.post(f"{path}hand/", {"seen": ada, "taker": foreign})) == {"#/taker"}
    assert place.focal.post(f"{path}hand/", {"seen": ada, "taker": None}).json()["holder"] is None
    theirs = Overpass.objects.get(party=place.other)
    assert kind(place.focal.get(f"{here}{theirs.pk}/")) == (404, "not-found")
    place.protocol.get(here)
    counts = [counted(place.protocol, here)]
    for _number in range(4):
        f.MembershipFactory(party=place.one)
    overpasses.settle_summit(summit=place.summit, by=place.protocol.user)
    counts.append(counted(place.protocol, here))
    assert counts[0] == counts[1] <= 7


def test_what_was_somebody_s_own_is_passed_on_or_dropped(place: Place) -> None:
    here = f"{DESK}handovers/"
    first, second = (f.HandoverFactory(party=place.one) for _number in range(2))
    taker = f.MembershipFactory(party=place.one).person
    foreign = f.MembershipFactory(party=place.other).person
    place.protocol.get(here)
    counts = [counted(place.protocol, here)]
    for _number in range(4):
        f.HandoverFactory(party=place.other)
    counts.append(counted(place.protocol, here))
    assert counts[0] == counts[1] <= 8
    path = f"{here}{first.public_id}/"
    assert kind(place.focal.get(path)) == (404, "not-found")
    assert kind(place.desk(Role.PROGRAMME).post(f"{path}drop/", {})) == (403, "forbidden")
    wrong = place.protocol.post(f"{path}pass-on/", {"person": foreign.public_id})
    assert kind(wrong) == (409, "conflict")
    passed = place.protocol.post(f"{path}pass-on/", {"person": taker.public_id})
    assert passed.status_code == 200, passed.content
    assert (passed.json()["state"], passed.json()["taker"]) == ("passed", taker.public_id)
    assert passed.json()["item"].partition(",")[0] == "place in a session"
    assert place.protocol.post(f"{here}{second.public_id}/drop/", {}).json()["state"] == "dropped"
    assert kind(place.protocol.post(f"{path}drop/", {})) == (409, "conflict")
    since = (timezone.now() + timedelta(days=1)).isoformat().replace("+", "%2B")
    assert place.protocol.get(f"{here}?waits_since={since}").json()["results"] == []

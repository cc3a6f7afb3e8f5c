"""What goes between a party and the host by the API: declarations, visas, focal points, handovers."""

from base64 import b64decode
from datetime import timedelta

import pytest
from django.utils import timezone

from delegations.members.models.focal_points import FocalPoint
from delegations.travel.models.visas import VisaLetter
from summit.permissions.models import Role
from tests import factories as f
from tests.delegations.api.conftest import DESK, Place, ids, kind, pointers, seen_by

pytestmark = pytest.mark.django_db

HERE = f"{DESK}visa-letters/"
EMBASSY = "Embassy of Hostland in Landcity"
NUMBER = "X4821397"


def test_something_is_declared_permitted_and_withdrawn(place: Place) -> None:
    here, vetting = f"{DESK}declarations/", place.desk(Role.VETTING)
    f.DeclarationKindFactory(summit=place.summit, name="Radios", names={"fr": "Radios portables"})
    [known] = place.focal.get(f"{DESK}declaration-kinds/", Accept_Language="fr").json()["results"]
    assert (known["called"], known["name"], known["permit"]) == ("Radios portables", "Radios", True)
    person = f.MembershipFactory(party=place.one).person.public_id
    said = {"person": person, "kind": known["id"], "details": "Two radios"}
    assert pointers(place.focal.post(here, {**said, "kind": f.DeclarationKindFactory().pk})) == {"#/kind"}
    told = place.focal.post(here, said).json()
    assert (told["state"], told["details"], told["kind_name"]) == ("declared", "Two radios", "Radios")
    path = f"{here}{told['id']}/"
    assert vetting.post(f"{path}permit/", {}).json()["decided_by"] == "Pat"
    refused = vetting.post(f"{path}refuse/", {"reason": "Bring none"}).json()
    assert (refused["state"], refused["reason"]) == ("refused", "Bring none")
    second = f.DeclarationFactory(party=place.one)
    assert place.focal.delete(f"{here}{second.public_id}/", If_Match="*").status_code == 204
    assert ids(vetting.get(f"{here}?state=refused")) == [told["id"]]


def test_a_desk_adds_kinds_after_the_others_and_changes_them(place: Place) -> None:
    here = f"{DESK}declaration-kinds/"
    f.DeclarationKindFactory(summit=place.summit, name="Radios", position=4)
    said = {"name": "Weapons", "asks": "Make and number", "names": {"fr": "Armes"}}
    assert pointers(place.protocol.post(here, {**said, "names": {"xx": "Arms"}})) == {"#/names/xx"}
    made = place.protocol.post(here, said)
    assert (made.status_code, made.json()["position"], made.json()["names"]) == (201, 5, {"fr": "Armes"})
    path = f"{here}{made.json()['id']}/"
    assert place.protocol.patch(path, {"name": "Radios"}, If_Match="*").status_code == 422
    assert place.protocol.patch(path, {"permit": False}, If_Match=made["ETag"]).json()["permit"] is False


def test_nobody_declares_for_another_party_s_people(place: Place) -> None:
    here = f"{DESK}declarations/"
    foreign = f.DeclarationFactory(party=place.other)
    assert ids(place.focal.get(here)) == []
    said = {"person": foreign.person.public_id, "kind": foreign.kind.pk, "details": "x"}
    assert pointers(place.focal.post(here, said)) == {"#/person"}


def test_a_focal_point_is_asked_for_and_approved(place: Place) -> None:
    here = f"{DESK}focal-point-requests/"
    said = {"party": place.one.public_id, "name": "Gil Example", "email": "gil@aland.example"}
    assert pointers(place.focal.post(here, {**said, "email": "no mailbox"})) == {"#/email"}
    assert pointers(place.focal.post(here, {**said, "party": place.other.public_id})) == {"#/party"}
    made = place.focal.post(here, said)
    path = f"{here}{made.json()['id']}/"
    approved = place.protocol.post(f"{path}approve/", {}).json()
    point = FocalPoint.objects.get(person__email="gil@aland.example")
    assert (approved["state"], approved["person"]) == ("approved", point.person.public_id)
    assert kind(place.focal.post(f"{path}withdraw/", {})) == (409, "conflict")
    other = f.FocalPointRequestFactory(party=place.one)
    assert pointers(place.protocol.post(f"{here}{other.pk}/refuse/", {})) == {"#/reason"}
    assert place.focal.post(f"{here}{other.pk}/withdraw/", {}).json()["state"] == "withdrawn"
    assert len(ids(place.focal.get(here))) == 2


def test_what_was_somebody_s_own_is_passed_on_or_dropped(place: Place) -> None:
    here = f"{DESK}handovers/"
    first, second = (f"{here}{f.HandoverFactory(party=place.one).public_id}/" for _number in range(2))
    taker, foreign = (f.MembershipFactory(party=each).person.public_id for each in (place.one, place.other))
    assert kind(place.protocol.post(f"{first}pass-on/", {"person": foreign})) == (409, "conflict")
    passed = place.protocol.post(f"{first}pass-on/", {"person": taker}).json()
    assert (passed["state"], passed["taker"], passed["item"][:18]) == ("passed", taker, "place in a session")
    assert place.protocol.post(f"{second}drop/", {}).json()["state"] == "dropped"
    assert kind(place.protocol.post(f"{first}drop/", {})) == (409, "conflict")
    since = (timezone.now() + timedelta(days=1)).isoformat().replace("+", "%2B")
    assert ids(place.protocol.get(f"{here}?waits_since={since}")) == []


def test_a_letter_is_asked_for_issued_read_and_made_void(place: Place) -> None:
    ada = f.MembershipFactory(party=place.one).person
    passport = {"passport_name": "ADA EXAMPLE", "birth_date": "1980-02-29", "passport_number": NUMBER}
    f.ParticularsFactory(person=ada, entered_for=place.one, nationality="FR", **passport)
    person = ada.public_id
    assert pointers(place.focal.post(HERE, {"person": person})) == {"#/embassy"}
    asked = place.focal.post(HERE, {"person": person, "embassy": EMBASSY})
    assert (asked.json()["state"], asked.json()["number"], asked.json()["party_name"]) == ("asked", None, "Aland")
    assert kind(place.focal.post(HERE, {"person": person, "embassy": EMBASSY})) == (409, "conflict")
    key = asked.json()["id"]
    issued = place.protocol.post(f"{HERE}issue/", {"letters": [key]})
    [letter] = issued.json()["letters"]
    assert (letter["state"], letter["number"], letter["decided_by"]) == ("issued", 1, "Pat")
    own = place.focal.get(f"{HERE}{key}/")
    assert (own.json()["state"], own.json()["decided_by"]) == ("issued", None)
    content, name = f"{HERE}{key}/content/", "Visa support letter – 1 – Aland.pdf"
    for reader in (place.protocol, place.focal):
        told = reader.get(content).json()
        assert (told["file_name"], b64decode(told["content"])[:5]) == (name, b"%PDF-")
        assert seen_by(reader)[-1].detail["people"] == [person]
    void = place.protocol.post(f"{HERE}{key}/void/", {"reason": "She comes not"})
    assert (void.json()["state"], void.json()["reason"]) == ("void", "She comes not")
    assert kind(place.focal.get(content)) == (404, "not-found")
    assert place.protocol.get(content).status_code == 200
    answers = [asked, issued, own, void, place.protocol.get(HERE)]
    assert [NUMBER in each.content.decode() for each in answers] == [False] * 5


def test_nobody_asks_for_another_party_s_people(place: Place) -> None:
    foreign = f.VisaLetterFactory(party=place.other)
    assert pointers(place.focal.post(HERE, {"person": foreign.person.public_id, "embassy": EMBASSY})) == {"#/person"}
    assert ids(place.focal.get(HERE)) == []
    assert VisaLetter.objects.count() == 1
    place.protocol.get(HERE)
    [entry] = seen_by(place.protocol)
    assert (entry.fields, entry.detail["people"]) == (["embassy", "reason"], [foreign.person.public_id])

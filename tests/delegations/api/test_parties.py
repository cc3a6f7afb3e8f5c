"""Parties, their contacts, officers and tables in the API: to desks whole, to their own people what is theirs."""

from base64 import b64decode, b64encode
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from delegations.imports.models import DelegationImportFile
from delegations.liaison.models import LiaisonOfficer
from delegations.members import column_headings
from delegations.members.models.categories import Category
from delegations.members.models.focal_points import FocalPoint
from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party
from delegations.travel.models.visas import VisaLetter
from summit.api_base.models.answers import IdempotencyRecord
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.api.conftest import DESK, Land, Place, ids, kind, pointers, seen_by, values
from tests.summit.api.conftest import Program, program

pytestmark = pytest.mark.django_db
PARTIES = f"{DESK}parties/"
FREE = ("notes", "mission_contact", "external_ids")
VALUES = {"name": "France", "formal_name": "French Republic", "sort_key": "France", "iso_code": "FR"}


def names(program: Program, query: str = "", path: str = PARTIES) -> list[str]:
    return values(program.get(f"{path}?{query}"), "name")


def test_a_party_is_entered_whole_and_known_by_another_system_s_key(protocol: Program, here: Summit) -> None:
    more = {"names": {"fr": {"name": "France"}}, "external_ids": {"registry": "4711"}}
    made = protocol.post(PARTIES, {**VALUES, **more})
    body = made.json()
    assert (made.status_code, body["external_ids"], body["names"]["fr"]["name"]) == (
        *(201, {"registry": "4711"}, "France"),
    )
    assert (body["invitation"], body["answer"], body["comes_at"]) == (None, None, None)
    where = f"{PARTIES}ext:registry:4711/"
    changed = protocol.patch(where, {"notes": "Call.", "external_ids": {"registry": "8"}}, If_Match=made["ETag"])
    assert (changed.status_code, changed.json()["notes"]) == (200, "Call.")
    assert kind(protocol.get(where)) == (404, "not-found")


def test_its_own_people_see_it_alone(own: Land, other: Land, focal: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    Party.objects.filter(pk=own.party.pk).update(notes="Secret", mission_contact="Gil")
    f.ExternalIdFactory(party=own.party)
    f.InvitationFactory(party=own.party)
    delegate = f.MembershipFactory(party=own.party, person__user=f.UserFactory()).person.user
    where = f"{PARTIES}{own.party.public_id}/"
    for reader in (focal, program(delegate)):
        [body] = reader.get(PARTIES).json()["results"]
        assert (body["name"], [name for name in FREE if body[name]], body["invitation"]) == ("Own", [], None)
    assert kind(focal.get(f"{PARTIES}{other.party.public_id}/")) == (404, "not-found")
    assert kind(focal.patch(where, {"notes": "A"}, If_Match="*")) == (403, "forbidden")
    # Desks that see no keys read none.
    viewer = program(f.UserFactory.with_role(Role.VIEWER, own.party.summit))
    assert viewer.get(where).json()["external_ids"] is None
    # Control: what is the desks' alone is left out by name.
    monkeypatch.setattr("delegations.overview.api.parties.HOST_ONLY", ())
    assert values(focal.get(PARTIES), "notes") == ["Secret"]


def test_a_desk_s_sight_of_who_is_spoken_to_is_recorded(protocol: Program, own: Land, other: Land) -> None:
    Party.objects.filter(pk=own.party.pk).update(mission_contact="Gil")
    protocol.get(f"{PARTIES}?fields=name,answer")
    assert seen_by(protocol) == []
    protocol.get(PARTIES)
    assert [(entry.object_key, entry.fields) for entry in seen_by(protocol)] == [
        (own.party.public_id, ["mission_contact"])
    ]


def test_parties_are_narrowed_by_what_a_registry_asks(protocol: Program, here: Summit) -> None:
    f.PartyFactory(summit=here, name="Alba", iso_code="AL", protocol_order=2)
    coming = f.PartyFactory(summit=here, name="Benin", protocol_order=1)
    f.PartyNameFactory(party=coming, name="Bénin")
    f.InvitationFactory(party=coming, answered=True, level="minister")
    f.PartyFactory(summit=here, name="Union", kind="international", mission_email="")
    for query, wanted in (
        *(("order=-name", ["Union", "Benin", "Alba"]), ("order=precedence", ["Benin", "Alba", "Union"])),
        *(("answer=attending", ["Benin"]), ("answer=uninvited", ["Alba", "Union"]), ("comes_at=minister", ["Benin"])),
        *(("q=beni", ["Benin"]), ("kind=international&lacks=mailbox&ranked=false", ["Union"])),
        ("iso_code=al&group=europe", ["Alba"]),
    ):
        assert names(protocol, query) == wanted, query
    assert kind(protocol.get(f"{PARTIES}?answer=maybe")) == (400, "parameters")


def test_the_protocol_order_is_set_by_whoever_has_read_it(protocol: Program, here: Summit) -> None:
    one, two, three = (f.PartyFactory(summit=here, name=name).public_id for name in "ABC")
    arrange = lambda *order, expected: protocol.post(f"{PARTIES}arrange/", {"order": order, "expected": expected})  # noqa: E731
    assert ids(arrange(two, one, expected=[])) == [two, one]
    assert kind(arrange(three, expected=[one, two])) == (409, "conflict")
    assert kind(arrange("x", expected=[two, one])) == (422, "fields")
    assert values(arrange(three, expected=[two, one]), "precedence") == [1]


ASKED = ("recognised=true", "ranked=true", "q=hidden.example")


def test_its_own_people_learn_by_no_filter_what_is_the_desks_alone(
    own: Land, focal: Program, protocol: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    Party.objects.filter(pk=own.party.pk).update(protocol_order=7, mission_email="a@hidden.example")
    second = f.PartyFactory(summit=own.party.summit, name="Second", protocol_order=3, mission_email="")
    f.FocalPointFactory(party=second, person=own.focal.people.get())
    own.focal.people.update(email="")
    assert names(protocol, "&".join(ASKED)) == ["Own"]
    assert names(protocol, "lacks=mailbox") == ["Second"]
    for query in (*ASKED, "lacks=mailbox"):
        assert names(focal, query) == [], query
    assert names(focal, "q=own") == ["Own"]
    assert names(focal, "q=hidden.example", f"{DESK}quotas/") == []
    assert [names(reader, "order=precedence") for reader in (protocol, focal)] == [
        *(["Second", "Own"], ["Own", "Second"]),
    ]
    monkeypatch.setattr("delegations.parties.api.fields.summits_for", lambda user, action: None)
    assert names(focal, "&".join(ASKED)) == ["Own"]


def test_a_desk_and_a_focal_point_write_contacts_of_their_own_party(place: Place) -> None:
    here, foreign = f"{DESK}contacts/", f.ContactFactory(party=place.other)
    said = {"party": place.one.public_id, "role": "press", "name": "Bea", "phone": "+33 1"}
    assert pointers(place.focal.post(here, {**said, "party": place.other.public_id})) == {"#/party"}
    assert place.focal.post(here, {**said, "phone": ""}).status_code == 422
    made = place.focal.post(here, said)
    assert (made.status_code, made.json()["role"]) == (201, "press"), made.content
    path = f"{here}{made.json()['id']}/"
    assert place.protocol.patch(path, {"note": "nights"}, If_Match=made["ETag"]).json()["note"] == "nights"
    assert ids(place.focal.get(here)) == [made.json()["id"]]
    assert ids(place.protocol.get(f"{here}?party={place.other.public_id}")) == [str(foreign.pk)]
    assert "delegations.contact" in [entry.object_type for entry in seen_by(place.protocol)]
    assert place.protocol.delete(path, If_Match="*").status_code == 204


def test_a_liaison_officer_is_entered_with_the_person_and_assigned(place: Place) -> None:
    here = f"{DESK}liaison-officers/"
    said = {"name": "Grace", "phone": "+44 7", "email": "grace@host.example", "hours": "7 to 22"}
    assert pointers(place.protocol.post(here, {"hours": "7 to 22"})) == {"#/name"}
    made = place.protocol.post(here, {**said, "parties": [place.one.public_id]})
    told = made.json()
    assert (made.status_code, {name: told[name] for name in said}) == (201, said)
    assert told["person"] == Person.objects.get(name="Grace").public_id
    f.LiaisonOfficerFactory(summit=place.summit).parties.add(place.other)
    assert ids(place.focal.get(here)) == [told["id"]]
    path = f"{here}{told['id']}/"
    both = [place.one.public_id, place.other.public_id]
    changed = place.protocol.patch(path, {"parties": both, "phone": "+44 8"}, If_Match=made["ETag"]).json()
    assert (sorted(changed["parties"]), changed["phone"]) == (sorted(both), "+44 8")
    assert place.protocol.delete(path, If_Match="*").status_code == 204
    assert LiaisonOfficer.objects.count() == 1


HERE = f"{DESK}sheets/"
PASSPORT = column_headings.heading("passport_number")
ROWS = ("delegation,name,e-mail,shoe size", "Aland,Ada Example,ada@x.example,38", "Bland,Bea Example,,")
TEXT = "\n".join((*ROWS, f"Aland,{'D' * 300},,", ""))


def headings(file: dict[str, str]) -> list[str]:
    return b64decode(file["content"]).decode("utf-8-sig").strip().split(",")


def sent(text: str = TEXT, **more: Any) -> dict[str, Any]:
    return {"file_name": "people.csv", "content": b64encode(text.encode()).decode(), **more}


def test_a_table_is_looked_at_and_taken_over_once(place: Place) -> None:
    Category.objects.of(place.summit)
    made = place.protocol.post(HERE, sent()).json()
    report = made["report"]
    assert report["counts"] == {"new": 2, "changed": 0, "same": 0, "asks": 0, "refused": 1, "odd": 0}
    lines = [(each["number"], each["outcome"], each["name"]) for each in report["lines"]]
    assert lines == [(2, "new", "Ada Example"), (3, "new", "Bea Example"), (4, "refused", "D" * 300)]
    assert report["notices"] == ["Unknown columns skipped: shoe size."]
    assert (made["applied_at"], made["job"], Membership.objects.exists()) == (None, None, False)
    where = f"{HERE}{made['id']}/"
    reader = place.desk(Role.ORGANISER)
    assert reader.get(where).json()["report"] == report
    assert [entry.fields for entry in seen_by(reader)] == [["report"]]
    assert place.protocol.post(f"{where}take/", {}).json()["applied_at"] is not None
    assert Membership.objects.get(person__name="Ada Example").party == place.one
    again = place.protocol.post(f"{where}take/", {})
    assert kind(again) == (409, "conflict")
    assert again.json()["detail"].startswith("This file is already imported or deleted.")


def test_a_table_is_taken_over_once_by_a_key_too(place: Place) -> None:
    Category.objects.of(place.summit)
    take = f"{HERE}{place.protocol.post(HERE, sent()).json()['id']}/take/"
    # It runs in no transaction, and If-Match holds all the same.
    assert kind(place.protocol.post(take, {}, If_Match='"x"')) == (412, "changed")
    assert not Membership.objects.exists()
    first, again = (place.protocol.post(take, {}, Idempotency_Key="k") for _time in range(2))
    assert (first.status_code, again.status_code, first.content) == (200, 200, again.content)
    # As if the process had been killed before it stored the response.
    IdempotencyRecord.objects.update(status=None, body=None, made_at=timezone.now() - timedelta(minutes=2))
    refused = [place.protocol.post(take, {}, Idempotency_Key="k") for _time in range(2)]
    assert [kind(each) for each in refused] == [(409, "conflict")] * 2
    assert Membership.objects.count() == 2


def test_an_empty_table_has_what_its_reader_may_enter(place: Place) -> None:
    desk = place.protocol.post(f"{HERE}blank/", {"ending": "csv"}).json()
    assert (desk["file_name"], headings(desk)[:2]) == ("people.csv", ["Delegation", "Name"])
    assert PASSPORT not in headings(desk)
    assert place.protocol.post(f"{HERE}blank/", {"kind": "parties"}).json()["file_name"] == "parties.xlsx"
    assert pointers(place.focal.post(f"{HERE}blank/", {})) == {"#/party"}
    own = place.focal.post(f"{HERE}blank/", {"ending": "csv", "party": place.one.public_id}).json()
    assert headings(own)[0] == "Name"
    assert PASSPORT in headings(own)


def test_what_is_no_table_is_refused(place: Place) -> None:
    assert pointers(place.protocol.post(HERE, sent("shoe size\n38\n"))) == {"#/content"}
    # The list of members has several fields in one column; the right file is named with its address.
    members = "Number in the system,Person,Delegation,Category,State,Vetted,Missing\n1,Ada,Aland,,,,\n"
    [wrong] = place.protocol.post(HERE, sent(members)).json()["errors"]
    assert wrong["detail"].startswith("This file is an export of “Members”. Export “People” and choose that file.")
    assert f"{settings.BASE_URL}/admin/summit/person/export/?" in wrong["detail"]
    assert not DelegationImportFile.objects.exists()


def test_a_focal_point_brings_their_own_people(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    Category.objects.of(place.summit)
    assert pointers(place.focal.post(HERE, sent())) == {"#/party"}
    for asks, party in ((place.focal, place.other), (place.protocol, place.one)):
        assert pointers(asks.post(HERE, sent(party=party.public_id))) == {"#/party"}
    own = place.focal.post(HERE, sent("name\nCy Example\n", party=place.one.public_id))
    assert (own.status_code, own.json()["party"], own.json()["uploaded_by"]) == (201, place.one.public_id, None)
    where = f"{HERE}{own.json()['id']}/"
    assert kind(place.protocol.get(where)) == (404, "not-found")
    assert place.focal.post(f"{where}take/", {}).json()["report"]["counts"]["new"] == 1
    assert Membership.objects.get(person__name="Cy Example").party == place.one
    assert ids(place.focal.get(HERE)) == [own.json()["id"]]
    # Control: without looking whose it is a desk would read a party's table.
    monkeypatch.setattr("delegations.imports.api.own_parties", lambda user, role: place.summit.parties.all())
    assert place.protocol.get(where).status_code == 200


LETTERS = f"{DESK}visa-letters/"
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
    assert pointers(place.focal.post(LETTERS, {"person": person})) == {"#/embassy"}
    asked = place.focal.post(LETTERS, {"person": person, "embassy": EMBASSY})
    assert (asked.json()["state"], asked.json()["number"], asked.json()["party_name"]) == ("asked", None, "Aland")
    assert kind(place.focal.post(LETTERS, {"person": person, "embassy": EMBASSY})) == (409, "conflict")
    key = asked.json()["id"]
    issued = place.protocol.post(f"{LETTERS}issue/", {"letters": [key]})
    [letter] = issued.json()["letters"]
    assert (letter["state"], letter["number"], letter["decided_by"]) == ("issued", 1, "Pat")
    own = place.focal.get(f"{LETTERS}{key}/")
    assert (own.json()["state"], own.json()["decided_by"]) == ("issued", None)
    content, name = f"{LETTERS}{key}/content/", "Visa support letter – 1 – Aland.pdf"
    for reader in (place.protocol, place.focal):
        told = reader.get(content).json()
        assert (told["file_name"], b64decode(told["content"])[:5]) == (name, b"%PDF-")
        assert seen_by(reader)[-1].detail["people"] == [person]
    void = place.protocol.post(f"{LETTERS}{key}/void/", {"reason": "She comes not"})
    assert (void.json()["state"], void.json()["reason"]) == ("void", "She comes not")
    assert kind(place.focal.get(content)) == (404, "not-found")
    assert place.protocol.get(content).status_code == 200
    answers = [asked, issued, own, void, place.protocol.get(LETTERS)]
    assert [NUMBER in each.content.decode() for each in answers] == [False] * 5


def test_nobody_asks_for_another_party_s_people(place: Place) -> None:
    foreign = f.VisaLetterFactory(party=place.other)
    assert pointers(place.focal.post(LETTERS, {"person": foreign.person.public_id, "embassy": EMBASSY})) == {
        "#/person"
    }
    assert ids(place.focal.get(LETTERS)) == []
    assert VisaLetter.objects.count() == 1
    place.protocol.get(LETTERS)
    [entry] = seen_by(place.protocol)
    assert (entry.fields, entry.detail["people"]) == (["embassy", "reason"], [foreign.person.public_id])

"""People and members in the API, at desks and to focal points of their own party; and what they are asked for."""

import base64
from typing import Any

import pytest
from django.db.models import Q

from delegations.members.models.members import FormerMember, Membership
from delegations.members.models.particulars import Particulars
from delegations.members.person_field_groups import FieldReader
from summit.people.models import Person
from summit.permissions import rules
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.api.conftest import DESK, Land, Place, ids, kind, pointers, seen_by, values
from tests.delegations.members.test_photos import picture
from tests.summit.api.conftest import Program, program

pytestmark = pytest.mark.django_db

PEOPLE, MEMBERS = f"{DESK}people/", f"{DESK}members/"


def names(response: Any) -> list[str]:
    return values(response, "name")


def test_a_focal_point_enters_and_changes_their_own_people_alone(
    own: Land, other: Land, focal: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whom they entered, and who is a member of another party by now, is theirs no more.
    f.ParticularsFactory(person=f.MembershipFactory(party=other.party).person, entered_for=own.party)
    # Nor is who acts for their party where another one has entered them.
    f.ParticularsFactory(person=f.FocalPointFactory(party=own.party).person, entered_for=other.party)
    assert names(focal.get(f"{PEOPLE}?order=name")) == ["Ada of Own", "Fay of Own"]
    made = focal.post(PEOPLE, {"party": own.party.public_id, "name": "Ben Eze", "office": "Adviser"})
    assert (made.status_code, made.json()["party"], made.json()["category"]) == (201, own.party.public_id, None)
    changed = focal.patch(f"{PEOPLE}{made.json()['id']}/", {"rank": "First"}, If_Match=made["ETag"])
    assert (changed.status_code, changed.json()["rank"]) == (200, "First")
    theirs = f"{PEOPLE}{other.person.public_id}/"
    assert kind(focal.patch(theirs, {"rank": "A"}, If_Match="*")) == (404, "not-found")
    assert pointers(focal.post(PEOPLE, {"party": other.party.public_id, "name": "Cy Ode"})) == {"#/party"}
    keyed = {"party": own.party.public_id, "name": "Cy Ode", "external_ids": {"registry": "1"}}
    for body in ({"name": "Cy Ode"}, keyed):
        assert kind(focal.post(PEOPLE, body)) == (403, "forbidden")
    assert not Person.objects.filter(name="Cy Ode").exists()
    # Control: if all people were one's own they would be seen.
    for model in (Person, Membership):
        monkeypatch.setitem(rules._OWN, model, lambda user, role: Q(pk__isnull=False))
    assert "Ada of Other" in names(focal.get(PEOPLE))
    assert focal.get(f"{MEMBERS}{other.person.public_id}/").status_code == 200


def test_nobody_learns_by_an_address_what_another_system_calls_their_own(
    own: Land, protocol: Program, focal: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a registry calls one of the focal point's own people, focal points aren't told."""
    bare = f"registry:{f.ExternalIdFactory(party=None, person=own.person, value='4712').value}"
    key = f"ext:{bare}"
    assert focal.get(f"{PEOPLE}{own.person.public_id}/").json()["external_ids"] is None
    assert protocol.get(f"{PEOPLE}{key}/").status_code == 200
    # It is no key without what such a key begins with.
    for asks, path in ((focal, f"{PEOPLE}{key}/"), (focal, f"{MEMBERS}{key}/"), (protocol, f"{PEOPLE}{bare}/")):
        assert kind(asks.get(path)) == (404, "not-found")
    f.ExternalIdFactory(party=own.party, value="9")
    named = {"party": "ext:registry:9", "name": "Ben Eze"}
    assert pointers(focal.post(PEOPLE, named)) == {"#/party"}
    assert protocol.post(PEOPLE, named).status_code == 201
    # Control: with the keys told to all they would.
    monkeypatch.setattr("summit.api_base.viewset_views.keys_visible_to", lambda user, path: Q())
    assert focal.get(f"{PEOPLE}{key}/").status_code == 200


def test_who_seems_known_is_pointed_out(own: Land, other: Land, focal: Program, protocol: Program) -> None:
    data = {"party": own.party.public_id, "name": "Own of Ada", "office": "Minister"}
    refused = focal.post(PEOPLE, data)
    assert kind(refused) == (409, "conflict")
    [told] = refused.json()["errors"]
    assert (told["pointer"], own.person.public_id in told["detail"]) == ("#/another", True)
    assert focal.post(PEOPLE, {**data, "another": [own.person.public_id]}).status_code == 201
    # Of another party's people nobody learns that they are there.
    assert focal.post(PEOPLE, {**data, "name": "Ada of Other"}).status_code == 201
    assert kind(protocol.post(PEOPLE, {"name": "Ada of Other"})) == (409, "conflict")


def test_a_registry_knows_people_by_its_own_keys(protocol: Program, own: Land) -> None:
    data = {"party": own.party.public_id, "name": "Ben Eze", "external_ids": {"registry": "7/a"}}
    made = protocol.post(PEOPLE, data)
    assert made.json()["external_ids"] == {"registry": "7/a"}
    sent = [
        *({"name": name, "external_ids": {"registry": key}} for name, key in (("Cy Ode", "8"), ("Di Fox", "7/a"))),
        {"id": made.json()["id"], "etag": made["ETag"], "external_ids": {"registry": "7"}},
    ]
    done = protocol.post(f"{PEOPLE}bulk/", {"rows": sent}).json()["rows"]
    assert [each["status"] for each in done] == [201, 422, 200]
    assert protocol.get(f"{PEOPLE}ext:registry:7/").json()["name"] == "Ben Eze"


def test_who_sees_no_members_learns_nobody_s_party(vetting: Program, protocol: Program, own: Land) -> None:
    where = f"{PEOPLE}{own.person.public_id}/"
    told, whole = vetting.get(where).json(), protocol.get(where).json()
    assert (told["name"], told["party"], told["category"], told["external_ids"]) == ("Ada of Own", None, None, None)
    assert (whole["party"], whole["category"]) == (own.party.public_id, "delegate")
    queries = (f"party={own.party.public_id}", "category=delegate", "member=true")
    assert [names(vetting.get(f"{PEOPLE}?{query}")) for query in queries] == [[]] * 3
    assert names(protocol.get(f"{PEOPLE}?{'&'.join(queries)}")) == ["Ada of Own"]


def test_people_are_searched_and_who_saw_them_is_recorded(protocol: Program, own: Land, other: Land) -> None:
    protocol.get(f"{PEOPLE}?fields=id,language")
    assert seen_by(protocol) == []
    protocol.get(f"{PEOPLE}{own.person.public_id}/")
    protocol.get(f"{PEOPLE}?fields=name")
    one, listed = seen_by(protocol)
    assert (one.object_key, "email" in one.fields, "time_zone" in one.fields) == (own.person.public_id, True, False)
    assert (listed.fields, len(listed.detail["keys"])) == (["name"], 4)
    assert names(protocol.get(f"{PEOPLE}?q=áda&order=-name")) == ["Ada of Own", "Ada of Other"]
    assert names(protocol.get(f"{PEOPLE}?email=ADA@own.example")) == ["Ada of Own"]
    assert kind(protocol.get(f"{PEOPLE}?q=a")) == (400, "parameters")


def test_a_focal_point_names_moves_confirms_and_withdraws(own: Land, other: Land, focal: Program) -> None:
    data = {"party": own.party.public_id, "category": "adviser", "name": "Ben Eze", "office": "Adviser"}
    made = focal.post(MEMBERS, data)
    assert (made.status_code, made.json()["category"], made.json()["confirmed_at"]) == (201, "adviser", None)
    assert made.json()["lacks"] == ["confirmation", "passport", "photo", "arrival"]
    where = made["Location"].removeprefix("http://testserver/api/v1/")
    moved = focal.patch(where, {"category": "delegate"}, If_Match=made["ETag"])
    assert (moved.status_code, moved.json()["category"]) == (200, "delegate")
    assert focal.post(f"{where}confirm/", {}).json()["confirmed_at"] is not None
    assert focal.delete(where, If_Match="*").status_code == 204
    assert FormerMember.objects.get().person.name == "Ben Eze"


def test_somebody_comes_instead(own: Land, other: Land, focal: Program) -> None:
    where = f"{MEMBERS}{own.person.public_id}/"
    assert pointers(focal.post(f"{where}replace/", {"person": other.person.public_id})) == {"#/person"}
    data = {"name": "Ben Eze", "office": "Minister"}
    done = focal.post(f"{where}replace/", data, Idempotency_Key="k")
    assert focal.post(f"{where}replace/", data, Idempotency_Key="k").content == done.content
    assert (done.status_code, done.json()["name"], done.json()["category"]) == (200, "Ben Eze", "delegate")
    free = f.PersonFactory(summit=own.party.summit, name="Cy Ode")
    f.ParticularsFactory(person=free, entered_for=own.party)
    again = focal.post(f"{MEMBERS}{done.json()['id']}/replace/", {"person": free.public_id})
    assert again.json()["name"] == "Cy Ode"


def test_members_stand_in_an_order_and_are_confirmed_together(own: Land, other: Land, focal: Program) -> None:
    second = f.MembershipFactory(party=own.party, position=1).person.public_id
    first, party = own.person.public_id, own.party.public_id
    data = {"party": party, "order": [second, first], "expected": [first, second]}
    assert ids(focal.post(f"{MEMBERS}reorder/", data)) == [second, first]
    assert kind(focal.post(f"{MEMBERS}reorder/", data)) == (409, "conflict")
    assert ids(focal.post(f"{MEMBERS}confirm/", {"party": party, "members": [first]})) == [first]
    assert names(focal.get(f"{MEMBERS}?confirmed=true")) == ["Ada of Own"]
    for more in ({"party": other.party.public_id}, {"party": party, "members": [other.person.public_id]}):
        assert kind(focal.post(f"{MEMBERS}confirm/", more)) == (422, "fields")


PASSPORTS, NEEDS, TRAVEL, PHOTOS = (f"{DESK}{name}/" for name in ("passports", "needs", "travel", "photos"))


def seen(reader: Program) -> list[tuple[str, list[str]]]:
    return [(entry.object_type, entry.fields) for entry in seen_by(reader)]


def test_vetting_reads_passports_and_each_look_is_recorded(vetting: Program, own: Land) -> None:
    where = f"{PASSPORTS}{own.person.public_id}/"
    vetting.get(where)
    read = vetting.get(where)
    body = read.json()
    assert (body["passport_number"], body["entered"], body["party"]) == ("XOwn", ["passport_number"], None)
    assert seen(vetting) == [("summit.person", ["passport_number"])] * 2
    given = {"nationality": "FR", "birth_date": "1980-02-01"}
    body = vetting.patch(where, given, If_Match=read["ETag"]).json()
    assert (body["birth_date"], body["entered"][:2]) == ("1980-02-01", ["birth_date", "nationality"])
    wrong = vetting.patch(where, {"birth_date": "2180-02-01", "nationality": "??"}, If_Match="*")
    assert pointers(wrong) == {"#/birth_date", "#/nationality"}


def test_a_focal_point_sees_its_own(own: Land, other: Land, focal: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    assert values(focal.get(f"{NEEDS}?member=true"), "diet") == ["No Own"]
    Particulars.objects.filter(person=own.person).update(entered_for=None)
    where = f"{PASSPORTS}{own.person.public_id}/"
    body = focal.get(where).json()
    assert (body["passport_number"], body["entered"]) == (None, ["passport_number"])
    assert kind(focal.patch(where, {"passport_number": "Y"}, If_Match="*")) == (403, "forbidden")
    assert focal.patch(where, {"sex": "F"}, If_Match="*").json()["sex"] == "F"
    assert {fields[0] for _label, fields in seen(focal)} == {"diet", "sex"}
    # Control: who reads is asked for each field.
    monkeypatch.setattr(FieldReader, "visible", lambda self, person: {"passport_number"})
    assert focal.get(where).json()["passport_number"] == "XOwn"


def test_no_filter_tells_when_it_changed_to_others(own: Land, focal: Program, protocol: Program) -> None:
    since = "?changed_since=2020-01-01T00:00:00Z"
    assert ids(focal.get(f"{NEEDS}{since}")) == [own.person.public_id]
    Particulars.objects.filter(person=own.person).update(entered_for=None)
    assert [ids(focal.get(f"{path}{since}")) for path in (NEEDS, TRAVEL, PASSPORTS)] == [[]] * 3
    assert ids(protocol.get(f"{NEEDS}{since}")) == [own.person.public_id]


def test_journeys_narrow_by_what_one_may_read(own: Land, other: Land, focal: Program, protocol: Program) -> None:
    Particulars.objects.filter(person=own.person).update(arrives_at=f.START)
    early = f"{TRAVEL}?arrives_from=2025-03-01T00:00:00Z"
    assert values(protocol.get(early), "arrives_at") == ["2025-03-31T08:00:00Z"]
    assert ids(protocol.get(f"{TRAVEL}?arrives_from=2025-04-01T00:00:00Z")) == []
    assert values(focal.get(early), "hotel") == ["Hotel Own"]
    Particulars.objects.filter(person=own.person).update(withheld=["arrives_at"])
    assert ids(focal.get(early)) == []
    assert values(focal.get(f"{TRAVEL}?member=true"), "arrives_at") == [None]


def test_who_has_a_passport_or_needs_is_known_without_reading_them(vetting: Program, own: Land, here: Summit) -> None:
    Particulars.objects.filter(person=own.person).update(passport_digest="x", diet="")
    assert values(vetting.get(f"{PASSPORTS}?entered=true&fields=name"), "name") == ["Ada of Own"]
    assert "Ada of Own" not in values(vetting.get(f"{PASSPORTS}?entered=false&fields=name"), "name")
    assert seen(vetting) == []
    officer = program(f.UserFactory.with_role(Role.CONFERENCE_OFFICER, here))
    assert ids(officer.get(f"{NEEDS}?entered=true")) == []
    Particulars.objects.filter(person=own.person).update(diet="Halal")
    assert values(officer.get(f"{NEEDS}?entered=true&party={own.party.public_id}"), "party") == [own.party.public_id]


def test_photographs_are_kept_and_never_shown(own: Land, other: Land, focal: Program, protocol: Program) -> None:
    content = base64.b64encode(picture((400, 400), "JPEG")).decode()
    sent = {"person": own.person.public_id, "content": content}
    made = focal.post(PHOTOS, sent)
    assert (made.status_code, made.json()["width"], made.json()["entered"]) == (201, 400, ["photo"])
    since = f"{PHOTOS}?changed_since=2020-01-01T00:00:00Z"
    listed = focal.get(since)
    assert (ids(listed), b"content" in listed.content) == ([own.person.public_id], False)
    strange, unreadable = {**sent, "person": other.person.public_id}, {**sent, "content": ""}
    assert kind(focal.post(PHOTOS, strange)) == (422, "fields")
    many = focal.post(f"{PHOTOS}bulk/", {"rows": [sent, strange, unreadable, {**sent, "content": "bm9uZQ=="}]}).json()
    assert [row["status"] for row in many["rows"]] == [201, 422, 422, 422]
    where = f"{PHOTOS}{own.person.public_id}/"
    assert kind(focal.delete(where, If_Match=made["ETag"])) == (412, "changed")
    assert focal.delete(where, If_Match=many["rows"][0]["etag"]).status_code == 204
    f.PhotoFactory(person=own.person)
    told = focal.get(where).json()
    assert (told["width"], told["entered"]) == (None, ["photo"])
    assert kind(focal.delete(where, If_Match="*")) == (403, "forbidden")
    # When others stored one is told by no filter either.
    assert (ids(focal.get(since)), ids(protocol.get(since))) == ([], [own.person.public_id])


def test_each_look_at_a_photograph_is_noted(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, ben = (f.MembershipFactory(confirmed_at=f.START, party=place.one).person for _number in range(2))
    f.PhotoFactory(person=ada, entered_for=place.one)
    f.PhotoFactory(person=ben)
    badges = place.desk(Role.ACCREDITATION)
    told = badges.get(f"{PHOTOS}{ada.public_id}/content/").json()
    assert (told["content_type"], base64.b64decode(told["content"])) == ("image/jpeg", b"\xff\xd8\xff a photograph")
    assert [(each.object_key, each.fields) for each in seen_by(badges)] == [(ada.public_id, ["photo"])]
    # Of what a desk stored a focal point knows that it is there, and no more.
    assert place.focal.get(f"{PHOTOS}{ada.public_id}/content/").status_code == 200
    assert kind(place.focal.get(f"{PHOTOS}{ben.public_id}/content/")) == (404, "not-found")
    # Control: without asking whose it is a focal point would see it.
    monkeypatch.setattr(FieldReader, "visible", lambda self, person: {"photo"})
    assert place.focal.get(f"{PHOTOS}{ben.public_id}/content/").status_code == 200

"""People and members in the API: at desks, and to focal points of their own party."""

from typing import Any

import pytest
from django.db.models import Q

from delegations.members.models.members import FormerMember, Membership
from summit.people.models import Person
from summit.permissions import rules
from tests import factories as f
from tests.delegations.api.conftest import DESK, Land, ids, kind, pointers, seen_by, values
from tests.summit.api.conftest import Program

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


def test_what_the_numbers_don_t_allow_is_a_conflict(own: Land, focal: Program, protocol: Program) -> None:
    head = {"party": own.party.public_id, "category": "head"}
    f.MembershipFactory(party=own.party, code="head")
    refused = focal.post(MEMBERS, {**head, "name": "Cy Ode"})
    assert kind(refused) == (409, "conflict")
    assert refused.json()["detail"] == "Own already has a head of delegation. Replace that person instead."
    assert not Person.objects.filter(name="Cy Ode").exists()
    both = protocol.post(MEMBERS, {**head, "person": own.person.public_id, "name": "Cy Ode"})
    assert pointers(both) == {"#/person"}


def test_somebody_comes_instead(own: Land, other: Land, focal: Program) -> None:
    where = f"{MEMBERS}{own.person.public_id}/"
    assert pointers(focal.post(f"{where}replace/", {"person": other.person.public_id})) == {"#/person"}
    data = {"name": "Ben Eze", "office": "Minister"}
    done = focal.post(f"{where}replace/", data, Idempotency_Key="k")
    # Who was replaced is gone, and the same question has the same answer.
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

"""Parties in the API: to desks whole, to their own people what is theirs."""

from typing import Any

import pytest

from delegations.parties.models.parties import Party
from summit.audit import access_log
from summit.audit.models import AuditEntry
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.api.conftest import Land, ids, kind, pointers
from tests.summit.api.conftest import Program, program

pytestmark = pytest.mark.django_db
PARTIES = "summits/here/desk/parties/"
FREE = ("notes", "mission_contact", "external_ids")
VALUES = {"name": "France", "formal_name": "French Republic", "sort_key": "France", "iso_code": "FR"}


def names(response: Any) -> list[str]:
    return [each["name"] for each in response.json()["results"]]


def test_a_party_is_entered_whole_and_known_by_another_system_s_key(protocol: Program, here: Summit) -> None:
    more = {"names": {"fr": {"name": "France"}}, "external_ids": {"registry": "4711"}}
    made = protocol.post(PARTIES, {**VALUES, **more}, Idempotency_Key="k")
    assert made.status_code == 201
    body = made.json()
    assert body["external_ids"] == {"registry": "4711"}
    assert body["names"]["fr"]["name"] == "France"
    assert (body["invitation"], body["answer"], body["comes_at"]) == (None, None, None)
    where = f"{PARTIES}ext:registry:4711/"
    read = protocol.get(where)
    assert read.json() == body
    changed = protocol.patch(where, {"notes": "Call.", "external_ids": {"registry": "8"}}, If_Match=read["ETag"])
    assert (changed.status_code, changed.json()["notes"]) == (200, "Call.")
    assert kind(protocol.get(where)) == (404, "not-found")


def test_what_can_t_be_is_said_by_field(protocol: Program, here: Summit) -> None:
    f.ExternalIdFactory(party__summit=here, value="4711")
    for data, wanted in (
        ({}, {"#/name", "#/formal_name", "#/sort_key"}),
        ({**VALUES, "kind": "organisation"}, {"#/iso_code"}),
        ({**VALUES, "names": {"xx": {"name": "A"}}}, {"#/names/xx"}),
        ({**VALUES, "external_ids": {"registry": "4711"}}, {"#"}),
        ({**VALUES, "protocol_order": 1}, {"#/protocol_order"}),
    ):
        assert pointers(protocol.post(PARTIES, data)) == wanted


def test_its_own_people_see_it_alone(own: Land, other: Land, focal: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    Party.objects.filter(pk=own.party.pk).update(notes="Secret", mission_contact="Gil")
    f.ExternalIdFactory(party=own.party)
    f.InvitationFactory(party=own.party)
    delegate = f.MembershipFactory(party=own.party, person__user=f.UserFactory()).person.user
    where = f"{PARTIES}{own.party.public_id}/"
    for reader in (focal, program(delegate)):
        listed = reader.get(PARTIES)
        assert names(listed) == ["Own"]
        body = listed.json()["results"][0]
        assert ([name for name in FREE if body[name]], body["invitation"]) == ([], None)
        assert kind(reader.get(f"{PARTIES}{other.party.public_id}/")) == (404, "not-found")
        for refused in (
            reader.patch(where, {"notes": "A"}, If_Match="*"),
            reader.post(PARTIES, VALUES),
            reader.post(f"{PARTIES}arrange/", {"order": [], "expected": []}),
        ):
            assert kind(refused) == (403, "forbidden")
    # Desks that see no keys read none.
    viewer = program(f.UserFactory.with_role(Role.VIEWER, own.party.summit))
    assert viewer.get(where).json()["external_ids"] is None
    # Control: what is the desks' alone is left out by name.
    monkeypatch.setattr("delegations.overview.api.parties.HOST_ONLY", ())
    assert focal.get(PARTIES).json()["results"][0]["notes"] == "Secret"


def test_a_desk_s_sight_of_who_is_spoken_to_is_recorded(protocol: Program, own: Land, other: Land) -> None:
    Party.objects.filter(pk=own.party.pk).update(mission_contact="Gil")
    protocol.get(f"{PARTIES}?fields=name,answer")
    assert not AuditEntry.objects.filter(action=access_log.SEEN).exists()
    protocol.get(PARTIES)
    entry = AuditEntry.objects.get(action=access_log.SEEN)
    assert (entry.object_key, entry.fields) == (own.party.public_id, ["mission_contact"])


def test_parties_are_narrowed_by_what_a_registry_asks(protocol: Program, here: Summit) -> None:
    f.PartyFactory(summit=here, name="Alba", iso_code="AL", protocol_order=2)
    coming = f.PartyFactory(summit=here, name="Benin", protocol_order=1)
    f.PartyNameFactory(party=coming, name="Bénin")
    f.InvitationFactory(party=coming, answered=True, level="minister")
    f.PartyFactory(summit=here, name="Union", kind="international", mission_email="")
    for query, wanted in (
        *(("", ["Alba", "Benin", "Union"]), ("order=-name", ["Union", "Benin", "Alba"])),
        *(("order=precedence", ["Benin", "Alba", "Union"]), ("answer=attending", ["Benin"])),
        *(("answer=uninvited", ["Alba", "Union"]), ("comes_at=minister", ["Benin"]), ("q=beni", ["Benin"])),
        *(("kind=international", ["Union"]), ("iso_code=al&group=europe", ["Alba"])),
        *(("lacks=mailbox", ["Union"]), ("ranked=false", ["Union"])),
    ):
        assert names(protocol.get(f"{PARTIES}?{query}")) == wanted, query
    refused = protocol.get(f"{PARTIES}?answer=maybe")
    assert kind(refused) == (400, "parameters")


def test_the_protocol_order_is_set_by_whoever_has_read_it(protocol: Program, here: Summit) -> None:
    one, two, three = (f.PartyFactory(summit=here, name=name).public_id for name in "ABC")
    arrange = lambda *order, expected: protocol.post(f"{PARTIES}arrange/", {"order": order, "expected": expected})  # noqa: E731
    assert ids(arrange(two, one, expected=[])) == [two, one]
    assert kind(arrange(three, expected=[one, two])) == (409, "conflict")
    assert kind(arrange("x", expected=[two, one])) == (422, "fields")
    again = arrange(three, expected=[two, one]).json()
    assert [(each["id"], each["precedence"]) for each in again] == [(three, 1)]


ASKED = ("recognised=true", "ranked=true", "q=hidden.example", "lacks=mailbox", "lacks=decision")


def found_by(reader: Program, path: str = PARTIES) -> list[str]:
    """Return which of the questions about what is the desks' alone find a party."""
    return [query for query in ASKED if names(reader.get(f"{path}?{query}"))]


@pytest.mark.slow("asks by each filter")
def test_its_own_people_learn_by_no_filter_what_is_the_desks_alone(
    own: Land, focal: Program, protocol: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts: dict[str, Any] = {"protocol_order": 7, "mission_email": "a@hidden.example"}
    Party.objects.filter(pk=own.party.pk).update(**facts)
    second = f.PartyFactory(summit=own.party.summit, name="Second", protocol_order=3)
    f.FocalPointFactory(party=second, person=own.focal.people.get())
    assert found_by(protocol) == list(ASKED[:3])
    assert found_by(focal) == []
    assert names(focal.get(f"{PARTIES}?q=own")) == ["Own"]
    assert names(focal.get("summits/here/desk/quotas/?q=hidden.example")) == []
    assert names(protocol.get(f"{PARTIES}?order=precedence")) == ["Second", "Own"]
    assert names(focal.get(f"{PARTIES}?order=precedence")) == ["Own", "Second"]
    monkeypatch.setattr("delegations.parties.api.fields.summits_for", lambda user, action: None)
    assert found_by(focal) == list(ASKED[:3])

"""Contacts and liaison officers by the API."""

import pytest

from delegations.liaison.models import LiaisonOfficer
from summit.audit.models import AuditEntry
from summit.people.models import Person
from tests import factories as f
from tests.delegations.api.conftest import DESK, Place, ids, pointers

pytestmark = pytest.mark.django_db


def test_a_desk_and_a_focal_point_write_contacts_of_their_own_party(place: Place) -> None:
    here, foreign = f"{DESK}contacts/", f.ContactFactory(party=place.other)
    said = {"party": place.one.public_id, "role": "press", "name": "Bea", "phone": "+33 1"}
    assert pointers(place.focal.post(here, {**said, "party": place.other.public_id})) == {"#/party"}
    assert place.focal.post(here, {**said, "phone": ""}).status_code == 422
    made = place.focal.post(here, said)
    assert (made.status_code, made.json()["role"]) == (201, "press"), made.content
    path = f"{here}{made.json()['id']}/"
    changed = place.protocol.patch(path, {"note": "nights"}, If_Match=made["ETag"])
    assert (changed.status_code, changed.json()["note"]) == (200, "nights"), changed.content
    assert ids(place.focal.get(here)) == [made.json()["id"]]
    assert ids(place.protocol.get(f"{here}?party={place.other.public_id}")) == [str(foreign.pk)]
    assert AuditEntry.objects.filter(action="summit.person.seen", object_type="delegations.contact").exists()
    assert place.protocol.delete(path, If_Match=changed["ETag"]).status_code == 204


def test_a_liaison_officer_is_entered_with_the_person_and_assigned(place: Place) -> None:
    here = f"{DESK}liaison-officers/"
    said = {"name": "Grace", "phone": "+44 7", "email": "grace@host.example", "hours": "7 to 22"}
    assert pointers(place.protocol.post(here, {"hours": "7 to 22"})) == {"#/name"}
    made = place.protocol.post(here, {**said, "parties": [place.one.public_id]})
    assert made.status_code == 201, made.content
    told = made.json()
    assert {name: told[name] for name in said} == said
    assert told["person"] == Person.objects.get(name="Grace").public_id
    assert place.focal.post(here, said).status_code == 403
    # A delegation sees its own.
    f.LiaisonOfficerFactory(summit=place.summit).parties.add(place.other)
    assert ids(place.focal.get(here)) == [told["id"]]
    path = f"{here}{told['id']}/"
    both = [place.one.public_id, place.other.public_id]
    changed = place.protocol.patch(path, {"parties": both, "phone": "+44 8"}, If_Match=made["ETag"])
    assert changed.status_code == 200, changed.content
    assert (sorted(changed.json()["parties"]), changed.json()["phone"]) == (sorted(both), "+44 8")
    assert place.protocol.delete(path, If_Match=changed["ETag"]).status_code == 204
    assert LiaisonOfficer.objects.count() == 1

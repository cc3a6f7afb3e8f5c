"""What is done to people as a whole by the API: erased, handed over, given accounts, merged and told apart."""

import json
from base64 import b64decode
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from delegations.models import Resemblance
from summit.api.models import KeptAnswer
from summit.domain import erasure
from summit.models import AuditEntry, Person, Role
from tests import factories as f
from tests.delegations.api.conftest import DESK, Land, Place, counted, kind, pointers
from tests.summit.api.conftest import Program, program

pytestmark = pytest.mark.django_db
PEOPLE = f"{DESK}people/"
PAIRS = f"{DESK}resemblances/"


def test_an_organiser_erases_a_person_for_a_reason(own: Land, protocol: Program, focal: Program) -> None:
    organiser = program(f.UserFactory.with_role(Role.ORGANISER, own.party.summit))
    where = f"{PEOPLE}{own.person.public_id}/"
    for other in (protocol, focal):
        assert kind(other.post(f"{where}preview-erase/", {})) == (403, "forbidden")
        assert kind(other.post(f"{where}erase/", {"reason": "asked"})) == (403, "forbidden")
    told = organiser.post(f"{where}preview-erase/", {}).json()
    assert {"name": "particulars", "title": "Passport, needs and travel", "rows": 1, "says": "Deleted."} in told[
        "goes"
    ]
    assert [each["name"] for each in told["stays"]][-1] == "person"
    assert pointers(organiser.post(f"{where}erase/", {"reason": "boredom"})) == {"#/reason"}
    assert Person.objects.get(pk=own.person.pk).erased_at is None
    gone = organiser.post(f"{where}erase/", {"reason": "asked"})
    assert (gone.status_code, gone.json()["erased"], gone.json()["email"]) == (200, True, "")
    assert AuditEntry.objects.get(action=erasure.ERASE).detail["reason"] == "asked"
    assert kind(organiser.post(f"{where}erase/", {"reason": "asked"})) == (409, "conflict")


def test_all_that_is_held_of_a_person_is_handed_over_and_kept_nowhere(own: Land, protocol: Program) -> None:
    organiser = program(f.UserFactory.with_role(Role.ORGANISER, own.party.summit))
    where = f"{PEOPLE}{own.person.public_id}/hand-over/"
    assert kind(protocol.post(where, {})) == (403, "forbidden")
    given = organiser.post(where, {}, Idempotency_Key="one").json()
    assert (given["file_name"], given["content_type"]) == (f"person-{own.person.public_id}.zip", "application/zip")
    packed = ZipFile(BytesIO(b64decode(given["content"])))
    assert json.loads(packed.read("data.json"))["parts"]["particulars"][0]["diet"] == "No Own"
    kept = json.loads(bytes(KeptAnswer.objects.get().body))
    assert kept == {**given, "content": None}
    done = AuditEntry.objects.filter(by=organiser.user, object_key=own.person.public_id)
    assert set(done.values_list("action", flat=True)) == {erasure.HAND_OVER, "summit.person.seen"}


def test_people_are_given_accounts_and_lose_them(place: Place) -> None:
    ada = f.MembershipFactory(party=place.one, person__email="ada@aland.example").person
    mute = f.MembershipFactory(party=place.one, person__email="").person
    people = {"people": [ada.public_id, mute.public_id]}
    assert kind(place.focal.post(f"{PEOPLE}give-accounts/", people)) == (403, "forbidden")
    given = place.protocol.post(f"{PEOPLE}give-accounts/", people).json()
    assert given["given"] == [ada.public_id]
    why = "Has no mailbox to sign in with. Enter one first."
    assert given["skipped"] == [{"id": mute.public_id, "why": why}]
    assert Person.objects.get(pk=ada.pk).user.email == "ada@aland.example"  # type: ignore[union-attr]
    where = f"{PEOPLE}{ada.public_id}/?fields=account"
    assert (place.protocol.get(where).json(), place.focal.get(where).json()) == ({"account": True}, {"account": None})
    assert place.protocol.post(f"{PEOPLE}take-accounts/", people).json() == {"taken": 1}
    assert place.protocol.get(where).json() == {"account": False}
    assert Person.objects.get(pk=ada.pk).user_id is None
    elsewhere = f.PersonFactory().public_id
    assert pointers(place.protocol.post(f"{PEOPLE}take-accounts/", {"people": [elsewhere]})) == {"#/people"}


def test_an_organiser_chooses_an_account_that_is_there(own: Land, protocol: Program, focal: Program) -> None:
    summit = own.party.summit
    organiser = program(f.UserFactory.with_role(Role.ORGANISER, summit))
    colleague = f.UserFactory.with_role(Role.VIEWER, summit)
    before = f.UserFactory()
    Person.objects.filter(pk=own.person.pk).update(user=before)
    where = f"{PEOPLE}{own.person.public_id}/choose-account/"
    for other in (protocol, focal):
        assert kind(other.post(where, {"account": colleague.public_id})) == (403, "forbidden")
    done = organiser.post(where, {"account": colleague.public_id})
    assert (done.status_code, done.json()["account"]) == (200, True)
    assert Person.objects.get(pk=own.person.pk).user == colleague
    told = AuditEntry.objects.filter(by=organiser.user, fields=["user"]).order_by("pk")
    assert [(row.action, row.detail["rows"]) for row in told] == [
        ("delegations.take_account", [f"summit.user:{before.public_id}"]),
        ("delegations.give_account", [f"summit.user:{colleague.public_id}"]),
    ]
    assert organiser.post(where, {"account": None}).json()["account"] is False
    assert Person.objects.get(pk=own.person.pk).user is None


def test_an_account_that_is_another_persons_or_of_no_summit_of_theirs_is_refused(own: Land) -> None:
    summit = own.party.summit
    organiser = program(f.UserFactory.with_role(Role.ORGANISER, summit))
    where = f"{PEOPLE}{own.person.public_id}/choose-account/"
    taken = f.PersonFactory(summit=summit, user=f.UserFactory(), name="Ada", office="")
    refused = organiser.post(where, {"account": taken.user.public_id})
    assert pointers(refused) == {"#/account"}
    assert "This account is Ada’s in this summit. An account has one person." in refused.content.decode()
    stranger = f.UserFactory.with_role(Role.ORGANISER, f.SummitFactory())
    for wrong in (stranger.public_id, "nothing", 3):
        assert pointers(organiser.post(where, {"account": wrong})) == {"#/account"}
    assert pointers(organiser.post(where, {})) == {"#/account"}
    assert Person.objects.get(pk=own.person.pk).user is None


def pair(place: Place, name: str) -> Resemblance:
    one = f.MembershipFactory(party=place.one, person__name=name).person
    found: Resemblance = f.ResemblanceFactory(person=one, other__name=name)
    return found


def test_two_entries_of_one_person_are_merged(place: Place) -> None:
    row = pair(place, "Ada Example")
    [told] = place.protocol.get(f"{PAIRS}?open=true").json()["results"]
    assert (told["person_name"], told["person_party"], told["other_party"]) == (
        row.person.label, place.one.public_id, None
    )  # fmt: skip
    seen = AuditEntry.objects.get(action="summit.person.seen", by=place.protocol.user)
    assert set(seen.detail["people"]) == {row.person.public_id, row.other.public_id}
    where = f"{PAIRS}{row.pk}/merge/"
    stranger = f.PersonFactory(summit=place.summit).public_id
    assert pointers(place.protocol.post(where, {"keep": stranger})) == {"#/keep"}
    for other in (place.focal, place.desk(Role.ACCREDITATION)):
        assert kind(other.post(where, {"keep": row.other.public_id})) == (404, "not-found")
    once = {"Idempotency_Key": "merge"}
    done = place.protocol.post(where, {"keep": row.other.public_id}, **once)
    assert (done.status_code, done.json()["person"]) == (200, row.other.public_id)
    assert done.json()["moved"]["membership"] == 1
    assert not Person.objects.filter(pk=row.person_id).exists()
    # The row is gone with whom it named; asked again, the answer is the same.
    again: Any = place.protocol.post(where, {"keep": row.other.public_id}, **once)
    assert (again.status_code, again.json()) == (200, done.json())


def test_two_people_are_told_apart_and_two_parties_ones_stay_two(place: Place) -> None:
    row = pair(place, "Ada Example")
    f.MembershipFactory(party=place.other, person=row.other)
    refused = place.protocol.post(f"{PAIRS}{row.pk}/merge/", {"keep": row.person.public_id})
    assert kind(refused) == (409, "conflict")
    assert refused.json()["detail"].startswith("They belong to two parties: Aland and Bland.")
    told = place.protocol.post(f"{PAIRS}{row.pk}/tell-apart/", {}).json()
    assert (told["decided_by"], place.protocol.get(f"{PAIRS}?open=true").json()["results"]) == ("Pat", [])
    counts = []
    for number in (1, 4):
        for each in range(number):
            pair(place, f"Somebody {number} {each}")
        counts.append(counted(place.protocol, PAIRS))
    assert counts[0] == counts[1]

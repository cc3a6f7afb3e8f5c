"""Tables of parties and people by the API: uploaded, looked at, taken over once, deleted."""

from base64 import b64decode, b64encode
from typing import Any

import pytest

from delegations.imports.models import DelegationImportFile
from delegations.members import column_headings
from delegations.members.models.categories import Category
from delegations.members.models.members import Membership
from summit.permissions.models import Role
from tests.delegations.api.conftest import DESK, Place, ids, kind, pointers, seen_by

pytestmark = pytest.mark.django_db
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


def test_an_empty_table_has_what_its_reader_may_enter(place: Place) -> None:
    desk = place.protocol.post(f"{HERE}blank/", {"ending": "csv"}).json()
    assert (desk["file_name"], headings(desk)[:2]) == ("people.csv", ["Delegation", "Name"])
    # Passports are vetting's and the focal points' to enter.
    assert PASSPORT not in headings(desk)
    assert place.protocol.post(f"{HERE}blank/", {"kind": "parties"}).json()["file_name"] == "parties.xlsx"
    assert pointers(place.focal.post(f"{HERE}blank/", {})) == {"#/party"}
    own = place.focal.post(f"{HERE}blank/", {"ending": "csv", "party": place.one.public_id}).json()
    assert headings(own)[0] == "Name"
    assert PASSPORT in headings(own)


def test_what_is_no_table_is_refused(place: Place) -> None:
    assert pointers(place.protocol.post(HERE, sent("shoe size\n38\n"))) == {"#/content"}
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

"""What people are asked for, in the API: each group to whoever may see it, and whoever saw it is recorded."""

import base64

import pytest

from delegations.members.models.particulars import Particulars
from delegations.members.person_field_groups import FieldReader
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.api.conftest import DESK, Land, Place, ids, kind, pointers, seen_by, values
from tests.delegations.members.test_photos import picture
from tests.summit.api.conftest import Program, program

pytestmark = pytest.mark.django_db
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
    assert kind(focal.post(PHOTOS, {**sent, "person": other.person.public_id})) == (422, "fields")
    where = f"{PHOTOS}{own.person.public_id}/"
    assert focal.delete(where, If_Match=made["ETag"]).status_code == 204
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


def test_those_who_receive_take_a_sheet_of_faces(place: Place) -> None:
    ada = f.MembershipFactory(confirmed_at=f.START, party=place.one).person
    f.MembershipFactory(party=place.other)
    body = {"language": "en", "parties": [place.one.public_id]}
    told = place.protocol.post(f"{PHOTOS}sheet/", body).json()
    assert told["file_name"] == f"Photo sheet – {place.summit.short_name}.pdf"
    assert base64.b64decode(told["content"])[:5] == b"%PDF-"
    [entry] = seen_by(place.protocol)
    assert (entry.fields, entry.detail["keys"]) == (
        *(["form_of_address", "name", "office", "photo"], [ada.public_id]),
    )

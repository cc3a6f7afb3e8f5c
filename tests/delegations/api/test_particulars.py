"""What people are asked for, in the API: each group to whoever may see it, and whoever saw it is recorded."""

import base64
from typing import Any

import pytest

from delegations.members.models.particulars import Particulars
from delegations.members.person_field_groups import FieldReader
from summit.audit import access_log
from summit.audit.models import AuditEntry
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.api.conftest import Land, ids, kind, pointers
from tests.delegations.members.test_photos import picture
from tests.summit.api.conftest import Program, program

pytestmark = pytest.mark.django_db
DESK = "summits/here/desk/"
PASSPORTS, NEEDS, TRAVEL, PHOTOS = (f"{DESK}{name}/" for name in ("passports", "needs", "travel", "photos"))


def values(response: Any, name: str) -> list[Any]:
    return [each[name] for each in response.json()["results"]]


def seen_by(user: Any) -> list[tuple[str, list[str]]]:
    rows = AuditEntry.objects.filter(action=access_log.SEEN, by=user).order_by("pk")
    return [(row.object_type, row.fields) for row in rows]


def test_vetting_reads_passports_and_each_look_is_recorded(vetting: Program, own: Land) -> None:
    where = f"{PASSPORTS}{own.person.public_id}/"
    body = vetting.get(where).json()
    assert (body["passport_number"], body["entered"], body["party"]) == ("XOwn", ["passport_number"], None)
    read = vetting.get(where)
    assert seen_by(vetting.user) == [("summit.person", ["passport_number"])] * 2
    changed = vetting.patch(where, {"nationality": "FR", "birth_date": "1980-02-01"}, If_Match=read["ETag"])
    body = changed.json()
    assert (body["birth_date"], body["entered"][:2]) == ("1980-02-01", ["birth_date", "nationality"])
    wrong = vetting.patch(where, {"birth_date": "2180-02-01", "nationality": "??"}, If_Match=changed["ETag"])
    assert pointers(wrong) == {"#/birth_date", "#/nationality"}


def test_a_focal_point_sees_its_own(own: Land, other: Land, focal: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    assert values(focal.get(f"{NEEDS}?member=true"), "diet") == ["No Own"]
    Particulars.objects.filter(person=own.person).update(entered_for=None)
    where = f"{PASSPORTS}{own.person.public_id}/"
    body = focal.get(where).json()
    assert (body["passport_number"], body["entered"]) == (None, ["passport_number"])
    assert kind(focal.patch(where, {"passport_number": "Y"}, If_Match="*")) == (403, "forbidden")
    assert focal.patch(where, {"sex": "F"}, If_Match="*").json()["sex"] == "F"
    assert {fields[0] for _label, fields in seen_by(focal.user)} == {"diet", "sex"}
    # Control: who reads is asked for each field.
    monkeypatch.setattr(FieldReader, "visible", lambda self, person: {"passport_number"})
    assert focal.get(where).json()["passport_number"] == "XOwn"


def test_no_filter_tells_when_it_changed_to_others(own: Land, focal: Program, protocol: Program) -> None:
    since = "?changed_since=2020-01-01T00:00:00Z"
    assert [values(focal.get(f"{path}{since}"), "id") for path in (NEEDS, TRAVEL)] == [[own.person.public_id]] * 2
    Particulars.objects.filter(person=own.person).update(entered_for=None)
    for path in (NEEDS, TRAVEL, PASSPORTS):
        assert values(focal.get(f"{path}{since}"), "id") == []
    assert values(protocol.get(f"{NEEDS}{since}"), "id") == [own.person.public_id]


def test_journeys_narrow_by_what_one_may_read(own: Land, other: Land, focal: Program, protocol: Program) -> None:
    Particulars.objects.filter(person=own.person).update(arrives_at=f.START)
    early = "arrives_from=2025-03-01T00:00:00Z"
    assert values(protocol.get(f"{TRAVEL}?{early}"), "arrives_at") == ["2025-03-31T08:00:00Z"]
    assert values(protocol.get(f"{TRAVEL}?arrives_from=2025-04-01T00:00:00Z"), "id") == []
    assert values(focal.get(f"{TRAVEL}?{early}"), "hotel") == ["Hotel Own"]
    Particulars.objects.filter(person=own.person).update(withheld=["arrives_at"])
    assert values(focal.get(f"{TRAVEL}?{early}"), "id") == []
    assert values(focal.get(f"{TRAVEL}?member=true"), "arrives_at") == [None]


def test_who_has_a_passport_or_needs_is_known_without_reading_them(vetting: Program, own: Land, here: Summit) -> None:
    Particulars.objects.filter(person=own.person).update(passport_digest="x", diet="")
    assert values(vetting.get(f"{PASSPORTS}?entered=true&fields=name"), "name") == ["Ada of Own"]
    assert "Ada of Own" not in values(vetting.get(f"{PASSPORTS}?entered=false&fields=name"), "name")
    assert seen_by(vetting.user) == []
    officer = program(f.UserFactory.with_role(Role.CONFERENCE_OFFICER, here))
    assert values(officer.get(f"{NEEDS}?entered=true"), "id") == []
    Particulars.objects.filter(person=own.person).update(diet="Halal")
    assert values(officer.get(f"{NEEDS}?entered=true&party={own.party.public_id}"), "party") == [own.party.public_id]


def test_photographs_are_kept_and_never_shown(own: Land, other: Land, focal: Program, protocol: Program) -> None:
    content = base64.b64encode(picture((500, 600), "PNG")).decode()
    sent = {"person": own.person.public_id, "content": content}
    made = focal.post(PHOTOS, sent)
    assert (made.status_code, made.json()["width"], made.json()["entered"]) == (201, 500, ["photo"])
    assert b"content" not in focal.get(PHOTOS).content
    since = f"{PHOTOS}?changed_since=2020-01-01T00:00:00Z"
    assert ids(focal.get(since)) == [own.person.public_id]
    assert kind(focal.post(PHOTOS, {**sent, "person": other.person.public_id})) == (422, "fields")
    where = f"{PHOTOS}{own.person.public_id}/"
    assert focal.delete(where, If_Match=made["ETag"]).status_code == 204
    f.PhotoFactory(person=own.person)
    assert (focal.get(where).json()["width"], focal.get(where).json()["entered"]) == (None, ["photo"])
    assert kind(focal.delete(where, If_Match="*")) == (403, "forbidden")
    # When others stored one is told by no filter either.
    assert (ids(focal.get(since)), ids(protocol.get(since))) == ([], [own.person.public_id])

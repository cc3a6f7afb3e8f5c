"""Files of delegations by the API: photographs, scans of answers, letters for visas."""

import json
from base64 import b64decode, b64encode
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from delegations.invitations.models.invitations import Reply, ReplyScan
from delegations.invitations.models.letters import LetterTemplate
from delegations.members.person_field_groups import FieldReader
from delegations.travel.services import visas
from summit.audit.models import AuditEntry
from summit.outbox.models import Message
from summit.permissions.models import Role
from tests import factories as f
from tests.delegations.api.conftest import DESK, Place, kind, pointers
from tests.summit.api.conftest import Program

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 a note"
NOTE = b64encode(PDF).decode()


def form(asks: Program, path: str, data: dict[str, Any]) -> Any:
    """Send a body as a form."""
    return Client().post(f"/api/v1/{path}", data, headers={"Authorization": f"Bearer {asks.secret}"})


def upload(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("scan", content)


def test_each_look_at_a_photograph_is_noted(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, ben = (
        f.MembershipFactory(confirmed_at=f.START, party=place.one, person__name=name).person
        for name in ("Ada", "Ben")
    )
    f.PhotoFactory(person=ada, entered_for=place.one)
    f.PhotoFactory(person=ben)
    badges = place.desk(Role.ACCREDITATION)
    told = badges.get(f"{DESK}photos/{ada.public_id}/content/").json()
    assert (told["content_type"], b64decode(told["content"])) == ("image/jpeg", b"\xff\xd8\xff a photograph")
    assert badges.get(f"{DESK}photos/{ben.public_id}/content/").status_code == 200
    seen = AuditEntry.objects.filter(action="summit.person.seen", by=badges.user).order_by("pk")
    assert [(each.object_key, each.fields) for each in seen] == [(row.public_id, ["photo"]) for row in (ada, ben)]
    # Of what a desk stored a focal point knows that it is there, and no more.
    assert place.focal.get(f"{DESK}photos/{ada.public_id}/content/").status_code == 200
    assert kind(place.focal.get(f"{DESK}photos/{ben.public_id}/content/")) == (404, "not-found")
    # Control: without asking whose it is a focal point would see it.
    monkeypatch.setattr(FieldReader, "visible", lambda self, person: {"photo"})
    assert place.focal.get(f"{DESK}photos/{ben.public_id}/content/").status_code == 200


def test_an_answer_on_paper_comes_with_its_scan(place: Place) -> None:
    row = f.InvitationFactory(party=place.one, sent=True)
    where = f"{DESK}invitations/{row.public_id}/answer/"
    way = {"channel": "note_verbale", "reference": "12/26"}
    said = {"answer": "attending", "name": "A. Example", "file_name": "C:\\papers\\note 12.exe", "scan": NOTE}
    assert pointers(place.protocol.post(where, said)) == {"#/way"}
    for wrong in ("no base 64", b64encode(b"MZ a program").decode()):
        assert pointers(place.protocol.post(where, {**said, "way": way, "scan": wrong})) == {"#/scan"}
    long = PDF + b" " * 3_000_000
    answered = form(place.protocol, where, {**said, "scan": upload(long), "way": json.dumps(way)})
    assert answered.status_code == 200, answered.content
    assert bytes(ReplyScan.objects.get().content) == long
    ReplyScan.objects.all().delete()
    Reply.objects.all().delete()
    assert place.protocol.post(where, {**said, "way": way}).status_code == 200
    assert bytes(ReplyScan.objects.get().content) == PDF
    [told] = place.protocol.get(f"{DESK}replies/").json()["results"]
    assert (told["scan"], told["reference"]) == ("note 12.pdf", "12/26")
    content = f"{DESK}replies/{told['id']}/content/"
    file = {"file_name": "note 12.pdf", "content_type": "application/pdf", "content": NOTE}
    assert place.protocol.get(content).json() == file
    assert AuditEntry.objects.get(object_type="delegations.replyscan").fields == ["content"]


def test_a_letter_for_a_visa_is_read_as_long_as_it_stands(place: Place) -> None:
    letter = f.VisaLetterFactory(party=place.one)
    passport = {"passport_name": "ADA EXAMPLE", "birth_date": "1980-02-29", "passport_number": "X4821397"}
    f.ParticularsFactory(person=letter.person, entered_for=place.one, nationality="FR", **passport)
    where = f"{DESK}visa-letters/{letter.public_id}/content/"
    visas.issue(letters=[letter], by=place.protocol.user)
    name = f"Visa support letter – 1 – {letter.party.name}.pdf"
    for reader in (place.protocol, place.focal):
        told = reader.get(where).json()
        assert (told["file_name"], b64decode(told["content"])[:5]) == (name, b"%PDF-")
        seen = AuditEntry.objects.get(object_type="delegations.visaletter", by=reader.user, action__endswith=".seen")
        assert (seen.fields, seen.detail["people"]) == (["content"], [letter.person.public_id])
    letter.refresh_from_db()
    visas.void(letter=letter, reason="She comes not", by=place.protocol.user)
    assert kind(place.focal.get(where)) == (404, "not-found")
    assert place.protocol.get(where).status_code == 200


def test_badges_are_checked_and_printed(place: Place) -> None:
    here = f"{DESK}badges/"
    badge = f.BadgeFactory(party=place.one)
    door, desk = place.desk(Role.ACCREDITATION), place.organiser()
    number = {"number": f"{badge.public_id[:4]} {badge.public_id[4:]}".upper()}
    told = door.post(f"{here}check/", number).json()
    assert (told["opens"], told["why"], told["badge"]["id"]) == (True, "", badge.public_id)
    printed = desk.post(f"{here}print/", {"badges": [badge.public_id]}).json()
    assert (printed["file_name"], b64decode(printed["content"])[:5]) == (
        f"Badges – {place.one.summit.name}.pdf",
        b"%PDF-",
    )
    seen = AuditEntry.objects.get(by=desk.user, action="summit.person.seen")
    assert seen.fields == ["badge_name", "name", "office", "photo"]
    f.InvitationFactory(party=place.one, state="revoked")
    left = door.post(f"{here}check/", number).json()
    assert (left["opens"], left["badge"]["live"]) == (False, False)
    assert left["why"] == left["badge"]["why"] == "The delegation’s invitation was revoked."


def test_a_list_of_participants_is_taken_as_a_file(place: Place) -> None:
    f.InvitationFactory(party=place.one, answered=True)
    member = f.MembershipFactory(confirmed_at=f.START, party=place.one, person__name="Ada Example")
    row = place.protocol.post(f"{DESK}participant-lists/", {}).json()
    where = f"{DESK}participant-lists/{row['id']}/file/"
    assert pointers(place.protocol.post(where, {"language": "xx", "ending": "exe"})) == {"#/language", "#/ending"}
    reader = place.desk(Role.ACCREDITATION)
    told = reader.post(where, {"language": "fr", "ending": "xlsx"}, Idempotency_Key="one").json()
    name = f"Liste des participants – {place.one.summit.short_name} – Révision 1 – provisoire.xlsx"
    assert (told["file_name"], b64decode(told["content"])[:2]) == (name, b"PK")
    assert reader.post(where, {"language": "fr", "ending": "xlsx"}, Idempotency_Key="one").json()["content"] is None
    seen = AuditEntry.objects.get(by=reader.user, action="summit.person.seen")
    assert seen.detail["people"] == [member.person.public_id]


def test_a_letter_is_read_and_tried_before_it_is_kept(place: Place) -> None:
    here = f"{DESK}letter-templates/"
    said = {"purpose": "delegation", "language": "en", "party": place.one.public_id}
    told = place.protocol.post(f"{here}read/", said).json()
    assert (told["language"], "Aland" in told["text"]) == ("en", True)
    text = {**said, "subject": "Come", "body": "Dear {party}, come: {link}"}
    assert place.protocol.post(f"{here}read/", text).json()["subject"] == "Come"
    assert pointers(place.protocol.post(f"{here}read/", {**text, "body": "{shoe_size}"}))
    address = place.protocol.user.email
    assert place.protocol.post(f"{here}test/", text).json() == {"address": address}
    assert Message.objects.get().address == address
    assert not LetterTemplate.objects.exists()


def test_those_who_receive_take_a_sheet_of_faces(place: Place) -> None:
    here = f"{DESK}photos/sheet/"
    ada = f.MembershipFactory(confirmed_at=f.START, party=place.one).person
    f.MembershipFactory(party=place.other)
    body = {"language": "en", "parties": [place.one.public_id]}
    told = place.protocol.post(here, body).json()
    name = f"Photo sheet – {place.one.summit.short_name}.pdf"
    assert (told["file_name"], b64decode(told["content"])[:5]) == (name, b"%PDF-")
    seen = AuditEntry.objects.get(by=place.protocol.user, action="summit.person.seen")
    assert seen.fields == ["form_of_address", "name", "office", "photo"]
    assert seen.detail["keys"] == [ada.public_id]

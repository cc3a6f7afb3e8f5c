"""Invitations by the API alone: their letters, sent, answered by a party and for it, and the list of who comes."""

import json
from base64 import b64decode, b64encode
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Q
from django.test import Client
from django.utils import timezone

from delegations.invitations.models.invitations import Invitation, Reply, ReplyScan
from delegations.invitations.models.letters import LetterTemplate
from delegations.invitations.selectors import letter_facts
from delegations.invitations.services import links
from delegations.parties.models.policy import Policy
from summit.audit.models import AuditEntry
from summit.outbox.models import Message
from summit.permissions import rules
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.api.conftest import DESK, Place, ids, kind, pointers, seen_by
from tests.summit.api.conftest import Program

pytestmark = pytest.mark.django_db
HERE, LETTERS, LISTS = (f"{DESK}{name}/" for name in ("invitations", "letter-templates", "participant-lists"))
YES = {"answer": "attending", "name": "Fay, First Secretary"}


def listed(program: Program, query: str = "") -> list[dict[str, Any]]:
    return program.get(f"{HERE}{query}").json()["results"]


def sent(place: Place, **values: Any) -> Invitation:
    return f.InvitationFactory(**{"party": place.one, "sent": True, **values})


def test_two_parties_are_invited_and_answer_by_the_api_alone(place: Place) -> None:
    Policy.objects.create(summit=place.summit, second_person=True)
    both = {"parties": [place.one.public_id, place.other.public_id]}
    prepared = place.protocol.post(f"{HERE}prepare/", both).json()
    assert [each["party"] for each in prepared["reached"]] == both["parties"]
    # What isn't sent isn't there for the party.
    assert listed(place.focal) == []
    organiser = place.desk(Role.ORGANISER)
    assert len(organiser.post(f"{HERE}approve/", both).json()["reached"]) == 2
    due = (timezone.now() + timedelta(days=30)).replace(microsecond=0)
    plan = place.protocol.post(f"{HERE}plan/", {}).json()
    assert plan == {"steps": [{"step": "send", "parties": both["parties"], "letters": 3}], "skipped": []}
    went = organiser.post(f"{HERE}send/", {"answer_by": due.isoformat()}).json()
    assert (went["letters"], went["skipped"]) == (3, [])
    assert Message.objects.filter(kind=letter_facts.KIND).count() == 3
    place.summit.refresh_from_db()
    assert place.summit.answer_by == due
    # The focal point answers for its own party; protocol records the other's.
    [own] = listed(place.focal)
    assert (own["party"], own["state"], own["sent_by"]) == (place.one.public_id, "sent", None)
    given = {"answer": "attending", "level": "minister", "note": "With thanks"}
    answered = place.focal.post(f"{HERE}{own['id']}/answer/", {**YES, **given}).json()
    told = {"state": "answered", "answered_by": "Fay, First Secretary", **given}
    assert {name: answered[name] for name in told} == told
    [open_one] = listed(place.protocol, "?state=sent")
    way = {"channel": "note_verbale", "reference": "NV 12", "dated": "2026-01-02"}
    regrets = {"answer": "regrets", "name": "The Embassy", "way": way}
    recorded = place.protocol.post(f"{HERE}{open_one['id']}/answer/", regrets)
    assert (recorded.status_code, recorded.json()["answer"]) == (200, "regrets")


def test_without_a_second_person_inviting_is_one_request(place: Place) -> None:
    f.ExternalIdFactory(party=place.other, system="registry", value="77")
    # A party is named as its registry calls it.
    body = {"parties": ["ext:registry:77"]}
    [reached] = place.protocol.post(f"{HERE}invite/", body).json()["reached"]
    assert reached["party"] == place.other.public_id
    assert Invitation.objects.get(public_id=reached["invitation"]).state == "sent"
    left = {"id": place.other.public_id, "why": "It is already invited."}
    again = place.protocol.post(f"{HERE}invite/", body).json()
    assert again == {"reached": [], "letters": 0, "skipped": [left]}
    elsewhere = f.PartyFactory()
    wrong = place.protocol.post(f"{HERE}invite/", {"parties": [elsewhere.public_id, "ext:registry:78"]})
    assert pointers(wrong) == {"#/parties"}
    assert elsewhere.public_id in wrong.json()["errors"][0]["detail"]
    reminded = place.protocol.post(f"{HERE}remind/", {"parties": [place.one.public_id, *body["parties"]]}).json()
    assert (reminded["reached"], [each["id"] for each in reminded["skipped"]]) == ([reached], [place.one.public_id])
    assert Message.objects.filter(kind="reminder").count() == reminded["letters"] == 1


def test_a_party_without_a_mailbox_is_invited_on_paper_and_answers(place: Place) -> None:
    mute = f.PartyFactory(summit=place.summit, mission_email="")
    Policy.objects.create(summit=place.summit, second_person=True)
    assert place.protocol.post(f"{DESK}parties/{mute.public_id}/invite-on-paper/", {}).status_code == 200
    row = Invitation.objects.get(party=mute)
    assert (row.state, row.number, Message.objects.count()) == ("sent", 1, 0)
    given = {"answer": "regrets", "name": "The Embassy", "way": {"channel": "telephone"}}
    assert place.protocol.post(f"{HERE}{row.public_id}/answer/", given).json()["answer"] == "regrets"
    again = place.protocol.post(f"{DESK}parties/{mute.public_id}/invite-on-paper/", {})
    assert kind(again) == (409, "conflict")


def test_an_answer_is_recorded_without_a_letter(place: Place) -> None:
    path = f"{DESK}parties/{place.one.public_id}/answer/"
    given = {"answer": "attending", "level": "vice_minister", "name": "The Embassy"}
    assert pointers(place.protocol.post(path, given)) == {"#/channel"}
    told = place.protocol.post(path, {**given, "way": {"channel": "telephone"}}).json()
    assert (told["invitation"], told["answer"], told["comes_at"]) == ("answered", "attending", "vice_minister")
    assert Message.objects.count() == 0


def test_one_is_approved_reopened_written_anew_and_revoked(place: Place) -> None:
    path = f"{HERE}{f.InvitationFactory(party=place.one).public_id}/"
    etag = place.protocol.get(path)["ETag"]
    assert place.protocol.post(f"{path}approve/", {}, If_Match=etag).json()["state"] == "approved"
    again = place.protocol.post(f"{path}approve/", {})
    assert kind(again) == (409, "conflict")
    assert again.json()["detail"].startswith("Someone else changed this invitation.")
    assert place.protocol.post(f"{path}reopen/", {}).json()["approved_at"] is None
    there = sent(place, party=place.other)
    path = f"{HERE}{there.public_id}/"
    assert place.protocol.post(f"{path}write-anew/", {}).status_code == 200
    assert there.links.count() == 1
    assert place.protocol.post(f"{path}call/", {"outcome": "call_back", "note": "After two"}).status_code == 200
    [told] = place.protocol.get(f"{DESK}calls/?invitation={there.public_id}").json()["results"]
    assert (told["by"], told["outcome"], told["note"]) == ("Pat", "call_back", "After two")
    assert place.protocol.post(f"{path}revoke/", {}).json()["state"] == "revoked"
    assert not there.links.live().exists()


def test_what_is_wrong_of_an_answer_is_said_by_field(place: Place) -> None:
    path = f"{HERE}{sent(place).public_id}/answer/"
    assert pointers(place.focal.post(path, {"answer": "maybe"})) == {"#/answer"}
    assert pointers(place.focal.post(path, {"answer": "attending", "level": "executive"})) == {"#/level", "#/name"}
    Summit.objects.filter(pk=place.summit.pk).update(answer_by=timezone.now() - timedelta(days=1))
    late = place.focal.post(path, YES)
    assert kind(late) == (409, "conflict")
    assert late.json()["detail"].startswith("The deadline for answers has passed.")


def test_a_focal_point_finds_nothing_of_other_parties(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    own, _foreign = sent(place), sent(place, party=place.other)
    draft = f.InvitationFactory(party=place.one, occasion="s" * 16)
    assert ids(place.focal.get(HERE)) == [own.public_id]
    # Control: a draft is told where all of a party's are its own.
    monkeypatch.setitem(rules._OWN, Invitation, lambda user, role: Q(party=place.one))
    assert draft.public_id in ids(place.focal.get(HERE))


def test_who_read_an_answer_is_recorded(place: Place) -> None:
    sent(place)
    row = f.InvitationFactory(party=place.other, answered=True)
    listed(place.protocol, "?fields=id,state")
    assert seen_by(place.protocol) == []
    listed(place.protocol)
    [entry] = seen_by(place.protocol)
    assert (entry.object_key, entry.fields) == (row.public_id, ["answered_by", "note"])


NOTE = b"%PDF-1.7 a note"


def test_an_answer_on_paper_comes_with_its_scan(place: Place) -> None:
    where = f"{HERE}{sent(place).public_id}/answer/"
    way, scan = {"channel": "note_verbale", "reference": "12/26"}, b64encode(NOTE).decode()
    said = {**YES, "file_name": "C:\\papers\\note 12.exe", "scan": scan}
    assert pointers(place.protocol.post(where, said)) == {"#/way"}
    for wrong in ("no base 64", b64encode(b"MZ a program").decode()):
        assert pointers(place.protocol.post(where, {**said, "way": way, "scan": wrong})) == {"#/scan"}
    # As a form a scan may be longer than a body of JSON.
    long = NOTE + b" " * 3_000_000
    form = {**said, "scan": SimpleUploadedFile("scan", long), "way": json.dumps(way)}
    headers = {"Authorization": f"Bearer {place.protocol.secret}"}
    assert Client().post(f"/api/v1/{where}", form, headers=headers).status_code == 200
    assert bytes(ReplyScan.objects.get().content) == long
    Reply.objects.all().delete()
    assert place.protocol.post(where, {**said, "way": way}).status_code == 200
    [told] = place.desk(Role.ORGANISER).get(f"{DESK}replies/?channel=note_verbale").json()["results"]
    assert (told["scan"], told["reference"], told["recorded_by"]) == ("note 12.pdf", "12/26", "Pat")
    file = {"file_name": "note 12.pdf", "content_type": "application/pdf", "content": scan}
    assert place.protocol.get(f"{DESK}replies/{told['id']}/content/").json() == file
    assert AuditEntry.objects.get(object_type="delegations.replyscan").fields == ["content"]


def test_a_summit_s_own_letter_is_read_tried_written_changed_and_taken_off(place: Place) -> None:
    asked = {"purpose": "delegation", "language": "en", "party": place.one.public_id}
    told = place.protocol.post(f"{LETTERS}read/", asked).json()
    assert (told["language"], "Aland" in told["text"]) == ("en", True)
    text = {**asked, "subject": "Come", "body": "Dear {party}\n\n{link}"}
    assert pointers(place.protocol.post(f"{LETTERS}read/", {**text, "body": "{shoe_size}"})) == {"#/body"}
    address = place.protocol.user.email
    assert place.protocol.post(f"{LETTERS}test/", text).json() == {"address": address}
    assert (Message.objects.get().address, LetterTemplate.objects.exists()) == (address, False)
    del text["party"]
    assert pointers(place.protocol.post(LETTERS, {**text, "subject": "", "body": ""})) == {"#/subject", "#/body"}
    made = place.protocol.post(LETTERS, text)
    assert pointers(place.protocol.post(LETTERS, text)) == {"#"}
    path = f"{LETTERS}{made.json()['id']}/"
    changed = place.protocol.patch(path, {"subject": "Once more"}, If_Match=made["ETag"]).json()
    assert (changed["subject"], changed["body"]) == ("Once more", text["body"])
    assert place.protocol.delete(path, If_Match="*").status_code == 204
    assert not LetterTemplate.objects.exists()


def test_links_are_read_without_what_they_open_and_revoked(place: Place) -> None:
    here = f"{DESK}letter-links/"
    link = f.InvitationLinkFactory(invitation__party=place.one, address="fay@aland.example")
    found = place.protocol.get(here)
    [told] = found.json()["results"]
    assert (told["invitation"], told["address"]) == (link.invitation.public_id, "fay@aland.example")
    assert [secret in found.content.decode() for secret in (link.nonce, links.token(link))] == [False, False]
    assert [entry.fields for entry in seen_by(place.protocol)] == [["address", "person"]]
    path = f"{here}{link.public_id}/revoke/"
    assert (told["revoked_at"], bool(place.protocol.post(path, {}).json()["revoked_at"])) == (None, True)
    assert kind(place.protocol.post(path, {})) == (409, "conflict")
    assert ids(place.protocol.get(f"{here}?live=true")) == []


def test_a_guest_is_entered_and_invited(place: Place) -> None:
    here = f"{DESK}guests/"
    said = {"name": "Rita Rossi", "mailbox": "rita@uni.example", "language": "en", "office": "Professor"}
    made = place.protocol.post(here, said).json()
    assert (made["name"], bool(made["person"])) == ("Rita Rossi", True)
    assert place.protocol.post(f"{HERE}invite/", {"parties": [made["id"]]}).json()["letters"] == 1
    assert Invitation.objects.get().party.name == "Rita Rossi"
    assert ids(place.focal.get(here)) == []


@pytest.fixture
def member(place: Place) -> str:
    """The id of somebody who takes part."""
    f.InvitationFactory(party=place.one, answered=True)
    return f.MembershipFactory(confirmed_at=f.START, party=place.one, person__name="Ada Example").person.public_id


def test_a_list_of_participants_is_looked_at_before_it_is_made(place: Place, member: str) -> None:
    looked = place.protocol.post(f"{LISTS}preview/", {}).json()
    assert (looked["number"], looked["changed"], looked["left_out"]) == (1, True, {"parties": 0, "people": 0})
    assert [each["key"] for party in looked["content"]["parties"] for each in party["members"]] == [member]
    assert [(seen.fields, seen.detail["keys"]) for seen in seen_by(place.protocol)] == [
        (["name", "office"], [member])
    ]
    late = f.MembershipFactory(confirmed_at=f.START, party=place.one)
    refused = place.protocol.post(LISTS, {"expected": looked["expected"]})
    assert kind(refused) == (409, "conflict")
    assert refused.json()["detail"].startswith("The list changed after you opened this page.")
    late.delete()
    assert place.protocol.post(LISTS, {"expected": looked["expected"]}).status_code == 201


def test_a_list_of_participants_is_frozen_read_and_taken_as_a_file(place: Place, member: str) -> None:
    made = place.protocol.post(LISTS, {"note": "As of today"}).json()
    assert (made["number"], made["final"], made["made_by"]) == (1, False, "Pat")
    again = place.protocol.post(LISTS, {})
    assert (kind(again), again.json()["detail"]) == ((409, "conflict"), "Nothing has changed since revision 1.")
    assert place.protocol.post(LISTS, {"final": True}).json()["number"] == 2
    reader, printer = place.desk(Role.ACCREDITATION), place.desk(Role.ORGANISER)
    where = f"{LISTS}{made['id']}/"
    told = reader.get(where).json()["content"]
    assert [each["key"] for each in told["parties"][0]["members"]] == [member]
    assert pointers(printer.post(f"{where}file/", {"language": "xx", "ending": "exe"})) == {"#/language", "#/ending"}
    asked = {"language": "fr", "ending": "xlsx"}
    file = printer.post(f"{where}file/", asked, Idempotency_Key="one").json()
    name = f"Liste des participants – {place.summit.short_name} – Révision 1 – provisoire.xlsx"
    assert (file["file_name"], b64decode(file["content"])[:2]) == (name, b"PK")
    assert printer.post(f"{where}file/", asked, Idempotency_Key="one").json()["content"] is None
    for who in (reader, printer):
        assert [(entry.fields[0], entry.detail["people"]) for entry in seen_by(who)] == [("content", [member])]

"""Invitations by the API alone: invited, approved, sent, answered by a focal point and for a party, and refused."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Q
from django.utils import timezone

from delegations.invitations.models.invitations import Invitation
from delegations.invitations.selectors import letter_facts
from delegations.parties.models.parties import Party
from delegations.parties.models.policy import Policy
from summit.audit import access_log
from summit.audit.models import AuditEntry
from summit.outbox.models import Message
from summit.permissions import rules
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.api.conftest import DESK, Place, kind, pointers

pytestmark = pytest.mark.django_db
HERE = f"{DESK}invitations/"
YES = {"answer": "attending", "name": "Fay, First Secretary"}


def listed(program: Any, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = program.get(f"{HERE}{query}").json()["results"]
    return found


def sent(place: Place, **values: Any) -> Invitation:
    return f.InvitationFactory(**{"party": place.one, "sent": True, **values})


def names(program: Any, query: str = "") -> list[str]:
    return [each["party_name"] for each in listed(program, query)]


# --- the whole way --------------------------------------------------------------------------------------------------
def test_two_parties_are_invited_and_answer_by_the_api_alone(place: Place) -> None:
    Policy.objects.create(summit=place.summit, second_person=True)
    both = {"parties": [place.one.public_id, place.other.public_id]}
    prepared = place.protocol.post(f"{HERE}prepare/", both)
    assert prepared.status_code == 200, prepared.content
    assert [each["party"] for each in prepared.json()["reached"]] == both["parties"]
    # What isn't sent isn't there for the party.
    assert listed(place.focal) == []
    organiser = place.organiser()
    assert len(organiser.post(f"{HERE}approve/", both).json()["reached"]) == 2
    due = (timezone.now() + timedelta(days=30)).replace(microsecond=0)
    plan = place.protocol.post(f"{HERE}plan/", {}).json()
    assert plan == {"steps": [{"step": "send", "parties": both["parties"], "letters": 3}], "skipped": []}
    went = organiser.post(f"{HERE}send/", {"answer_by": due.isoformat()})
    assert went.status_code == 200, went.content
    assert (went.json()["letters"], went.json()["skipped"]) == (3, [])
    assert Message.objects.filter(kind=letter_facts.KIND).count() == 3
    place.summit.refresh_from_db()
    assert place.summit.answer_by == due
    # The focal point answers for its own party; protocol records the other's.
    [own] = listed(place.focal)
    assert (own["party"], own["state"], own["sent_by"]) == (place.one.public_id, "sent", None)
    given = {"answer": "attending", "level": "minister", "note": "With thanks"}
    answered = place.focal.post(f"{HERE}{own['id']}/answer/", {**YES, **given})
    assert answered.status_code == 200, answered.content
    told = {"state": "answered", "answered_by": "Fay, First Secretary", **given}
    assert {name: answered.json()[name] for name in told} == told
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
    assert place.protocol.get(f"{HERE}{reached['invitation']}/").json()["state"] == "sent"
    left = {"id": place.other.public_id, "why": "It is already invited."}
    again = place.protocol.post(f"{HERE}invite/", body).json()
    assert again == {"reached": [], "letters": 0, "skipped": [left]}
    elsewhere = f.PartyFactory()
    wrong = place.protocol.post(f"{HERE}invite/", {"parties": [elsewhere.public_id, "ext:registry:78"]})
    assert pointers(wrong) == {"#/parties"}
    assert elsewhere.public_id in wrong.json()["errors"][0]["detail"]


def test_a_reminder_goes_once_to_those_that_have_not_answered(place: Place) -> None:
    row = sent(place)
    body = {"parties": [place.one.public_id, place.other.public_id]}
    reached = place.protocol.post(f"{HERE}remind/", body).json()
    assert reached["reached"] == [{"party": place.one.public_id, "invitation": row.public_id}]
    assert [each["id"] for each in reached["skipped"]] == [place.other.public_id]
    assert place.protocol.post(f"{HERE}remind/", body).json()["letters"] == 0
    assert Message.objects.filter(kind="reminder").count() == reached["letters"] > 0
    assert kind(place.focal.post(f"{HERE}remind/", body))[0] == 403


def test_a_party_without_a_mailbox_is_invited_on_paper_and_answers(place: Place) -> None:
    mute = f.PartyFactory(summit=place.summit, mission_email="")
    Policy.objects.create(summit=place.summit, second_person=True)
    assert place.protocol.post(f"{DESK}parties/{mute.public_id}/invite-on-paper/", {}).status_code == 200
    row = Invitation.objects.get(party=mute)
    assert (row.state, row.number, Message.objects.count()) == ("sent", 1, 0)
    given = {"answer": "regrets", "name": "The Embassy", "way": {"channel": "telephone"}}
    assert place.protocol.post(f"{HERE}{row.public_id}/answer/", given).json()["answer"] == "regrets"
    for party in (mute, place.one):
        again = place.protocol.post(f"{DESK}parties/{party.public_id}/invite-on-paper/", {})
        assert kind(again) == (409, "conflict")


# --- one at a time --------------------------------------------------------------------------------------------------
def test_one_is_approved_reopened_written_anew_and_revoked(place: Place) -> None:
    path = f"{HERE}{f.InvitationFactory(party=place.one).public_id}/"
    etag = place.protocol.get(path)["ETag"]
    assert place.protocol.post(f"{path}approve/", {}, If_Match=etag).json()["state"] == "approved"
    assert kind(place.protocol.post(f"{path}approve/", {}, If_Match=etag)) == (412, "changed")
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
    # A desk says by which way it came.
    assert pointers(place.protocol.post(path, YES)) == {"#/channel"}
    Summit.objects.filter(pk=place.summit.pk).update(answer_by=timezone.now() - timedelta(days=1))
    late = place.focal.post(path, YES)
    assert kind(late) == (409, "conflict")
    assert late.json()["detail"].startswith("The deadline for answers has passed.")


# --- who sees what --------------------------------------------------------------------------------------------------
def test_a_focal_point_finds_nothing_of_other_parties(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    own, _foreign = sent(place), sent(place, party=place.other)
    draft = f.InvitationFactory(party=place.one, occasion="s" * 16)
    assert [each["id"] for each in listed(place.focal)] == [own.public_id]
    # Control: a draft is told where all of a party's are its own.
    monkeypatch.setitem(rules._OWN, Invitation, lambda user, role: Q(party=place.one))
    assert draft.public_id in [each["id"] for each in listed(place.focal)]


def test_lists_are_narrowed(place: Place) -> None:
    sent(place, sent_by=place.protocol.user)
    sent(place, party=place.other, sent_at=f.START + timedelta(days=1), occasion="s" * 16)
    since = (f.START + timedelta(hours=1)).isoformat().replace("+", "%2B")
    for query, found in (
        *(("", ["Aland", "Bland"]), (f"?sent_since={since}", ["Bland"]), ("?to_summit=true", ["Aland"])),
        *((f"?occasion={'s' * 16}", ["Bland"]), (f"?party={place.one.public_id}", ["Aland"])),
    ):
        assert names(place.protocol, query) == found


def test_who_read_an_answer_is_recorded(place: Place) -> None:
    sent(place)
    listed(place.protocol)
    row = f.InvitationFactory(party=place.other, answered=True)
    listed(place.protocol, "?fields=id,state")
    assert not AuditEntry.objects.filter(action=access_log.SEEN).exists()
    listed(place.protocol)
    [entry] = AuditEntry.objects.filter(action=access_log.SEEN)
    assert (entry.object_key, entry.fields) == (row.public_id, ["answered_by", "note"])
    assert entry.by == place.protocol.user


# --- whom to telephone ----------------------------------------------------------------------------------------------
def test_whoever_has_waited_longest_is_telephoned_first(place: Place) -> None:
    mission = {"mission_name": "Embassy", "mission_contact": "Mr Ax", "mission_phone": "+46 1"}
    Party.objects.filter(pk=place.one.pk).update(iso_code="FR", **mission)
    now, sheet = timezone.now(), f"{DESK}calls/sheet/"
    late = sent(place, sent_at=now - timedelta(days=9))
    called = sent(place, party=place.other, sent_at=now - timedelta(days=20))
    f.InvitationFactory(party__summit=place.summit, answered=True)
    place.protocol.post(f"{HERE}{called.public_id}/call/", {"outcome": "call_back", "note": "After two"})
    asked = place.protocol.post(sheet, {}).json()
    assert asked["number"] == 2
    first, second = asked["parties"]
    assert (second["invitation"], second["called_today"], second["waited"]) == (called.public_id, True, 20)
    point = place.one.focal_points.get().person
    assert {**first, "sent_at": ""} == {
        **{"invitation": late.public_id, "party": place.one.public_id, "party_name": "Aland", **mission},
        **{"language": place.one.language, "sent_at": "", "waited": 9, "called_today": False},
        **{"last_at": None, "last_outcome": None, "last_note": None, "last_by": None},
        "focal_points": [{"person": point.public_id, "name": point.label}],
    }
    told = AuditEntry.objects.filter(action=access_log.SEEN, object_type="delegations.party").latest("pk")
    assert (told.fields, told.detail["people"]) == (["focal_points", "mission_contact"], [point.public_id])

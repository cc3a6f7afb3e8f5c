"""Invitations by the API alone: invited, approved, sent, answered by a focal point and for a party, and refused."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from delegations.api.parts import parties
from delegations.domain import letters
from delegations.models import Invitation, InvitationState, Party, Policy, Reply
from summit import permissions
from summit.domain import seen
from summit.models import AuditEntry, Role
from summit.outbox.models import Message
from tests import factories as f
from tests.delegations.api.conftest import DESK, Place, counted, kind, pointers

pytestmark = pytest.mark.django_db
HERE = f"{DESK}invitations/"
YES = {"answer": "attending", "name": "Fay, First Secretary"}


def listed(program: Any, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = program.get(f"{HERE}{query}").json()["results"]
    return found


def sent(place: Place, **values: Any) -> Invitation:
    made: Invitation = f.InvitationFactory(**{"party": place.one, "state": "sent", "sent_at": f.START, **values})
    return made


# --- the whole way --------------------------------------------------------------------------------------------------
def test_two_parties_are_invited_and_answer_by_the_api_alone(place: Place) -> None:
    Policy.objects.create(summit=place.summit, second_person=True)
    both = {"parties": [place.one.public_id, place.other.public_id]}
    prepared = place.protocol.post(f"{HERE}prepare/", both)
    assert prepared.status_code == 200, prepared.content
    assert [each["party"] for each in prepared.json()["reached"]] == both["parties"]
    # Who prepared is not the second person.
    refused = place.protocol.post(f"{HERE}approve/", both).json()
    assert refused["reached"] == []
    assert "need a second person" in refused["skipped"][0]["why"]
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
    assert Message.objects.filter(kind=letters.KIND).count() == 3
    place.summit.refresh_from_db()
    assert place.summit.answer_by == due
    # The focal point answers for its own party; protocol records the other's.
    [own] = listed(place.focal)
    assert (own["party"], own["state"], own["sent_by"]) == (place.one.public_id, "sent", None)
    answered = place.focal.post(f"{HERE}{own['id']}/answer/", {**YES, "level": "minister", "note": "With thanks"})
    assert answered.status_code == 200, answered.content
    assert {name: answered.json()[name] for name in ("state", "answer", "level", "note", "answered_by")} == {
        "state": "answered",
        "answer": "attending",
        "level": "minister",
        "note": "With thanks",
        "answered_by": "Fay, First Secretary",
    }
    [open_one] = listed(place.protocol, "?state=sent")
    way = {"channel": "note_verbale", "reference": "NV 12", "dated": "2026-01-02"}
    recorded = place.protocol.post(
        f"{HERE}{open_one['id']}/answer/", {"answer": "regrets", "name": "The Embassy", "way": way}
    )
    assert (recorded.status_code, recorded.json()["answer"]) == (200, "regrets")
    replies = Reply.objects.order_by("pk").values_list("channel", "reference", "recorded_by__name")
    assert list(replies) == [("portal", "", "Fay"), ("note_verbale", "NV 12", "Pat")]
    assert {each["state"] for each in listed(place.protocol)} == {"answered"}
    done = AuditEntry.objects.filter(object_type="delegations.invitation").exclude(action=seen.SEEN)
    assert [each.action.rpartition(".")[2] for each in done.order_by("pk")] == [
        *("prepare", "prepare", "approve", "approve", "invite", "invite", "answer", "answer")
    ]


def test_without_a_second_person_inviting_is_one_request(place: Place) -> None:
    found = place.protocol.post(f"{HERE}invite/", {"parties": [place.other.public_id]}).json()
    [reached] = found["reached"]
    assert place.protocol.get(f"{HERE}{reached['invitation']}/").json()["state"] == "sent"
    again = place.protocol.post(f"{HERE}invite/", {"parties": [place.other.public_id]}).json()
    assert again == {
        "reached": [],
        "letters": 0,
        "skipped": [{"id": place.other.public_id, "why": "It has been invited already."}],
    }


def test_a_party_is_named_as_its_registry_calls_it(place: Place) -> None:
    f.ExternalIdFactory(party=place.other, system="registry", value="77")
    found = place.protocol.post(f"{HERE}invite/", {"parties": ["ext:registry:77"]}).json()
    assert [each["party"] for each in found["reached"]] == [place.other.public_id]
    elsewhere = f.PartyFactory()
    wrong = place.protocol.post(f"{HERE}invite/", {"parties": [elsewhere.public_id, "ext:registry:78"]})
    assert pointers(wrong) == {"#/parties"}
    assert elsewhere.public_id in wrong.json()["errors"][0]["detail"]


def test_many_are_found_by_one_query_as_another_system_calls_them(place: Place) -> None:
    queries = []
    for number in (1, 2, 6):
        rows = [f.PartyFactory(summit=place.summit) for _one in range(number)]
        for row in rows:
            f.ExternalIdFactory(party=row, system="crm:eu", value=f"{number}:{row.public_id}")
            f.ExternalIdFactory(party=row, system="registry", value=row.public_id)
        field = parties("delegations.party.view")
        field._context = {"by": place.protocol.user, "summit": place.summit}  # type: ignore[attr-defined]
        keys = [f"ext:registry:{row.public_id}" for row in rows]
        with CaptureQueriesContext(connection) as found:
            assert field.run_validation([*keys, keys[0]]) == rows
        queries.append(len(found))
    # The first asks for the reader's roles as well.
    assert queries == [3, 2, 2]


# --- one at a time --------------------------------------------------------------------------------------------------
def test_one_is_approved_reopened_written_anew_and_revoked(place: Place) -> None:
    draft = f.InvitationFactory(party=place.one)
    path = f"{HERE}{draft.public_id}/"
    etag = place.protocol.get(path)["ETag"]
    assert place.protocol.post(f"{path}approve/", {}, If_Match=etag).json()["state"] == "approved"
    assert kind(place.protocol.post(f"{path}approve/", {}, If_Match=etag)) == (412, "changed")
    again = place.protocol.post(f"{path}approve/", {})
    assert kind(again) == (409, "conflict")
    assert again.json()["detail"].startswith("Somebody else changed this invitation.")
    assert place.protocol.post(f"{path}reopen/", {}).json()["approved_at"] is None
    assert kind(place.protocol.post(f"{path}write-anew/", {})) == (409, "conflict")
    there = sent(place, party=place.other)
    path = f"{HERE}{there.public_id}/"
    assert place.protocol.post(f"{path}write-anew/", {}).status_code == 200
    assert there.links.count() == 1
    called = place.protocol.post(f"{path}call/", {"outcome": "call_back", "note": "After two"})
    assert called.status_code == 200
    assert [(each.outcome, each.note) for each in there.calls.all()] == [("call_back", "After two")]
    assert pointers(place.protocol.post(f"{path}call/", {"outcome": "nobody", "note": "x" * 501})) == {"#/note"}
    [told] = place.protocol.get(f"{DESK}calls/?invitation={there.public_id}").json()["results"]
    assert (told["by"], told["outcome"], told["note"]) == ("Pat", "call_back", "After two")
    assert kind(place.focal.get(f"{DESK}calls/{told['id']}/")) == (404, "not-found")
    assert place.protocol.post(f"{path}revoke/", {}).json()["state"] == "revoked"
    assert kind(place.protocol.post(f"{path}revoke/", {})) == (409, "conflict")
    assert not there.links.live().exists()


def test_what_is_wrong_of_an_answer_is_said_by_field(place: Place) -> None:
    path = f"{HERE}{sent(place).public_id}/answer/"
    assert pointers(place.focal.post(path, {"answer": "maybe"})) == {"#/answer"}
    assert pointers(place.focal.post(path, {"answer": "attending", "level": "executive"})) == {"#/level", "#/name"}
    # A desk says by which way it came, and a focal point records none.
    assert pointers(place.protocol.post(path, YES)) == {"#/channel"}
    way = {"channel": "telephone"}
    assert kind(place.focal.post(path, {**YES, "way": way})) == (403, "forbidden")
    place.summit.answer_by = timezone.now() - timedelta(days=1)
    place.summit.save(update_fields=["answer_by"])
    late = place.focal.post(path, YES)
    assert kind(late) == (409, "conflict")
    assert late.json()["detail"].startswith("Answers were due before now.")
    assert place.protocol.post(path, {**YES, "way": way}).status_code == 200


# --- who sees what --------------------------------------------------------------------------------------------------
def test_a_focal_point_finds_nothing_of_other_parties(place: Place) -> None:
    own, foreign = sent(place), sent(place, party=place.other)
    draft = f.InvitationFactory(party=place.one, occasion="s" * 16)
    assert [each["id"] for each in listed(place.focal)] == [own.public_id]
    for row in (foreign, draft):
        path = f"{HERE}{row.public_id}/"
        assert kind(place.focal.get(path)) == (404, "not-found")
        assert kind(place.focal.post(f"{path}answer/", YES)) == (404, "not-found")
    path = f"{HERE}{own.public_id}/"
    for deed in ("approve", "reopen", "revoke", "write-anew"):
        assert kind(place.focal.post(f"{path}{deed}/", {})) == (403, "forbidden")
    assert kind(place.focal.post(f"{HERE}invite/", {"parties": [place.one.public_id]})) == (403, "forbidden")
    # Programme sees all of them and sends none.
    programme = place.desk(Role.PROGRAMME)
    assert len(listed(programme)) == 3
    assert kind(programme.post(f"{HERE}plan/", {})) == (403, "forbidden")
    assert Invitation.objects.filter(state=InvitationState.SENT).count() == 2


def test_control_a_draft_is_told_where_all_of_a_party_s_are_its_own(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = f.InvitationFactory(party=place.one)
    assert listed(place.focal) == []
    monkeypatch.setitem(permissions._OWN, Invitation, lambda user, role: Q(party=place.one))
    assert [each["id"] for each in listed(place.focal)] == [draft.public_id]


def test_lists_are_narrowed_and_do_not_ask_more_for_more(place: Place) -> None:
    user = place.protocol.user
    first = sent(place, sent_by=user)
    sent(place, party=place.other, sent_at=f.START + timedelta(days=1), occasion="s" * 16)
    assert [each["party_name"] for each in listed(place.protocol)] == ["Aland", "Bland"]
    since = (f.START + timedelta(hours=1)).isoformat().replace("+", "%2B")
    assert [each["party_name"] for each in listed(place.protocol, f"?sent_since={since}")] == ["Bland"]
    assert [each["party_name"] for each in listed(place.protocol, "?to_summit=true")] == ["Aland"]
    assert [each["party_name"] for each in listed(place.protocol, f"?occasion={'s' * 16}")] == ["Bland"]
    assert [each["id"] for each in listed(place.protocol, f"?party={place.one.public_id}")] == [first.public_id]
    counts = []
    for number in (0, 4):
        for _number in range(number):
            sent(place, party=f.PartyFactory(summit=place.summit), sent_by=f.UserFactory())
        counts.append(counted(place.protocol, HERE))
        assert len(listed(place.protocol)) == 2 + number
    assert counts[0] == counts[1] <= 8


def test_who_read_an_answer_is_recorded(place: Place) -> None:
    row = sent(place)
    listed(place.protocol)
    assert not AuditEntry.objects.filter(action=seen.SEEN).exists()
    Invitation.objects.filter(pk=row.pk).update(
        state="answered", answer="attending", answered_by="A. Name", answered_at=f.START
    )
    listed(place.protocol, "?fields=id,state")
    assert not AuditEntry.objects.filter(action=seen.SEEN).exists()
    listed(place.protocol)
    [entry] = AuditEntry.objects.filter(action=seen.SEEN)
    assert (entry.object_key, entry.fields, entry.by) == (
        row.public_id,
        ["answered_by", "note"],
        place.protocol.user,
    )


# --- whom to telephone ----------------------------------------------------------------------------------------------
def test_whoever_has_waited_longest_is_telephoned_first(place: Place) -> None:
    Party.objects.filter(pk=place.one.pk).update(
        mission_name="Embassy", mission_contact="Mr Ax", mission_phone="+46 1", region="europe"
    )
    now = timezone.now()
    late = sent(place, sent_at=now - timedelta(days=9))
    called = sent(place, party=place.other, sent_at=now - timedelta(days=20))
    said = {"state": "answered", "answer": "attending", "answered_by": "A", "answered_at": now}
    sent(place, party=f.PartyFactory(summit=place.summit), **said)
    place.protocol.post(f"{HERE}{called.public_id}/call/", {"outcome": "call_back", "note": "After two"})
    asked = place.protocol.post(f"{DESK}calls/sheet/", {}).json()
    assert asked["number"] == 2
    first, second = asked["parties"]
    assert (second["invitation"], second["called_today"], second["waited"]) == (called.public_id, True, 20)
    assert (second["last_outcome"], second["last_note"], second["last_by"]) == ("call_back", "After two", "Pat")
    point = place.one.focal_points.get().person
    assert {**first, "sent_at": ""} == {
        "invitation": late.public_id,
        "party": place.one.public_id,
        "party_name": "Aland",
        "language": place.one.language,
        "sent_at": "",
        "waited": 9,
        "mission_name": "Embassy",
        "mission_contact": "Mr Ax",
        "mission_phone": "+46 1",
        "focal_points": [{"person": point.public_id, "name": point.label}],
        "called_today": False,
        "last_at": None,
        "last_outcome": None,
        "last_note": None,
        "last_by": None,
    }
    told = AuditEntry.objects.filter(action=seen.SEEN, object_type="delegations.party").latest("pk")
    assert (told.fields, told.detail["people"]) == (["focal_points", "mission_contact"], [point.public_id])
    for narrowed, number in (({"last": "never"}, 1), ({"days": 10}, 1), ({"region": "africa"}, 0)):
        assert place.protocol.post(f"{DESK}calls/sheet/", narrowed).json()["number"] == number
    assert pointers(place.protocol.post(f"{DESK}calls/sheet/", {"last": "soon"})) == {"#/last"}
    for asks in (place.focal, place.desk(Role.VIEWER)):
        assert kind(asks.post(f"{DESK}calls/sheet/", {})) == (404, "not-found")


def test_a_long_sheet_asks_no_more_of_the_database(place: Place) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert place.protocol.post(f"{DESK}calls/sheet/", {}).status_code == 200
        return len(asked)

    sent(place)
    queries()
    few = queries()
    for _each in range(6):
        party = f.FocalPointFactory(party__summit=place.summit).party
        sent(place, party=party)
    # Another list that was seen is noted anew.
    queries()
    assert queries() == few

"""What is held of whoever asks, by the API: taken by themselves alone, and what they want done about it."""

import json
from base64 import b64decode
from io import BytesIO
from zipfile import ZipFile

import pytest

from delegations.domain import own_data
from summit.api.scopes import known
from summit.models import AuditEntry, Person, User
from summit.outbox.models import Message
from tests import factories as f
from tests.delegations.api.conftest import Land, kind, pointers
from tests.summit.api.conftest import Program, program

pytestmark = pytest.mark.django_db
MINE = "me/people/"


def me(own: Land) -> Person:
    return Person.objects.get(user=own.focal)


def test_one_takes_what_is_held_of_oneself_and_of_nobody_else(own: Land, focal: Program) -> None:
    mine = me(own)
    assert focal.get(MINE).json() == {
        "results": [{"id": mine.public_id, "summit": "here", "name": "Fay of Own", "office": mine.office}]
    }
    taken = focal.post(f"{MINE}{mine.public_id}/take-data/", {}, Idempotency_Key="one").json()
    packed = json.loads(ZipFile(BytesIO(b64decode(taken["content"]))).read("data.json"))
    assert packed["person"] == mine.public_id
    assert AuditEntry.objects.get(action="summit.take_own_data").object_key == mine.public_id
    # It is kept nowhere, not for an hour.
    again = focal.post(f"{MINE}{mine.public_id}/take-data/", {}, Idempotency_Key="one").json()
    assert again == {**taken, "content": None}
    # Whom one acts for is not who one is.
    for theirs in (own.person.public_id, "nobody", "no%20body%21", "%00"):
        assert kind(focal.post(f"{MINE}{theirs}/take-data/", {})) == (404, "not-found")
        assert kind(focal.post(f"{MINE}{theirs}/ask/", {"what": "erase"})) == (404, "not-found")


def test_protocol_is_asked_to_correct_or_erase_it(own: Land, focal: Program) -> None:
    where = f"{MINE}{me(own).public_id}/ask/"
    assert pointers(focal.post(where, {"what": "correct"})) == {"#/words"}
    assert pointers(focal.post(where, {"what": "forget", "why": "so"})) == {"#/why"}
    asked = {"what": "correct", "words": "I am no minister any more."}
    assert focal.post(where, asked).json() == {"new": True}
    assert focal.post(where, asked).json() == {"new": False}
    facts = Message.objects.get(kind=own_data.KIND).facts
    assert (facts["words"], facts["reply_to"]) == (asked["words"], own.focal.email)
    assert me(own).office


def test_a_token_of_one_summit_knows_who_one_is_there(own: Land) -> None:
    user: User = own.focal
    there = f.FocalPointFactory(person__user=user).person
    assert len(program(user).get(MINE).json()["results"]) == 2
    here = program(user, known(), own.party.summit)
    assert [each["summit"] for each in here.get(MINE).json()["results"]] == ["here"]
    assert kind(here.post(f"{MINE}{there.public_id}/take-data/", {})) == (404, "not-found")
    other = program(user, ["people:read"])
    assert kind(other.get(MINE)) == (403, "scope")

"""What is done to people by the API: erased, given accounts, merged, kept for a time; and what is held of whoever
asks."""

import json
from base64 import b64decode
from datetime import date
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from delegations.focal_points.api import requests
from delegations.members.models.categories import Category
from delegations.members.models.duplicates import DuplicateCandidate
from delegations.members.models.focal_points import FocalPoint
from delegations.members.models.particulars import Particulars
from delegations.privacy.messages import OWN_DATA
from delegations.privacy.models import Retention
from summit.api_base.models.answers import IdempotencyRecord
from summit.api_base.scopes import all_scopes
from summit.audit.models import AuditEntry
from summit.jobs import runner
from summit.jobs.models.jobs import Job
from summit.outbox.models import Message
from summit.people.models import Person
from summit.permissions.models import Role
from summit.privacy import person_erasure, subject_access
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.api.conftest import DESK, Land, Place, kind, pointers, seen_by
from tests.summit.api.conftest import Program, program

pytestmark = pytest.mark.django_db
PEOPLE, PAIRS, TIMES, MINE = f"{DESK}people/", f"{DESK}resemblances/", f"{DESK}retention-times/", "me/people/"


def test_an_organiser_erases_a_person(own: Land, organiser: Program, protocol: Program, focal: Program) -> None:
    where = f"{PEOPLE}{own.person.public_id}/"
    for other in (protocol, focal):
        assert kind(other.post(f"{where}erase/", {"reason": "asked"})) == (403, "forbidden")
    assert kind(protocol.post(f"{where}preview-erase/", {})) == (403, "forbidden")
    told = organiser.post(f"{where}preview-erase/", {}).json()
    deleted = {"name": "particulars", "title": "Passport, needs and travel", "rows": 1, "says": "Deleted."}
    assert deleted in told["goes"]
    assert [each["name"] for each in told["stays"]][-1] == "person"
    assert pointers(organiser.post(f"{where}erase/", {"reason": "boredom"})) == {"#/reason"}
    assert Person.objects.get(pk=own.person.pk).erased_at is None
    gone = organiser.post(f"{where}erase/", {"reason": "asked"}).json()
    assert (gone["erased"], gone["email"]) == (True, "")
    assert AuditEntry.objects.get(action=person_erasure.ERASE).detail["reason"] == "asked"
    assert kind(organiser.post(f"{where}erase/", {"reason": "asked"})) == (409, "conflict")


def test_all_that_is_held_is_handed_over_and_kept_nowhere(own: Land, organiser: Program, vetting: Program) -> None:
    people = f"{PEOPLE}{own.person.public_id}/"
    where = f"{people}hand-over/"
    assert kind(organiser.post(where, {})) == (409, "conflict")
    assert organiser.post(f"{people}ask-hand-over/", {}).status_code == 200
    assert vetting.post(f"{people}agree-hand-over/", {}).status_code == 200
    given = organiser.post(where, {}, Idempotency_Key="one").json()
    assert (given["file_name"], given["content_type"]) == (f"person-{own.person.public_id}.zip", "application/zip")
    packed = ZipFile(BytesIO(b64decode(given["content"])))
    assert json.loads(packed.read("data.json"))["parts"]["particulars"][0]["diet"] == "No Own"
    kept = json.loads(bytes(IdempotencyRecord.objects.get().body))
    assert kept == {**given, "content": None}
    done = AuditEntry.objects.filter(by=organiser.user, object_key=own.person.public_id)
    actions = {subject_access.HAND_OVER, "summit.ask_hand_over", "summit.person.seen"}
    assert set(done.values_list("action", flat=True)) == actions


def test_people_are_given_accounts_and_lose_them(place: Place) -> None:
    ada, mute = (f.MembershipFactory(party=place.one, person__email=box).person for box in ("ada@aland.example", ""))
    people = {"people": [ada.public_id, mute.public_id]}
    given = place.protocol.post(f"{PEOPLE}give-accounts/", people).json()
    why = "Has no email address to sign in with. Add one first."
    assert (given["given"], given["skipped"]) == ([ada.public_id], [{"id": mute.public_id, "why": why}])
    assert Person.objects.get(pk=ada.pk).user.email == "ada@aland.example"  # type: ignore[union-attr]
    where = f"{PEOPLE}{ada.public_id}/?fields=account"
    assert (place.protocol.get(where).json(), place.focal.get(where).json()) == ({"account": True}, {"account": None})
    assert place.protocol.post(f"{PEOPLE}take-accounts/", people).json() == {"taken": 1}
    assert Person.objects.get(pk=ada.pk).user_id is None
    elsewhere = f.PersonFactory().public_id
    assert pointers(place.protocol.post(f"{PEOPLE}take-accounts/", {"people": [elsewhere]})) == {"#/people"}


def test_an_organiser_chooses_an_account(own: Land, organiser: Program) -> None:
    colleague = f.UserFactory.with_role(Role.VIEWER, own.party.summit)
    where = f"{PEOPLE}{own.person.public_id}/choose-account/"
    assert pointers(organiser.post(where, {"account": own.focal.public_id})) == {"#/account"}
    assert organiser.post(where, {"account": colleague.public_id}).json()["account"] is True
    assert Person.objects.get(pk=own.person.pk).user == colleague
    assert organiser.post(where, {"account": None}).json()["account"] is False
    assert Person.objects.get(pk=own.person.pk).user is None


def pair(place: Place, name: str) -> DuplicateCandidate:
    one = f.MembershipFactory(party=place.one, person__name=name).person
    return f.DuplicateCandidateFactory(person=one, other__name=name)


def test_two_entries_of_one_person_are_merged(place: Place) -> None:
    row = pair(place, "Ada Example")
    [told] = place.protocol.get(f"{PAIRS}?open=true").json()["results"]
    assert (told["person_name"], told["person_party"]) == (row.person.label, place.one.public_id)
    assert told["other_party"] is None
    [seen] = seen_by(place.protocol)
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


def me(own: Land) -> Person:
    return Person.objects.get(user=own.focal)


def test_one_takes_what_is_held_of_oneself_and_of_nobody_else(own: Land, focal: Program) -> None:
    mine = me(own)
    told = {"id": mine.public_id, "summit": "here", "name": "Fay of Own", "office": mine.office}
    assert focal.get(MINE).json() == {"results": [told]}
    taken = focal.post(f"{MINE}{mine.public_id}/take-data/", {}, Idempotency_Key="one").json()
    packed = json.loads(ZipFile(BytesIO(b64decode(taken["content"]))).read("data.json"))
    assert packed["person"] == mine.public_id
    assert AuditEntry.objects.get(action="summit.take_own_data").object_key == mine.public_id
    again = focal.post(f"{MINE}{mine.public_id}/take-data/", {}, Idempotency_Key="one").json()
    assert again == {**taken, "content": None}
    # Whom one acts for is not who one is.
    for theirs in (own.person.public_id, "no%20body%21", "%00"):
        assert kind(focal.post(f"{MINE}{theirs}/take-data/", {})) == (404, "not-found")
    assert kind(focal.post(f"{MINE}{own.person.public_id}/ask/", {"what": "erase"})) == (404, "not-found")


def test_protocol_is_asked_to_correct_or_erase_it(own: Land, focal: Program) -> None:
    where = f"{MINE}{me(own).public_id}/ask/"
    assert pointers(focal.post(where, {"what": "correct"})) == {"#/words"}
    asked = {"what": "correct", "words": "I am no minister any more."}
    assert focal.post(where, asked).json() == {"new": True}
    assert focal.post(where, asked).json() == {"new": False}
    facts = Message.objects.get(kind=OWN_DATA.name).facts
    assert (facts["words"], facts["reply_to"]) == (asked["words"], own.focal.email)
    assert me(own).office


def test_a_token_of_one_summit_knows_who_one_is_there(own: Land) -> None:
    user: User = own.focal
    there = f.FocalPointFactory(person__user=user).person
    assert len(program(user).get(MINE).json()["results"]) == 2
    here = program(user, all_scopes(), own.party.summit)
    assert [each["summit"] for each in here.get(MINE).json()["results"]] == ["here"]
    assert kind(here.post(f"{MINE}{there.public_id}/take-data/", {})) == (404, "not-found")
    assert kind(program(user, ["people:read"]).get(MINE)) == (403, "scope")


def test_others_who_act_are_not_told(own: Land, other: Land, focal: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """A focal point is asked for in place of one of the reader's own parties, and nobody else is known."""
    mine, theirs = (FocalPoint.objects.get(party=each.party).person.public_id for each in (own, other))

    def told(person: str) -> str:
        asked = {"party": own.party.public_id, "name": "Cy", "email": "cy@own.example", "instead_of": person}
        answer = focal.post(f"{DESK}focal-point-requests/", asked)
        if answer.status_code == 201:
            return "asked"
        assert pointers(answer) == {"#/instead_of"}
        return str(answer.json()["errors"][0]["detail"])

    assert told(theirs) == told("x") == "There is no object with this ID."
    assert told(mine) == "asked"
    monkeypatch.setattr(requests, "reachable", lambda rows, *rest: rows)
    assert told(theirs) != told("x")


def test_an_organiser_gives_times(place: Place) -> None:
    organiser = place.desk(Role.ORGANISER)
    Category.objects.of(place.summit)
    given = {"what": "passport", "category": "delegate", "days": 7}
    made = organiser.post(TIMES, given)
    assert (made.status_code, {name: made.json()[name] for name in given}) == (201, given)
    again = organiser.post(TIMES, {**given, "days": 8}).json()["errors"][0]["detail"]
    assert again == "There is already a retention period for this data. Change that one."
    assert pointers(organiser.post(TIMES, {"what": "mail", "category": "delegate"})) == {"#/category"}
    # A day that no calendar has can't be reckoned.
    for number, problem in ((36526, "Enter 36525 or less."), (-1, "Enter 0 or more.")):
        refused = organiser.post(TIMES, {"what": "photo", "days": number})
        found = [(each["pointer"], each["detail"]) for each in refused.json()["errors"]]
        assert (refused.status_code, found) == (422, [("#/days", problem)])
    where = f"{TIMES}{made.json()['id']}/"
    moved = organiser.patch(where, {"what": "photo", "category": None, "days": None}, If_Match=made["ETag"]).json()
    assert (moved["what"], moved["category"], moved["days"]) == ("photo", None, None)
    assert organiser.delete(where, If_Match="*").status_code == 204
    assert not Retention.objects.exists()


def test_what_is_due_is_told_and_purged_by_a_worker(place: Place) -> None:
    member = f.MembershipFactory(party=place.one)
    f.ParticularsFactory(person=member.person, entered_for=place.one, passport_number="X1")
    organiser = place.desk(Role.ORGANISER)

    def passports() -> dict[str, Any]:
        told = organiser.post(f"{TIMES}preview-purge/", {}).json()
        [found] = [each for each in told if each["what"] == "passport"]
        return {name: found[name] for name in ("number", "due", "goes_on")}

    for year, due in ((2099, 0), (2000, 1)):
        day = date(year, 4, 1)
        Summit.objects.filter(pk=place.summit.pk).update(starts_on=day, ends_on=day)
        assert passports() == {"number": 1, "due": due, "goes_on": f"{year}-05-02"}
    job = Job.objects.get(public_id=organiser.post(f"{TIMES}purge/", {}).json()["job"])
    for _step in range(20):
        runner.run(job.pk)
    job.refresh_from_db()
    assert job.state == "done"
    assert Particulars.objects.filter(passport_number="X1").count() == passports()["number"] == 0

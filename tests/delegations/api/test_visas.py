"""Visa support letters by the API: asked for by a focal point, decided by protocol; no passport in them."""

import pytest

from delegations.models import Membership, Particulars, VisaLetter
from summit.models import AuditEntry
from tests import factories as f
from tests.delegations.api.conftest import DESK, Place, counted, kind, pointers

pytestmark = pytest.mark.django_db
HERE = f"{DESK}visa-letters/"
EMBASSY = "Embassy of Hostland in Landcity"
NUMBER = "X4821397"


def member(place: Place, name: str = "Ada") -> Membership:
    found: Membership = f.MembershipFactory(party=place.one, person__name=name)
    Particulars.objects.create(
        person=found.person,
        entered_for=place.one,
        passport_name="ADA EXAMPLE",
        birth_date="1980-02-29",
        nationality="FR",
        passport_number=NUMBER,
    )
    return found


def test_a_letter_is_asked_for_issued_and_made_void(place: Place) -> None:
    person = member(place).person.public_id
    assert pointers(place.focal.post(HERE, {"person": person})) == {"#/embassy"}
    asked = place.focal.post(HERE, {"person": person, "embassy": EMBASSY})
    assert asked.status_code == 201, asked.content
    assert (asked.json()["state"], asked.json()["number"], asked.json()["party_name"]) == ("asked", None, "Aland")
    assert kind(place.focal.post(HERE, {"person": person, "embassy": EMBASSY})) == (409, "conflict")
    key = asked.json()["id"]
    assert kind(place.focal.post(f"{HERE}issue/", {"letters": [key]})) == (403, "forbidden")
    issued = place.protocol.post(f"{HERE}issue/", {"letters": [key]})
    assert issued.status_code == 200, issued.content
    [letter] = issued.json()["letters"]
    assert (letter["state"], letter["number"], letter["decided_by"]) == ("issued", 1, "Pat")
    again = place.protocol.post(f"{HERE}issue/", {"letters": [key]}).json()
    assert again == {"letters": [], "skipped": [{"id": key, "why": "It was decided before."}]}
    own = place.focal.get(f"{HERE}{key}/")
    assert (own.json()["state"], own.json()["decided_by"]) == ("issued", None)
    assert kind(place.focal.post(f"{HERE}{key}/take-back/", {})) == (409, "conflict")
    void = place.protocol.post(f"{HERE}{key}/void/", {"reason": "She comes not"})
    assert (void.json()["state"], void.json()["reason"]) == ("void", "She comes not")
    answers = [asked, issued, own, void, place.protocol.get(HERE)]
    assert [NUMBER in each.content.decode() for each in answers] == [False] * 5


def test_a_letter_is_refused_or_taken_back(place: Place) -> None:
    first, second = (
        f.VisaLetterFactory(party=place.one, person=member(place, name).person) for name in ("Ada", "Bo")
    )
    assert pointers(place.protocol.post(f"{HERE}{first.public_id}/refuse/", {})) == {"#/reason"}
    refused = place.protocol.post(f"{HERE}{first.public_id}/refuse/", {"reason": "No member"})
    assert refused.json()["state"] == "refused"
    assert place.focal.post(f"{HERE}{second.public_id}/take-back/", {}).json()["state"] == "void"
    listed = place.focal.get(f"{HERE}?state=void").json()["results"]
    assert [each["id"] for each in listed] == [second.public_id]


def test_nobody_asks_for_another_party_s_people(place: Place) -> None:
    foreign = f.VisaLetterFactory(party=place.other)
    path = f"{HERE}{foreign.public_id}/"
    asked = place.focal.post(HERE, {"person": foreign.person.public_id, "embassy": EMBASSY})
    assert pointers(asked) == {"#/person"}
    assert asked.json()["errors"][0]["detail"] == "There is none of this id."
    assert kind(place.focal.get(path)) == (404, "not-found")
    assert kind(place.focal.post(f"{path}take-back/", {})) == (404, "not-found")
    assert place.focal.get(HERE).json()["results"] == []
    assert VisaLetter.objects.count() == 1


def test_who_read_letters_is_recorded_and_many_ask_as_little_as_few(place: Place) -> None:
    place.protocol.get(HERE)
    counts = []
    for number in (2, 4):
        for _number in range(number):
            f.VisaLetterFactory(party=f.PartyFactory(summit=place.summit))
        counts.append(counted(place.protocol, HERE))
    assert counts[0] == counts[1] <= 11
    entry = AuditEntry.objects.filter(action="summit.person.seen").order_by("pk")[0]
    assert (entry.fields, entry.detail["number"], len(entry.detail["people"])) == (["embassy", "reason"], 2, 2)

"""To which mailboxes parties and people are written: what everybody is told, and letters."""

from typing import Any

import pytest

from delegations.mailboxes.access_log import record_mailboxes
from delegations.mailboxes.selectors import Mailbox, for_letters, for_members
from summit.audit import access_log
from summit.audit.models import AuditEntry
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f

pytestmark = pytest.mark.django_db


def boxes(summit: Any, parties: Any = (), people: Any = ()) -> list[Mailbox]:
    keys = {party.pk for party in parties}, {person.pk for person in people}
    return for_members(summit=summit, party_ids=keys[0], person_ids=keys[1])


def test_a_party_is_reached_at_its_focal_points_and_else_at_its_mission() -> None:
    party = f.PartyFactory(language="fr", mission_email="embassy@land.example")
    f.FocalPointFactory(party=party, person__email="")
    assert [box.address for box in boxes(party.summit, [party])] == ["embassy@land.example"]
    f.FocalPointFactory(party=party, person__email="One@land.example")
    # An address in other capitals is one mailbox.
    f.FocalPointFactory(party=party, person__email="one@land.example")
    f.FocalPointFactory(party=party, person__email="two@land.example")
    of_party = ("fr", party.pk, f"party:{party.public_id}", frozenset())
    addresses = ("One@land.example", "two@land.example")
    assert boxes(party.summit, [party]) == [Mailbox(address, *of_party) for address in addresses]
    silent = f.PartyFactory(mission_email="")
    assert boxes(silent.summit, [silent]) == []


def test_an_address_of_two_parties_is_two_mailboxes() -> None:
    one = f.PartyFactory(mission_email="shared@mission.example")
    two = f.PartyFactory(summit=one.summit, mission_email="shared@mission.example")
    for found in (boxes(one.summit, [one, two]), for_letters([one, two])):
        assert [(box.address, box.party_id) for box in found] == [(one.mission_email, each.pk) for each in (one, two)]


def test_a_person_is_reached_at_their_own_mailbox_or_through_their_party() -> None:
    member = f.MembershipFactory(person__email="minister@land.example", person__language="ar")
    party = member.party
    own = Mailbox("minister@land.example", "ar", party.pk, f"party:{party.public_id}", frozenset({member.person_id}))
    assert boxes(party.summit, people=[member.person]) == [own]
    f.FocalPointFactory(party=party, person__email="focal@land.example")
    one, two = (f.MembershipFactory(party=party).person for _ in range(2))
    found = boxes(party.summit, people=[one, two])
    assert [(box.address, box.person_ids) for box in found] == [("focal@land.example", frozenset({one.pk, two.pk}))]


def test_a_person_and_their_party_at_one_address_are_one_mailbox() -> None:
    party = f.PartyFactory(mission_email="embassy@land.example", language="fr")
    person = f.MembershipFactory(party=party, person__email="embassy@land.example").person
    found = boxes(party.summit, [party], [person])
    assert [(box.language, box.person_ids) for box in found] == [("fr", frozenset({person.pk}))]


def test_a_person_of_no_party_is_reached_alone_or_not_at_all() -> None:
    person = f.PersonFactory(email="guest@land.example")
    silent = f.PersonFactory(summit=person.summit)
    found = boxes(person.summit, people=[person, silent])
    assert found == [Mailbox("guest@land.example", "en", None, "people", frozenset({person.pk}))]
    assert boxes(f.SummitFactory(), [f.PartyFactory()], [person]) == []


def test_letters_go_by_the_channel_that_recognition_decides() -> None:
    focal, mission = "focal@land.example", "mission@land.example"
    for recognised, one, other, reached in (
        *((True, focal, mission, [focal, mission]), (True, "", mission, [mission]), (True, focal, "", [focal])),
        *((False, focal, mission, [focal]), (False, "", mission, [mission]), (False, "", "", [])),
    ):
        party = f.PartyFactory(recognised=recognised, flag="none", mission_email=other)
        f.FocalPointFactory(party=party, person__email=one)
        assert [box.address for box in for_letters([party])] == reached
    # A mission that is a focal point's mailbox gets one letter.
    party = f.PartyFactory(mission_email="Embassy@land.example", language="fr")
    f.FocalPointFactory(party=party, person__email="embassy@land.example")
    key = f"party:{party.public_id}"
    assert for_letters([party]) == [Mailbox("Embassy@land.example", "fr", party.pk, key, frozenset())]


def test_the_people_of_mailboxes_are_noted_once_and_a_mission_is_an_office(summit: Summit, protocol: User) -> None:
    record_mailboxes(by=protocol, summit=summit, boxes=[Mailbox("m@example.org", "en", 1, "x", frozenset())])
    seen = AuditEntry.objects.filter(action=access_log.SEEN, by=protocol)
    assert not seen.exists()
    people = f.PersonFactory.create_batch(2, summit=summit, email="a@example.org")
    f.PersonFactory(email="a@example.org")
    box = Mailbox("a@example.org", "en", None, "people", frozenset())
    for _time in range(2):
        record_mailboxes(by=protocol, summit=summit, boxes=[box, box])
    detail = {"number": 2, "keys": [person.public_id for person in people]}
    assert list(seen.values_list("object_type", "fields", "detail")) == [("summit.person", ["email"], detail)]

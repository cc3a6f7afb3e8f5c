from typing import Any

import pytest

from delegations.domain.mailboxes import Mailbox, for_letters, for_members
from tests import factories as f

pytestmark = pytest.mark.django_db


def boxes(summit: Any, parties: Any = (), people: Any = ()) -> list[Mailbox]:
    keys = {party.pk for party in parties}, {person.pk for person in people}
    return for_members(summit=summit, party_ids=keys[0], person_ids=keys[1])


def test_a_party_is_reached_at_its_focal_points_and_not_at_its_mission() -> None:
    party = f.PartyFactory(language="fr")
    f.FocalPointFactory(party=party, person__email="one@land.example")
    f.FocalPointFactory(party=party, person__email="two@land.example")
    f.FocalPointFactory(party=party, person__email="")
    key = f"party:{party.public_id}"
    assert boxes(party.summit, [party]) == [
        Mailbox("one@land.example", "fr", party.pk, key, frozenset()),
        Mailbox("two@land.example", "fr", party.pk, key, frozenset()),
    ]


def test_without_focal_points_mailbox_the_mission_is_written_to() -> None:
    party = f.PartyFactory(mission_email="embassy@land.example")
    f.FocalPointFactory(party=party, person__email="")
    assert [box.address for box in boxes(party.summit, [party])] == ["embassy@land.example"]


def test_a_party_without_any_mailbox_is_missing() -> None:
    party = f.PartyFactory(mission_email="")
    assert boxes(party.summit, [party]) == []


def test_an_address_in_other_capitals_is_one_mailbox() -> None:
    party = f.PartyFactory()
    f.FocalPointFactory(party=party, person__email="Desk@Land.example")
    f.FocalPointFactory(party=party, person__email="desk@land.example")
    assert [box.address for box in boxes(party.summit, [party])] == ["Desk@Land.example"]


def test_an_address_of_two_parties_is_two_mailboxes() -> None:
    one = f.PartyFactory(mission_email="shared@mission.example")
    two = f.PartyFactory(summit=one.summit, mission_email="shared@mission.example")
    found = boxes(one.summit, [one, two])
    assert [(box.address, box.party_id) for box in found] == [
        ("shared@mission.example", one.pk),
        ("shared@mission.example", two.pk),
    ]


def test_a_person_is_reached_at_their_own_mailbox_for_their_party() -> None:
    member = f.MembershipFactory(person__email="minister@land.example", person__language="ar")
    assert boxes(member.party.summit, people=[member.person]) == [
        Mailbox(
            "minister@land.example",
            "ar",
            member.party_id,
            f"party:{member.party.public_id}",
            frozenset({member.person_id}),
        )
    ]


def test_a_person_without_mailbox_is_reached_through_their_party() -> None:
    party = f.PartyFactory()
    f.FocalPointFactory(party=party, person__email="focal@land.example")
    one, two = (f.MembershipFactory(party=party).person for _ in range(2))
    found = boxes(party.summit, people=[one, two])
    assert [(box.address, box.person_ids) for box in found] == [("focal@land.example", frozenset({one.pk, two.pk}))]


def test_a_person_and_their_party_at_one_address_are_one_mailbox() -> None:
    party = f.PartyFactory(mission_email="embassy@land.example", language="fr")
    person = f.MembershipFactory(party=party, person__email="embassy@land.example").person
    assert [(box.language, box.person_ids) for box in boxes(party.summit, [party], [person])] == [
        ("fr", frozenset({person.pk}))
    ]


def test_a_person_of_no_party_is_reached_alone_or_not_at_all() -> None:
    person = f.PersonFactory(email="guest@land.example")
    silent = f.PersonFactory(summit=person.summit)
    found = boxes(person.summit, people=[person, silent])
    assert found == [Mailbox("guest@land.example", "en", None, "people", frozenset({person.pk}))]


def test_other_summits_are_not_reached() -> None:
    party, person = f.PartyFactory(), f.PersonFactory(email="guest@land.example")
    assert boxes(f.SummitFactory(), [party], [person]) == []


def test_queries_do_not_grow(django_assert_num_queries: Any) -> None:
    summit = f.SummitFactory()
    members = [f.MembershipFactory(party__summit=summit) for _ in range(12)]
    for size in (2, 12):
        chosen = members[:size]
        with django_assert_num_queries(4):
            boxes(summit, [member.party for member in chosen], [member.person for member in chosen])


@pytest.mark.parametrize(
    ("recognised", "focal", "mission", "reached"),
    [
        (True, "focal@land.example", "mission@land.example", ["focal@land.example", "mission@land.example"]),
        (True, "", "mission@land.example", ["mission@land.example"]),
        (True, "focal@land.example", "", ["focal@land.example"]),
        (False, "focal@land.example", "mission@land.example", ["focal@land.example"]),
        (False, "", "mission@land.example", ["mission@land.example"]),
        (False, "", "", []),
    ],
)
def test_letters_go_by_the_channel_that_recognition_decides(
    recognised: bool, focal: str, mission: str, reached: list[str]
) -> None:
    party = f.PartyFactory(recognised=recognised, flag="none", mission_email=mission)
    f.FocalPointFactory(party=party, person__email=focal)
    assert [box.address for box in for_letters([party])] == reached


def test_a_mission_that_is_a_focal_points_mailbox_gets_one_letter() -> None:
    party = f.PartyFactory(mission_email="Embassy@land.example", language="fr")
    f.FocalPointFactory(party=party, person__email="embassy@land.example")
    key = f"party:{party.public_id}"
    assert for_letters([party]) == [Mailbox("Embassy@land.example", "fr", party.pk, key, frozenset())]


def test_letters_to_two_parties_at_one_mailbox_are_two() -> None:
    one, two = (f.PartyFactory(mission_email="shared@mission.example") for _ in range(2))
    assert [(box.address, box.party_id) for box in for_letters([one, two])] == [
        ("shared@mission.example", one.pk),
        ("shared@mission.example", two.pk),
    ]


def test_letters_cost_one_query(django_assert_num_queries: Any) -> None:
    parties = [f.FocalPointFactory().party for _ in range(8)]
    for size in (2, 8):
        with django_assert_num_queries(1):
            for_letters(parties[:size])

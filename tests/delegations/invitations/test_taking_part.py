"""Who takes part in a summit, by what the summit declares and by the state of the invitation."""

import pytest

from delegations.badges.selectors import badges
from delegations.invitations.selectors.taking_part import (
    WhyLeftOut,
    has_left,
    left_out,
    named_in_public,
    people_taking_part,
    taking_part,
)
from delegations.parties.models.parties import Party
from summit.permissions.models import Role
from summit.summits.models import AgendaReaders, Summit
from tests import factories as f
from tests.delegations.helpers import sign_in

pytestmark = pytest.mark.django_db

ACCEPTED, INVITED, ALL = AgendaReaders.values
# What became of the invitations (state or answer, and occasion), and by which declarations the party takes part.
CASES = {
    "no invitation": ([], [ALL]),
    "prepared": ([("draft", "")], [ALL]),
    "no answer yet": ([("sent", "")], [INVITED, ALL]),
    "accepted": ([("attending", "")], [ACCEPTED, INVITED, ALL]),
    "represented": ([("represented", "")], [ACCEPTED, INVITED, ALL]),
    "declined": ([("regrets", "")], []),
    "revoked": ([("revoked", "")], []),
    "revoked and invited again": ([("revoked", ""), ("sent", "")], [INVITED, ALL]),
    "accepted a session alone": ([("attending", "dinner")], [ACCEPTED, INVITED, ALL]),
    "declined, but for a session": ([("regrets", ""), ("attending", "dinner")], []),
    "accepted, but for a session": ([("attending", ""), ("regrets", "dinner")], [ACCEPTED, INVITED, ALL]),
}


def party_with(case: str) -> Party:
    party: Party = f.PartyFactory(summit__agenda_readers=ACCEPTED)
    for word, occasion in CASES[case][0]:
        fields = {"state": word} if word in ("draft", "revoked") else {"sent": True}
        if word in ("attending", "represented", "regrets"):
            fields = {"answered": True, "answer": word}
        f.InvitationFactory(party=party, occasion=occasion, **fields)
    return party


@pytest.mark.parametrize("case", CASES)
def test_a_party_takes_part(case: str) -> None:
    party = party_with(case)
    person = f.MembershipFactory(party=party).person
    for readers in AgendaReaders.values:
        Summit.objects.update(agenda_readers=readers)
        found = taking_part().filter(pk=party.pk).exists()
        assert found == (readers in CASES[case][1]), readers
        assert people_taking_part([person.pk]).exists() == found, readers
    assert has_left().filter(pk=party.pk).exists() == (not CASES[case][1])


def test_the_host_and_people_of_no_party_take_part_and_whoever_objects_is_not_named() -> None:
    host = f.PartyFactory(is_host=True, public_listing="none", summit__agenda_readers=ACCEPTED)
    person = f.PersonFactory(summit=host.summit)
    assert taking_part().get() == host
    assert people_taking_part([person.pk]).get() == person
    assert not named_in_public().exists()


def test_who_is_left_out_is_told_with_the_reason() -> None:
    parties = {case: party_with(case) for case in ("prepared", "no answer yet", "accepted", "declined", "revoked")}
    assert left_out(party.pk for party in parties.values()) == {
        WhyLeftOut.UNINVITED: [parties["prepared"]],
        WhyLeftOut.OPEN: [parties["no answer yet"]],
        WhyLeftOut.LEFT: [parties["declined"], parties["revoked"]],
    }


@pytest.mark.parametrize("case", ["accepted", "declined"])
def test_members_of_a_delegation_that_declined_get_nothing(case: str) -> None:
    party = party_with(case)
    for confirmed_at in (None, f.START):
        f.MembershipFactory(party=party, confirmed_at=confirmed_at)
    policy = f.PolicyFactory(summit=party.summit, confirm_by=f.START)
    assert badges.able(party.summit, policy).count() == (case == "accepted")
    desk = sign_in(party.summit, Role.PROTOCOL)
    content = desk.get(f"/admin/delegations/party/{party.pk}/").content.decode()
    assert ("Confirm 1 member" in content) == (case == "accepted")

"""What waits at protocol's desk, decided item by item."""

import pytest
from django.test import Client

from delegations.membership_changes import handover_items
from delegations.membership_changes.models import Handover
from delegations.parties.models.parties import Party
from sessions.draft.models.participants import Participant
from summit.people.models import Person
from summit.permissions.models import Role
from tests import factories as f
from tests.delegations.helpers import said, sign_in, text

pytestmark = pytest.mark.django_db
HANDOVERS = "/admin/delegations/handover/"
WAITING = f"{HANDOVERS}waiting/"


@pytest.fixture
def successor(party: Party) -> Person:
    return f.MembershipFactory(party=party, person__name="Bea", person__office="").person


@pytest.fixture
def item(party: Party, successor: Person) -> Handover:
    return f.HandoverFactory(party=party, giver__name="Ada", giver__office="", taker=successor)


def decide(item: Handover) -> str:
    return f"{HANDOVERS}{item.pk}/decide/"


def test_items_stand_by_party_and_giver(party: Party, item: Handover, successor: Person, desk: Client) -> None:
    f.HandoverFactory(party=party, giver=item.giver)
    f.HandoverFactory(party=f.PartyFactory(summit=party.summit, name="Abland"))
    f.HandoverFactory()
    page = text(desk.get(WAITING))
    assert page.count('class="handovers"') == 2
    assert page.index("Abland") < page.index('from <bdi lang="">Ada</bdi>')
    assert page.count("<strong>Place in a session</strong>") == 3
    assert page.count(f'name="to" value="{successor.pk}">Pass on to Bea</button>') == 1
    assert page.count("Pass on to someone</a>") == 2
    # The programme desk reads and decides nothing.
    programme = sign_in(party.summit, Role.PROGRAMME)
    page = text(programme.get(WAITING))
    assert 'from <bdi lang="">Ada</bdi>' in page
    assert "Pass on" not in page
    # Whoever left since is offered no more.
    successor.membership.delete()
    assert "Pass on to Bea" not in text(desk.get(WAITING))


def test_it_is_passed_on_to_the_successor(item: Handover, successor: Person, desk: Client) -> None:
    response = desk.post(decide(item), {"to": successor.pk})
    assert response["Location"] == f"{WAITING}?summit=here"
    assert said(response) == ["Passed on to Bea. The next agenda release notifies those concerned."]
    assert handover_items.held(successor) == [("place", item.key)]
    assert (
        said(desk.post(decide(item), {"do": "drop"}))[-1]
        == "Someone else has already decided this handover. Reload the list."
    )
    assert Handover.objects.get().state == "passed"


def test_another_member_is_chosen(party: Party, item: Handover, desk: Client) -> None:
    other = f.MembershipFactory(party=party, code="adviser", person__name="Cy", person__office="").person
    page = text(desk.get(decide(item)))
    assert f'<option value="{item.taker_id}" selected>Bea (delegate)</option>' in page
    for wrong in ("", "x", "987654"):
        response = desk.post(decide(item), {"to": wrong})
        assert said(response)[-1] == "Choose a member of the delegation."
    assert Handover.objects.get().state == "open"
    desk.post(decide(item), {"to": other.pk})
    assert Participant.objects.get().person == other


def test_it_is_dropped_after_asking(item: Handover, desk: Client) -> None:
    address = f"{decide(item)}?do=drop"
    assert "The place stays empty and the session is not affected." in text(desk.get(address))
    assert Participant.objects.count() == 1
    assert said(desk.post(address, {"do": "drop"}))[0].startswith("Discarded.")
    assert Participant.objects.count() == 0

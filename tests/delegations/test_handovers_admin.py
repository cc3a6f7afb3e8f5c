"""What waits at protocol's desk, decided item by item."""

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from delegations.domain import holdings
from delegations.models import Handover, Party
from sessions.models import Participant
from summit.models import Person, Role
from tests import factories as f

pytestmark = pytest.mark.django_db
HANDOVERS = "/admin/delegations/handover/"


@pytest.fixture
def party() -> Party:
    found: Party = f.PartyFactory(name="Italy")
    return found


@pytest.fixture
def successor(party: Party) -> Person:
    found: Person = f.MembershipFactory(party=party, person__name="Bea", person__office="").person
    return found


@pytest.fixture
def item(party: Party, successor: Person) -> Handover:
    giver = f.PersonFactory(summit=party.summit, name="Ada", office="")
    found: Handover = f.HandoverFactory(party=party, giver=giver, taker=successor)
    return found


def sign_in(party: Party, role: Role) -> Client:
    client = Client()
    client.force_login(f.UserFactory.with_role(role, party.summit))
    return client


@pytest.fixture
def desk(party: Party) -> Client:
    return sign_in(party, Role.PROTOCOL)


def said(response: HttpResponse) -> list[str]:
    return [str(each) for each in get_messages(response.wsgi_request)]


def text(response: HttpResponse) -> str:
    return " ".join(response.content.decode().split())


class TestWaiting:
    def test_items_stand_by_party_and_giver_with_what_follows(
        self, party: Party, item: Handover, successor: Person, desk: Client
    ) -> None:
        f.HandoverFactory(party=party, giver=item.giver)
        f.HandoverFactory(party=f.PartyFactory(summit=party.summit, name="Albania", sort_key="Albania"))
        f.HandoverFactory()
        page = text(desk.get(f"{HANDOVERS}waiting/"))
        assert page.count('class="handovers"') == 2
        assert page.index("Albania") < page.index('what was <bdi lang="">Ada</bdi>’s')
        assert page.count("<strong>Place in a session</strong>") == 3
        assert page.count(f'name="to" value="{successor.pk}">Pass on to Bea</button>') == 1
        assert page.count("Pass on to somebody</a>") == 2
        assert "Dropped: Nobody sits in that place; the session stands." in page

    def test_whoever_left_since_is_offered_no_more(self, item: Handover, successor: Person, desk: Client) -> None:
        successor.membership.delete()
        assert "Pass on to Bea" not in text(desk.get(f"{HANDOVERS}waiting/"))

    def test_nothing_waits(self, desk: Client) -> None:
        assert "Nothing waits." in text(desk.get(f"{HANDOVERS}waiting/"))

    def test_the_programme_desk_reads_and_decides_nothing(self, party: Party, item: Handover) -> None:
        client = sign_in(party, Role.PROGRAMME)
        page = text(client.get(f"{HANDOVERS}waiting/"))
        assert 'what was <bdi lang="">Ada</bdi>’s' in page
        assert "Pass on" not in page
        assert client.post(f"{HANDOVERS}{item.pk}/decide/", {"do": "drop"}).status_code == 403

    def test_as_many_queries_for_many(self, party: Party, desk: Client) -> None:
        numbers = []
        for number in (2, 8):
            f.HandoverFactory.create_batch(number, party=party)
            desk.get(f"{HANDOVERS}waiting/")
            with CaptureQueriesContext(connection) as queries:
                assert desk.get(f"{HANDOVERS}waiting/").status_code == 200
            numbers.append(len(queries))
        assert numbers[0] == numbers[1]


class TestDecide:
    def test_it_is_passed_on_to_the_successor(self, item: Handover, successor: Person, desk: Client) -> None:
        response = desk.post(f"{HANDOVERS}{item.pk}/decide/", {"to": successor.pk})
        assert response["Location"] == f"{HANDOVERS}waiting/?summit={item.party.summit.slug}"
        assert said(response) == [
            "It is Bea’s now. The agenda changes with the next release, which tells those whom it concerns."
        ]
        assert holdings.held(successor) == [("place", item.key)]
        again = desk.post(f"{HANDOVERS}{item.pk}/decide/", {"do": "drop"})
        assert said(again)[-1] == "Somebody else decided this. Look at what waits now."
        assert "Somebody else decided this." in text(desk.get(f"{HANDOVERS}{item.pk}/decide/"))
        assert Handover.objects.get().state == "passed"

    def test_another_member_is_chosen(self, party: Party, item: Handover, desk: Client) -> None:
        other = f.MembershipFactory(party=party, code="adviser", person__name="Cy", person__office="").person
        page = text(desk.get(f"{HANDOVERS}{item.pk}/decide/"))
        assert f'<option value="{item.taker_id}" selected>Bea (delegate)</option>' in page
        assert f'<option value="{other.pk}">Cy (adviser)</option>' in page
        desk.post(f"{HANDOVERS}{item.pk}/decide/", {"to": other.pk})
        assert Participant.objects.get().person == other

    def test_it_is_dropped_after_asking(self, item: Handover, desk: Client) -> None:
        page = text(desk.get(f"{HANDOVERS}{item.pk}/decide/?do=drop"))
        assert "Nobody sits in that place; the session stands." in page
        assert Participant.objects.count() == 1
        response = desk.post(f"{HANDOVERS}{item.pk}/decide/?do=drop", {"do": "drop"})
        assert said(response)[0].startswith("It is dropped.")
        assert Participant.objects.count() == 0

    @pytest.mark.parametrize("wrong", ["", "x", "987654"])
    def test_nobody_of_the_party_is_no_choice(self, item: Handover, desk: Client, wrong: str) -> None:
        response = desk.post(f"{HANDOVERS}{item.pk}/decide/", {"to": wrong})
        assert said(response) == ["Choose to whom it goes: one of the party’s people."]
        assert Handover.objects.get().state == "open"


class TestList:
    def test_what_became_of_each_stays(self, item: Handover, desk: Client) -> None:
        desk.post(f"{HANDOVERS}{item.pk}/decide/", {"do": "drop"})
        page = text(desk.get(HANDOVERS))
        assert 'data-state="off">dropped</span>' in page
        shown = text(desk.get(f"{HANDOVERS}{item.pk}/change/"))
        assert "Drop it</a>" not in shown

    def test_the_home_counts_and_leads(self, item: Handover, desk: Client) -> None:
        page = text(desk.get("/admin/"))
        address = f"{HANDOVERS}waiting/?summit={item.party.summit.slug}"
        assert page.count(f'href="{address}"') == 2
        assert "1 thing that was somebody’s own waits: pass it on or drop it." in page

"""Parties at the desk are named as the reader's language has it: headings, paths, pages that ask, messages, needs."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from delegations.admin.party_column import ReadsAsParty
from delegations.models import Category, FocalPoint, Membership, Party, Resemblance
from summit.models import Role, Summit
from tests import factories as f

pytestmark = pytest.mark.django_db
ADMIN = "/admin/delegations"
FRENCH = '<bdi lang="fr">Allemagne</bdi>'


@pytest.fixture
def party() -> Party:
    found: Party = f.PartyFactory(name="Germany", sort_key="Germany", summit__slug="here")
    found.names.create(language="fr", name="Allemagne", footnote="Une note.")
    Category.objects.of(found.summit)
    return found


@pytest.fixture
def desk(party: Party) -> Client:
    client = Client()
    client.force_login(f.UserFactory.with_role(Role.PROTOCOL, party.summit))
    return client


@pytest.fixture
def member(party: Party) -> Membership:
    found: Membership = f.MembershipFactory(party=party, person__name="Zoe", person__office="")
    return found


def shown(desk: Client, address: str, **query: Any) -> str:
    response = desk.get(address, {"lang": "fr", **query})
    assert response.status_code == 200
    return str(response.content.decode())


def main(text: str) -> str:
    """Return what a page says below its header."""
    return text[text.index("</header>") :]


class TestOwnPages:
    def test_a_partys_page_is_called_as_the_reader_calls_it(self, party: Party, desk: Client) -> None:
        text = shown(desk, f"{ADMIN}/party/{party.pk}/change/")
        assert f"<h1>{FRENCH}</h1>" in text
        assert "<title>Allemagne · " in text
        assert f"<bdi>{FRENCH}</bdi></li>" in text

    def test_control_by_itself_it_would_be_the_summits_name(
        self, party: Party, desk: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delattr(ReadsAsParty, "render_change_form")
        text = shown(desk, f"{ADMIN}/party/{party.pk}/change/")
        assert '<h1><bdi lang="en">Germany</bdi></h1>' in text

    def test_without_a_name_in_the_language_the_summits_stands(self, desk: Client, party: Party) -> None:
        other = f.PartyFactory(summit=party.summit, name="Spain")
        assert '<h1><bdi lang="en">Spain</bdi></h1>' in shown(desk, f"{ADMIN}/party/{other.pk}/change/")

    @pytest.mark.parametrize("page", ["quotas/", "name/", "members/order/"])
    def test_its_other_pages_lead_back_to_it_by_that_name(self, party: Party, desk: Client, page: str) -> None:
        text = shown(desk, f"{ADMIN}/party/{party.pk}/{page}")
        assert FRENCH in main(text)
        assert "Germany" not in main(text)

    def test_an_invitations_page_too(self, party: Party, desk: Client) -> None:
        row = f.InvitationFactory(party=party, state="sent", sent_at=f.START)
        text = shown(desk, f"{ADMIN}/invitation/{row.pk}/change/")
        assert f"<h1>{FRENCH}</h1>" in text
        assert "Germany" not in main(text)
        assert FRENCH not in shown(desk, f"{ADMIN}/invitation/{row.pk}/change/", lang="en")


class TestAsking:
    def test_about_members(self, party: Party, desk: Client, member: Membership) -> None:
        for verb in ("confirm", "withdraw", "move"):
            text = shown(desk, f"{ADMIN}/membership/{verb}/", row=member.pk)
            assert (FRENCH in text, "Germany" in main(text)) == (True, False), verb

    def test_about_members_asks_as_much_for_many(self, party: Party, desk: Client, member: Membership) -> None:
        rows = [
            f.MembershipFactory(party=f.PartyFactory(summit=party.summit, name=f"P{n}"), person__name=f"M{n}")
            for n in range(8)
        ]

        def count(number: int) -> int:
            with CaptureQueriesContext(connection) as queries:
                desk.get(f"{ADMIN}/membership/confirm/", {"row": [row.pk for row in rows[:number]]})
            return len(queries)

        count(1)
        assert count(2) == count(8)

    def test_about_invitations(self, party: Party, desk: Client) -> None:
        row = f.InvitationFactory(party=party, state="sent", sent_at=f.START)
        for page, query in (("revoke/", {"row": row.pk}), (f"{row.pk}/write-anew/", {})):
            text = shown(desk, f"{ADMIN}/invitation/{page}", **query)
            assert (FRENCH in text, "Germany" in main(text)) == (True, False), page

    def test_about_links_with_the_mailbox(self, party: Party, desk: Client) -> None:
        link = f.InvitationLinkFactory(invitation__party=party, address="a@b.example")
        text = shown(desk, f"{ADMIN}/invitationlink/revoke/", row=link.pk)
        assert FRENCH in text
        assert '<bdi lang="">a@b.example</bdi>' in text

    def test_about_people_entered_twice(self, party: Party, desk: Client, member: Membership) -> None:
        other = f.PersonFactory(summit=party.summit, name="Zoé", office="")
        row = Resemblance.objects.create(person=other, other=member.person, why="name")
        for page in ("", "tell-apart/", f"{row.pk}/change/"):
            text = shown(desk, f"{ADMIN}/resemblance/{page}", **({"row": row.pk} if page == "tell-apart/" else {}))
            assert (FRENCH in text, "Germany" in main(text)) == (True, False), page

    def test_what_is_compared_of_two(self, party: Party, desk: Client, member: Membership) -> None:
        other = f.PersonFactory(summit=party.summit, name="Zoé", office="")
        FocalPoint.objects.create(party=party, person=other)
        row = Resemblance.objects.create(person=other, other=member.person, why="name")
        text = shown(desk, f"{ADMIN}/resemblance/{row.pk}/merge/")
        assert (text.count("Allemagne"), "Germany" in main(text)) == (2, False)


class TestMessages:
    def test_an_answer_is_recorded(self, party: Party, desk: Client) -> None:
        row = f.InvitationFactory(party=party, state="sent", sent_at=f.START)
        address = f"{ADMIN}/invitation/{row.pk}/answer/?lang=fr"
        values = {"answer": "regrets", "channel": "telephone", "name": "Somebody", "newest": ""}
        response = desk.post(address, values)
        assert response.status_code == 302, response.context["form"].errors
        assert ["Allemagne" in str(each) for each in get_messages(response.wsgi_request)] == [True]


class TestNeeds:
    def test_parties_are_named_and_ordered_for_the_reader(
        self, party: Party, member: Membership, summit_of_needs: Summit
    ) -> None:
        client = Client()
        client.force_login(f.UserFactory.with_role(Role.ORGANISER, summit_of_needs))
        f.ParticularsFactory(person=member.person, diet="vegan")
        early = f.PartyFactory(summit=party.summit, name="Belgium", sort_key="Belgium")
        f.MembershipFactory(party=early)
        text = shown(client, "/admin/needs/here/")
        assert FRENCH in text
        assert f'<option value="{party.pk}" lang="fr" dir="auto">Allemagne</option>' in text
        assert text.index(">Allemagne</option>") < text.index(">Belgium</option>")
        assert "Une note." in text
        english = shown(client, "/admin/needs/here/", lang="en")
        assert english.index(">Belgium</option>") < english.index(">Germany</option>")

    @pytest.fixture
    def summit_of_needs(self, party: Party) -> Summit:
        return party.summit

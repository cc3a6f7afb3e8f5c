"""Parties at the desk are named as the reader's language has it: headings, paths, pages that ask, messages, needs."""

from typing import Any

import pytest
from django.test import Client

from delegations.badges.models.transferable_passes import TransferablePass
from delegations.members.models.members import Membership
from delegations.parties.admin.party_column import ReadsAsParty
from delegations.parties.models.parties import Party
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.helpers import said, sign_in, text

pytestmark = pytest.mark.django_db
ADMIN = "/admin/delegations"
FRENCH = '<bdi lang="fr">Allemagne</bdi>'


@pytest.fixture
def party(summit: Summit) -> Party:
    found = f.PartyFactory(summit=summit, name="Germany")
    f.PartyNameFactory(party=found, name="Allemagne", footnote="Une note.")
    return found


@pytest.fixture
def member(party: Party) -> Membership:
    return f.MembershipFactory(party=party, person__name="Zoe", person__office="")


def shown(desk: Client, address: str, **query: Any) -> str:
    response = desk.get(address if address.startswith("/") else f"{ADMIN}/{address}", {"lang": "fr", **query})
    assert response.status_code == 200
    return text(response)


def below(page: str) -> str:
    """Return what a page says below its header."""
    return page[page.index("</header>") :]


def test_a_partys_page_reads_as_the_reader(party: Party, desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"{ADMIN}/party/{party.pk}/change/"
    page = shown(desk, address)
    for words in (f"<h1>{FRENCH}</h1>", "<title>Allemagne · ", f"<bdi>{FRENCH}</bdi></li>"):
        assert words in page
    # Without a name in the language the summit's stands.
    other = f.PartyFactory(summit=party.summit, name="Spain")
    assert '<h1><bdi lang="en">Spain</bdi></h1>' in shown(desk, f"{ADMIN}/party/{other.pk}/change/")
    # Control: by itself it would be the summit's name.
    monkeypatch.delattr(ReadsAsParty, "render_change_form")
    assert '<h1><bdi lang="en">Germany</bdi></h1>' in shown(desk, address)


def test_pages_about_a_party_call_it_by_that_name(party: Party, member: Membership) -> None:
    desk = sign_in(party.summit)
    row = f.InvitationFactory(party=party, sent=True)
    link = f.InvitationLinkFactory(invitation__party=party, invitation__occasion="s" * 16, address="a@b.example")
    badge = f.BadgeFactory(party=party)
    TransferablePass.objects.create(party=party, rule=f.TransferablePassRuleFactory(summit=party.summit), number=1)
    pair = f.DuplicateCandidateFactory(person__summit=party.summit, person__name="Zoé", other=member.person)
    for page, query in (
        *((f"party/{party.pk}/{page}/", {}) for page in ("quotas", "name", "members/order")),
        *((f"membership/{verb}/", {"row": member.pk}) for verb in ("withdraw", "move")),
        *((f"invitation/{row.pk}/change/", {}), (f"invitation/{row.pk}/write-anew/", {})),
        *(("invitation/revoke/", {"row": row.pk}), ("invitationlink/revoke/", {"row": link.pk})),
        *(("duplicatecandidate/", {}), ("duplicatecandidate/tell-apart/", {"row": pair.pk})),
        *((f"duplicatecandidate/{pair.pk}/{page}/", {}) for page in ("change", "merge")),
        *(
            (f"{name}/", {})
            for name in ("invitation", "invitationlink", "badge", "transferablepass", "invitation/calls")
        ),
        *((f"badge/{badge.pk}/change/", {}), ("/admin/summit/person/", {})),
    ):
        found = below(shown(desk, page, **query))
        assert ("Allemagne" in found, ">Germany<" in found) == (True, False), page
    # Here the name in the summit's language may stand beside it.
    person = f"/admin/summit/person/{member.person_id}/"
    for page in (f"invitation/{row.pk}/answer/", f"invitation/{row.pk}/call/", person):
        assert "Allemagne" in below(shown(desk, page)), page
    assert '<bdi lang="">a@b.example</bdi>' in shown(desk, "invitationlink/revoke/", row=link.pk)
    assert FRENCH not in shown(desk, f"invitation/{row.pk}/change/", lang="en")
    # Messages too.
    values = {"answer": "regrets", "channel": "telephone", "name": "Somebody", "newest": ""}
    response = desk.post(f"{ADMIN}/invitation/{row.pk}/answer/?lang=fr", values)
    assert ["Allemagne" in message for message in said(response)] == [True]


def test_needs_name_parties_for_the_reader(party: Party, member: Membership) -> None:
    client = sign_in(party.summit)
    f.ParticularsFactory(person=member.person, diet="vegan")
    page = shown(client, "/admin/needs/here/")
    assert FRENCH in page
    assert "Une note." in page


@pytest.mark.parametrize("listed", ["partygroup", "liaisonofficer"])
def test_parties_to_tick_have_that_name_in_its_language(party: Party, listed: str) -> None:
    page = below(shown(sign_in(party.summit), f"{listed}/add/", summit=party.summit.slug))
    assert FRENCH in page
    assert "Germany" not in page

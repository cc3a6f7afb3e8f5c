"""Parties, invitations and links at the desk: what is listed, changed, sent and revoked."""

import re
from typing import Any

import pytest
from django.contrib.admin.sites import site
from django.test import Client
from django.urls import reverse

from delegations.invitations.models.invitations import Invitation, InvitationLink
from delegations.invitations.services.invitations import invite
from delegations.parties.models.parties import Party
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import listed, one_of_each, request_of, said, sign_in, text

pytestmark = pytest.mark.django_db
PARTIES = "/admin/delegations/party/"
INVITATIONS = "/admin/delegations/invitation/"
LINKS = "/admin/delegations/invitationlink/"
INVITE = "/admin/delegations/party/invite/"


class TestLists:
    def test_parties_are_narrowed_by_what_came_of_the_invitation_and_searched(
        self, summit: Summit, organiser: User
    ) -> None:
        one_of_each(summit)
        f.PartyFactory(summit=summit, name="Bland", formal_name="Kingdom", is_host=False)
        for query, names in (
            ({"answer": "uninvited"}, ["Bland", "Draft", "Revoked", "Uninvited"]),
            ({"answer": "invited"}, ["Attending", "Open", "Regrets"]),
            ({"answer": "open"}, ["Open"]),
            ({"answer": "answered"}, ["Attending", "Regrets"]),
            ({"answer": "attending"}, ["Attending"]),
            ({"answer": "regrets"}, ["Regrets"]),
            ({"q": "kingdom"}, ["Bland"]),
        ):
            assert [row.name for row in listed(organiser, Party, **query)] == names, query

    def test_leads_to_the_pages_of_its_summit_that_the_reader_may_see(self, desk: Client) -> None:
        tools = text(desk.get(PARTIES)).partition('<ul class="object-tools">')[2]
        leads = re.findall(r'href="/admin/delegations/(\w+)/here/"', tools.partition("</ul>")[0])
        assert leads == ["session", "guest"]

    def test_the_number_of_people_is_for_those_who_see_members(self, summit: Summit, protocol: User) -> None:
        small, large = f.PartyFactory(summit=summit, name="Aland"), f.PartyFactory(summit=summit, name="Borduria")
        f.MembershipFactory(party=small)
        f.MembershipFactory.create_batch(2, party=large)
        admin, viewer = site.get_model_admin(Party), f.UserFactory.with_role(Role.VIEWER, summit)
        columns = admin.get_changelist_instance(request_of(protocol)).list_display
        rows = listed(protocol, Party, o=f"-{columns.index('people')}")
        assert [(row.name, row.people_number) for row in rows] == [("Borduria", 2), ("Aland", 1)]
        assert "people" not in admin.get_changelist_instance(request_of(viewer)).list_display


def page(party: Party) -> str:
    return f"{PARTIES}{party.pk}/change/"


def form(party: Party, **values: Any) -> dict[str, Any]:
    """Return what the page of a party posts."""
    names = "kind name formal_name sort_key iso_code language mission_email flag public_listing"
    base = {**{name: getattr(party, name) for name in names.split()}, "recognised": "on"}
    for prefix in ("names", "focal_points", "contacts", "external_ids"):
        base |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    return {**base, **values}


class TestParty:
    def test_people_are_chosen_by_typing(self, summit: Summit, desk: Client) -> None:
        f.PersonFactory(summit=summit, office="Minister of Ports")
        f.PersonFactory(office="Minister of Elsewhere")
        query = {"app_label": "delegations", "model_name": "focalpoint", "field_name": "person", "term": "minister"}
        found = desk.get("/admin/autocomplete/", query).json()["results"]
        assert [entry["text"] for entry in found] == ["Minister of Ports"]

    def test_protocol_changes_it_and_deletes_none(self, party: Party, desk: Client) -> None:
        assert desk.post(page(party), form(party, name="Changed")).status_code == 302
        assert Party.objects.get().name == "Changed"
        assert desk.post(f"{PARTIES}{party.pk}/delete/", {"post": "yes"}).status_code == 403

    def test_parties_are_entered_only_where_one_may(self, summit: Summit, organiser: User) -> None:
        other = f.SummitFactory()
        organiser.roles.create(summit=other, role=Role.VIEWER)
        new = f.PartyFactory.build(summit=summit)
        for chosen, number in ((other, 0), (summit, 1)):
            signed_in(organiser).post(f"{PARTIES}add/", form(new, summit=chosen.pk))
            assert Party.objects.filter(summit=chosen).count() == number


class TestInvite:
    def ask(self, client: Client, parties: list[Party]) -> Any:
        return client.post(PARTIES, {"action": "invite", "_selected_action": [party.pk for party in parties]})

    def test_it_says_whom_it_reaches_and_whom_not_before_it_sends(self, party: Party, desk: Client) -> None:
        for address in ("one@land.example", "two@land.example"):
            f.FocalPointFactory(party=party, person__email=address)
        mute = f.PartyFactory(summit=party.summit, name="Mute", mission_email="")
        shown = text(self.ask(desk, [party, mute]))
        for words in (
            *("Send 1 invitation</button>", "3 letters will be sent", "one@land.example", "two@land.example"),
            *(party.mission_email, "Add the mission’s address, or a focal point with an email address."),
        ):
            assert words in shown
        assert (Invitation.objects.count(), Message.objects.count()) == (0, 0)

    def test_it_sends_what_was_confirmed(self, summit: Summit, desk: Client) -> None:
        chosen = f.PartyFactory.create_batch(2, summit=summit)
        f.PartyFactory(summit=summit)
        keys = [str(party.pk) for party, _addresses in self.ask(desk, chosen).context["steps"][0]["rows"]]
        response = desk.post(INVITE, {"party": keys})
        assert response["Location"] == f"{INVITATIONS}{Invitation.objects.get(party=chosen[0]).pk}/sent/"
        assert said(response) == ["2 delegations invited; sending their letters (2)."]
        assert set(Invitation.objects.values_list("party", flat=True)) == {party.pk for party in chosen}
        again = desk.post(INVITE, {"party": keys})
        assert [line.split(": ")[1] for line in said(again)[-2:]] == ["It is already invited."] * 2
        foreign = desk.post(INVITE, {"party": f.PartyFactory().pk})
        assert said(foreign)[-1] == "Select the delegations to invite."
        assert Message.objects.count() == 2


class TestInvitation:
    BUTTONS = ("Record answer", "Send a new letter", "Revoke invitation")

    def test_it_is_read_and_not_changed(self, summit: Summit, desk: Client) -> None:
        link = f.InvitationLinkFactory(invitation__party__summit=summit)
        address = f"{INVITATIONS}{link.invitation_id}/change/"
        shown = text(desk.get(address))
        assert all(words in shown for words in (*self.BUTTONS, link.address))
        assert link.nonce not in shown
        shown = text(sign_in(summit, Role.PROGRAMME).get(address))
        assert not any(words in shown for words in self.BUTTONS)

    def test_a_new_letter_is_sent_after_asking(self, party: Party, protocol: User, desk: Client) -> None:
        invite(parties=[party], by=protocol)
        address = reverse("admin:delegations_invitation_write_anew", args=[Invitation.objects.get().pk])
        assert "Send a new letter" in text(desk.get(address))
        assert Message.objects.count() == 1
        assert said(desk.post(address)) == ["Sending 1 new letter."]
        assert Message.objects.count() == 2

    def test_invitations_and_links_are_revoked_after_asking(self, summit: Summit, desk: Client) -> None:
        one, two = f.InvitationLinkFactory.create_batch(2, invitation__party__summit=summit)
        shown = text(desk.get(f"{LINKS}{two.pk}/change/"))
        assert "Revoke link" in shown
        assert two.nonce not in shown
        asked = desk.post(INVITATIONS, {"action": "revoke", "_selected_action": [one.invitation_id]})
        assert "Revoke 1 invitation" in text(asked)
        assert "Revoke 1 link" in text(desk.post(LINKS, {"action": "revoke", "_selected_action": [two.pk]}))
        assert InvitationLink.objects.live().count() == 2
        assert said(desk.post(f"{INVITATIONS}revoke/", {"row": one.invitation_id})) == ["1 invitation revoked."]
        one.invitation.refresh_from_db()
        assert (one.invitation.state, list(InvitationLink.objects.live())) == ("revoked", [two])
        assert said(desk.post(f"{LINKS}revoke/", {"row": two.pk}))[-1] == "1 link revoked."
        assert not InvitationLink.objects.live().exists()

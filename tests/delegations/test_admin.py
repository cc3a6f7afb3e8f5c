"""Parties, invitations and links at the desk: what is listed, changed, sent and revoked."""

import re
from typing import Any

import pytest
from django.contrib.admin.widgets import AutocompleteSelect
from django.test import Client
from django.urls import reverse

from delegations.admin.people import KnownSelect
from delegations.domain.invitations import invite
from delegations.models import FocalPoint, Invitation, InvitationLink, Party
from summit.models import AuditEntry, Role, Summit, User
from summit.outbox.models import Message
from tests import factories as f
from tests.delegations.helpers import one_of_each, queries, queries_of, said, sign_in, signed_in, text

pytestmark = pytest.mark.django_db
PARTIES = "/admin/delegations/party/"
INVITATIONS = "/admin/delegations/invitation/"
LINKS = "/admin/delegations/invitationlink/"
INVITE = "/admin/delegations/party/invite/"


class TestLists:
    def test_parties_are_narrowed_by_what_came_of_the_invitation_and_searched(self, summit: Summit) -> None:
        one_of_each(summit)
        f.PartyFactory(summit=summit, name="Bland", formal_name="Kingdom", is_host=False)
        client = sign_in(summit)
        for query, names in (
            ({"answer": "uninvited"}, ["Bland", "Draft", "Revoked", "Uninvited"]),
            ({"answer": "invited"}, ["Attending", "Open", "Regrets"]),
            ({"answer": "open"}, ["Open"]),
            ({"answer": "answered"}, ["Attending", "Regrets"]),
            ({"answer": "attending"}, ["Attending"]),
            ({"answer": "regrets"}, ["Regrets"]),
            ({"q": "kingdom"}, ["Bland"]),
        ):
            found = client.get(PARTIES, query)
            assert [row.name for row in found.context["cl"].result_list] == names, query
        assert 'data-state="good">attending<' in text(client.get(PARTIES))

    def test_leads_to_the_pages_of_its_summit_that_the_reader_may_see(self, summit: Summit) -> None:
        found = {}
        for role in (Role.PROTOCOL, Role.VETTING):
            tools = text(sign_in(summit, role).get(PARTIES)).partition('<ul class="object-tools">')[2]
            found[role] = re.findall(r'href="/admin/delegations/(\w+)/here/"', tools.partition("</ul>")[0])
        assert found[Role.PROTOCOL] == ["policy", "letters", "names", "order", "guest", "session"]
        assert "letters" not in found[Role.VETTING]

    def test_queries_do_not_grow_and_other_summits_rows_are_not_there(self, summit: Summit) -> None:
        client, other = sign_in(summit), f.InvitationLinkFactory()
        lists = {PARTIES: other.invitation.party_id, INVITATIONS: other.invitation_id, LINKS: other.pk}
        for address, key in lists.items():
            assert client.get(address).context["cl"].result_count == 0
            assert client.get(f"{address}{key}/change/").status_code == 404
        f.InvitationLinkFactory.create_batch(2, invitation__party__summit=summit)
        few = queries_of(client, *lists)
        f.InvitationLinkFactory.create_batch(3, invitation__party__summit=summit)
        assert queries_of(client, *lists) == few


def page(party: Party) -> str:
    return f"{PARTIES}{party.pk}/change/"


def form(party: Party, **values: Any) -> dict[str, Any]:
    """Return what the page of a party posts."""
    names = ("kind", "name", "formal_name", "sort_key", "iso_code", "region", "language", "mission_email", "flag")
    base = {**{name: getattr(party, name) for name in names}, "recognised": "on"}
    for prefix in ("names", "focal_points", "external_ids"):
        base |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    return {**base, **values}


class TestParty:
    def test_protocol_changes_and_who_plans_by_parties_reads(self, party: Party, desk: Client) -> None:
        reader = sign_in(party.summit, Role.PROGRAMME)
        assert reader.get(page(party)).status_code == 200
        assert reader.post(page(party), form(party, name="Changed")).status_code == 403
        assert Party.objects.get().name == "Aland"
        assert desk.post(page(party), form(party, name="Changed")).status_code == 302
        assert Party.objects.get().name == "Changed"
        assert desk.post(f"{PARTIES}{party.pk}/delete/", {"post": "yes"}).status_code == 403

    def test_focal_points_are_entered_removed_and_recorded(self, party: Party, desk: Client) -> None:
        one = f.PersonFactory(summit=party.summit)
        values = {"focal_points-TOTAL_FORMS": 1, "focal_points-0-person": one.pk}
        assert desk.post(page(party), form(party, **values)).status_code == 302
        point = FocalPoint.objects.get()
        assert point.person == one
        # The party itself is as it was.
        assert set(AuditEntry.objects.values_list("action", flat=True)) == {"delegations.focalpoint.add"}
        gone = {"focal_points-INITIAL_FORMS": 1, "focal_points-0-id": point.pk, "focal_points-0-DELETE": "on"}
        assert desk.post(page(party), form(party, **values, **gone)).status_code == 302
        assert FocalPoint.objects.count() == 0
        assert AuditEntry.objects.get(action="delegations.focalpoint.remove").object_key == str(point.pk)
        root = signed_in(User.objects.create_superuser("root@host.example", "x"))
        foreign = {**values, "focal_points-0-person": f.PersonFactory().pk}
        assert root.post(page(party), form(party, **foreign)).status_code == 200
        assert FocalPoint.objects.count() == 0

    @pytest.mark.parametrize("role", [Role.ORGANISER, Role.PROGRAMME])
    def test_many_people_cost_the_same(self, party: Party, role: Role, monkeypatch: pytest.MonkeyPatch) -> None:
        client = sign_in(party.summit, role)
        f.MembershipFactory.create_batch(2, party=party)
        f.FocalPointFactory.create_batch(2, party=party)
        few = queries_of(client, page(party))
        f.MembershipFactory.create_batch(3, party=party)
        f.FocalPointFactory.create_batch(3, party=party)
        assert queries_of(client, page(party)) == few
        shown = client.get(page(party)).content.decode()
        assert all(row.person.label in shown for row in party.memberships.all())
        # Control: with Django's own widget each row asks for its person.
        monkeypatch.setattr(KnownSelect, "optgroups", AutocompleteSelect.optgroups)
        assert (queries_of(client, page(party)) > few) == (role == Role.ORGANISER)

    def test_people_are_chosen_by_typing(self, summit: Summit, desk: Client) -> None:
        f.PersonFactory(summit=summit, office="Minister of Ports")
        f.PersonFactory(office="Minister of Elsewhere")
        query = {"app_label": "delegations", "model_name": "focalpoint", "field_name": "person", "term": "minister"}
        found = desk.get("/admin/autocomplete/", query).json()["results"]
        assert [entry["text"] for entry in found] == ["Minister of Ports"]

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
            *("Send 1 invitation</button>", "3 letters go out", "one@land.example", "two@land.example"),
            *(party.mission_email, "Enter the mission&#x27;s mailbox, or a focal point with an e-mail address."),
        ):
            assert words in shown
        assert (Invitation.objects.count(), Message.objects.count()) == (0, 0)

    def test_it_sends_what_was_confirmed(self, summit: Summit, desk: Client) -> None:
        chosen = f.PartyFactory.create_batch(2, summit=summit)
        f.PartyFactory(summit=summit)
        keys = [str(party.pk) for party, _addresses in self.ask(desk, chosen).context["steps"][0]["rows"]]
        response = desk.post(INVITE, {"party": keys})
        assert response["Location"] == f"{INVITATIONS}{Invitation.objects.get(party=chosen[0]).pk}/sent/"
        assert said(response) == ["2 parties are invited; their letters are on their way (2)."]
        assert set(Invitation.objects.values_list("party", flat=True)) == {party.pk for party in chosen}
        again = desk.post(INVITE, {"party": keys})
        assert [line.split(": ")[1] for line in said(again)[-2:]] == ["It has been invited already."] * 2
        assert Message.objects.count() == 2

    def test_all_that_are_not_invited_in_one_action(self, summit: Summit, desk: Client) -> None:
        one_of_each(summit)
        asked = desk.get(INVITE, {"summit": "here"})
        names = [party.name for party, _addresses in asked.context["steps"][0]["rows"]]
        assert (names, asked.context["skipped"]) == (["Draft", "Revoked", "Uninvited"], [])
        ask = lambda: desk.get(INVITE, {"summit": "here"})  # noqa: E731
        few = queries(ask)
        f.PartyFactory.create_batch(4, summit=summit)
        assert queries(ask) == few

    def test_who_may_not_invites_nobody(self, party: Party, organiser: User) -> None:
        viewer = sign_in(party.summit, Role.VIEWER)
        assert viewer.get(INVITE, {"summit": "here"}).status_code == 403
        assert viewer.post(INVITE, {"party": party.pk}).status_code == 403
        self.ask(viewer, [party])
        other, there = f.PartyFactory(), f.PartyFactory()
        organiser.roles.create(summit=there.summit, role=Role.VIEWER)
        client = signed_in(organiser)
        assert client.get(INVITE, {"summit": other.summit.slug}).status_code == 404
        nobody = "Nobody was chosen, so nobody was invited. Choose parties in the list."
        assert said(client.post(INVITE, {"party": other.pk})) == [nobody]
        assert client.post(INVITE, {"party": there.pk}).status_code == 403
        assert Invitation.objects.count() == 0


class TestInvitation:
    BUTTONS = ("Record the answer", "Send a new letter", "Revoke the invitation")

    def test_it_is_read_and_not_changed(self, summit: Summit, desk: Client) -> None:
        link = f.InvitationLinkFactory(invitation__party__summit=summit)
        address = f"{INVITATIONS}{link.invitation_id}/change/"
        shown = text(desk.get(address))
        assert all(words in shown for words in (*self.BUTTONS, link.address))
        assert link.nonce not in shown
        assert desk.post(address, {"state": "answered"}).status_code == 403
        assert desk.get(f"{INVITATIONS}add/").status_code == 403
        shown = text(sign_in(summit, Role.PROGRAMME).get(address))
        assert not any(words in shown for words in self.BUTTONS)

    def test_protocol_records_an_answer_late(self, summit: Summit, desk: Client) -> None:
        Summit.objects.update(answer_by=f.START)
        invitation = f.InvitationFactory(party__summit=summit, sent=True)
        address = reverse("admin:delegations_invitation_answer", args=[invitation.pk])
        values = {"answer": "regrets", "name": "Ambassador", "note": "n", "channel": "telephone"}
        assert sign_in(summit, Role.PROGRAMME).post(address, values).status_code == 403
        wrong = desk.post(address, {**values, "name": ""})
        assert (wrong.status_code, "Enter the name of whoever answers." in text(wrong)) == (422, True)
        assert desk.post(address, values).status_code == 302
        invitation.refresh_from_db()
        assert (invitation.answer, invitation.answered_by, invitation.note) == ("regrets", "Ambassador", "n")

    def test_a_new_letter_is_sent_after_asking(self, party: Party, protocol: User, desk: Client) -> None:
        invite(parties=[party], by=protocol)
        address = reverse("admin:delegations_invitation_write_anew", args=[Invitation.objects.get().pk])
        assert "Send a new letter" in text(desk.get(address))
        assert Message.objects.count() == 1
        assert said(desk.post(address)) == ["1 new letter is on its way."]
        assert Message.objects.count() == 2

    def test_invitations_and_links_are_revoked_after_asking(self, summit: Summit, desk: Client) -> None:
        one, two = f.InvitationLinkFactory.create_batch(2, invitation__party__summit=summit)
        reader = sign_in(summit, Role.PROGRAMME)
        for address, key in ((INVITATIONS, one.invitation_id), (LINKS, two.pk)):
            assert reader.post(f"{address}revoke/", {"row": key}).status_code in (403, 404)
        shown = text(desk.get(f"{LINKS}{two.pk}/change/"))
        assert "Revoke the link" in shown
        assert two.nonce not in shown
        asked = desk.post(INVITATIONS, {"action": "revoke", "_selected_action": [one.invitation_id]})
        assert "Revoke 1 invitation" in text(asked)
        assert "Revoke 1 link" in text(desk.post(LINKS, {"action": "revoke", "_selected_action": [two.pk]}))
        assert InvitationLink.objects.live().count() == 2
        assert said(desk.post(f"{INVITATIONS}revoke/", {"row": one.invitation_id})) == ["1 invitation is revoked."]
        one.invitation.refresh_from_db()
        assert (one.invitation.state, list(InvitationLink.objects.live())) == ("revoked", [two])
        assert said(desk.post(f"{LINKS}revoke/", {"row": two.pk}))[-1] == "1 link is revoked."
        assert not InvitationLink.objects.live().exists()
        assert sign_in(summit, Role.VIEWER).get(LINKS).status_code == 404

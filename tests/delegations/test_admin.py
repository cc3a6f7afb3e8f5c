"""Parties, invitations and links at the desk: what each role sees and does."""

import re
from typing import Any

import pytest
from django.contrib.admin.widgets import AutocompleteSelect
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from delegations.admin.people import KnownSelect
from delegations.domain.invitations import invite
from delegations.models import FocalPoint, Invitation, InvitationLink, Party
from summit.models import AuditEntry, Role, Summit, User
from summit.models.users import DESKS
from summit.outbox.models import Message
from summit.permissions import RULES
from tests import factories as f

pytestmark = pytest.mark.django_db
PARTIES = "/admin/delegations/party/"
INVITATIONS = "/admin/delegations/invitation/"
LINKS = "/admin/delegations/invitationlink/"
WRITERS = (Role.ORGANISER, Role.PROTOCOL)
READERS = [role for role in Role if role in RULES["delegations.party.view"].any]


@pytest.fixture
def summit() -> Summit:
    found: Summit = f.SummitFactory(slug="here")
    return found


def sign_in(summit: Summit, role: Role = Role.ORGANISER) -> Client:
    client = Client()
    client.force_login(f.UserFactory.with_role(role, summit))
    return client


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def answered(summit: Summit, answer: str, **kwargs: Any) -> Invitation:
    fields = {"state": "answered", "sent_at": f.START, "answered_at": f.START, "answered_by": "A", "answer": answer}
    invitation: Invitation = f.InvitationFactory(party__summit=summit, **fields, **kwargs)
    return invitation


def one_of_each(summit: Summit) -> None:
    f.PartyFactory(summit=summit, name="Host", is_host=True)
    f.PartyFactory(summit=summit, name="Uninvited")
    f.InvitationFactory(party__summit=summit, party__name="Draft")
    f.InvitationFactory(party__summit=summit, party__name="Open", state="sent", sent_at=f.START)
    answered(summit, "attending", party__name="Attending")
    answered(summit, "regrets", party__name="Regrets")
    f.InvitationFactory(party__summit=summit, party__name="Revoked", state="revoked")


class TestPartyList:
    @pytest.mark.parametrize(
        ("value", "names"),
        [
            ("uninvited", ["Draft", "Revoked", "Uninvited"]),
            ("invited", ["Attending", "Open", "Regrets"]),
            ("open", ["Open"]),
            ("answered", ["Attending", "Regrets"]),
            ("attending", ["Attending"]),
            ("regrets", ["Regrets"]),
        ],
    )
    def test_filters_by_answer(self, summit: Summit, value: str, names: list[str]) -> None:
        one_of_each(summit)
        response = sign_in(summit).get(PARTIES, {"answer": value})
        assert [row.name for row in response.context["cl"].result_list] == names

    def test_shows_the_answer_as_a_word_with_a_sign(self, summit: Summit) -> None:
        answered(summit, "attending")
        content = sign_in(summit).get(PARTIES).content.decode()
        assert '<span class="state" data-state="good">attending</span>' in content

    def test_leads_to_the_pages_of_its_summit_that_the_reader_may_see(self, summit: Summit) -> None:
        found = {}
        for role in (Role.PROTOCOL, Role.VETTING):
            page = sign_in(summit, role).get(PARTIES).content.decode()
            tools = page.partition('<ul class="object-tools">')[2].partition("</ul>")[0]
            found[role] = re.findall(rf'href="/admin/delegations/(\w+)/{summit.slug}/"', tools)
        assert found[Role.PROTOCOL] == ["policy", "letters", "names", "order", "guest", "session"]
        assert "letters" not in found[Role.VETTING]

    def test_searches(self, summit: Summit) -> None:
        f.PartyFactory(summit=summit, name="Aland")
        f.PartyFactory(summit=summit, name="Bland", formal_name="Kingdom")
        response = sign_in(summit).get(PARTIES, {"q": "kingdom"})
        assert [row.name for row in response.context["cl"].result_list] == ["Bland"]

    @pytest.mark.parametrize("address", [PARTIES, INVITATIONS, LINKS])
    def test_queries_do_not_grow(self, summit: Summit, address: str) -> None:
        client = sign_in(summit)

        def cost() -> int:
            # The second time: once an hour it is recorded who saw the rows.
            client.get(address)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            return len(captured)

        f.InvitationLinkFactory.create_batch(2, invitation__party__summit=summit)
        few = cost()
        f.InvitationLinkFactory.create_batch(20, invitation__party__summit=summit)
        assert cost() == few

    def test_rows_of_other_summits_are_not_there(self, summit: Summit) -> None:
        other = f.InvitationLinkFactory()
        client = sign_in(summit)
        for address in (PARTIES, INVITATIONS, LINKS):
            assert client.get(address).context["cl"].result_count == 0
        pairs = [(PARTIES, other.invitation.party_id), (INVITATIONS, other.invitation_id), (LINKS, other.pk)]
        for address, pk in pairs:
            assert client.get(f"{address}{pk}/change/").status_code == 404


class TestParty:
    def form(self, party: Party, **values: Any) -> dict[str, Any]:
        base = {
            name: getattr(party, name)
            for name in (
                "kind",
                "name",
                "formal_name",
                "sort_key",
                "iso_code",
                "region",
                "language",
                "mission_email",
                "flag",
            )
        }
        base["recognised"] = "on"
        for prefix in ("names", "focal_points", "external_ids"):
            base |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
        return {**base, **values}

    @pytest.mark.parametrize("role", list(Role))
    def test_organisers_and_protocol_change_and_who_plans_by_parties_reads(self, summit: Summit, role: Role) -> None:
        party = f.PartyFactory(summit=summit)
        client = sign_in(summit, role)
        address = f"{PARTIES}{party.pk}/change/"
        assert (client.get(address).status_code == 200) is (role in READERS)
        response = client.post(address, self.form(party, name="Changed"))
        assert (response.status_code == 302) is (role in WRITERS or role not in DESKS)
        party.refresh_from_db()
        assert (party.name == "Changed") is (role in WRITERS)

    def test_focal_points_are_entered_and_recorded(self, summit: Summit) -> None:
        party = f.PartyFactory(summit=summit)
        one = f.PersonFactory(summit=summit)
        values = {
            "focal_points-TOTAL_FORMS": 1,
            "focal_points-0-person": one.pk,
        }
        client = sign_in(summit)
        assert client.post(f"{PARTIES}{party.pk}/change/", self.form(party, **values)).status_code == 302
        assert FocalPoint.objects.get().person == one
        actions = set(AuditEntry.objects.values_list("action", flat=True))
        # The party itself is as it was.
        assert actions == {"delegations.focalpoint.add"}
        gone = {
            "focal_points-TOTAL_FORMS": 1,
            "focal_points-INITIAL_FORMS": 1,
            "focal_points-0-id": FocalPoint.objects.get().pk,
            "focal_points-0-person": one.pk,
            "focal_points-0-DELETE": "on",
        }
        key = str(FocalPoint.objects.get().pk)
        assert client.post(f"{PARTIES}{party.pk}/change/", self.form(party, **gone)).status_code == 302
        assert FocalPoint.objects.count() == 0
        assert AuditEntry.objects.get(action="delegations.focalpoint.remove").object_key == key

    @pytest.mark.parametrize("method", ["get", "reader"])
    def test_reading_costs_the_same_for_many_people(
        self, summit: Summit, method: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client = sign_in(summit, Role.ORGANISER if method == "get" else Role.PROGRAMME)
        party = f.PartyFactory(summit=summit)

        def cost() -> int:
            with CaptureQueriesContext(connection) as captured:
                content = client.get(f"{PARTIES}{party.pk}/change/").content.decode()
            assert all(row.person.label in content for row in party.memberships.all())
            return len(captured)

        f.MembershipFactory.create_batch(2, party=party)
        f.FocalPointFactory.create_batch(2, party=party)
        cost()
        few = cost()
        f.MembershipFactory.create_batch(10, party=party)
        f.FocalPointFactory.create_batch(10, party=party)
        assert cost() == few
        # Control: with Django's own widget each row asks for its person.
        monkeypatch.setattr(KnownSelect, "optgroups", AutocompleteSelect.optgroups)
        assert (cost() > few) == (method == "get")

    def test_people_are_chosen_by_typing(self, summit: Summit) -> None:
        f.PersonFactory(summit=summit, office="Minister of Ports")
        f.PersonFactory(office="Minister of Elsewhere")
        query = {
            "term": "minister",
            "app_label": "delegations",
            "model_name": "focalpoint",
            "field_name": "person",
        }
        found = sign_in(summit).get("/admin/autocomplete/", query).json()["results"]
        assert [entry["text"] for entry in found] == ["Minister of Ports"]

    def test_a_person_of_another_summit_is_refused(self, summit: Summit) -> None:
        party = f.PartyFactory(summit=summit)
        values = {"focal_points-TOTAL_FORMS": 1, "focal_points-0-person": f.PersonFactory().pk}
        client = Client()
        client.force_login(User.objects.create_superuser("root@host.example", "x"))
        response = client.post(f"{PARTIES}{party.pk}/change/", self.form(party, **values))
        assert response.status_code == 200
        assert FocalPoint.objects.count() == 0

    def test_parties_are_entered_only_where_one_may(self, summit: Summit) -> None:
        other = f.SummitFactory()
        user = f.UserFactory.with_role(Role.ORGANISER, summit)
        user.roles.create(summit=other, role=Role.VIEWER)
        client = Client()
        client.force_login(user)
        party = f.PartyFactory.build(summit=summit)
        for chosen, number in ((other, 0), (summit, 1)):
            client.post(f"{PARTIES}add/", self.form(party, summit=chosen.pk))
            assert Party.objects.filter(summit=chosen).count() == number

    def test_nobody_deletes_a_party(self, summit: Summit) -> None:
        party = f.PartyFactory(summit=summit)
        assert sign_in(summit).post(f"{PARTIES}{party.pk}/delete/", {"post": "yes"}).status_code == 403


class TestInvite:
    def ask(self, client: Client, parties: list[Party]) -> Any:
        return client.post(PARTIES, {"action": "invite", "_selected_action": [party.pk for party in parties]})

    def test_it_says_whom_it_reaches_and_whom_not_before_it_sends(self, summit: Summit) -> None:
        party = f.PartyFactory(summit=summit, name="Aland")
        f.FocalPointFactory(party=party, person__email="one@land.example")
        f.FocalPointFactory(party=party, person__email="two@land.example")
        mute = f.PartyFactory(summit=summit, name="Mute", mission_email="")
        response = self.ask(sign_in(summit), [party, mute])
        content = response.content.decode()
        assert "Send 1 invitation<" in content.replace("</button>", "<")
        assert "3 letters go out" in content
        for address in ("one@land.example", "two@land.example", party.mission_email):
            assert address in content
        assert "Enter the mission&#x27;s mailbox, or a focal point with an e-mail address." in content
        assert (Invitation.objects.count(), Message.objects.count()) == (0, 0)

    def test_it_sends_what_was_confirmed(self, summit: Summit) -> None:
        chosen = f.PartyFactory.create_batch(2, summit=summit)
        f.PartyFactory(summit=summit)
        client = sign_in(summit)
        page = self.ask(client, chosen)
        keys = [str(party.pk) for party, _addresses in page.context["steps"][0]["rows"]]
        response = client.post(reverse("admin:delegations_party_invite"), {"party": keys})
        first = Invitation.objects.get(party=chosen[0])
        assert response["Location"] == f"{INVITATIONS}{first.pk}/sent/"
        assert said(response) == ["2 parties are invited; their letters are on their way (2)."]
        assert set(Invitation.objects.values_list("party", flat=True)) == {party.pk for party in chosen}
        again = client.post(reverse("admin:delegations_party_invite"), {"party": keys})
        assert [line.split(": ")[1] for line in said(again)[-2:]] == ["It has been invited already."] * 2
        assert Message.objects.count() == 2

    def test_all_that_are_not_invited_in_one_action(self, summit: Summit) -> None:
        one_of_each(summit)
        client = sign_in(summit, Role.PROTOCOL)
        page = client.get(reverse("admin:delegations_party_invite"), {"summit": "here"})
        assert [party.name for party, _addresses in page.context["steps"][0]["rows"]] == [
            "Draft",
            "Revoked",
            "Uninvited",
        ]
        assert page.context["skipped"] == []

    @pytest.mark.parametrize("role", [role for role in READERS if role not in WRITERS])
    def test_other_desks_invite_nobody(self, summit: Summit, role: Role) -> None:
        party = f.PartyFactory(summit=summit)
        client = sign_in(summit, role)
        address = reverse("admin:delegations_party_invite")
        assert client.get(address, {"summit": "here"}).status_code == 403
        assert client.post(address, {"party": party.pk}).status_code == 403
        self.ask(client, [party])
        assert Invitation.objects.count() == 0

    def test_another_summits_parties_are_not_there(self, summit: Summit) -> None:
        other = f.PartyFactory()
        client = sign_in(summit)
        address = reverse("admin:delegations_party_invite")
        assert client.get(address, {"summit": other.summit.slug}).status_code == 404
        response = client.post(address, {"party": other.pk})
        assert said(response) == ["Nobody was chosen, so nobody was invited. Choose parties in the list."]
        assert Invitation.objects.count() == 0

    def test_a_reader_elsewhere_invites_nobody_there(self, summit: Summit) -> None:
        user = f.UserFactory.with_role(Role.ORGANISER, summit)
        there = f.PartyFactory()
        user.roles.create(summit=there.summit, role=Role.VIEWER)
        client = Client()
        client.force_login(user)
        assert client.post(reverse("admin:delegations_party_invite"), {"party": there.pk}).status_code == 403
        assert Invitation.objects.count() == 0

    def test_asking_costs_the_same_for_many(self, summit: Summit) -> None:
        client = sign_in(summit)

        def cost(size: int) -> int:
            f.PartyFactory.create_batch(size, summit=summit)
            with CaptureQueriesContext(connection) as captured:
                client.get(reverse("admin:delegations_party_invite"), {"summit": "here"})
            return len(captured)

        assert cost(2) == cost(30)


class TestInvitation:
    def test_it_is_read_and_not_changed(self, summit: Summit) -> None:
        link = f.InvitationLinkFactory(invitation__party__summit=summit)
        client = sign_in(summit)
        address = f"{INVITATIONS}{link.invitation_id}/change/"
        content = client.get(address).content.decode()
        for button in ("Record the answer", "Send a new letter", "Revoke the invitation", link.address):
            assert button in content
        assert link.nonce not in content
        assert client.post(address, {"state": "answered"}).status_code == 403
        assert client.get(f"{INVITATIONS}add/").status_code == 403

    def test_readers_get_no_buttons(self, summit: Summit) -> None:
        invitation = f.InvitationFactory(party__summit=summit, state="sent", sent_at=f.START)
        content = sign_in(summit, Role.PROGRAMME).get(f"{INVITATIONS}{invitation.pk}/change/").content.decode()
        for button in ("Record the answer", "Send a new letter", "Revoke the invitation"):
            assert button not in content

    @pytest.mark.parametrize("role", [Role.PROTOCOL, Role.PROGRAMME])
    def test_protocol_records_an_answer_late(self, summit: Summit, role: Role) -> None:
        Summit.objects.update(answer_by=f.START)
        invitation = f.InvitationFactory(party__summit=summit, state="sent", sent_at=f.START)
        client = sign_in(summit, role)
        address = reverse("admin:delegations_invitation_answer", args=[invitation.pk])
        values = {"answer": "regrets", "name": "Ambassador", "note": "n", "channel": "telephone"}
        if role == Role.PROGRAMME:
            assert client.post(address, values).status_code == 403
            return
        wrong = client.post(address, {**values, "name": ""})
        assert (wrong.status_code, "Enter the name of whoever answers." in wrong.content.decode()) == (422, True)
        assert client.post(address, values).status_code == 302
        invitation.refresh_from_db()
        assert (invitation.answer, invitation.answered_by, invitation.note) == (
            "regrets",
            "Ambassador",
            "n",
        )

    def test_a_new_letter_is_sent_after_asking(self, summit: Summit) -> None:
        party = f.PartyFactory(summit=summit)
        invite(parties=[party], by=f.UserFactory.with_role(Role.ORGANISER, summit))
        client = sign_in(summit)
        address = reverse("admin:delegations_invitation_write_anew", args=[Invitation.objects.get().pk])
        assert "Send a new letter" in client.get(address).content.decode()
        assert Message.objects.count() == 1
        assert said(client.post(address)) == ["1 new letter is on its way."]
        assert Message.objects.count() == 2

    def test_revoking_asks_and_then_revokes(self, summit: Summit) -> None:
        link = f.InvitationLinkFactory(invitation__party__summit=summit)
        client = sign_in(summit)
        page = client.post(INVITATIONS, {"action": "revoke", "_selected_action": [link.invitation_id]})
        assert "Revoke 1 invitation" in page.content.decode()
        assert InvitationLink.objects.live().count() == 1
        response = client.post(reverse("admin:delegations_invitation_revoke"), {"row": link.invitation_id})
        assert said(response) == ["1 invitation is revoked."]
        assert (Invitation.objects.get().state, InvitationLink.objects.live().count()) == ("revoked", 0)

    def test_readers_revoke_nothing(self, summit: Summit) -> None:
        link = f.InvitationLinkFactory(invitation__party__summit=summit)
        client = sign_in(summit, Role.PROGRAMME)
        data = {"row": link.invitation_id}
        assert client.post(reverse("admin:delegations_invitation_revoke"), data).status_code == 403
        assert client.post(reverse("admin:delegations_invitationlink_revoke"), {"row": link.pk}).status_code != 200
        assert InvitationLink.objects.live().count() == 1


class TestLinks:
    def test_revoking_asks_and_then_revokes(self, summit: Summit) -> None:
        link = f.InvitationLinkFactory(invitation__party__summit=summit)
        client = sign_in(summit, Role.PROTOCOL)
        page = client.get(f"{LINKS}{link.pk}/change/").content.decode()
        assert "Revoke the link" in page
        assert link.nonce not in page
        asked = client.post(LINKS, {"action": "revoke", "_selected_action": [link.pk]})
        assert "Revoke 1 link" in asked.content.decode()
        response = client.post(reverse("admin:delegations_invitationlink_revoke"), {"row": link.pk})
        assert said(response) == ["1 link is revoked."]
        assert InvitationLink.objects.live().count() == 0

    def test_viewers_do_not_see_them(self, summit: Summit) -> None:
        assert sign_in(summit, Role.VIEWER).get(LINKS).status_code == 404

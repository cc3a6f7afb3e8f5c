"""Inviting by the desk's pages: a second person's part, a single guest, one session."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from delegations.domain import links
from delegations.models import Invitation, InvitationLink, Membership, Overpass, Party, Policy
from summit.db.clock import db_now
from summit.models import AuditEntry, Person, Role, Summit
from summit.outbox.models import Message
from tests import factories as f
from tests.delegations.test_admin import said, sign_in

pytestmark = pytest.mark.django_db
INVITE = "admin:delegations_party_invite"


@pytest.fixture
def summit() -> Summit:
    found: Summit = f.SummitFactory(slug="here", name="Border Summit")
    return found


def ask(client: Client, **query: Any) -> Any:
    page = client.get(reverse(INVITE), {"summit": "here", **query})
    assert page.status_code == 200
    return page


def press(client: Client, page: Any, step: str, **more: Any) -> Any:
    """Press the button of a step on the page that asks."""
    (found,) = [found for found in page.context["steps"] if found["step"] == step]
    assert f'name="do" value="{step}"' in page.content.decode()
    keys = [party.pk for party, _addresses in found["rows"]]
    return client.post(reverse(INVITE), {"party": keys, "do": step, **more})


class TestTheLetter:
    def test_it_is_read_before_it_is_sent(self, summit: Summit) -> None:
        f.PartyFactory(summit=summit, name="Aland")
        page = ask(sign_in(summit))
        assert page.context["letter"].subject == "Invitation to the Border Summit (Aland)"
        content = page.content.decode()
        assert "The letter to Aland" in content
        assert "opens nothing" in content
        assert not InvitationLink.objects.exists()

    def test_parties_are_named_in_the_readers_language(self, summit: Summit) -> None:
        party = f.PartyFactory(summit=summit, name="Germany")
        silent = f.PartyFactory(summit=summit, name="Spain", mission_email="")
        party.names.create(language="fr", name="Allemagne")
        silent.names.create(language="fr", name="Espagne")
        content = ask(sign_in(summit), lang="fr").content.decode()
        assert ("Allemagne</bdi></span>" in content, "Espagne</bdi></span>" in content) == (True, True)
        assert ("Germany</bdi>" in content, "Spain</bdi>" in content) == (False, False)


class TestASecondPerson:
    @pytest.fixture(autouse=True)
    def needed(self, summit: Summit) -> None:
        Policy.objects.create(summit=summit, second_person=True)

    def test_one_prepares_another_approves_and_it_is_sent(self, summit: Summit) -> None:
        party = f.PartyFactory(summit=summit, name="Aland")
        ada, bo = sign_in(summit), sign_in(summit, Role.PROTOCOL)
        prepared = press(ada, ask(ada), "prepare")
        assert said(prepared) == ["1 invitation is prepared. Another person can approve it."]
        assert prepared["Location"] == f"{reverse(INVITE)}?summit=here&party={party.pk}"
        assert ask(ada).context["steps"] == []
        assert said(press(bo, ask(bo), "approve"))[-1] == "1 invitation is approved. It can be sent."
        assert not Message.objects.exists()
        sent = press(ada, ask(ada), "send")
        assert said(sent)[-1] == "1 party is invited; its letters are on their way (1)."
        assert list(Invitation.objects.values_list("party", "state")) == [(party.pk, "sent")]
        assert Message.objects.count() == 1

    def test_who_prepared_it_is_told_who_can_approve(self, summit: Summit) -> None:
        f.PartyFactory(summit=summit)
        ada = sign_in(summit)
        bo = f.UserFactory.with_role(Role.PROTOCOL, summit)
        press(ada, ask(ada), "prepare")
        page = ask(ada)
        assert page.context["number"] == 0
        ((_party, why),) = page.context["skipped"]
        assert why == f"Its invitation isn’t approved yet. It can be approved by: {bo.name or bo.email}."

    def test_what_is_at_different_steps_has_a_button_each(self, summit: Summit) -> None:
        new, waits, ready = f.PartyFactory.create_batch(3, summit=summit)
        others = f.UserFactory.with_role(Role.PROTOCOL, summit), f.UserFactory.with_role(Role.ORGANISER, summit)
        f.InvitationFactory(party=waits, prepared_by=others[0])
        f.InvitationFactory(
            party=ready, state="approved", prepared_by=others[0], approved_by=others[1], approved_at=f.START
        )
        page = ask(sign_in(summit))
        found = {each["step"]: [party for party, _boxes in each["rows"]] for each in page.context["steps"]}
        assert found == {"prepare": [new], "approve": [waits], "send": [ready]}
        assert page.context["title"] == "Invite 3 parties"

    def test_the_home_tells_whoever_may_be_the_second(self, summit: Summit) -> None:
        f.PartyFactory.create_batch(2, summit=summit)
        ada, bo = sign_in(summit), sign_in(summit, Role.PROTOCOL)
        said_so = "2 prepared invitations wait for a second person. Read them, then approve them."
        assert said_so not in bo.get("/admin/").content.decode()
        press(ada, ask(ada), "prepare")
        home = bo.get("/admin/").content.decode()
        assert said_so in home
        assert f'href="{reverse(INVITE)}?summit=here"' in home
        assert said_so not in ada.get("/admin/").content.decode()

    def test_the_first_steps_lead_to_where_they_are_prepared(self, summit: Summit) -> None:
        f.PartyFactory(summit=summit)
        content = sign_in(summit).get(reverse("admin:setup_letter", args=["here"])).content.decode()
        assert "one prepares them, another approves them, then they are sent." in content
        assert f'href="{reverse(INVITE)}?summit=here"' in content

    def test_asking_costs_the_same_for_many(self, summit: Summit) -> None:
        client = sign_in(summit)

        def cost(size: int) -> int:
            f.PartyFactory.create_batch(size, summit=summit)
            with CaptureQueriesContext(connection) as captured:
                ask(client)
            return len(captured)

        assert cost(2) == cost(30)


GUEST = {
    "name": "Ada Rossi",
    "office": "Professor of law",
    "form_of_address": "Dear Professor Rossi",
    "mailbox": "ada@university.example",
    "language": "fr",
}


class TestAGuest:
    def enter(self, client: Client, **changed: Any) -> Any:
        return client.post(reverse("admin:delegations_guest", args=["here"]), {**GUEST, **changed})

    def test_they_are_entered_and_the_letter_is_read_and_sent(self, summit: Summit) -> None:
        client = sign_in(summit, Role.PROTOCOL)
        assert client.get(reverse("admin:delegations_guest", args=["here"])).status_code == 200
        response = self.enter(client)
        party = Party.objects.get(kind="guest")
        assert response["Location"] == f"{reverse(INVITE)}?summit=here&party={party.pk}"
        assert said(response) == ["The guest is entered. Read the letter, then send it."]
        assert (party.name, party.mission_email, party.language) == ("Ada Rossi", "ada@university.example", "fr")
        member = Membership.objects.get(party=party)
        assert (member.person.name, member.person.office, member.capacity) == (
            "Ada Rossi",
            "Professor of law",
            "guest",
        )
        f.PartyFactory(summit=summit)  # Somebody else who isn't invited, and isn't by this.
        page = client.get(response["Location"])
        assert page.context["number"] == 1
        assert "Dear Professor Rossi," in page.context["letter"].text
        press(client, page, "send")
        assert list(Message.objects.values_list("address", "language")) == [("ada@university.example", "fr")]

    def test_who_seems_to_be_there_is_named_first(self, summit: Summit) -> None:
        there = f.PersonFactory(summit=summit, name="Rossi Ada")
        client = sign_in(summit)
        asked = self.enter(client)
        assert asked.status_code == 409
        content = asked.content.decode()
        assert "This person seems to be entered already" in content
        assert f'href="/admin/summit/person/{there.pk}/change/"' in content
        assert not Party.objects.exists()
        assert self.enter(client, another=there.public_id).status_code == 302
        assert Person.objects.count() == 2

    @pytest.mark.parametrize(
        ("changed", "field", "said"),
        [
            ({"name": " "}, "name", "This is missing."),
            ({"mailbox": ""}, "mailbox", "This is missing."),
            ({"mailbox": "nowhere"}, "mailbox", "Enter the whole address, such as office@mission.example."),
            ({"language": "xx"}, "language", "Choose one of them."),
        ],
    )
    def test_what_is_missing_is_said_at_its_field(
        self, summit: Summit, changed: dict[str, str], field: str, said: str
    ) -> None:
        response = self.enter(sign_in(summit), **changed)
        assert response.status_code == 422
        assert list(response.context["form"].errors) == [field]
        assert not Party.objects.exists()

    def test_a_name_that_a_party_has_is_said_at_the_name(self, summit: Summit) -> None:
        f.PartyFactory(summit=summit, name="Ada Rossi")
        response = self.enter(sign_in(summit))
        assert response.context["form"].errors == {
            "name": ["Another party of the summit has this name. Give it another."]
        }

    def test_pressed_twice_it_is_entered_once(self, summit: Summit) -> None:
        client = sign_in(summit)
        first, second = self.enter(client, once="mark"), self.enter(client, once="mark")
        assert said(second)[-1] == "This was sent twice, and is added once."
        assert second["Location"] == first["Location"]
        assert Party.objects.count() == 1

    @pytest.mark.parametrize("role", [Role.PRESS_OFFICER, Role.VIEWER])
    def test_other_desks_enter_nobody(self, summit: Summit, role: Role) -> None:
        client = sign_in(summit, role)
        assert client.get(reverse("admin:delegations_guest", args=["here"])).status_code == 403
        assert self.enter(client).status_code == 403
        assert not Party.objects.exists()

    def test_who_is_shown_as_alike_is_recorded_as_seen(self, summit: Summit) -> None:
        there = f.PersonFactory(summit=summit, name="Ada Rossi")
        self.enter(sign_in(summit))
        entry = AuditEntry.objects.get(detail__keys=[there.public_id])
        assert (entry.action, entry.fields) == ("summit.person.seen", ["name"])


class TestASession:
    def page(self, client: Client, key: str = "", **data: Any) -> Any:
        address = reverse("admin:delegations_occasions", args=["here"])
        address += f"?session={key}" if key else ""
        return client.post(address, data) if data else client.get(address)

    def session(self, summit: Summit, **kwargs: Any) -> Any:
        at = db_now() + timedelta(days=3)
        return f.SessionFactory(
            summit=summit, **{"title": "Working lunch", "starts_at": at, "ends_at": at + timedelta(hours=1), **kwargs}
        )

    def test_sessions_are_listed_with_who_is_invited(self, summit: Summit) -> None:
        row = self.session(summit)
        self.session(summit, title="Off", cancelled_at=db_now())
        self.session(summit, title="Secret", visibility="organisers")
        f.InvitationFactory(party__summit=summit, occasion=row.public_id, state="sent", sent_at=f.START)
        content = self.page(sign_in(summit)).content.decode()
        assert content.count("?session=") == 1
        assert ("cancelled</span>" in content, "organisers alone</span>" in content) == (True, True)
        assert '<td data-label="Invited">1</td>' in content

    def test_whom_one_chooses_reads_the_letter_and_is_invited(self, summit: Summit) -> None:
        row = self.session(summit)
        one, two, three = f.PartyFactory.create_batch(3, summit=summit)
        f.InvitationFactory(party=three, occasion=row.public_id, state="sent", sent_at=f.START)
        client = sign_in(summit)
        shown = self.page(client, row.public_id).content.decode()
        assert [f'value="{party.pk}"' in shown for party in (one, two, three)] == [True, True, False]
        chosen = self.page(client, row.public_id, party=[one.pk, two.pk])
        page = client.get(chosen["Location"])
        assert page.context["title"] == "Invite 2 parties to “Working lunch”"
        assert page.context["letter"].subject == f"Invitation: Working lunch ({one.name})"
        sent = press(client, page, "send", occasion=row.public_id)
        assert said(sent) == ["2 parties are invited; their letters are on their way (2)."]
        made = Invitation.objects.filter(occasion=row.public_id, state="sent")
        assert set(made.values_list("party", flat=True)) == {one.pk, two.pk, three.pk}
        assert not Invitation.objects.filter(occasion="").exists()

    def test_nobody_chosen_is_said(self, summit: Summit) -> None:
        row = self.session(summit)
        response = self.page(sign_in(summit), row.public_id, party=[])
        assert response.status_code == 422
        assert "Nobody is chosen. Choose whom to invite." in response.content.decode()

    def test_a_session_of_another_summit_is_not_there(self, summit: Summit) -> None:
        assert self.page(sign_in(summit), f.SessionFactory().public_id).status_code == 404

    def test_it_costs_the_same_for_many(self, summit: Summit) -> None:
        row, client = self.session(summit), sign_in(summit)

        def cost(size: int) -> int:
            f.PartyFactory.create_batch(size, summit=summit)
            self.session(summit)
            found = 0
            for key in ("", row.public_id):
                with CaptureQueriesContext(connection) as captured:
                    self.page(client, key)
                found += len(captured)
            return found

        assert cost(2) == cost(20)

    def test_the_sessions_page_leads_there(self, summit: Summit) -> None:
        row, off = self.session(summit), self.session(summit, cancelled_at=db_now())
        client = sign_in(summit)
        address = f"{reverse('admin:delegations_occasions', args=['here'])}?session={row.public_id}"
        assert address in client.get(f"/admin/programme/session/{row.pk}/change/").content.decode()
        assert "Invite parties to it" not in client.get(f"/admin/programme/session/{off.pk}/change/").content.decode()


def test_the_list_of_parties_leads_to_both(summit: Summit) -> None:
    content = sign_in(summit).get("/admin/delegations/party/").content.decode()
    for name in ("guest", "occasions"):
        assert reverse(f"admin:delegations_{name}", args=["here"]) in content
    content = sign_in(summit, Role.VIEWER).get("/admin/delegations/party/").content.decode()
    assert reverse("admin:delegations_guest", args=["here"]) not in content


class TestPartiesInTheReadersLanguage:
    """Lists and pages name a party as its host approved it in the language that one reads."""

    @pytest.fixture
    def invitation(self, summit: Summit) -> Invitation:
        link = f.InvitationLinkFactory(invitation__party__summit=summit, invitation__party__name="Germany")
        found: Invitation = link.invitation
        found.party.names.create(language="fr", name="Allemagne")
        return found

    def read(self, client: Client, address: str) -> tuple[bool, bool]:
        page = client.get(address, {"lang": "fr"})
        content = page.content.decode().split("<main", 1)[1]
        return "Allemagne" in content, ">Germany<" in content

    @pytest.mark.parametrize("name", ["invitation", "invitationlink"])
    def test_in_lists(self, summit: Summit, invitation: Invitation, name: str) -> None:
        assert self.read(sign_in(summit), reverse(f"admin:delegations_{name}_changelist")) == (True, False)

    @pytest.mark.parametrize("name", ["answer", "call", "write_anew"])
    def test_on_pages_of_an_invitation(self, summit: Summit, invitation: Invitation, name: str) -> None:
        address = reverse(f"admin:delegations_invitation_{name}", args=[invitation.pk])
        assert self.read(sign_in(summit), address)[0]

    @pytest.mark.parametrize("name", ["invitation", "party"])
    def test_in_the_heading_of_its_own_page(self, summit: Summit, invitation: Invitation, name: str) -> None:
        key = invitation.pk if name == "invitation" else invitation.party_id
        address = reverse(f"admin:delegations_{name}_change", args=[key])
        shown = sign_in(summit).get(f"{address}?lang=fr").content.decode()
        assert '<h1><bdi lang="fr">Allemagne</bdi></h1>' in shown

    def test_on_the_badges(self, summit: Summit, invitation: Invitation) -> None:
        row = f.BadgeFactory(party=invitation.party)
        client = sign_in(summit, Role.ORGANISER)
        assert self.read(client, reverse("admin:delegations_badge_changelist")) == (True, False)
        assert self.read(client, reverse("admin:delegations_badge_change", args=[row.pk])) == (True, False)

    def test_above_the_overpasses(self, summit: Summit, invitation: Invitation) -> None:
        Overpass.objects.create(party=invitation.party, rule=f.OverpassRuleFactory(summit=summit), number=1)
        assert self.read(sign_in(summit), reverse("admin:delegations_overpass_changelist")) == (True, False)

    def test_where_a_number_is_given(self, summit: Summit, invitation: Invitation) -> None:
        address = reverse("admin:delegations_party_quotas", args=[invitation.party_id])
        assert self.read(sign_in(summit), address) == (True, False)

    def test_an_invitation_and_its_party_lead_to_each_other(self, summit: Summit, invitation: Invitation) -> None:
        party = reverse("admin:delegations_party_change", args=[invitation.party_id])
        own = reverse("admin:delegations_invitation_change", args=[invitation.pk])
        client = sign_in(summit)
        assert f'href="{own}"' in client.get(party).content.decode()
        assert f'href="{party}"' in client.get(own).content.decode()

    def test_in_the_list_of_people_and_on_a_persons_page(self, summit: Summit, invitation: Invitation) -> None:
        row = f.MembershipFactory(party=invitation.party)
        client = sign_in(summit)
        assert self.read(client, reverse("admin:summit_person_changelist")) == (True, False)
        page = self.read(client, reverse("admin:summit_person_change", args=[row.person_id]))
        assert page[0]

    def test_in_the_call_sheet(self, summit: Summit, invitation: Invitation) -> None:
        assert self.read(sign_in(summit), reverse("admin:delegations_invitation_calls")) == (True, False)

    def test_where_a_dead_link_leads(self, invitation: Invitation) -> None:
        link = invitation.links.get()
        InvitationLink.objects.update(revoked_at=f.START)
        content = Client().get(f"/i/{links.token(link)}/", {"lang": "fr"}).content.decode()
        assert '<bdi lang="fr">Allemagne</bdi>' in content
        assert "Germany" not in content

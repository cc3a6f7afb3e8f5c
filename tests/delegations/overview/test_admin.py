"""Parties, invitations, links and members at the desk: what is listed, changed, sent, revoked, and done with many."""

import html
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from delegations.invitations.models.invitations import Invitation, InvitationLink
from delegations.invitations.services.invitations import invite
from delegations.members.models.categories import Category
from delegations.members.models.members import FormerMember, Membership
from delegations.members.services import bulk_changes
from delegations.parties.models.parties import Party
from summit.audit.access_log import SEEN
from summit.audit.models import AuditEntry
from summit.audit.rendering import render
from summit.core.database_clock import db_now
from summit.outbox.models import Message
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.undo.models import UndoOffer
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import category, refuses, said, sign_in, text

pytestmark = pytest.mark.django_db
PARTIES = "/admin/delegations/party/"
INVITATIONS = "/admin/delegations/invitation/"
LINKS = "/admin/delegations/invitationlink/"
INVITE = "/admin/delegations/party/invite/"


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

    def test_protocol_changes_it_and_organisers_enter_it_where_they_may(
        self, party: Party, desk: Client, summit: Summit, organiser: User
    ) -> None:
        assert desk.post(page(party), form(party, name="Changed")).status_code == 302
        assert Party.objects.get().name == "Changed"
        assert desk.post(f"{PARTIES}{party.pk}/delete/", {"post": "yes"}).status_code == 403
        other = f.SummitFactory()
        organiser.roles.create(summit=other, role=Role.VIEWER)
        new = f.PartyFactory.build(summit=summit)
        for chosen, number in ((other, 0), (summit, 2)):
            signed_in(organiser).post(f"{PARTIES}add/", form(new, summit=chosen.pk))
            assert Party.objects.filter(summit=chosen).count() == number


class TestInvite:
    def ask(self, client: Client, parties: list[Party]) -> Any:
        return client.post(PARTIES, {"action": "invite", "_selected_action": [party.pk for party in parties]})

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


LIST = "/admin/delegations/membership/"


def member(party: Party, name: str = "Zoe", **more: Any) -> Membership:
    return f.MembershipFactory(party=party, person__name=name, person__office="", **more)


def actions() -> list[str]:
    rows = AuditEntry.objects.exclude(action=SEEN).order_by("id")
    return list(rows.values_list("action", flat=True))


def undone(desk: Client) -> list[str]:
    """Undo the latest act, and return what is said, as if all before had been read."""
    forget_messages(desk)
    found = said(desk.post("/admin/undo/", {"act": UndoOffer.objects.latest("pk").public_id}))
    forget_messages(desk)
    return found


def forget_messages(desk: Client) -> None:
    session = desk.session
    session.pop("_messages")
    session.save()


def detail(party: Party) -> str:
    return f"/admin/delegations/party/{party.pk}/"


class TestNaming:
    def address(self, party: Party) -> str:
        return f"/admin/delegations/party/{party.pk}/name/"

    def test_who_is_offered(self, party: Party, desk: Client) -> None:
        f.ParticularsFactory(person__summit=party.summit, person__name="Yan", entered_for=party)
        free = f.PersonFactory(summit=party.summit, name="Xenia Free")
        taken = member(f.PartyFactory(summit=party.summit, name="Bland"), "Xenia Taken")
        foreign = f.PersonFactory(name="Xenia Elsewhere")
        shown = text(desk.get(self.address(party)))
        assert ("Yan" in shown, "Xenia" in shown) == (True, False)
        # Others are looked for, and who belongs somewhere is no choice.
        shown = text(desk.get(self.address(party), {"look": "xenia"}))
        assert f'value="{free.pk}"' in shown
        assert f'name="person" value="{taken.person_id}"' not in shown
        assert ("Xenia Taken" in shown, "Elsewhere" in shown) == (True, False)
        assert "Elsewhere" not in text(desk.get(self.address(party), {"person": foreign.pk}))
        (offered,) = re.findall(r'href="(/admin/summit/person/add/[^"]+)"', text(desk.get(self.address(party))))
        values = {"summit": party.summit_id, "name": "Wanda", "office": "", "language": "en", "_save": ""}
        answer = desk.post(html.unescape(offered), values)
        entered = Person.objects.get(name="Wanda")
        assert answer["Location"] == f"{self.address(party)}?person={entered.pk}"
        assert f'value="{entered.pk}" checked' in text(desk.get(answer["Location"]))

    def test_a_person_is_named_or_it_is_said_what_stops_it(self, party: Party, desk: Client) -> None:
        person, foreign = f.PersonFactory(summit=party.summit, name="Xenia"), f.PersonFactory()
        head = category(party, "head").pk
        values = {"person": person.pk, "category": head}
        assert desk.post(self.address(party), values)["Location"] == f"{detail(party)}#members"
        row = Membership.objects.get()
        assert (row.person, row.party, row.category.code) == (person, party, "head")
        assert actions() == ["delegations.name"]
        other = f.PersonFactory(summit=party.summit, name="Xenia")
        for values, words in (
            ({"person": other.pk, "category": head}, "Aland already has a head of delegation. Replace that person"),
            ({"category": head}, "Choose a person from the list"),
            ({"person": foreign.pk, "category": head}, "Choose a person from the list"),
            ({"person": other.pk, "category": category(f.PartyFactory(), "head").pk}, "Choose a category."),
        ):
            answer = desk.post(self.address(party), {"look": "xenia", **values})
            assert (answer.status_code, words in text(answer)) == (422, True), words
        assert Membership.objects.count() == 1

    def test_what_an_address_makes_up_leads_nowhere_else(self, party: Party, desk: Client) -> None:
        values = {"summit": party.summit_id, "language": "en", "_save": ""}
        made_up = {"a": "//evil.example", "b": "name-1/../2", "c": f"name-{'9' * 30}", "d": "move-1"}
        for name, then in made_up.items():
            address = f"/admin/summit/person/add/?{urlencode({'then': then})}"
            answer = desk.post(address, {**values, "name": f"Xenia {name}"})
            assert answer["Location"] == "/admin/summit/person/", then


class TestReplacing:
    def test_another_takes_the_place(self, party: Party, desk: Client) -> None:
        row, person = member(party, code="head"), f.PersonFactory(summit=party.summit, name="Xenia", office="")
        other = member(f.PartyFactory(summit=party.summit, name="Bland"), "Yan")
        deputy = member(party, "Wim", code="alternate")
        shown = text(desk.get(f"{LIST}{row.pk}/replace/"))
        offered = [f'name="person" value="{each.person_id}"' in shown for each in (deputy, row)]
        assert offered == [True, False]
        answer = desk.post(f"{LIST}{row.pk}/replace/", {"person": other.person_id})
        assert answer.status_code == 422
        assert "Yan is already in Bland. Withdraw them there first." in text(answer)
        answer = desk.post(f"{LIST}{row.pk}/replace/", {"person": person.pk})
        assert (answer.status_code, said(answer)) == (302, ["Xenia has replaced Zoe."])
        assert party.memberships.get(capacity="head").person == person
        assert FormerMember.objects.get().successor == person
        assert actions() == ["delegations.replace"]


class TestMany:
    def test_confirming_says_who_is_confirmed_already_and_is_undone(self, party: Party, desk: Client) -> None:
        rows = [member(party, "One"), member(party, "Two"), member(party, "Three", confirmed_at=db_now())]
        done = desk.post(LIST, {"action": "confirm", "_selected_action": [row.pk for row in rows]})
        assert said(done) == ["2 members confirmed.", "Three: is already confirmed"]
        assert actions()[-2:] == ["delegations.confirm"] * 2
        assert undone(desk) == ["2 members are awaiting confirmation again."]
        assert Membership.objects.filter(confirmed_at__isnull=True).count() == 2
        done = desk.post(f"{LIST}confirm/", {"row": rows[0].pk})
        assert said(done) == ["One confirmed."]

    def test_moving_says_for_whom_there_is_no_place(self, party: Party, desk: Client) -> None:
        Category.objects.of(party.summit)
        Category.objects.filter(code="adviser").update(quota=1)
        query = {"row": [member(party, "One").pk, member(party, "Two").pk]}
        adviser = category(party, "adviser")
        assert "Move 2 members to another category</button>" in text(desk.get(f"{LIST}move/", query))
        query["category"] = adviser.pk
        moved, skipped = said(desk.post(f"{LIST}move/", query))
        assert moved == "One moved."
        assert skipped.startswith("Two: The quota of Aland for “adviser” is 1, and 1 are named.")
        assert [row.category.code for row in Membership.objects.order_by("pk")] == ["adviser", "delegate"]
        assert Membership.objects.get(person__name="One").capacity == "adviser"
        entry = AuditEntry.objects.get(action="delegations.move")
        assert (entry.detail["category"], entry.detail["before"]) == ("adviser", "delegate")
        assert render([entry])[0].what == "moved the member from “delegate” to “adviser”"
        assert undone(desk) == ["1 member is back in the earlier category."]
        assert set(Membership.objects.values_list("category__code", "capacity")) == {("delegate", "delegate")}

    def test_withdrawing_asks_only_about_what_undoing_doesnt_bring_back(self, party: Party, desk: Client) -> None:
        plain, holder = member(party, "Plain"), member(party, "Holder")
        badge = f.BadgeFactory(party=party, person=holder.person)
        assert said(desk.post(f"{LIST}withdraw/", {"row": plain.pk})) == ["Plain was withdrawn."]
        # The delegation's history offers to undo it.
        offer = UndoOffer.objects.get().public_id
        assert f'value="{offer}"' in text(sign_in(party.summit).get(detail(party)))
        assert undone(desk) == ["1 person is a member again."]
        asked = text(desk.post(f"{LIST}withdraw/", {"row": holder.pk}))
        assert "This also ends: 1 badge." in asked
        assert party.memberships.count() == 2
        badge.refresh_from_db()
        assert badge.ended_at is None
        desk.post(f"{LIST}withdraw/", {"row": holder.pk, "confirmed": "1"})
        assert [row.person.name for row in party.memberships.all()] == ["Plain"]

    def test_the_domain_asks_for_the_right_of_each_party(self, party: Party, protocol: User) -> None:
        foreign = member(f.PartyFactory(), "Foreign")
        for work in (bulk_changes.confirm, bulk_changes.withdraw):
            refuses(PermissionDenied, work, memberships=[member(party), foreign], by=protocol)
        assert Membership.objects.filter(confirmed_at__isnull=True).count() == 3
        by = f.UserFactory(is_superuser=True)
        reach = bulk_changes.to_move(memberships=[member(party)], category=category(foreign.party, "adviser"), by=by)
        assert [why for _row, why in reach.skipped] == ["belongs to a different summit from the category"]

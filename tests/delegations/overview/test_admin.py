"""Parties, invitations, members and people at the desk: listed, changed, revoked, done with many, and exported."""

import csv
import html
import io
import re
from datetime import date
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from openpyxl import load_workbook

from delegations.core import table_writers
from delegations.imports.column_recognition import recognise
from delegations.imports.services.importer import preview, read_in
from delegations.invitations.models.invitations import Invitation, InvitationLink
from delegations.invitations.services.invitations import invite
from delegations.members.models.categories import Category
from delegations.members.models.members import FormerMember, Membership
from delegations.members.models.particulars import PASSPORT, Particulars, Photo
from delegations.members.services import bulk_changes
from delegations.parties.models.parties import Party
from summit.audit.access_log import SEEN
from summit.audit.models import AuditEntry
from summit.audit.rendering import render
from summit.audit.services import SYSTEM
from summit.core.database_clock import db_now
from summit.imports import table_parsing as incoming
from summit.outbox.models import Message
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.undo.models import UndoOffer
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import category, listed, refuses, said, sign_in, text
from tests.delegations.members.test_photos import picture
from tests.exported_tables import without_numbers
from tests.portal.delegation.helpers import make

pytestmark = pytest.mark.django_db

PARTIES = "/admin/delegations/party/"
INVITATIONS = "/admin/delegations/invitation/"
LINKS = "/admin/delegations/invitationlink/"
INVITE = "/admin/delegations/party/invite/"


def page(party: Party) -> str:
    return f"{PARTIES}{party.pk}/change/"


def form(party: Party, **values: Any) -> dict[str, Any]:
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
        response = desk.post(INVITE, {"row": keys})
        assert response["Location"] == f"{INVITATIONS}{Invitation.objects.get(party=chosen[0]).pk}/sent/"
        assert said(response) == ["2 delegations invited; sending their letters (2)."]
        assert set(Invitation.objects.values_list("party", flat=True)) == {party.pk for party in chosen}
        again = desk.post(INVITE, {"row": keys})
        assert [line.split(": ")[1] for line in said(again)[-2:]] == ["It is already invited."] * 2
        foreign = desk.post(INVITE, {"row": f.PartyFactory().pk})
        assert said(foreign)[-1] == "Select the delegations to invite."
        assert Message.objects.count() == 2

    def test_what_follows_one_letter_is_its_delegation(self, party: Party, summit: Summit, desk: Client) -> None:
        desk.post(INVITE, {"row": [party.pk]})
        sent = f"{INVITATIONS}{Invitation.objects.get().pk}/sent/"
        assert f'<a class="button quiet" href="{PARTIES}{party.pk}/">Continue</a>' in text(desk.get(sent))
        several = f.PartyFactory.create_batch(2, summit=summit)
        desk.post(INVITE, {"row": [row.pk for row in several]})
        sent = f"{INVITATIONS}{Invitation.objects.get(party=several[0]).pk}/sent/"
        assert f'href="{PARTIES}?summit__id__exact={summit.pk}">Continue</a>' in text(desk.get(sent))


class TestAnswerOfAParty:
    def test_it_is_recorded_without_a_letter_and_its_level_is_shown(self, party: Party, desk: Client) -> None:
        Party.objects.filter(pk=party.pk).update(level="minister")
        minister = f.MembershipFactory(
            party=party, person__office="Minister of Ports", person__summit=party.summit, code="head"
        )
        here, step = f"{PARTIES}{party.pk}/", f"{PARTIES}{party.pk}/answer/"
        assert f'href="{step}"' in text(desk.get(here))
        assert 'value="telephone" selected' in text(desk.get(f"{step}?channel=telephone"))
        values = {"answer": "attending", "level": "vice_minister", "name": "Embassy", "channel": "telephone"}
        response = desk.post(step, values)
        assert (said(response), response["Location"]) == (["Answer of Aland recorded."], here)
        shown = text(desk.get(here))
        assert '<span class="state" data-state="good">attending</span> · deputy minister or state secretary' in shown
        head = 'Head of delegation is still <bdi lang="">Minister of Ports</bdi>.'
        hint = f"{head} The answer says: deputy minister or state secretary."
        assert hint in shown
        Membership.objects.filter(pk=minister.pk).update(created_at=db_now())
        assert hint not in text(desk.get(here))


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


PEOPLE_LIST = "/admin/summit/person/"


@pytest.fixture
def vetting(summit: Summit) -> Client:
    return sign_in(summit, Role.VETTING, name="vetting")


@pytest.fixture
def protocol(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.PROTOCOL, summit, name="protocol")


@pytest.fixture
def person(party: Party) -> Person:
    member = f.MembershipFactory(party=party, person__name="Zoe", person__office="")
    passport = {"passport_number": "AB123", "birth_date": date(1960, 1, 2)}
    f.ParticularsFactory(person=member.person, hotel="Ritz", diet="vegan", arrives_at=f.START, **passport)
    f.PhotoFactory(person=member.person)
    return Person.objects.get(pk=member.person_id)


def page_of(person: Person, name: str = "") -> str:
    return f"{PEOPLE_LIST}{person.pk}/{name}/" if name else f"{PEOPLE_LIST}{person.pk}/"


def seen() -> list[tuple[str, list[str]]]:
    rows = AuditEntry.objects.filter(action=SEEN).order_by("id")
    return list(rows.values_list("by__name", "fields"))


class TestPage:
    def test_shows_what_the_reader_may_see_and_notes_it(self, person: Person, desk: Client, vetting: Client) -> None:
        to_protocol, to_vetting = text(desk.get(page_of(person))), text(vetting.get(page_of(person)))
        for shown in ("Ritz", "Monday 31 March 2025, 09:00 London time"):
            assert (shown in to_protocol, shown in to_vetting) == (True, True)
        assert ("vegan" in to_protocol, "vegan" in to_vetting) == (True, False)
        assert "AB123" not in to_protocol + to_vetting
        assert "Recorded. Can be viewed and changed by: vetting, focal point." in to_protocol
        own = ["badge_name", "card_name", "email", "form_of_address", "name", "office", "phone", "rank", "user"]
        assert seen() == [
            ("protocol", sorted([*own, "arrives_at", "diet", "hotel"])),
            ("vetting", sorted([*own, "arrives_at", "hotel"])),
        ]


class TestLinks:
    def test_the_page_leads_to_who_viewed_it_where_one_may_read_the_audit(
        self, summit: Summit, person: Person, desk: Client
    ) -> None:
        link = f'<a href="{page_of(person, "history")}?show=seen">Show who viewed personal data</a>'
        organiser = sign_in(summit, Role.ORGANISER)
        # Nothing is recorded of the person yet.
        shown = organiser.get(page_of(person)).content.decode()
        assert (link in shown, "Show full history" in shown) == (True, True)
        assert organiser.get(f"{page_of(person, 'history')}?show=seen").status_code == 200
        assert "Show who viewed" not in desk.get(page_of(person)).content.decode()

    def test_a_focal_point_leads_to_its_delegation_and_that_to_its_address(
        self, summit: Summit, party: Party, desk: Client
    ) -> None:
        point = f.FocalPointFactory(party=party, person__email="focal@mission.example")
        silent = f.FocalPointFactory(party=party, person__email="")
        shown = desk.get(page_of(point.person)).content.decode()
        assert f'<a href="{PARTIES}{party.pk}/">{party.name}</a>' in shown
        officer = f.LiaisonOfficerFactory(person=f.PersonFactory(summit=summit))
        officer.parties.add(party)
        shown = desk.get(page_of(officer.person)).content.decode()
        assert f'<a href="{PARTIES}{party.pk}/">{party.name}</a>' in shown
        edit = desk.get(f"{PARTIES}{party.pk}/edit/focal-points/").content.decode()
        assert f'<a href="{page_of(point.person)}">focal@mission.example</a>' in edit
        assert f'<a href="{page_of(silent.person)}">Add email address</a>' in edit


class TestGroups:
    def test_the_passport_is_shown_on_request_and_each_look_is_recorded(
        self, person: Person, desk: Client, vetting: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answer = desk.get(page_of(person, "passport"))
        assert (answer.status_code, "AB123" in text(answer)) == (403, False)
        assert "Roles that can do this: vetting, focal point." in text(answer)
        assert seen() == []
        for _time in range(2):
            shown = text(vetting.get(page_of(person, "passport")))
            assert "AB123" in shown
            assert 'value="02/01/1960"' in shown
        assert seen() == [("vetting", ["birth_date", "passport_number"])] * 2
        # Control: other pages are noted once an hour.
        monkeypatch.setitem(vars(PASSPORT), "each_logged", False)
        vetting.get(page_of(person, "passport"))
        assert len(seen()) == 2

    def test_it_is_changed_and_what_is_wrong_stores_nothing(self, person: Person, vetting: Client) -> None:
        answer = vetting.post(
            page_of(person, "passport"), {"passport_number": "AB123", "passport_expiry": "2025-01-01"}
        )
        assert (answer.status_code, "This passport expires before the summit ends" in text(answer)) == (422, True)
        posted = {"passport_number": "ab 124", "birth_date": "1960-01-02", "nationality": "DE", "sex": "F"}
        answer = vetting.post(page_of(person, "passport"), posted)
        assert (answer.status_code, answer["Location"]) == (302, page_of(person))
        row = Particulars.objects.get()
        assert (row.passport_number, row.nationality, row.sex, row.hotel) == ("AB124", "DE", "F", "Ritz")


class TestPhoto:
    def test_is_served_to_those_who_may_stored_and_deleted(self, person: Person, desk: Client) -> None:
        assert f'src="{page_of(person, "photo/file")}"' in text(desk.get(page_of(person, "photo")))
        assert seen() == []
        answers = [desk.get(page_of(person, "photo/file")) for _time in range(2)]
        answer = answers[1]
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
        assert answer["Cache-Control"].startswith("private, no-store")
        assert answer.content == bytes(Photo.objects.get().image)
        assert seen() == [("protocol", ["photo"])] * 2
        answer = desk.post(page_of(person, "photo"), {"photo": SimpleUploadedFile("x.jpg", b"text")})
        assert (answer.status_code, "This file can’t be read as a photograph." in text(answer)) == (422, True)
        given = SimpleUploadedFile("zoe.png", picture((500, 900), "PNG"), "image/png")
        assert desk.post(page_of(person, "photo"), {"photo": given}).status_code == 302
        assert (Photo.objects.get().width, Photo.objects.get().height) == (500, 900)
        assert desk.post(page_of(person, "photo"), {"remove": "1"}).status_code == 302
        assert not Photo.objects.exists()


def test_the_list_is_narrowed_for_those_who_see_what_it_is_narrowed_by(party: Party, protocol: User) -> None:
    def names(by: User, **query: Any) -> list[str]:
        return [row.name for row in listed(by, Person, **query)]

    ann = f.MembershipFactory(party=party, code="head", person__name="Ann")
    ben = f.MembershipFactory(party__summit=party.summit, person__name="Ben").person
    f.ParticularsFactory(person=ann.person, arrives_at=f.START, passport_digest="x" * 64)
    f.PhotoFactory(person=ben)
    f.PersonFactory(summit=party.summit, name="Cid")
    for query, found in (
        *(({}, ["Ann", "Ben", "Cid"]), ({"party": party.pk}, ["Ann"]), ({"category": ann.category_id}, ["Ann"])),
        *(({"lacks": "passport"}, ["Ben"]), ({"lacks": "photo"}, ["Ann"]), ({"lacks": "arrival"}, ["Ben"])),
        *(({"arrives": "2025-03-31"}, ["Ann"]), ({"arrives": "2025-03-30"}, [])),
    ):
        assert names(protocol, **query) == found, query
    # By days for those alone who see journeys, parties for those alone who see members.
    programme = f.UserFactory.with_role(Role.PROGRAMME, party.summit)
    shown = text(signed_in(programme).get(PEOPLE_LIST))
    assert ("arrives on" in shown.lower(), "Aland" in shown) == (False, True)
    assert names(programme, arrives="2025-03-30") == ["Ann", "Ben", "Cid"]
    assert "Aland" not in text(sign_in(party.summit, Role.VETTING).get(PEOPLE_LIST))


class TestManyPeople:
    @pytest.fixture
    def rows(self, summit: Summit) -> list[Person]:
        return [
            f.FocalPointFactory(party__summit=summit, person__name=f"P{n}", person__email=email).person
            for n, email in enumerate(("a@land.example", ""))
        ]

    def query(self, rows: list[Person]) -> str:
        return "&".join(f"row={row.pk}" for row in rows)

    def test_accounts_are_given_and_taken_away_after_asking(self, rows: list[Person], desk: Client) -> None:
        keys = [row.pk for row in rows]
        asked = desk.post(PEOPLE_LIST, {"action": "give_accounts", "_selected_action": keys})
        assert asked["Location"] == f"{PEOPLE_LIST}accounts/?{self.query(rows)}"
        shown = text(desk.get(asked["Location"]))
        assert ("Create 1 account" in shown, "Has no email address to sign in with." in shown) == (True, True)
        assert desk.post(f"{PEOPLE_LIST}accounts/", {"row": keys}).status_code == 302
        assert User.objects.filter(email="a@land.example", people=rows[0]).exists()
        assert "Remove 1 account" in text(desk.get(f"{PEOPLE_LIST}take-accounts/?{self.query(rows)}"))
        desk.post(f"{PEOPLE_LIST}take-accounts/", {"row": keys})
        assert not Person.objects.filter(pk__in=keys, user__isnull=False).exists()


def test_duplicate_candidates_are_listed_and_told_apart(summit: Summit, desk: Client) -> None:
    row = f.DuplicateCandidateFactory(person__summit=summit, person__name="Zoe", other__name="Zoé")
    address = "/admin/delegations/duplicatecandidate/"
    assert "Zoé" in text(desk.get(address))
    asked = desk.post(address, {"action": "tell_apart", "_selected_action": [row.pk]})["Location"]
    assert asked == f"{address}tell-apart/?row={row.pk}"
    assert "Mark 1 pair as not duplicates" in text(desk.get(asked))
    assert desk.post(asked, {"row": [row.pk]}).status_code == 302
    row.refresh_from_db()
    assert row.decided_by is not None


EVIL = ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"]
PEOPLE = "/admin/summit/person/export/"


def rows_of(response: Any) -> list[dict[str, str]]:
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def exported(summit: Summit, name: str = "Ada", **values: Any) -> Any:
    party = values.pop("party", None) or f.PartyFactory(summit=summit)
    row = f.MembershipFactory(party=party, person__name=name, person__office="Minister")
    Particulars.objects.create(person=row.person, passport_number="X4821397", diet="no nuts", hotel="Ritz", **values)
    return row


def test_no_cell_is_a_formula(monkeypatch: pytest.MonkeyPatch) -> None:
    def cells() -> list[Any]:
        made = table_writers.write([["Name"], *([word] for word in EVIL)], ending="xlsx")
        return [row[0] for row in load_workbook(io.BytesIO(made)).worksheets[0].iter_rows(min_row=2)]

    assert [(cell.data_type, cell.value[0]) for cell in cells()] == [("s", "'")] * len(EVIL)
    for word in EVIL:
        assert f"'{word[0]}" in table_writers.write([["Name"], [word]], ending="csv").decode("utf-8-sig")
    # Control: without it a cell is a formula.
    monkeypatch.setattr(table_writers, "harmless", str)
    assert cells()[0].data_type == "f"


class TestPeople:
    def test_each_desk_takes_what_it_may_see_and_is_recorded(self, summit: Summit) -> None:
        row = exported(summit)
        seen: dict[Role, dict[str, str]] = {}
        for role in (Role.VETTING, Role.PROTOCOL, Role.PROGRAMME):
            (seen[role],) = rows_of(sign_in(summit, role).get(f"{PEOPLE}?take=csv"))
        assert seen[Role.PROTOCOL]["Delegation"] == row.party.name
        assert (seen[Role.PROTOCOL]["Name"], seen[Role.PROTOCOL]["Dietary needs"]) == ("Ada", "no nuts")
        assert "Passport number" not in seen[Role.PROTOCOL]
        assert seen[Role.VETTING]["Passport number"] == "X4821397"
        assert "Delegation" not in seen[Role.VETTING]
        assert not {"Hotel", "Passport number", "Dietary needs"} & seen[Role.PROGRAMME].keys()
        entry = AuditEntry.objects.filter(action=SEEN).earliest("pk")
        assert entry.detail["keys"] == [row.person.public_id]
        assert {"name", "passport_number", "birth_date"} <= set(entry.fields)

    @pytest.mark.parametrize(("ending", "language"), [("xlsx", "ar"), ("csv", "en"), ("json", "ar")])
    @pytest.mark.slow("writes tables and enters them in another summit")
    def test_what_leaves_comes_back_unchanged_or_equal(self, summit: Summit, ending: str, language: str) -> None:
        """Parties and their people, with all that the desk sees of them: organisers see no passports."""
        party = f.PartyFactory(summit=summit, name="France", iso_code="FR", formal_name="The French Republic")
        exported(summit, "=Ada", party=party, arrives_at=f.START)
        f.MembershipFactory(party=party, person__name="Bea", person__email="bea@example.org", capacity="head")
        host = f.PartyFactory(summit=summit, name="Zoo", kind="organisation", mission_email="zoo@example.org")
        f.MembershipFactory(party=host, person__name="Cai", category=Category.objects.of(summit)["adviser"])
        desk, there = sign_in(summit), f.SummitFactory()
        Category.objects.of(there)
        for place in ("delegations/party", "summit/person"):
            made = desk.get(f"/admin/{place}/export/?take={ending}&lang={language}")
            assert made["Content-Type"].startswith(table_writers.MEDIA_TYPES[ending])
            table = incoming.read(filename="x", content=made.content)
            assert recognise(table.headings).unknown == []
            assert preview(summit=summit, table=table, by=SYSTEM).writes == 0
            with override(language):
                table = incoming.read(filename="x", content=without_numbers(made.content))
            read_in(summit=there, table=table, by=SYSTEM)
        assert told_of(summit) == told_of(there)
        assert len(told_of(summit)) == 5


def told_of(summit: Summit) -> list[Any]:
    parties = Party.objects.filter(summit=summit).order_by("name")
    people = Person.objects.filter(summit=summit).order_by("name")
    where = ("membership__party__name", "membership__category__code")
    of = [f"particulars__{name}" for name in ("diet", "hotel", "arrives_at")]
    return [
        *parties.values_list("name", "formal_name", "iso_code", "kind", "mission_email"),
        *people.values_list("name", "office", "email", *where, *of),
    ]


def test_a_focal_point_takes_its_own_people_with_what_it_entered() -> None:
    world = make()
    world.member("Ada")
    other = world.member("Bea", passport=False)
    f.ParticularsFactory(person=other.person, passport_number="SECRET", entered_for=None)
    exported(world.party.summit, "Foreign")
    address = world.path("people/export/")
    rows = rows_of(world.client.get(f"{address}?take=csv"))
    assert [(row["Name"], row["Passport number"]) for row in rows] == [("Ada", "X4821397"), ("Bea", "")]
    assert AuditEntry.objects.filter(action=SEEN, object_type="summit.person").count() == 1
    response = world.client.get(f"{address}?take=nonsense")
    assert response["Content-Disposition"] == 'attachment; filename="people.xlsx"'
    assert incoming.read(filename="x", content=response.content).rows[0].cells[2] == "Ada"

"""The pages of a delegation and of a person that one reads: what comes next, what is open, and their sections."""

from typing import Any

import pytest
from django.contrib.admin.sites import site
from django.contrib.admin.utils import flatten_fieldsets
from django.test import Client
from django.urls import reverse

from delegations.invitations.models.invitations import Invitation
from delegations.members.models.members import Membership
from delegations.overview.admin import party_detail
from delegations.parties.models.parties import Party
from summit.audit import access_log
from summit.audit.models import AuditEntry
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import request_of, sign_in, text
from tests.delegations.overview.test_admin import member

pytestmark = pytest.mark.django_db


@pytest.fixture
def party(summit: Summit) -> Party:
    return f.PartyFactory(summit=summit, name="Aland", mission_email="", mission_phone="+44 20 7946 0004")


def page(party: Party) -> str:
    return reverse("admin:delegations_party_detail", args=[party.pk])


def section(party: Party, name: str) -> str:
    return reverse("admin:delegations_party_edit", args=[party.pk, name])


class TestReading:
    def test_it_leads_on_and_shows_what_the_reader_may_see(self, party: Party, summit: Summit, desk: Client) -> None:
        assert f'href="{page(party)}"' in text(desk.get(reverse("admin:delegations_party_changelist")))
        zoe = member(party, "Zoe").person
        f.ParticularsFactory(person=zoe, arrives_at=f.START)
        f.ReplyFactory(invitation=f.InvitationFactory(party=party, answered=True), note="Secret note")
        answer = desk.get(page(party))
        shown, other = text(answer), text(sign_in(summit, Role.PRESS_OFFICER).get(page(party)))
        change, travel = f"{page(party)}change/", reverse("admin:summit_person_travel", args=[zoe.pk])
        for words, to_all in (
            (change, False),
            ('<a href="tel:+442079460004">', True),
            ("Zoe", False),
            (travel, False),
        ):
            assert (words in shown, words in other) == (True, to_all), words
        # One reads it: its buttons have hidden fields alone.
        assert '<input type="text"' not in shown.partition("<main")[2].partition("</main>")[0]
        # A point leads to what is on the page.
        anchors = {point.url[1:] for point in answer.context_data["points"] if point.url.startswith("#")}
        assert anchors
        assert [anchor for anchor in anchors if f'id="{anchor}"' not in shown] == []
        entry = AuditEntry.objects.filter(action=access_log.SEEN).earliest("pk")
        assert (entry.object_key, zoe.public_id in str(entry.detail)) == (party.public_id, True)
        assert desk.get(page(f.PartyFactory())).status_code == 404

    def test_what_comes_next_follows_the_state(self, party: Party, protocol: User) -> None:
        def found() -> dict[str, Any]:
            return party_detail.context(request_of(protocol), party)

        def labels() -> list[str]:
            return [step.label for step in found()["steps"]]

        assert labels() == ["Invite this delegation", "Record invitation on paper", "Add a member"]
        assert found()["answer_waits"] == "An answer can be recorded once the invitation is sent."
        assert found()["invite_step"].label == "Invite this delegation"
        f.InvitationFactory(party=party)
        assert found()["invite_step"] == found()["steps"][0]
        assert labels()[0] == "Approve or send the invitation"
        Invitation.objects.update(state="sent", sent_at=f.START)
        member(party, "Zoe")
        assert "answer_waits" not in found()
        assert labels() == ["Record answer", "Send reminder", "Confirm 1 member", "Add a member"]
        Invitation.objects.update(state="answered", answer="attending", answered_at=f.START, answered_by="A")
        Membership.objects.update(confirmed_at=f.START)
        assert labels() == ["Change answer", "Add a member"]


class TestSections:
    def test_one_is_edited_alone(self, party: Party, desk: Client) -> None:
        form = text(desk.get(section(party, "mission")))
        assert ('name="mission_email"' in form, 'name="notes"' in form) == (True, False)
        shown = text(desk.post(section(party, "mission"), {"mission_name": "Embassy", "mission_email": "nowhere"}))
        assert ('href="#id_mission_email"' in shown, 'value="Embassy"' in shown) == (True, True)
        values = {"mission_name": "Embassy", "mission_email": "london@aland.example"}
        assert desk.post(section(party, "mission"), values)["Location"] == f"{page(party)}#mission"
        party.refresh_from_db()
        # What the form doesn't have is left, and what it has empty is emptied.
        assert (party.mission_email, party.mission_phone, party.name) == ("london@aland.example", "", "Aland")
        changed = ["mission_email", "mission_name", "mission_phone"]
        assert AuditEntry.objects.get(action="delegations.party.change").fields == changed

    def test_only_those_that_there_are_for_who_may(self, party: Party, summit: Summit, desk: Client) -> None:
        assert desk.get(section(party, "nothing")).status_code == 404
        viewer = sign_in(summit, Role.VIEWER)
        assert viewer.get(section(party, "mission")).status_code == 403
        assert viewer.post(section(party, "mission"), {"mission_name": "X"}).status_code == 403
        shown = sign_in(summit, Role.VIEWER).get(page(party)).context_data
        assert (shown["steps"], shown["may_change"]) == ([], False)
        assert {found["edit_url"] for found in shown["sections"].values()} == {""}

    @pytest.mark.parametrize(("model", "besides"), [(Party, {"summit"}), (Person, {"summit", "user"})])
    def test_every_field_of_the_form_is_in_one_section(
        self, model: type[Party | Person], besides: set[str], protocol: User
    ) -> None:
        admin: Any = site.get_model_admin(model)
        named = [name for found in admin.sections for name in found.fields]
        assert len(named) == len(set(named))
        there = flatten_fieldsets(admin.get_fieldsets(request_of(protocol), model()))
        assert set(there) - set(named) == besides
        assert {inline for found in admin.sections for inline in found.inlines} == set(admin.inlines)


class TestPerson:
    @pytest.fixture
    def row(self, party: Party) -> Membership:
        return member(party, "Zoe")

    def test_a_section_is_edited_alone_and_whoever_opens_it_is_recorded(self, row: Membership, desk: Client) -> None:
        address = reverse("admin:summit_person_edit", args=[row.person_id, "contact"])
        form = text(desk.get(address))
        assert ('name="email"' in form, 'name="rank"' in form) == (True, False)
        assert "email" in AuditEntry.objects.get(action=access_log.SEEN).fields
        answer = desk.post(address, {"email": "zoe@aland.example", "language": "fr"})
        assert answer["Location"] == f"{reverse('admin:summit_person_detail', args=[row.person_id])}#contact"
        row.person.refresh_from_db()
        assert (row.person.email, row.person.language, row.person.name) == ("zoe@aland.example", "fr", "Zoe")

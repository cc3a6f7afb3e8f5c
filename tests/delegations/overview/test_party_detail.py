"""The page of a delegation that one reads: who sees what, what comes next, what is open, and its sections."""

from typing import Any

import pytest
from django.contrib.admin.sites import site
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from delegations.members.services import members
from delegations.parties.models.parties import Party
from summit.audit import access_log
from summit.audit.models import AuditEntry
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.helpers import sign_in, text
from tests.delegations.overview.test_members_admin import member

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def party(summit: Summit) -> Party:
    return f.PartyFactory(summit=summit, name="Aland", mission_email="", mission_phone="+44 20 7946 0004")


@pytest.fixture
def desk(summit: Summit) -> Client:
    return sign_in(summit, Role.PROTOCOL)


def page(party: Party) -> str:
    return reverse("admin:delegations_party_detail", args=[party.pk])


def section(party: Party, name: str) -> str:
    return reverse("admin:delegations_party_edit", args=[party.pk, name])


def context(client: Client, party: Party) -> dict[str, Any]:
    return client.get(page(party)).context_data


class TestReading:
    def test_the_list_leads_to_it_and_the_form_is_one_step_away(self, party: Party, desk: Client) -> None:
        assert f'href="{page(party)}"' in text(desk.get(reverse("admin:delegations_party_changelist")))
        shown = text(desk.get(page(party)))
        assert f'href="{reverse("admin:delegations_party_change", args=[party.pk])}"' in shown
        assert '<a href="tel:+442079460004">' in shown
        assert "<input" not in shown.partition("<main")[2].partition("</main>")[0]

    def test_what_comes_next_follows_the_state(self, party: Party, desk: Client) -> None:
        def labels() -> list[str]:
            return [step.label for step in context(desk, party)["steps"]]

        assert labels() == ["Invite this delegation", "Record invitation on paper", "Add a member"]
        invitation = f.InvitationFactory(party=party, sent=True)
        row = member(party, "Zoe")
        assert labels() == ["Record answer", "Send reminder", "Confirm 1 member", "Add a member"]
        answer = {"state": "answered", "answer": "attending", "answered_at": f.START, "answered_by": "A"}
        type(invitation).objects.update(**answer)
        type(row).objects.update(confirmed_at=f.START)
        assert labels() == ["Change answer", "Add a member"]

    def test_before_an_answer_it_says_what_to_do(self, party: Party, summit: Summit, desk: Client) -> None:
        waits = "An answer can be recorded once the invitation is sent."
        shown = context(desk, party)
        assert (shown["answer_waits"], shown["invite_step"].label) == (waits, "Invite this delegation")
        invitation = f.InvitationFactory(party=party)
        shown = context(desk, party)
        assert shown["invite_step"] == shown["steps"][0]
        assert shown["steps"][0].label == "Approve or send the invitation"
        type(invitation).objects.update(state="sent", sent_at=f.START)
        assert "answer_waits" not in context(desk, party)

    def test_who_may_do_nothing_is_offered_nothing(self, party: Party, summit: Summit) -> None:
        shown = context(sign_in(summit, Role.VIEWER), party)
        assert (shown["steps"], shown["may_change"]) == ([], False)
        assert {found["edit_url"] for found in shown["sections"].values()} == {""}

    def test_open_points(self, party: Party, summit: Summit) -> None:
        desk = sign_in(summit, Role.ORGANISER)

        def points() -> list[str]:
            return [point.sentence for point in context(desk, party)["points"]]

        assert points() == ["No email address of the mission"]
        f.InvitationFactory(party=party, answered=True)
        assert points() == ["No email address of the mission", "No focal point", "No head of delegation"]
        head = member(party, "Zoe", code="head")
        f.FocalPointFactory(party=party, person=head.person)
        f.VisaLetterFactory(party=party, person=head.person)
        f.DeclarationFactory(party=party, person=head.person)
        found = points()
        assert "1 visa support letter to decide" in found
        assert "1 declaration to decide" in found
        assert not {"No focal point", "No head of delegation"} & set(found)

    def test_a_point_leads_to_what_is_on_the_page(self, party: Party, desk: Client) -> None:
        member(party, "Zoe")
        shown = text(desk.get(page(party)))
        anchors = {point.url[1:] for point in context(desk, party)["points"] if point.url.startswith("#")}
        assert anchors
        assert all(f'id="{anchor}"' in shown for anchor in anchors)

    def test_each_role_sees_its_own(self, party: Party, summit: Summit) -> None:
        zoe = member(party, "Zoe").person
        f.ParticularsFactory(person=zoe, arrives_at=f.START)
        f.ReplyFactory(invitation=f.InvitationFactory(party=party, answered=True), note="Secret note")
        press, protocol = (
            text(sign_in(summit, role).get(page(party))) for role in (Role.PRESS_OFFICER, Role.PROTOCOL)
        )
        assert ("Zoe" in press, "Zoe" in protocol) == (False, True)
        travel = reverse("admin:summit_person_travel", args=[zoe.pk])
        assert (travel in press, travel in protocol) == (False, True)

    def test_whoever_opens_it_is_recorded(self, party: Party, desk: Client) -> None:
        person = member(party, "Zoe").person
        desk.get(page(party))
        entry = AuditEntry.objects.get(action=access_log.SEEN)
        assert entry.object_key == party.public_id
        assert person.public_id in str(entry.detail)

    def test_it_asks_as_much_for_many_as_for_few(self, party: Party, desk: Client) -> None:
        def queries() -> int:
            with CaptureQueriesContext(
                connection,
            ) as asked:
                desk.get(page(party))
            return len(asked)

        f.ReplyFactory(invitation=f.InvitationFactory(party=party, answered=True))
        f.FocalPointFactory(party=party)
        f.ParticularsFactory(person=member(party, "Zoe").person, arrives_at=f.START)
        protocol = f.UserFactory.with_role(Role.PROTOCOL, party.summit)
        members.withdraw(membership=member(party, "Xenia"), by=protocol)
        queries()
        few = queries()
        for number in range(8):
            f.ParticularsFactory(person=member(party, f"Zoe {number}").person, arrives_at=f.START)
            f.FocalPointFactory(party=party)
            members.withdraw(membership=member(party, f"Xenia {number}"), by=protocol)
        assert queries() == few

    def test_who_was_withdrawn_stays_there_and_is_named_again(self, party: Party, desk: Client) -> None:
        row, stays = member(party, "Zoe"), member(party, "Yan")
        members.withdraw(membership=row, by=f.UserFactory.with_role(Role.PROTOCOL, party.summit))
        shown = text(desk.get(page(party)))
        assert f'name="person" value="{row.person_id}" class="as-link">Name again' in shown
        assert [each.person.name for each in context(desk, party)["former_members"]] == ["Zoe"]
        entry = AuditEntry.objects.filter(action=access_log.SEEN).latest("pk")
        assert row.person.public_id in str(entry.detail)
        values = {"person": row.person_id, "category": row.category_id}
        assert desk.post(reverse("admin:delegations_party_name", args=[party.pk]), values).status_code == 302
        assert [each.person for each in party.memberships.order_by("position")] == [stays.person, row.person]
        assert context(desk, party)["former_members"] == []
        # Who was erased isn't called by name.
        members.withdraw(
            membership=party.memberships.get(person=row.person),
            by=f.UserFactory.with_role(Role.PROTOCOL, party.summit),
        )
        Person.objects.filter(pk=row.person_id).update(erased_at=f.START)
        assert context(desk, party)["former_members"] == []

    def test_of_another_summit_nothing_is_there(self, desk: Client) -> None:
        assert desk.get(page(f.PartyFactory())).status_code == 404


class TestSections:
    def test_one_is_edited_alone(self, party: Party, desk: Client) -> None:
        form = text(desk.get(section(party, "mission")))
        assert ('name="mission_email"' in form, 'name="notes"' in form) == (True, False)
        values = {"mission_name": "Embassy", "mission_email": "london@aland.example"}
        answer = desk.post(section(party, "mission"), values)
        assert answer["Location"] == f"{page(party)}#mission"
        party.refresh_from_db()
        # What the form doesn't have is left, and what it has empty is emptied.
        assert (party.mission_email, party.mission_phone, party.name) == ("london@aland.example", "", "Aland")
        assert AuditEntry.objects.get(action="delegations.party.change").fields == [
            *("mission_email", "mission_name", "mission_phone"),
        ]

    def test_cancel_puts_the_section_back_where_the_form_came_into_its_place(
        self, party: Party, desk: Client
    ) -> None:
        edit = reverse("admin:delegations_party_edit", args=[party.pk, "notes"])
        there = desk.get(edit, **HTMX, HTTP_HX_CURRENT_URL=f"http://testserver{page(party)}?x=1").content.decode()
        assert f'hx-get="{page(party)}" hx-target="#section-form" hx-select="#notes"' in there
        for headers in ({}, {**HTMX, "HTTP_HX_CURRENT_URL": f"http://testserver{edit}"}):
            assert 'hx-select="#notes"' not in desk.get(edit, **headers).content.decode()

    def test_by_htmx_the_page_is_loaded_anew(self, party: Party, desk: Client) -> None:
        answer = desk.post(section(party, "notes"), {"notes": "Call first."}, **HTMX)
        assert (answer.status_code, answer["HX-Redirect"]) == (200, f"{page(party)}#notes")

    def test_what_is_wrong_is_said_and_nothing_is_lost(self, party: Party, desk: Client) -> None:
        values = {"mission_name": "Embassy", "mission_email": "nowhere"}
        shown = text(desk.post(section(party, "mission"), values))
        assert 'href="#id_mission_email"' in shown
        assert 'value="Embassy"' in shown

    def test_names_in_other_languages(self, party: Party, desk: Client) -> None:
        names = {
            "names-TOTAL_FORMS": 1,
            "names-INITIAL_FORMS": 0,
            "names-0-language": "fr",
            "names-0-name": "Alande",
            "names-0-formal_name": "Iles",
        }
        values = {"name": "Aland", "formal_name": "Aland Islands", "sort_key": "Aland", "footnote": "", **names}
        answer = desk.post(section(party, "names"), values)
        assert answer.status_code == 302, answer.context_data["errors"]
        assert answer["Location"] == f"{page(party)}#names"
        assert list(party.names.values_list("language", "name")) == [("fr", "Alande")]
        assert ["Français", "Alande, Iles"] in [
            [fact.label, fact.value] for fact in context(desk, party)["sections"]["names"]["facts"]
        ]

    def test_a_level_fits_the_kind_in_either_section(self, party: Party, desk: Client) -> None:
        Party.objects.filter(pk=party.pk).update(kind="country", level="minister")
        shown = text(desk.post(section(party, "kind"), {"kind": "organisation", "flag": party.flag}))
        assert "errors" in shown or "error" in shown
        party.refresh_from_db()
        assert party.kind == "country"

    def test_only_those_that_there_are_for_who_may(self, party: Party, summit: Summit, desk: Client) -> None:
        assert desk.get(section(party, "nothing")).status_code == 404
        viewer = sign_in(summit, Role.VIEWER)
        assert viewer.get(section(party, "mission")).status_code == 403
        assert viewer.post(section(party, "mission"), {"mission_name": "X"}).status_code == 403

    def test_every_field_of_the_form_is_in_one_section(self) -> None:
        admin: Any = site._registry[Party]
        named = [name for found in admin.sections for name in found.fields]
        assert len(named) == len(set(named))
        change = {
            name for _title, options in admin.get_fieldsets(RequestWithoutSection()) for name in options["fields"]
        }
        assert change - set(named) == {"summit"}
        assert {inline for found in admin.sections for inline in found.inlines} == set(admin.inlines)


class RequestWithoutSection:
    """What `get_fieldsets` reads of a request."""

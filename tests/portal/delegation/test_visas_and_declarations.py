"""Visa support letters and declarations in the portal."""

from urllib.parse import quote

import pytest

from delegations.travel.models.declarations import Declaration
from delegations.travel.models.visas import VisaLetter
from delegations.travel.services import visas
from summit.audit.access_log import SEEN
from summit.audit.models import AuditEntry
from summit.people.models import Person
from summit.permissions.models import Role
from tests import factories as f
from tests.portal.delegation.helpers import World, make
from tests.portal.test_visitor_identity import follow

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make()


@pytest.fixture
def ada(world: World) -> Person:
    return world.member("Ada").person


class TestVisas:
    def test_asking(self, world: World, ada: Person) -> None:
        response = world.post("visas/", {"person": ada.public_id, "embassy": "Embassy in Bland"})
        assert response["Location"] == world.path("visas/")
        letter = VisaLetter.objects.get()
        assert (letter.person, letter.embassy, letter.state) == (ada, "Embassy in Bland", "asked")
        content = world.get("visas/")
        assert "requested" in content
        assert "Everyone named has a letter or a request." in content

    def test_what_was_typed_stays_where_the_passport_is_lacking(self, world: World) -> None:
        bob = world.member("Bob", passport=False).person
        values = {"person": bob.public_id, "embassy": "Embassy in Bland"}
        content = world.post("visas/", values, 422).content.decode()
        said = "The letter includes passport details. First enter for Bob: name in the passport, date of birth, "
        assert said in content
        assert 'value="Embassy in Bland"' in content
        assert "Enter passport data of" in content
        assert not VisaLetter.objects.exists()

    def test_errors_lead_to_their_field(self, world: World, ada: Person) -> None:
        for values, said in (
            ({}, "Choose a person."),
            ({"person": "gone"}, "This person is no longer in the delegation. Choose someone else."),
            ({"person": ada.public_id}, "Enter where they apply for the visa."),
        ):
            content = world.post("visas/", values, 422).content.decode()
            assert (said in content, '<a href="#id_' in content) == (True, True)
        assert not VisaLetter.objects.exists()

    def test_printing_is_recorded_and_names_nobody_in_its_file(self, world: World, ada: Person) -> None:
        letter = f.VisaLetterFactory(party=world.party, person=ada)
        visas.issue(letters=[letter], by=f.UserFactory.with_role(Role.PROTOCOL, world.party.summit))
        address = world.path(f"visas/{letter.public_id}/letter.pdf")
        assert address in world.get("visas/")
        response = world.client.get(address)
        assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
        name = quote(f"Visa support letter – 1 – {world.party.name}.pdf")
        assert response["Content-Disposition"] == f"inline; filename*=utf-8''{name}"
        assert response["Cache-Control"] == "private, no-store"
        entry = AuditEntry.objects.get(action=SEEN)
        assert (entry.by, entry.fields, entry.detail) == (world.user, ["content"], {"people": [ada.public_id]})
        # By a letter's link it is recorded too, once.
        link = f.InvitationLinkFactory(invitation=world.party.invitations.get())
        client = follow(link)
        for _time in range(2):
            assert client.get(address).status_code == 200
        entry = AuditEntry.objects.get(action=SEEN, by=None)
        assert entry.by_label == f"link:{link.public_id}"

    def test_only_an_issued_one_is_printed(self, world: World, ada: Person) -> None:
        for state in ("asked", "refused", "void"):
            letter = f.VisaLetterFactory(party=world.party, person=ada, state=state, reason="Because.")
            assert world.client.get(world.path(f"visas/{letter.public_id}/letter.pdf")).status_code == 404

    def test_taking_back(self, world: World, ada: Person) -> None:
        letter = f.VisaLetterFactory(party=world.party, person=ada)
        world.post(f"visas/{letter.public_id}/take-back/", {})
        letter.refresh_from_db()
        assert letter.state == "void"
        content = world.post(f"visas/{letter.public_id}/take-back/", {}, 409).content.decode()
        assert (
            "Protocol has already decided. To have the letter cancelled, write to protocol@host.example." in content
        )

    def test_a_refusal_shows_its_reason(self, world: World, ada: Person) -> None:
        refused = {"state": "refused", "decided_at": f.START, "decided_by": f.UserFactory()}
        f.VisaLetterFactory(party=world.party, person=ada, reason="Ask in Bland.", **refused)
        content = world.get("visas/")
        assert 'Reason: <bdi lang="">Ask in Bland.</bdi>' in content
        assert "Request letter</button>" in content


class TestDeclarations:
    def test_declaring(self, world: World, ada: Person) -> None:
        kind = f.DeclarationKindFactory(summit=world.party.summit, name="Weapons", until="2099-01-01T12:00Z")
        page = f"people/{ada.public_id}/declarations/"
        content = world.get(page)
        assert "Make, calibre and serial number" in content
        assert "Declare by Thursday 1 January 2099, 12:00" in content
        response = world.post(page, {"kind": kind.pk, "details": "Pistol"})
        assert response["Location"] == world.path(page)
        declared = Declaration.objects.get()
        assert (declared.kind, declared.person, declared.details) == (kind, ada, "Pistol")
        assert "Pistol" in world.get(page)
        assert "Pistol" not in world.get("declarations/")
        assert "Weapons" in world.get("declarations/")

    def test_what_was_typed_stays_and_a_late_one_is_told_who_can(self, world: World, ada: Person) -> None:
        kind = f.DeclarationKindFactory(summit=world.party.summit, name="Weapons", until="2020-01-01T12:00Z")
        page = f"people/{ada.public_id}/declarations/"
        content = world.post(page, {"kind": "", "details": "A <b>radio"}, 422).content.decode()
        assert "Choose an item to declare." in content
        assert "A &lt;b&gt;radio</textarea>" in content
        content = world.post(page, {"kind": kind.pk, "details": "Pistol"}, 422).content.decode()
        assert (
            "The deadline to declare Weapons has passed. The host can still add it: write to protocol@host" in content
        )
        assert "Pistol</textarea>" in content

    def test_taking_back_and_what_was_refused(self, world: World, ada: Person) -> None:
        declared = f.DeclarationFactory(party=world.party, person=ada)
        page = f"people/{ada.public_id}/declarations/"
        world.post(f"{page}{declared.public_id}/withdraw/", {})
        assert not Declaration.objects.exists()
        decided = {"state": "refused", "reason": "No.", "decided_at": f.START, "decided_by": f.UserFactory()}
        refused = f.DeclarationFactory(party=world.party, person=ada, **decided)
        assert "withdraw/" not in world.get(page)
        content = world.post(f"{page}{refused.public_id}/withdraw/", {}, 409).content.decode()
        assert "The host has refused this declaration and keeps it on record." in content

"""What a delegation asks of the host in the portal: visa support letters, declarations and transferable passes."""

from urllib.parse import quote

import pytest

from delegations.badges.models.transferable_passes import TransferablePass, TransferablePassRule
from delegations.badges.services import transferable_passes
from delegations.travel.models.declarations import Declaration
from delegations.travel.models.visas import VisaLetter
from delegations.travel.services import visas
from summit.audit.access_log import SEEN
from summit.audit.models import AuditEntry
from summit.audit.services import SYSTEM
from summit.people.models import Person
from summit.permissions.models import Role
from tests import factories as f
from tests.portal.delegation.helpers import World
from tests.portal.test_visitor_identity import follow

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(world: World) -> Person:
    return world.member("Ada").person


class TestVisas:
    def test_asking_taking_back_and_a_refusal(self, world: World, ada: Person) -> None:
        response = world.post("visas/", {"person": ada.public_id, "embassy": "Embassy in Bland"})
        assert response["Location"] == world.path("visas/")
        letter = VisaLetter.objects.get()
        assert (letter.person, letter.embassy, letter.state) == (ada, "Embassy in Bland", "asked")
        content = world.get("visas/")
        assert "requested" in content
        assert "Everyone named has a letter or a request." in content
        world.post(f"visas/{letter.public_id}/take-back/", {})
        letter.refresh_from_db()
        assert letter.state == "void"
        content = world.post(f"visas/{letter.public_id}/take-back/", {}, 409).content.decode()
        assert "Protocol has already decided. To have the letter cancelled, write to protocol@host." in content
        refused = {"state": "refused", "decided_at": f.START, "decided_by": f.UserFactory()}
        f.VisaLetterFactory(party=world.party, person=ada, reason="Ask in Bland.", **refused)
        content = world.get("visas/")
        assert 'Reason: <bdi lang="">Ask in Bland.</bdi>' in content
        assert "Request letter</button>" in content

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


class TestDeclarations:
    def test_declaring_and_taking_back(self, world: World, ada: Person) -> None:
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
        of_all = world.get("declarations/")
        assert ("Pistol" in of_all, "Weapons" in of_all) == (False, True)
        world.post(f"{page}{declared.public_id}/withdraw/", {})
        assert not Declaration.objects.exists()
        decided = {"state": "refused", "reason": "No.", "decided_at": f.START, "decided_by": f.UserFactory()}
        refused = f.DeclarationFactory(party=world.party, person=ada, **decided)
        assert "withdraw/" not in world.get(page)
        content = world.post(f"{page}{refused.public_id}/withdraw/", {}, 409).content.decode()
        assert "The host has refused this declaration and keeps it on record." in content


@pytest.fixture
def row(world: World) -> TransferablePass:
    TransferablePassRule.objects.create(summit=world.party.summit, name="Leaders’ floor", people=2, most=3)
    for name in ("Ada", "Bob", "Cyd", "Dan"):
        world.member(name, passport=False)
    transferable_passes.settle_summit(summit=world.party.summit, by=SYSTEM)
    return TransferablePass.objects.get(number=1)


def key(world: World, name: str) -> str:
    return str(world.party.memberships.get(person__name=name).person.public_id)


def test_a_pass_is_passed_on_and_taken_back(world: World, row: TransferablePass) -> None:
    ada, bob, page = key(world, "Ada"), key(world, "Bob"), f"overpasses/{row.pk}/"
    assert "Not in use." in world.get(page)
    content = world.post(page, {"seen": "", "person": ""}, 422).content.decode()
    assert ('<a href="#id_person">' in content, "Choose a person." in content) == (True, True)
    response = world.post(page, {"seen": "", "person": ada})
    assert response["Location"] == world.path("overpasses/")
    content = world.get("overpasses/")
    for said in ("Leaders’ floor", "1 of 2 in use", "1 for every 2 people, 3 at most", "not in use"):
        assert said in content
    # Whoever is second is told and sees who carries it; whoever carries it is no choice.
    late = world.post(page, {"seen": "", "person": bob}, 409).content.decode()
    assert "The pass has just changed hands. Check who has it now." in late
    for content in (late, world.get(page)):
        assert f'name="seen" value="{ada}"' in content
        assert "Take back from Ada" in content
        assert f'<option value="{ada}"' not in content
    world.post(page, {"seen": ada, "person": bob})
    row.refresh_from_db()
    assert row.holder is not None and row.holder.person.name == "Bob"  # noqa: PT018
    world.post(page, {"seen": bob, "back": "1"})
    row.refresh_from_db()
    assert row.holder is None

"""Who acts for a delegation, its contacts, and what the public list of delegations says of it, in the portal."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from delegations.contacts.models import Contact
from delegations.focal_points.models import FocalPointRequest
from delegations.focal_points.services import requests
from delegations.members.models.focal_points import FocalPoint
from delegations.participants.services import public_listing
from summit.audit.models import AuditEntry
from summit.audit.services import Mailbox
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.clients import signed_in
from tests.portal.delegation.helpers import World, make
from tests.portal.test_visitor_identity import follow

pytestmark = pytest.mark.django_db
ASKED = {"name": "Gil", "office": "Secretary", "email": "gil@land.example", "language": "en", "instead_of": ""}


def test_asking_for_another_or_in_place_of_oneself(world: World) -> None:
    response = world.post("focal-points/", ASKED)
    assert response["Location"] == world.path("focal-points/")
    row = FocalPointRequest.objects.get()
    asked = (row.name, row.office, row.email, row.state, row.answer_to)
    assert asked == ("Gil", "Secretary", "gil@land.example", "open", world.user.email)
    assert "Protocol decides whether Gil becomes a focal point." in world.get()
    point = FocalPoint.objects.get(party=world.party)
    world.post("focal-points/", {**ASKED, "email": "hal@land.example", "instead_of": point.person.public_id})
    assert FocalPointRequest.objects.latest("pk").instead_of == point.person
    assert "replaces" in world.get("focal-points/")
    by = f.UserFactory.with_role(Role.PROTOCOL, world.party.summit)
    requests.approve(request=FocalPointRequest.objects.select_related("party__summit").latest("pk"), by=by)
    assert world.client.get(world.path()).status_code == 404


def test_what_was_typed_stays_and_errors_lead_to_their_field(world: World) -> None:
    content = world.post("focal-points/", {**ASKED, "email": "gil"}, 422).content.decode()
    assert '<a href="#id_email">' in content
    assert "“gil” is not an email address. Enter one like name@example.org." in content
    assert 'value="Secretary"' in content
    row = f.FocalPointRequestFactory(party=world.party, email=ASKED["email"])
    content = world.post("focal-points/", ASKED, 422).content.decode()
    assert "There is already a pending request for gil@land.example." in content
    other = FocalPoint.objects.get(party=make(summit=world.party.summit, name="Bland").party)
    world.post("focal-points/", {**ASKED, "email": "x@land.example", "instead_of": other.person.public_id}, 422)
    assert FocalPointRequest.objects.get() == row
    world.post(f"focal-points/{row.pk}/take-back/", {})
    row.refresh_from_db()
    assert row.state == "withdrawn"
    content = world.post(f"focal-points/{row.pk}/take-back/", {}, 409).content.decode()
    assert "Someone else has already decided this request." in content


def test_whoever_leaves_sees_the_delegation_no_more_and_the_only_one_is_told(world: World) -> None:
    assert "You are the only focal point" in world.get("focal-points/")
    content = world.post("focal-points/leave/", {}, 409).content.decode()
    assert "You are the only focal point for Aland." in content
    f.FocalPointFactory(party=world.party)
    assert world.path("focal-points/leave/") in world.get("focal-points/")
    assert "The other focal points continue." in world.get("focal-points/leave/")
    assert world.post("focal-points/leave/", {})["Location"] == "/portal/"
    assert not FocalPoint.objects.filter(party=world.party, person__user=world.user).exists()
    assert world.client.get(world.path()).status_code == 404


def test_by_a_letters_link(world: World) -> None:
    link = f.InvitationLinkFactory(invitation=world.party.invitations.get(), address="mission@land.example")
    client = follow(link)
    for page, sent in (("focal-points/", ASKED), ("contacts/", PRESS), (LISTING, {"public_listing": "none"})):
        assert client.post(world.path(page), sent).status_code == 303
    assert FocalPointRequest.objects.get().asked_by == "mission@land.example"
    assert (Contact.objects.get().name, stored(world)) == ("Bea Bright", "none")


PRESS = {"role": "press", "name": "Bea Bright", "office": "", "phone": "+33 1 00", "email": "", "note": ""}


def test_a_contact_is_added_changed_and_removed(world: World) -> None:
    content = world.post("contacts/", {**PRESS, "phone": ""}, 422).content.decode()
    assert '<a href="#id_phone">' in content
    assert "Enter a telephone number or an email address." in content
    assert world.post("contacts/", PRESS)["Location"] == world.path("contacts/")
    row = Contact.objects.get()
    content = world.get("contacts/")
    for said in ("Fay", "Bea Bright", 'href="tel:+33100"'):
        assert said in content
    assert "This contact has already been entered." in world.post("contacts/", PRESS, 422).content.decode()
    world.post(f"contacts/{row.pk}/", {**PRESS, "note": "nights"})
    assert "nights" in world.get("contacts/")
    assert "Bea Bright" in world.get(f"contacts/{row.pk}/")
    foreign = f.ContactFactory(party=f.PartyFactory(summit=world.party.summit), name="Sam")
    assert "Sam" not in world.get("contacts/")
    theirs = world.path(f"contacts/{foreign.pk}/")
    assert (world.client.get(theirs).status_code, world.client.post(f"{theirs}remove/").status_code) == (404, 404)
    world.post(f"contacts/{row.pk}/remove/", {})
    assert Contact.objects.get() == foreign


LISTING = "public-listing/"


def stored(world: World) -> str:
    world.party.refresh_from_db()
    return str(world.party.public_listing)


def said(world: World, listing: str) -> str:
    world.post(LISTING, {"public_listing": listing})
    return world.get()


@pytest.mark.slow("opens the delegation's page in each state of the list")
def test_a_focal_point_agrees_and_objects(world: World) -> None:
    shown = world.get()
    assert "The host has not yet set when the list becomes public." in shown
    assert re.search(r'value="name"[^>]* checked', shown)
    moment = timezone.now() + timedelta(days=1)
    policy = f.PolicyFactory(summit=world.party.summit, parties_public_at=moment)
    assert "Saved: name, flag, head and size. The list is public from " in said(world, "all")
    type(policy).objects.update(parties_public_at=moment - timedelta(days=2))
    world.party.invitations.all().delete()
    f.InvitationFactory(party=world.party, answered=True)
    assert "Saved: name and flag. The list is public now." in said(world, "name")
    assert "Aland" in Client().get(f"/{world.party.summit.slug}/").content.decode()
    shown = said(world, "none")
    assert ("Saved: not listed." in shown, "The list is public now" in shown) == (True, False)
    assert "Aland" not in Client().get(f"/{world.party.summit.slug}/").content.decode()
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.by, entry.fields) == ("delegations.party.change", world.user, ["public_listing"])
    assert entry.detail["values"] == {"public_listing": ["name", "none"]}


def test_what_is_unknown_is_refused_and_a_guest_is_not_asked(world: World) -> None:
    content = world.post(LISTING, {"public_listing": "everything"}, 422).content.decode()
    assert '<a href="#id_public_listing' in content
    assert stored(world) == "name"
    type(world.party).objects.update(kind="guest")
    assert "Public list of delegations" not in world.get()


def test_who_does_not_act_for_it_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    other, delegate = make(summit=world.party.summit, name="Bland").user, f.UserFactory()
    f.MembershipFactory(party=world.party, person__user=delegate)
    refused = (other, delegate, f.UserFactory.with_role(Role.VIEWER, world.party.summit), Mailbox("gone"))
    for by in refused:
        with pytest.raises(PermissionDenied):
            public_listing.set_listing(party=world.party, listing="all", by=by)
    assert stored(world) == "name"
    # Control: where the service doesn't ask, all of them may.
    monkeypatch.setattr(public_listing, "check_can_act", lambda *args: None)
    for by in refused:
        type(world.party).objects.update(public_listing="name")
        public_listing.set_listing(party=world.party, listing="all", by=by)
        assert stored(world) == "all"


def test_portal_and_api_go_by_the_service(world: World) -> None:
    summit: Summit = world.party.summit
    delegate = f.MembershipFactory(party=world.party, person__user=f.UserFactory()).person.user
    address = f"/api/v1/summits/{summit.slug}/desk/parties/{world.party.public_id}/set-public-listing/"
    for user, expected, listing in ((delegate, (403, 403), "name"), (world.user, (303, 200), "all")):
        client = signed_in(user)
        by_api = client.post(address, {"public_listing": "all"}, content_type="application/json")
        on_page = client.post(world.path(LISTING), {"public_listing": "all"})
        assert ((on_page.status_code, by_api.status_code), stored(world)) == (expected, listing)

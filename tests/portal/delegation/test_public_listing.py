"""What the public list of delegations says of one: whoever acts for it says so in the portal, and no one else."""

import re
from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

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
PAGE = "public-listing/"


@pytest.fixture
def world() -> World:
    return make()


def stored(world: World) -> str:
    world.party.refresh_from_db()
    return str(world.party.public_listing)


def said(world: World, listing: str) -> str:
    world.post(PAGE, {"public_listing": listing})
    return world.get()


def test_a_focal_point_agrees_and_objects(world: World) -> None:
    shown = world.get()
    assert "The host has not yet set when the list becomes public." in shown
    assert re.search(r'value="name"[^>]* checked', shown)
    moment = timezone.now() + timedelta(days=1)
    policy = f.PolicyFactory(summit=world.party.summit, parties_public_at=None)
    assert "Saved: name, flag and head. The host has not yet set when" in said(world, "head")
    type(policy).objects.update(parties_public_at=moment)
    assert "Saved: name, flag, head and size. The list is public from " in said(world, "all")
    type(policy).objects.update(parties_public_at=moment - timedelta(days=2))
    assert "Saved: name, flag and size. The list is public. Your delegation appears in it once" in said(world, "size")
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
    # An organiser reads it in the delegation's history.
    desk = signed_in(f.UserFactory.with_role(Role.ORGANISER, world.party.summit))
    history = desk.get(f"/admin/delegations/party/{world.party.pk}/history/").content.decode()
    assert "in the public list of delegations" in history.lower()


def test_what_is_unknown_is_refused_and_a_guest_is_not_asked(world: World) -> None:
    content = world.post(PAGE, {"public_listing": "everything"}, 422).content.decode()
    assert '<a href="#id_public_listing' in content
    assert stored(world) == "name"
    type(world.party).objects.update(kind="guest")
    assert "Public list of delegations" not in world.get()


def test_by_a_letters_link(world: World) -> None:
    link = f.InvitationLinkFactory(invitation=world.party.invitations.get(), address="mission@land.example")
    assert follow(link).post(world.path(PAGE), {"public_listing": "none"}).status_code == 303
    assert stored(world) == "none"


@pytest.mark.parametrize("checked", [True, False])
def test_who_does_not_act_for_it_is_refused(checked: bool, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control: where the service doesn't ask, all of them may."""
    if not checked:
        monkeypatch.setattr(public_listing, "check_can_act", lambda *args: None)
    other, delegate = make(summit=world.party.summit, name="Bland").user, f.UserFactory()
    f.MembershipFactory(party=world.party, person__user=delegate)
    gone = Mailbox("gone")
    for by in (other, delegate, f.UserFactory.with_role(Role.VIEWER, world.party.summit), gone):
        with nullcontext() if not checked else pytest.raises(PermissionDenied):
            public_listing.set_listing(party=world.party, listing="all", by=by)
        assert stored(world) == ("name" if checked else "all")


def test_portal_and_api_go_by_the_service(world: World) -> None:
    summit: Summit = world.party.summit
    other, delegate = make(summit=summit, name="Bland"), f.UserFactory()
    f.MembershipFactory(party=world.party, person__user=delegate)
    viewer = f.UserFactory.with_role(Role.VIEWER, summit)
    answers = {}
    address = f"/api/v1/summits/{summit.slug}/desk/parties/{world.party.public_id}/set-public-listing/"
    for name, user in {"other": other.user, "delegate": delegate, "viewer": viewer, "own": world.user}.items():
        client = signed_in(user)
        by_api = client.post(address, {"public_listing": "all"}, content_type="application/json")
        answers[name] = (client.post(world.path(PAGE), {"public_listing": "all"}).status_code, by_api.status_code)
        assert stored(world) == ("all" if name == "own" else "name")
    assert answers == {"other": (404, 404), "delegate": (403, 403), "viewer": (403, 403), "own": (303, 200)}

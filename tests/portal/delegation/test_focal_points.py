"""Focal points in the portal: who acts, asking for another, taking that back, leaving."""

import pytest

from delegations.focal_points.models import FocalPointRequest
from delegations.focal_points.services import requests
from delegations.members.models.focal_points import FocalPoint
from summit.permissions.models import Role
from tests import factories as f
from tests.portal.delegation.helpers import World, make
from tests.portal.test_visitor_identity import follow

pytestmark = pytest.mark.django_db
ASKED = {"name": "Gil", "office": "Secretary", "email": "gil@land.example", "language": "en", "instead_of": ""}


@pytest.fixture
def world() -> World:
    return make()


class TestAsking:
    def test_who_acts_and_what_was_decided(self, world: World) -> None:
        f.FocalPointRequestFactory(party=world.party, name="Gil")
        decided = {"decided_at": f.START, "decided_by": f.UserFactory()}
        f.FocalPointRequestFactory(party=world.party, name="Hal", state="refused", reason="One is enough.", **decided)
        content = world.get("focal-points/")
        for said in ("Fay", "fay@land.example", "Gil", "pending", "in addition", "Hal", "One is enough."):
            assert said in content
        assert content.count("Withdraw request") == 1

    def test_asking_for_another_or_in_place_of_oneself(self, world: World) -> None:
        response = world.post("focal-points/", ASKED)
        assert response["Location"] == world.path("focal-points/")
        row = FocalPointRequest.objects.get()
        assert (row.name, row.office, row.email, row.state, row.answer_to) == (
            *("Gil", "Secretary", "gil@land.example", "open", world.user.email),
        )
        assert "Protocol decides whether Gil becomes a focal point." in world.get()
        point = FocalPoint.objects.get(party=world.party)
        world.post("focal-points/", {**ASKED, "email": "hal@land.example", "instead_of": point.person.public_id})
        assert FocalPointRequest.objects.latest("pk").instead_of == point.person
        assert "replaces" in world.get("focal-points/")
        # Whoever was replaced is out at their next request.
        by = f.UserFactory.with_role(Role.PROTOCOL, world.party.summit)
        requests.approve(request=FocalPointRequest.objects.select_related("party__summit").latest("pk"), by=by)
        assert world.client.get(world.path()).status_code in (403, 404)

    def test_what_was_typed_stays_and_errors_lead_to_their_field(self, world: World) -> None:
        content = world.post("focal-points/", {**ASKED, "email": "gil"}, 422).content.decode()
        assert '<a href="#id_email">' in content
        assert "“gil” is not an email address. Enter one like name@example.org." in content
        assert 'value="Secretary"' in content
        world.post("focal-points/", ASKED)
        content = world.post("focal-points/", ASKED, 422).content.decode()
        assert "There is already a pending request for gil@land.example." in content
        # A stranger is no choice.
        other = FocalPoint.objects.get(party=make(summit=world.party.summit, name="Bland").party)
        world.post("focal-points/", {**ASKED, "email": "x@land.example", "instead_of": other.person.public_id}, 422)
        assert FocalPointRequest.objects.count() == 1

    def test_by_a_letters_link(self, world: World) -> None:
        link = f.InvitationLinkFactory(invitation=world.party.invitations.get(), address="mission@land.example")
        client = follow(link)
        assert client.post(world.path("focal-points/"), ASKED).status_code == 303
        assert FocalPointRequest.objects.get().asked_by == "mission@land.example"


class TestTakingBack:
    def test_it_is_open_no_more(self, world: World) -> None:
        row = f.FocalPointRequestFactory(party=world.party)
        world.post(f"focal-points/{row.pk}/take-back/", {})
        row.refresh_from_db()
        assert row.state == "withdrawn"
        content = world.post(f"focal-points/{row.pk}/take-back/", {}, 409).content.decode()
        assert "Someone else has already decided this request." in content


class TestLeaving:
    def test_whoever_leaves_sees_the_delegation_no_more(self, world: World) -> None:
        f.FocalPointFactory(party=world.party)
        assert world.path("focal-points/leave/") in world.get("focal-points/")
        assert "The other focal points continue." in world.get("focal-points/leave/")
        assert world.post("focal-points/leave/", {})["Location"] == "/portal/"
        assert not FocalPoint.objects.filter(party=world.party, person__user=world.user).exists()
        assert world.client.get(world.path()).status_code in (403, 404)

    def test_the_only_one_is_told(self, world: World) -> None:
        assert "You are the only focal point" in world.get("focal-points/")
        content = world.post("focal-points/leave/", {}, 409).content.decode()
        assert "You are the only focal point for Aland." in content

"""Where a delegation stands: what is missing for whom by when, what waits, what happened."""

import pytest

from delegations.members.models.members import Membership
from delegations.members.models.particulars import Particulars, Photo
from delegations.overview.selectors import member_completeness
from tests import factories as f
from tests.portal.delegation.helpers import PASSPORT, World, signed_in

pytestmark = pytest.mark.django_db


def test_the_home_leads_there_whoever_acts_for_it_and_nobody_else(world: World) -> None:
    user = f.UserFactory()
    world.member("Bob", passport=False, person__user=user)
    f.MembershipFactory.create(party=f.PartyFactory.create(summit=world.party.summit))
    content = world.client.get("/portal/").content.decode()
    assert f'href="{world.path()}">Open delegation: Aland</a>' in content
    assert ">4 items missing</span>" in content
    assert f'<a href="{world.path()}#missing">See what is missing</a>' in content
    delegate = signed_in(user)
    content = delegate.get("/portal/").content.decode()
    assert ("Open the delegation" in content, "See what is missing" in content) == (False, False)
    response = delegate.get(world.path())
    assert response.status_code == 403
    assert "Ask a focal point of Aland, or protocol: protocol@host.example." in response.content.decode()
    world.party.focal_points.all().delete()
    assert world.client.get(world.path()).status_code == 404


class TestMissing:
    def rows(self, world: World) -> dict[str, list[str]]:
        return {row.person.name: member_completeness.lacking(row) for row in member_completeness.roll(world.party)}

    def test_what_is_lacking_of_whom(self, world: World) -> None:
        whole = world.member("Ada")
        Membership.objects.filter(pk=whole.pk).update(confirmed_at=f.START)
        Particulars.objects.filter(person=whole.person).update(arrives_at=f.START)
        Photo.objects.create(person=whole.person, image=b"x", width=1, height=1)
        world.member("Bob", passport=False)
        half = world.member("Cy", passport=False)
        Particulars.objects.create(person=half.person, **{**PASSPORT, "passport_expiry": None})
        assert self.rows(world) == {
            "Ada": [],
            "Bob": ["confirmation", "passport", "photo", "arrival"],
            "Cy": ["confirmation", "passport", "photo", "arrival"],
        }

    def test_each_field_of_the_passport_is_needed_of_who_is_vetted(self, world: World) -> None:
        for field in member_completeness.VETTED_BY:
            row = world.member(field, passport=False)
            empty = None if field in ("birth_date", "passport_expiry") else ""
            Particulars.objects.create(person=row.person, **{**PASSPORT, field: empty})
        lacking = {name for name, what in self.rows(world).items() if "passport" in what}
        assert lacking == set(member_completeness.VETTED_BY)
        type(row.category).objects.filter(pk=row.category_id).update(vetted=False)
        assert not [name for name, what in self.rows(world).items() if "passport" in what]

    def test_a_refused_letter_is_missing_until_another_is_asked_for(self, world: World) -> None:
        row = world.member("Ada")
        decided = {"state": "refused", "reason": "No.", "decided_at": f.START, "decided_by": f.UserFactory()}
        f.VisaLetterFactory(party=world.party, person=row.person, **decided)
        assert "visa" in self.rows(world)["Ada"]
        f.VisaLetterFactory(party=world.party, person=row.person)
        assert "visa" not in self.rows(world)["Ada"]


def test_it_tells_what_is_missing_waits_and_happened_and_shows_no_passport(world: World) -> None:
    row = world.member("Ada")
    kind = f.DeclarationKindFactory(summit=world.party.summit, name="Weapons")
    f.DeclarationFactory(party=world.party, person=row.person, kind=kind)
    f.VisaLetterFactory(party=world.party, person=row.person)
    pages = {rest: world.get(rest) for rest in ("", "people/", "visas/", "declarations/")}
    for said in (
        "3 items missing",
        "Weapons</bdi></a>",
        "Protocol decides on the visa support letter for Ada.",
        "The host decides on the declaration of Ada: Weapons.",
        "Ada was named.",
        "Not answered",
    ):
        assert said in pages[""]
    for content in pages.values():
        assert not [value for value in PASSPORT.values() if value in content and value != "FR"]

"""Where a delegation stands: what is missing, waits and happened; and its pages ask as often however much it has."""

from datetime import timedelta

import pytest

from delegations.badges.models.transferable_passes import TransferablePassRule
from delegations.badges.services import transferable_passes
from delegations.members.models.members import Membership
from delegations.members.models.particulars import Particulars, Photo
from delegations.overview.selectors import member_completeness
from sessions.draft.models.sessions import Session
from summit.audit.services import SYSTEM
from summit.core.database_clock import db_now
from tests import factories as f
from tests.delegations.helpers import queries_of
from tests.portal.delegation.helpers import PASSPORT, World, make, signed_in
from tests.sessions.conftest import fill, release, session

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


AGENDA = "/portal/agenda/"


def grow(world: World) -> Membership:
    """Make two more of everything that a delegation has, and release its agenda; return a member."""
    party, summit = world.party, world.party.summit
    for number in range(2):
        row = world.member()
        f.DeclarationFactory(party=party, person=row.person)
        f.VisaLetterFactory(party=party, person=row.person)
        f.FocalPointFactory(party=party)
        f.FocalPointRequestFactory(party=party, instead_of=f.PersonFactory(summit=summit))
        begins = db_now() + timedelta(hours=number + 2)
        session(summit, party, starts_at=begins, ends_at=begins + timedelta(minutes=30))
    transferable_passes.settle_summit(summit=summit, by=SYSTEM)
    fill(summit, 2, party)
    Session.objects.update(title=f"One of {Session.objects.count()}")
    release(summit)
    return row


@pytest.mark.broad("it opens every page of a delegation, of a small one and of a larger one")
def test_queries_do_not_grow_with_the_delegation() -> None:
    world = make(kind="country")
    TransferablePassRule.objects.create(summit=world.party.summit, name="Leaders’ floor", people=1, most=9)
    grow(world)
    person = f"people/{grow(world).person.public_id}/"
    lists = ("", "people/", "people/add/", "visas/", "declarations/", "focal-points/", "overpasses/")
    of_one = (person, f"{person}edit/passport/", f"{person}replace/", f"{person}withdraw/")
    row = Session.objects.filter(visibility="public").earliest("pk")
    paths = ["/portal/", AGENDA, f"{AGENDA}?show=all", f"{AGENDA}{row.public_id}/", "/portal/changes/"]
    paths += [world.path(rest) for rest in (*lists, *of_one)]
    few = {path: queries_of(world.client, path) for path in paths}
    grow(world)
    assert {path: queries_of(world.client, path) for path in paths} == few

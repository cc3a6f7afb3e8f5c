"""Pages of the portal ask the database as often however much a delegation has."""

from datetime import timedelta

import pytest

from delegations.badges.models.transferable_passes import TransferablePassRule
from delegations.badges.services import transferable_passes
from delegations.members.models.members import Membership
from sessions.draft.models.sessions import Session
from summit.audit.services import SYSTEM
from summit.core.database_clock import db_now
from tests import factories as f
from tests.delegations.helpers import queries_of
from tests.portal.delegation.helpers import World, make
from tests.sessions.conftest import fill, release, session

pytestmark = pytest.mark.django_db
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

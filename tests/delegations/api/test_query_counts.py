"""Lists of the API ask the database as often for many rows as for few."""

import pytest

from delegations.badges.services import transferable_passes
from summit.permissions.models import Role
from tests import factories as f
from tests.delegations.api.conftest import DESK, Place, counted
from tests.delegations.test_query_counts import add

pytestmark = pytest.mark.django_db
LISTS = {
    Role.ORGANISER: (
        "parties", "people", "members", "quotas", "focal-points", "categories", "zones", "overpass-rules", "needs",
        "travel", "photos", "invitations", "letter-links", "replies", "calls", "focal-point-requests", "overpasses",
        "contacts", "liaison-officers", "handovers", "visa-letters", "resemblances", "sheets", "badges",
        "party-groups", "retention-times",
    ),
    Role.VETTING: ("passports", "declarations"),
    Role.FOCAL_POINT: ("people", "members", "passports", "photos", "needs", "declarations", "visa-letters"),
}  # fmt: skip


def more(place: Place, times: int = 1) -> None:
    """Add some of everything to a party and to its summit, so many times."""
    for _each in range(times):
        add(place.one)
    transferable_passes.settle_summit(summit=place.summit, by=place.protocol.user)


@pytest.mark.broad("asks every list of the delegations, with few rows and with more")
@pytest.mark.parametrize("role", LISTS)
def test_lists_ask_as_much_for_many(place: Place, role: Role) -> None:
    reader = place.focal if role == Role.FOCAL_POINT else place.desk(role)
    f.MembershipFactory(party=f.InvitationFactory(party=place.one, sent=True).party)
    more(place)
    for name in LISTS[role]:
        reader.get(f"{DESK}{name}/")
    counts = []
    for number in (1, 2):
        more(place, number)
        counts.append({name: counted(reader, f"{DESK}{name}/") for name in LISTS[role]})
    assert counts[0] == counts[1]
    assert max(counts[0].values()) <= 20

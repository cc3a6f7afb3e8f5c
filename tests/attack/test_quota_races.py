"""The last place of a quota, by every way in at once: a page, a table of one party or of a desk, a quota that is
lowered. Whoever counts, counts under the lock of the party's row."""

from collections.abc import Callable
from typing import Any

import pytest

from delegations.imports.services import importer
from delegations.members.models.categories import Category
from delegations.members.models.members import Membership
from delegations.members.models.quotas import Quota
from delegations.members.selectors import quotas as quotas_selectors
from delegations.members.services import quotas, registration
from delegations.parties.models.parties import Party
from summit.audit.services import SYSTEM, Link
from summit.imports.table_parsing import read
from summit.permissions.models import Role
from summit.users.models import User
from tests import factories as f
from tests.attack.test_races import race
from tests.threads import meet_after

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql, pytest.mark.usefixtures("chain")]
Way = Callable[[Party, User], Any]


def _page(name: str) -> Way:
    """A focal point names somebody on the page."""

    def create(party: Party, by: User) -> str:
        chosen = Category.objects.of(party.summit)["delegate"]
        values = {"name": name, "office": "Envoy", "language": "en"}
        registration.create_and_name(party=party, values=values, category=chosen, by=_link(party))
        return "named"

    return create


def _table(name: str, *, of_a_desk: bool) -> Way:
    """A focal point reads somebody in from a table, or a desk from a table of all parties."""
    rows = f"delegation,name,category\nAland,{name},delegate\n"
    table = read(filename="people.csv", content=rows.encode())

    def create(party: Party, by: User) -> str:
        whose: dict[str, Any] = {"by": SYSTEM} if of_a_desk else {"by": _link(party), "party": party}
        report = importer.read_in(summit=party.summit, table=table, **whose)
        return "named" if report.lines[0].outcome == "new" else "QuotaFull"

    return create


def lower(party: Party, by: User) -> str:
    """An organiser takes the place away."""
    chosen = Category.objects.of(party.summit)["delegate"]
    quotas.set_quota(party=party, category=chosen, number=0, reason="The hall is small.", by=by)
    return "lowered"


def _link(party: Party) -> Link:
    return Link(party.invitations.get().links.get().public_id)


def at_once(monkeypatch: pytest.MonkeyPatch, *ways: Way) -> tuple[list[Any], int, int]:
    """Go all ways at once; return what came of each, how many are named, and how many may be."""
    party = f.PartyFactory(name="Aland")
    f.InvitationLinkFactory(invitation__party=party)
    chosen = Category.objects.of(party.summit)["delegate"]
    Category.objects.filter(pk=chosen.pk).update(quota=1)
    by = f.UserFactory.with_role(Role.ORGANISER, party.summit)
    # Each has found the place free before any takes it, unless one waits for the other.
    meet_after(monkeypatch, quotas_selectors, "meters_of")
    came = race(*(lambda way=way: way(Party.objects.get(pk=party.pk), by) for way in ways))
    own = Quota.objects.filter(party=party, category=chosen).values_list("number", flat=True).first()
    return came, Membership.objects.filter(party=party).count(), 1 if own is None else own


PAGE, OF_THE_PARTY, OF_A_DESK = (
    _page("Ada Example"),
    _table("Cai Example", of_a_desk=False),
    _table("Dee Example", of_a_desk=True),
)
PAIRS = {
    "two pages": (PAGE, _page("Bea Bright")),
    "a page and a table of the delegation": (PAGE, OF_THE_PARTY),
    "a page and a table of a desk": (PAGE, OF_A_DESK),
    "two tables": (OF_THE_PARTY, OF_A_DESK),
}


@pytest.mark.parametrize("pair", PAIRS)
def test_exactly_one_gets_the_last_place(monkeypatch: pytest.MonkeyPatch, pair: str) -> None:
    came, named, _allowed = at_once(monkeypatch, *PAIRS[pair])
    assert (sorted(came), named) == (["QuotaFull", "named"], 1)


def test_a_place_is_taken_or_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    came, named, allowed = at_once(monkeypatch, PAGE, lower)
    assert (came, named, allowed) in ((["named", "QuotaProblem"], 1, 1), (["QuotaFull", "lowered"], 0, 0))


def _unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("delegations.members.services.members._lock", lambda party: None)
    monkeypatch.setattr(importer, "lock", lambda summit, party: None)


@pytest.mark.parametrize("pair", PAIRS)
def test_control_without_the_lock_both_get_it(monkeypatch: pytest.MonkeyPatch, pair: str) -> None:
    _unlocked(monkeypatch)
    came, named, _allowed = at_once(monkeypatch, *PAIRS[pair])
    assert (came, named) == (["named", "named"], 2)


def test_control_without_the_lock_a_place_is_taken_that_was_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    _unlocked(monkeypatch)
    assert at_once(monkeypatch, PAGE, lower) == (["named", "lowered"], 1, 0)

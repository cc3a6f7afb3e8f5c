"""How many people a party may name, and how it is told."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from delegations.domain import quotas
from delegations.domain.quotas import FITTING, Meter, QuotaFull, QuotaProblem, fits, meters, meters_of, set_quota
from delegations.models import Capacity, Category, Membership, Party, PartyKind, Policy, Quota
from summit.db.clock import db_now
from summit.models import AuditEntry, Role, Summit
from tests import factories as f


@pytest.fixture
def party(db: None) -> Party:
    found: Party = f.PartyFactory(name="Italy")
    Category.objects.of(found.summit)
    return found


def category(party: Party, code: str) -> Category:
    return Category.objects.get(summit=party.summit, code=code)


def meter(party: Party, code: str) -> Meter:
    found = {row.category.code if row.category else "": row for row in meters(party=party)}
    return found[code]


class TestMeters:
    def test_a_delegation_has_those_that_fit_and_no_total_where_none_is_set(self, party: Party) -> None:
        codes = [row.category.code for row in meters(party=party) if row.category]
        assert codes == [
            *("head", "alternate", "delegate", "adviser", "security", "interpreter", "spouse", "media", "liaison"),
            *("representative", "staff"),
        ]
        assert len(meters(party=party)) == len(codes)

    def test_named_allowed_and_unconfirmed(self, party: Party) -> None:
        Category.objects.filter(code="delegate").update(quota=5)
        f.MembershipFactory.create_batch(3, party=party)
        Membership.objects.filter(pk=Membership.objects.first().pk).update(confirmed_at=db_now())  # type: ignore[union-attr]
        found = meter(party, "delegate")
        assert (found.named, found.allowed, found.left, found.unconfirmed, found.raised) == (3, 5, 2, 2, False)
        assert meter(party, "adviser").left is None

    def test_a_partys_own_number_goes_before_the_categorys(self, party: Party) -> None:
        by = f.UserFactory()
        Quota.objects.create(party=party, category=category(party, "head"), number=2, reason="Two kings", set_by=by)
        assert (meter(party, "head").allowed, meter(party, "head").raised) == (2, True)

    def test_the_total_counts_those_that_count(self, party: Party) -> None:
        Policy.objects.create(summit=party.summit, total=4)
        f.MembershipFactory(party=party)
        f.MembershipFactory(party=party, code="spouse")
        assert (meter(party, "").named, meter(party, "").allowed, meter(party, "").label) == (1, 4, "in all")

    def test_deadlines_are_the_categorys_or_the_policys(self, party: Party) -> None:
        now = db_now()
        late, soon = now + timedelta(days=9), now - timedelta(days=1)
        Policy.objects.create(summit=party.summit, name_by=late, confirm_by=late)
        Category.objects.filter(code="media").update(name_by=soon)
        assert (meter(party, "delegate").name_by, meter(party, "delegate").closed) == (late, False)
        assert (meter(party, "media").name_by, meter(party, "media").closed) == (soon, True)
        assert meter(party, "media").confirm_by == late

    def test_queries_do_not_grow(self, party: Party) -> None:
        def cost(parties: list[Party]) -> int:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                meters_of(parties)
            return len(queries)

        more = f.PartyFactory.create_batch(9, summit=party.summit)
        for row in more:
            f.MembershipFactory.create_batch(3, party=row)
        assert cost([party]) == cost([party, *more]) <= 6
        assert meters_of([]) == {}

    def test_every_kind_of_party_has_fitting_capacities(self) -> None:
        assert set(FITTING) == set(PartyKind)
        assert set().union(*FITTING.values()) | {Capacity.WORKFORCE} == set(Capacity)

    def test_the_hosts_workforce_is_the_hosts_alone(self, party: Party) -> None:
        workforce = category(party, "workforce")
        assert not fits(workforce, party)
        party.is_host = True
        assert fits(workforce, party)


class TestRoom:
    def test_full_names_the_quota_and_who_can_raise_it(self, party: Party) -> None:
        Category.objects.filter(code="delegate").update(quota=2)
        f.MembershipFactory.create_batch(2, party=party)
        with pytest.raises(QuotaFull) as full:
            meter(party, "delegate").check_room()
        assert str(full.value) == (
            "The quota of Italy for “delegate” is 2, and it has named 2. The organisers can raise it: "
            "protocol@host.example."
        )

    def test_full_in_all(self, party: Party) -> None:
        Policy.objects.create(summit=party.summit, total=1)
        f.MembershipFactory(party=party)
        with pytest.raises(QuotaFull) as full:
            meter(party, "").check_room()
        assert str(full.value) == (
            "Italy may bring 1 person in all, and has named 1. The organisers can raise that number: "
            "protocol@host.example."
        )


class TestSet:
    def test_an_organiser_raises_it_with_a_reason(self, party: Party) -> None:
        by = f.UserFactory.with_role(Role.ORGANISER, party.summit)
        row = set_quota(party=party, category=category(party, "head"), number=2, reason=" Two \n kings ", by=by)
        assert (row.number, row.reason, row.set_by) == (2, "Two kings", by)
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.object_key) == ("delegations.raise_quota", party.public_id)
        assert entry.detail == {"number": 2, "before": 1, "category": "head"}
        set_quota(party=party, category=category(party, "head"), number=3, reason="Three", by=by)
        assert Quota.objects.get().number == 3

    @pytest.mark.parametrize("role", [role for role in Role if role != Role.ORGANISER])
    def test_nobody_else_does(self, party: Party, role: Role) -> None:
        by = f.UserFactory.with_role(role, party.summit)
        with pytest.raises(PermissionDenied):
            set_quota(party=party, category=None, number=2, reason="Because", by=by)
        assert not Quota.objects.exists()

    def test_one_is_spoken_of_as_one(self, party: Party) -> None:
        f.MembershipFactory(party=party, code="head")
        by = f.UserFactory.with_role(Role.ORGANISER, party.summit)
        with pytest.raises(QuotaProblem, match=r"^1 is named already\. Withdraw that person"):
            set_quota(party=party, category=category(party, "head"), number=0, reason="x", by=by)

    @pytest.mark.parametrize(
        ("number", "reason", "field", "said"),
        [
            (9, " ", "reason", "Say why this party has another number: it stands in the record."),
            (10_001, "x", "number", "Give a number between 0 and 10,000."),
            (1, "x", "number", "2 are named already. Withdraw some of them first, or give a higher number."),
        ],
    )
    def test_what_is_entered_is_looked_at(
        self, party: Party, number: int, reason: str, field: str, said: str
    ) -> None:
        f.MembershipFactory.create_batch(2, party=party)
        by = f.UserFactory.with_role(Role.ORGANISER, party.summit)
        with pytest.raises(QuotaProblem) as problem:
            set_quota(party=party, category=category(party, "delegate"), number=number, reason=reason, by=by)
        assert (problem.value.field, str(problem.value)) == (field, said)


def test_a_summit_has_its_categories_once(db: None) -> None:
    summit: Summit = f.SummitFactory()
    first = Category.objects.of(summit)
    assert list(first) == Capacity.values
    assert {row.pk for row in Category.objects.of(summit).values()} == {row.pk for row in first.values()}


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    """Two people give one party another number at once: the second starts from what the first set, and the record
    tells one after the other."""

    def race(self, party: Party) -> list[tuple[int | None, int]]:
        """Set 4 and 6 at once; return from what to what each went, in the order of the record."""
        by = f.UserFactory.with_role(Role.ORGANISER, party.summit)
        start = threading.Barrier(2)

        def run(number: int) -> None:
            try:
                start.wait(10)
                set_quota(party=party, category=category(party, "head"), number=number, reason="asked", by=by)
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=(number,)) for number in (4, 6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        entries = AuditEntry.objects.filter(action="delegations.raise_quota").order_by("id")
        return [(entry.detail["before"], entry.detail["number"]) for entry in entries]

    def test_one_after_the_other(self, party: Party) -> None:
        (first, second) = self.race(party)
        assert first in ((1, 4), (1, 6))
        assert second == (first[1], 10 - first[1])
        assert Quota.objects.get().number == second[1]

    @pytest.mark.postgresql
    def test_control_without_the_lock_both_start_from_the_same(
        self, party: Party, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **kwargs: rows)
        met, told = threading.Barrier(2), quotas.meters

        def slowly(*, party: Party) -> list[Meter]:
            found = told(party=party)
            met.wait(10)
            return found

        monkeypatch.setattr(quotas, "meters", slowly)
        assert sorted(self.race(party)) == [(1, 4), (1, 6)]

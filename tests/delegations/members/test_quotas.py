"""How many people a party may name, and how it is told."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from delegations.members.models.categories import Capacity, Category
from delegations.members.models.members import Membership
from delegations.members.models.quotas import Quota
from delegations.members.selectors import quotas
from delegations.members.selectors.quotas import FITTING, Meter, QuotaFull, fits, meters
from delegations.members.services import quotas as quotas_services
from delegations.members.services.quotas import QuotaProblem, set_quota
from delegations.parties.models.parties import Party, PartyKind
from delegations.parties.models.policy import Policy
from summit.audit.models import AuditEntry
from summit.audit.rendering import render
from summit.core.database_clock import db_now
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import category, refuses
from tests.threads import at_once, meet_after


@pytest.fixture
def party(summit: Summit) -> Party:
    Category.objects.of(summit)
    return f.PartyFactory(summit=summit, name="Italy")


def meter(party: Party, code: str) -> Meter:
    found = {row.category.code if row.category else "": row for row in meters(party=party)}
    return found[code]


class TestMeters:
    def test_a_delegation_has_those_that_fit_and_no_total_where_none_is_set(self, party: Party) -> None:
        codes = [row.category.code for row in meters(party=party) if row.category]
        assert codes == [
            *("head", "alternate", "delegate", "adviser", "security", "interpreter", "spouse", "media", "liaison"),
            "staff",
        ]
        assert len(meters(party=party)) == len(codes)

    def test_numbers_are_the_categorys_or_the_partys_own(self, party: Party) -> None:
        Category.objects.filter(code="delegate").update(quota=5)
        f.MembershipFactory.create_batch(3, party=party)
        Membership.objects.filter(pk=Membership.objects.first().pk).update(confirmed_at=db_now())  # type: ignore[union-attr]
        found = meter(party, "delegate")
        assert (found.named, found.allowed, found.left, found.unconfirmed, found.raised) == (3, 5, 2, 2, False)
        assert meter(party, "adviser").left is None
        f.QuotaFactory(party=party, category=category(party, "head"), number=2)
        assert (meter(party, "head").allowed, meter(party, "head").raised) == (2, True)

    def test_the_total_counts_those_that_count(self, party: Party) -> None:
        Policy.objects.create(summit=party.summit, total=4)
        f.MembershipFactory(party=party)
        f.MembershipFactory(party=party, code="spouse")
        assert (meter(party, "").named, meter(party, "").allowed, meter(party, "").label) == (1, 4, "total")

    def test_deadlines_are_the_categorys_or_the_policys(self, party: Party, monkeypatch: pytest.MonkeyPatch) -> None:
        now = f.START
        late = now + timedelta(days=9)
        monkeypatch.setattr(quotas, "db_now", lambda: now)
        Policy.objects.create(summit=party.summit, name_by=late, confirm_by=late)
        Category.objects.filter(code="media").update(name_by=now)
        assert (meter(party, "delegate").name_by, meter(party, "delegate").closed) == (late, False)
        # The moment itself is too late.
        assert (meter(party, "media").name_by, meter(party, "media").closed) == (now, True)
        assert meter(party, "media").confirm_by == late

    def test_each_kind_of_party_has_fitting_capacities_and_the_host_its_workforce(self, party: Party) -> None:
        assert set(FITTING) == set(PartyKind)
        assert set().union(*FITTING.values()) | {Capacity.WORKFORCE} == set(Capacity)
        workforce = category(party, "workforce")
        assert not fits(workforce, party)
        party.is_host = True
        assert fits(workforce, party)


def test_full_names_the_quota_and_who_can_raise_it(party: Party) -> None:
    Category.objects.filter(code="delegate").update(quota=1)
    Policy.objects.create(summit=party.summit, total=1)
    f.MembershipFactory(party=party)
    for code, said in (
        ("delegate", "The quota of Italy for “delegate” is 1, and 1 are named. The organisers can raise the quota: "),
        ("", "Italy can name 1 person in total and has named 1. The organisers can raise the limit: "),
    ):
        assert str(refuses(QuotaFull, meter(party, code).check_room)) == f"{said}protocol@host.example."


class TestSet:
    def test_an_organiser_raises_it_with_a_reason(self, party: Party, organiser: User, protocol: User) -> None:
        head = category(party, "head")
        refuses(PermissionDenied, set_quota, party=party, category=head, number=2, reason="Because", by=protocol)
        assert not Quota.objects.exists()
        row = set_quota(party=party, category=head, number=2, reason=" Two \n kings ", by=organiser)
        assert (row.number, row.reason, row.set_by) == (2, "Two kings", organiser)
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.object_key) == ("delegations.raise_quota", party.public_id)
        rows = [f"delegations.category:{head.pk}"]
        assert entry.detail == {"number": 2, "before": 1, "category": "head", "rows": rows}
        (line,) = render([entry])
        assert line.what == "changed the places of the delegation (head of delegation) from 1 to 2"
        set_quota(party=party, category=head, number=3, reason="Three", by=organiser)
        assert Quota.objects.get().number == 3

    def test_what_is_entered_is_looked_at(self, party: Party, organiser: User) -> None:
        f.MembershipFactory(party=party, code="head")
        f.MembershipFactory.create_batch(2, party=party)
        for code, number, reason, field, said in (
            ("delegate", 9, " ", "reason", "Enter a reason. It is shown with the number."),
            ("delegate", 10_001, "x", "number", "Enter a number between 0 and 10,000."),
            (
                "delegate",
                1,
                "x",
                "number",
                "2 people are already named. Withdraw some of them first, or enter a higher number.",
            ),
            ("head", 0, "x", "number", "1 person is already named. Withdraw them first, or enter a higher number."),
        ):
            with pytest.raises(QuotaProblem) as problem:
                set_quota(party=party, category=category(party, code), number=number, reason=reason, by=organiser)
            assert (problem.value.field, str(problem.value)) == (field, said)


class TestDrop:
    def test_the_usual_number_holds_again(self, party: Party, organiser: User, protocol: User) -> None:
        delegate = category(party, "delegate")
        f.QuotaFactory(party=party, category=delegate, number=9)
        with pytest.raises(PermissionDenied, match="Roles that can do this: organiser"):
            quotas_services.remove_quota(party=party, category=delegate, by=protocol)
        assert quotas_services.remove_quota(party=party, category=delegate, by=organiser) is True
        assert quotas_services.remove_quota(party=party, category=delegate, by=organiser) is False
        entry = AuditEntry.objects.get()
        assert entry.action == "delegations.drop_quota"
        rows = [f"delegations.category:{delegate.pk}"]
        assert entry.detail == {"before": 9, "number": None, "category": "delegate", "rows": rows}

    def test_not_beneath_who_is_named(self, party: Party, organiser: User) -> None:
        Policy.objects.create(summit=party.summit, total=1)
        f.QuotaFactory(party=party, category=None, number=9)
        f.MembershipFactory.create_batch(2, party=party)
        with pytest.raises(QuotaProblem, match="The default quota is 1, but 2 people are named here"):
            quotas_services.remove_quota(party=party, category=None, by=organiser)
        assert Quota.objects.exists()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    """Two people give one party another number at once: the second starts from what the first set, and the record
    tells one after the other."""

    def race(self, party: Party) -> list[tuple[int | None, int]]:
        """Set 4 and 6 at once; return from what to what each went, in the order of the record."""
        by = f.UserFactory.with_role(Role.ORGANISER, party.summit)
        head = category(party, "head")
        came = at_once(
            *(
                lambda number=number: (
                    set_quota(party=party, category=head, number=number, reason="asked", by=by).number
                )
                for number in (4, 6)
            )
        )
        assert came == [4, 6]
        entries = AuditEntry.objects.filter(action="delegations.raise_quota").order_by("id")
        return [(entry.detail["before"], entry.detail["number"]) for entry in entries]

    def test_one_after_the_other(self, party: Party) -> None:
        (first, second) = self.race(party)
        assert first in ((1, 4), (1, 6))
        assert second == (first[1], 10 - first[1])
        assert Quota.objects.get().number == second[1]

    def test_control_without_the_lock_both_start_from_the_same(
        self, party: Party, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **kwargs: rows)
        meet_after(monkeypatch, quotas, "meters")
        assert sorted(self.race(party)) == [(1, 4), (1, 6)]

"""Categories, zones and overpasses as desks set them: what is refused says what to do, what is done is recorded."""

import threading
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from delegations.domain import categories, members, overpass_rules, rows, zones
from delegations.domain.order import OrderChanged
from delegations.models import Capacity, Category, FormerMember, Overpass, OverpassRule, Quota, Zone
from summit.domain import setup
from summit.models import AuditEntry, Role, Summit, User
from tests import factories as f
from tests.summit.test_setup import FIELDS

pytestmark = pytest.mark.django_db


@pytest.fixture
def summit() -> Summit:
    found: Summit = f.SummitFactory(slug="here")
    return found


@pytest.fixture
def organiser(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.ORGANISER, summit)


@pytest.fixture
def protocol(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.PROTOCOL, summit)


def category(summit: Summit, code: str = "delegate") -> Category:
    return Category.objects.of(summit)[code]


def said(caught: Any) -> Any:
    return caught.value.message_dict if hasattr(caught.value, "error_dict") else caught.value.messages


def deeds() -> list[tuple[str, list[str]]]:
    return list(AuditEntry.objects.order_by("id").values_list("action", "fields"))


class TestBeginning:
    def created(self) -> Summit:
        return setup.create_summit(by=f.UserFactory(is_superuser=True), **FIELDS)

    def test_a_new_summit_has_the_usual_ones_before_anybody_looks(self) -> None:
        made = self.created()
        rows = Category.objects.filter(summit=made).order_by("position")
        assert [row.code for row in rows] == Capacity.values
        assert [row.quota for row in rows if row.code in ("head", "delegate")] == [1, None]

    def test_they_are_made_with_the_summit_or_neither_is(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(rows: Any, summit: Summit) -> dict[str, Category]:
            raise LookupError

        monkeypatch.setattr("delegations.models.categories.CategoryQuerySet.of", broken)
        with pytest.raises(LookupError):
            self.created()
        assert (Summit.objects.count(), Category.objects.count()) == (0, 0)

    def test_made_again_they_are_the_same(self) -> None:
        made = self.created()
        Category.objects.filter(summit=made, code="delegate").update(quota=7)
        keys = set(Category.objects.values_list("pk", flat=True))
        setup.begin(made)
        assert set(Category.objects.values_list("pk", flat=True)) == keys
        assert category(made).quota == 7


class TestCategories:
    def test_a_summit_has_the_usual_ones_in_their_order(self, summit: Summit) -> None:
        assert [row.code for row in categories.of(summit)] == Capacity.values

    def test_one_is_added_after_the_others_and_recorded(self, summit: Summit, organiser: User) -> None:
        zone = f.ZoneFactory(summit=summit)
        values = {"code": "vip", "capacity": "guest", "names": {"en": "VIP"}, "quota": 2, "zones": [zone]}
        categories.of(summit)
        row = categories.enter(summit=summit, values=values, by=organiser)
        assert (row.name, row.position, list(row.zones.all())) == ("VIP", len(Capacity.values), [zone])
        assert deeds() == [("delegations.category.add", ["capacity", "code", "names", "quota", "zones"])]

    def test_protocol_adds_one_that_takes_nobody_until_an_organiser_opens_it(
        self, summit: Summit, protocol: User
    ) -> None:
        values = {"code": "vip", "capacity": "guest"}
        with pytest.raises(PermissionDenied, match="This can be done by: organiser"):
            categories.enter(summit=summit, values={**values, "quota": 5}, by=protocol)
        with pytest.raises(PermissionDenied, match="This can be done by: organiser"):
            categories.enter(summit=summit, values=values, by=protocol)
        assert categories.enter(summit=summit, values={**values, "quota": 0}, by=protocol).quota == 0

    def test_protocol_changes_all_but_the_quota(self, summit: Summit, protocol: User) -> None:
        row = category(summit)
        categories.change(category=row, values={"offered": False, "quota": None}, by=protocol)
        with pytest.raises(PermissionDenied, match="This can be done by: organiser"):
            categories.change(category=row, values={"quota": 9}, by=protocol)
        row.refresh_from_db()
        assert (row.offered, row.quota) == (False, None)

    def test_what_changed_is_recorded_and_nothing_else(self, summit: Summit, organiser: User) -> None:
        zone = f.ZoneFactory(summit=summit)
        values = {"quota": 4, "vetted": True, "zones": [zone]}
        for _time in range(2):
            categories.change(category=category(summit), values=values, by=organiser)
        entry = AuditEntry.objects.get()
        assert (entry.fields, entry.detail) == (["quota", "zones"], {"values": {"quota": [None, 4]}})

    def test_a_lower_quota_names_the_parties_that_are_above(self, summit: Summit, organiser: User) -> None:
        for number, name in enumerate(("Aland", "Bland", "Cland"), start=1):
            f.MembershipFactory.create_batch(number, party=f.PartyFactory(summit=summit, name=name))
        with pytest.raises(ValidationError) as caught:
            categories.change(category=category(summit), values={"quota": 1}, by=organiser)
        assert said(caught) == {
            "quota": [
                "More than that are named already by: Cland: 3; Bland: 2. Give those parties a number of their own "
                "first, withdraw people, or give a higher number."
            ]
        }
        assert category(summit).quota is None

    def test_many_parties_are_counted_and_those_with_their_own_number_left_out(self, summit: Summit) -> None:
        parties = [f.PartyFactory(summit=summit, name=f"Party {number}") for number in range(8)]
        for party in parties:
            f.MembershipFactory(party=party)
        Quota.objects.create(
            party=parties[0], category=category(summit), number=3, reason="x", set_by=f.UserFactory()
        )
        found = categories.problems(category(summit), {"quota": 0})["quota"]
        assert "by: Party 1: 1; Party 2: 1; Party 3: 1; Party 4: 1; Party 5: 1; 2 other parties. " in found

    def test_capacity_and_code_stay(self, summit: Summit, organiser: User) -> None:
        own = f.CategoryFactory(summit=summit, code="experts", capacity="adviser")
        for row, values, field in (
            (own, {"capacity": "staff"}, "capacity"),
            (category(summit, "media"), {"capacity": "staff"}, "capacity"),
            (own, {"code": "other"}, "code"),
        ):
            with pytest.raises(ValidationError) as caught:
                categories.change(category=row, values=values, by=organiser)
            assert list(said(caught)) == [field]

    def test_one_of_another_summit_opens_no_zone_here(self, summit: Summit, organiser: User) -> None:
        with pytest.raises(ValidationError, match="another summit"):
            categories.change(category=category(summit), values={"zones": [f.ZoneFactory()]}, by=organiser)
        assert AuditEntry.objects.count() == 0

    def test_what_is_in_use_is_not_deleted_and_says_what_to_do(self, summit: Summit, organiser: User) -> None:
        own = f.CategoryFactory(summit=summit, code="experts", capacity="adviser", names={"en": "Experts"})
        member = f.MembershipFactory(party__summit=summit, category=own)
        with pytest.raises(ValidationError) as caught:
            categories.remove(category=own, by=organiser)
        assert said(caught) == ["1 person is named as “Experts”. Put them into another category first."]
        FormerMember.objects.create(
            party=member.party, person=member.person, category=own, named_at=f.START, why="withdrawn"
        )
        member.delete()
        with pytest.raises(ValidationError, match="take the tick from “offered to parties”"):
            categories.remove(category=own, by=organiser)
        with pytest.raises(ValidationError, match="Every summit has “spouse”"):
            categories.remove(category=category(summit, "spouse"), by=organiser)
        FormerMember.objects.all().delete()
        categories.remove(category=own, by=organiser)
        assert not Category.objects.filter(code="experts").exists()
        assert deeds() == [("delegations.category.remove", [])]

    def test_they_are_put_in_order_and_the_second_is_told(self, summit: Summit, protocol: User) -> None:
        found = categories.of(summit)
        seen = rows.mark([row.pk for row in found])
        last = found[-1]
        categories.arrange(summit=summit, order=[last.pk], expected=seen, by=protocol)
        assert [row.code for row in categories.of(summit)][:2] == ["staff", "head"]
        with pytest.raises(OrderChanged, match="Somebody else saved another order"):
            categories.arrange(summit=summit, order=[found[1].pk], expected=seen, by=protocol)
        assert deeds() == [("delegations.category.arrange", [])]


@pytest.mark.django_db(transaction=True)
def test_a_quota_is_not_lowered_beneath_who_is_named_meanwhile() -> None:
    """Whoever names and whoever lowers wait for each other: never more are named than the quota says."""
    party = f.PartyFactory(name="Aland")
    by = f.UserFactory.with_role(Role.ORGANISER, party.summit)
    row = category(party.summit)
    people = [f.PersonFactory(summit=party.summit) for _n in range(2)]
    members.name(party=party, person=people[0], category=row, by=by)
    ready, refused = threading.Barrier(2), []

    def run(deed: Any) -> None:
        ready.wait()
        try:
            deed()
        except (ValidationError, members.QuotaFull) as problem:
            refused.append(type(problem).__name__)
        finally:
            connection.close()

    deeds = [
        lambda: members.name(party=party, person=people[1], category=row, by=by),
        lambda: categories.change(category=row, values={"quota": 1}, by=by),
    ]
    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    row.refresh_from_db()
    assert (refused, row.quota, party.memberships.count()) in (
        (["ValidationError"], None, 2),
        (["QuotaFull"], 1, 1),
    )


class TestZones:
    def test_added_changed_ordered_and_deleted(self, summit: Summit, protocol: User) -> None:
        one = zones.enter(summit=summit, values={"code": "A", "name": "Hall"}, by=protocol)
        two = zones.enter(summit=summit, values={"code": "B", "name": "Press"}, by=protocol)
        zones.change(zone=one, values={"name": "Great hall", "code": "A"}, by=protocol)
        zones.arrange(summit=summit, order=[two.pk, one.pk], by=protocol)
        assert list(Zone.objects.values_list("code", "name", "position")) == [
            ("B", "Press", 0),
            ("A", "Great hall", 1),
        ]
        zones.remove(zone=one, by=protocol)
        assert [deed for deed, _fields in deeds()] == [
            *["delegations.zone.add"] * 2,
            *("delegations.zone.change", "delegations.zone.arrange", "delegations.zone.remove"),
        ]

    def test_one_that_is_opened_says_by_what(self, summit: Summit, protocol: User) -> None:
        zone = f.ZoneFactory(summit=summit, name="Hall")
        category(summit, "media").zones.add(zone)
        f.OverpassRuleFactory(summit=summit, name="Plenary").zones.add(zone)
        with pytest.raises(ValidationError) as caught:
            zones.remove(zone=zone, by=protocol)
        assert said(caught) == ["“Hall” is opened by: delegation’s media, Plenary. Take it off them first."]
        assert Zone.objects.exists()

    @pytest.mark.parametrize("role", [Role.ACCREDITATION, Role.VETTING, Role.PROGRAMME, Role.VIEWER])
    def test_other_desks_change_none(self, role: Role, summit: Summit) -> None:
        by = f.UserFactory.with_role(role, summit)
        with pytest.raises(PermissionDenied):
            zones.enter(summit=summit, values={"code": "A", "name": "Hall"}, by=by)


class TestOverpasses:
    def test_added_changed_and_deleted(self, summit: Summit, protocol: User) -> None:
        zone = f.ZoneFactory(summit=summit)
        rule = overpass_rules.enter(summit=summit, values={"name": "Plenary", "zones": [zone]}, by=protocol)
        overpass_rules.change(rule=rule, values={"people": 3, "zones": [zone]}, by=protocol)
        assert OverpassRule.objects.get().people == 3
        overpass_rules.remove(rule=rule, by=protocol)
        assert deeds() == [
            ("delegations.overpassrule.add", ["name", "zones"]),
            ("delegations.overpassrule.change", ["people"]),
            ("delegations.overpassrule.remove", []),
        ]

    def test_one_that_is_carried_stays(self, summit: Summit, protocol: User) -> None:
        rule = f.OverpassRuleFactory(summit=summit, name="Plenary")
        member = f.MembershipFactory(party__summit=summit)
        Overpass.objects.create(rule=rule, party=member.party, number=1, holder=member)
        with pytest.raises(ValidationError) as caught:
            overpass_rules.remove(rule=rule, by=protocol)
        assert said(caught) == ["1 pass of “Plenary” is carried by somebody. Take it back first."]

"""Categories, zones and transferable passes as desks set them, and how many people a party may name."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.test import Client

from delegations.badges.models.transferable_passes import TransferablePass, TransferablePassRule
from delegations.badges.services import transferable_pass_rules
from delegations.core.services import rows as rows_services
from delegations.members.models.categories import Capacity, Category
from delegations.members.models.members import FormerMember, Membership
from delegations.members.models.quotas import Quota
from delegations.members.selectors import quotas
from delegations.members.selectors.quotas import Meter, QuotaFull, meters
from delegations.members.services import categories, members
from delegations.members.services import quotas as quotas_services
from delegations.members.services.quotas import QuotaProblem, set_quota
from delegations.parties.models.parties import Party
from delegations.parties.models.policy import Policy
from delegations.parties.services import parties, policy
from delegations.zones import services as zones_services
from delegations.zones.models import Zone
from summit.audit.models import AuditEntry
from summit.audit.rendering import render
from summit.core.database_clock import db_now
from summit.permissions.models import Role
from summit.summits import services as summits_services
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import category, refuses, said, sign_in, text
from tests.summit.backoffice.test_onboarding import FIELDS
from tests.threads import at_once, meet_after, names

pytestmark = pytest.mark.django_db


def actions() -> list[tuple[str, list[str]]]:
    return list(AuditEntry.objects.order_by("id").values_list("action", "fields"))


def test_a_new_summit_has_the_usual_categories_or_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    by = f.UserFactory(is_superuser=True)
    made = summits_services.create_summit(by=by, **FIELDS)
    found = Category.objects.filter(summit=made).order_by("position")
    assert [row.code for row in found] == Capacity.values
    assert [row.quota for row in found if row.code in ("head", "delegate")] == [1, None]
    found.filter(code="delegate").update(quota=7)
    keys = set(found.values_list("pk", flat=True))
    summits_services.begin(made)
    assert set(Category.objects.values_list("pk", flat=True)) == keys
    assert category(made).quota == 7
    monkeypatch.setattr("delegations.members.models.categories.CategoryQuerySet.of", lambda rows, summit: 1 / 0)
    refuses(ZeroDivisionError, summits_services.create_summit, by=by, **{**FIELDS, "slug": "another"})
    assert Summit.objects.get() == made


class TestCategories:
    def test_one_is_added_behind_the_others_and_recorded(
        self, summit: Summit, organiser: User, protocol: User
    ) -> None:
        zone = f.ZoneFactory(summit=summit)
        values: dict[str, Any] = {"code": "vip", "capacity": "guest", "names": {"en": "VIP"}, "zones": [zone]}
        assert [row.code for row in categories.of(summit)] == Capacity.values
        row = categories.create(summit=summit, values={**values, "quota": 2}, by=organiser)
        assert (row.name, row.position, list(row.zones.all())) == ("VIP", len(Capacity.values), [zone])
        assert actions() == [("delegations.category.add", ["capacity", "code", "names", "quota", "zones"])]
        # Protocol adds one that takes nobody until an organiser opens it.
        for quota in ({}, {"quota": 5}):
            given = {"summit": summit, "values": {**values, "code": "own", **quota}, "by": protocol}
            refuses(PermissionDenied, categories.create, **given, match="Roles that can do this: organiser")
        assert categories.create(summit=summit, values={**values, "code": "own", "quota": 0}, by=protocol).quota == 0

    def test_a_lower_quota_names_the_parties_that_are_above(self, summit: Summit, organiser: User) -> None:
        for number, name in enumerate(("Aland", "Bland", "Cland"), start=1):
            f.MembershipFactory.create_batch(number, party=f.PartyFactory(summit=summit, name=name))
        given = {"category": category(summit), "values": {"quota": 1}, "by": organiser}
        (said,) = refuses(ValidationError, categories.change, **given).message_dict["quota"]
        assert said.startswith("These delegations have already named more people: Cland: 3; Bland: 2. Set a separate")
        assert category(summit).quota is None
        # Many are counted, and those with their own number left out.
        own = f.QuotaFactory(party__summit=summit, category=category(summit)).party
        for party in (own, *(f.PartyFactory(summit=summit, name=f"Delegation {number}") for number in range(5))):
            f.MembershipFactory(party=party)
        found = categories.problems(category(summit), {"quota": 0})["quota"]
        assert "Bland: 2; Aland: 1; Delegation 0: 1; Delegation 1: 1; 3 other delegations. " in found

    def test_protocol_changes_all_but_the_quota(
        self, summit: Summit, organiser: User, protocol: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        row, zone = category(summit), f.ZoneFactory(summit=summit)
        values = {"quota": 4, "vetted": True, "zones": [zone]}
        for _time in range(2):
            categories.change(category=category(summit), values=values, by=organiser)
        entry = AuditEntry.objects.get()
        assert (entry.fields, entry.detail) == (["quota", "zones"], {"values": {"quota": [None, 4]}})
        row.refresh_from_db()
        categories.change(category=row, values={"offered": False, "quota": 4}, by=protocol)
        given = {"category": row, "values": {"quota": 9}, "by": protocol}
        refuses(PermissionDenied, categories.change, **given, match="Roles that can do this: organiser")
        row.refresh_from_db()
        assert (row.offered, row.quota) == (False, 4)
        # The summit is held before its parties, as by whoever deletes a category: else two would wait for each other.
        held: list[str] = []
        monkeypatch.setattr(rows_services, "lock", lambda summit: held.append("summit"))
        monkeypatch.setattr(parties, "lock_all", lambda summit: held.append("parties"))
        categories.change(category=category(summit), values={"quota": 4}, by=organiser)
        assert held[:2] == ["summit", "parties"]

    def test_capacity_and_code_stay_and_zones_are_of_the_summit(self, summit: Summit, organiser: User) -> None:
        own = f.CategoryFactory(summit=summit, code="experts", capacity="adviser")
        for row, values, field in (
            (own, {"capacity": "staff"}, "capacity"),
            (category(summit, "media"), {"capacity": "staff"}, "capacity"),
            (own, {"code": "other"}, "code"),
        ):
            refused = refuses(ValidationError, categories.change, category=row, values=values, by=organiser)
            assert list(refused.message_dict) == [field]
        given = {"category": own, "values": {"zones": [f.ZoneFactory()]}, "by": organiser}
        refuses(ValidationError, categories.change, **given, match="another summit")
        assert AuditEntry.objects.count() == 0

    def test_what_is_in_use_is_not_deleted_and_says_what_to_do(self, summit: Summit, organiser: User) -> None:
        own = f.CategoryFactory(summit=summit, code="experts", capacity="adviser", names={"en": "Experts"})
        member = f.MembershipFactory(party__summit=summit, category=own)
        f.MembershipFactory(party=member.party)
        refused = refuses(ValidationError, categories.remove, category=own, by=organiser)
        assert refused.messages == ["1 person is in “Experts”. Move them to another category first."]
        f.FormerMemberFactory(party=member.party, person=member.person, category=own)
        member.delete()
        for row, words in (
            (own, "untick “available to delegations”"),
            (category(summit, "spouse"), "Every summit has “spouse”"),
        ):
            refuses(ValidationError, categories.remove, category=row, by=organiser, match=words)
        FormerMember.objects.all().delete()
        categories.remove(category=own, by=organiser)
        assert not Category.objects.filter(code="experts").exists()
        assert actions() == [("delegations.category.remove", [])]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_quota_is_not_lowered_beneath_who_is_named_meanwhile() -> None:
    """Whoever names and whoever lowers wait for each other: never more are named than the quota says."""
    party = f.PartyFactory(name="Aland")
    by = f.UserFactory.with_role(Role.ORGANISER, party.summit)
    row = category(party.summit)
    people = [f.PersonFactory(summit=party.summit) for _n in range(2)]
    members.name(party=party, person=people[0], category=row, by=by)
    came = at_once(
        lambda: members.name(party=party, person=people[1], category=row, by=by).capacity,
        lambda: categories.change(category=row, values={"quota": 1}, by=by).quota,
    )
    row.refresh_from_db()
    assert (names(came), row.quota, party.memberships.count()) in (
        (["delegate", "ValidationError"], None, 2),
        (["QuotaFull", 1], 1, 1),
    )


class TestZones:
    def test_added_changed_ordered_and_deleted(self, summit: Summit, protocol: User) -> None:
        other = f.UserFactory.with_role(Role.ACCREDITATION, summit)
        refuses(PermissionDenied, zones_services.create, summit=summit, values={"code": "A"}, by=other)
        one = zones_services.create(summit=summit, values={"code": "A", "name": "Hall"}, by=protocol)
        two = zones_services.create(summit=summit, values={"code": "B", "name": "Press"}, by=protocol)
        zones_services.change(zone=one, values={"name": "Great hall", "code": "A"}, by=protocol)
        zones_services.arrange(summit=summit, order=[two.pk, one.pk], by=protocol)
        stored = Zone.objects.values_list("code", "name", "position")
        assert list(stored) == [("B", "Press", 0), ("A", "Great hall", 1)]
        zones_services.remove(zone=one, by=protocol)
        done = [action.rpartition(".")[2] for action, _fields in actions()]
        assert done == ["add", "add", "change", "arrange", "remove"]
        # One that is opened says by what.
        category(summit, "media").zones.add(two)
        f.TransferablePassRuleFactory(summit=summit, name="Plenary").zones.add(two)
        refused = refuses(ValidationError, zones_services.remove, zone=two, by=protocol)
        assert refused.messages == ["“Press” is assigned to: delegation’s media, Plenary. Remove it from them first."]
        assert Zone.objects.get() == two


def test_transferable_pass_rules_are_added_changed_and_deleted(summit: Summit, protocol: User) -> None:
    zone = f.ZoneFactory(summit=summit)
    rule = transferable_pass_rules.create(summit=summit, values={"name": "Plenary", "zones": [zone]}, by=protocol)
    transferable_pass_rules.change(rule=rule, values={"people": 3, "zones": [zone]}, by=protocol)
    assert TransferablePassRule.objects.get().people == 3
    member = f.MembershipFactory(party__summit=summit)
    carried = TransferablePass.objects.create(rule=rule, party=member.party, number=1, holder=member)
    refused = refuses(ValidationError, transferable_pass_rules.remove, rule=rule, by=protocol)
    assert refused.messages == ["1 pass of type “Plenary” is in use. Take it back first."]
    carried.delete()
    transferable_pass_rules.remove(rule=rule, by=protocol)
    done = [(action.rpartition(".")[2], fields) for action, fields in actions()]
    assert done == [("add", ["name", "zones"]), ("change", ["people"]), ("remove", [])]


@pytest.fixture
def party(summit: Summit) -> Party:
    Category.objects.of(summit)
    return f.PartyFactory(summit=summit, name="Italy")


def meter(party: Party, code: str) -> Meter:
    found = {row.category.code if row.category else "": row for row in meters(party=party)}
    return found[code]


class TestMeters:
    def test_numbers_are_the_categorys_or_the_partys_own(self, party: Party) -> None:
        Category.objects.filter(code="delegate").update(quota=5)
        f.MembershipFactory.create_batch(3, party=party)
        Membership.objects.filter(pk=Membership.objects.first().pk).update(confirmed_at=db_now())  # type: ignore[union-attr]
        found = meter(party, "delegate")
        assert (found.named, found.allowed, found.left, found.unconfirmed, found.raised) == (3, 5, 2, 2, False)
        assert meter(party, "adviser").left is None
        f.QuotaFactory(party=party, category=category(party, "head"), number=2)
        assert (meter(party, "head").allowed, meter(party, "head").raised) == (2, True)
        # The total counts those that count.
        Policy.objects.create(summit=party.summit, total=4)
        f.MembershipFactory(party=party, code="spouse")
        assert (meter(party, "").named, meter(party, "").allowed, meter(party, "").label) == (3, 4, "total")

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


def test_full_names_the_quota_and_who_can_raise_it(party: Party) -> None:
    Category.objects.filter(code="delegate").update(quota=1)
    Policy.objects.create(summit=party.summit, total=1)
    f.MembershipFactory(party=party)
    for code, words in (
        ("delegate", "The quota of Italy for “delegate” is 1, and 1 are named. The organisers can raise the quota: "),
        ("", "Italy can name 1 person in total and has named 1. The organisers can raise the limit: "),
    ):
        assert str(refuses(QuotaFull, meter(party, code).check_room)) == f"{words}protocol@host.example."


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
        for code, number, reason, field, words in (
            ("delegate", 9, " ", "reason", "Enter a reason. It is shown with the number."),
            ("delegate", 10_001, "x", "number", "Enter a number between 0 and 10,000."),
            ("delegate", 1, "x", "number", "2 people are already named. Withdraw some of them first, or enter a"),
            ("head", 0, "x", "number", "1 person is already named. Withdraw them first, or enter a higher number."),
        ):
            given = {"category": category(party, code), "number": number, "reason": reason}
            problem = refuses(QuotaProblem, set_quota, party=party, **given, by=organiser)
            assert (problem.field, str(problem).startswith(words)) == (field, True), problem


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
        Policy.objects.create(summit=party.summit, total=1)
        f.QuotaFactory(party=party, category=None, number=9)
        f.MembershipFactory.create_batch(2, party=party)
        with pytest.raises(QuotaProblem, match="The default quota is 1, but 2 people are named here"):
            quotas_services.remove_quota(party=party, category=None, by=organiser)
        assert Quota.objects.exists()


class TestPlacesOfProtocol:
    """Protocol gives single delegations as many more places as the summit's policy says, all of them together."""

    def test_protocol_gives_them_up_to_the_number(self, party: Party, organiser: User, protocol: User) -> None:
        Category.objects.filter(code="head").update(quota=1)
        Category.objects.filter(code="spouse").update(quota=1, counts=False)
        head, spouse = category(party, "head"), category(party, "spouse")
        other = f.PartyFactory(summit=party.summit)
        policy.change(summit=party.summit, values={"total": 5, "protocol_places": 4}, by=organiser)

        def give(party: Party, of: Category | None, number: int, by: User = protocol) -> int:
            set_quota(party=party, category=of, number=number, reason="Asked", by=by)
            return quotas.additional_places(party.summit)

        # A further head needs a further place in the total: both are one person.
        assert [give(party, head, 2), give(party, None, 6)] == [1, 1]
        # Spouses are outside the total.
        assert [give(party, spouse, 3), give(other, head, 2)] == [3, 4]
        # Fewer places than by default give none back to others.
        assert give(other, spouse, 0) == 4
        too_many = {"party": other, "category": head, "number": 3, "reason": "Asked"}
        problem = refuses(QuotaProblem, set_quota, **too_many, by=protocol)
        said = "Protocol can give 4 additional places in all; 4 are given. Ask an organiser for more."
        assert (problem.field, str(problem)) == ("number", said)
        assert Quota.objects.get(party=other, category=head).number == 2
        assert give(other, head, 9, by=organiser) == 11
        # Beyond the number, fewer is still better.
        assert give(other, head, 8) == 10
        assert quotas_services.remove_quota(party=other, category=head, by=protocol) is True

    def test_it_is_the_organisers_to_give(self, party: Party, organiser: User, protocol: User) -> None:
        refuses(PermissionDenied, policy.change, summit=party.summit, values={"protocol_places": 9}, by=protocol)
        head = category(party, "head")
        asked = {"party": party, "category": head, "number": 2, "reason": "Asked"}
        refuses(PermissionDenied, set_quota, **asked, by=protocol, match="Roles that can do this: organiser\\.")
        client = signed_in(protocol)
        assert "Roles that can do this: organiser." in text(client.get(page(party)))
        where = "/admin/delegations/policy/here/"
        field = 'name="protocol_places" min="0"'
        assert f"{field} disabled" in " ".join(text(client.get(where)).split())
        policy.change(summit=party.summit, values={"protocol_places": 2}, by=organiser)
        shown = text(client.get(page(party)))
        assert "You can give single delegations 2 more places, all delegations together." in shown
        done = client.post(page(party), {"category": head.pk, "number": "2", "reason": "Asked"})
        assert done.status_code == 302
        assert "single delegations 1 more place," in text(client.get(page(party)))
        # The defaults of all delegations stay the organisers'.
        refuses(PermissionDenied, categories.change, category=head, values={"quota": 3}, by=protocol)


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


LIST, RULES = (f"/admin/delegations/{name}/" for name in ("category", "transferablepassrule"))
ORDER = "/admin/delegations/categories/here/order/"


@pytest.fixture
def office(organiser: User) -> Client:
    return signed_in(organiser)


def form(row: Category, **values: Any) -> dict[str, Any]:
    base = {"quota": "" if row.quota is None else row.quota}
    base |= {name: "on" for name in ("counts", "vetted", "offered") if getattr(row, name)}
    return {**base, **values}


def errors(answer: Any) -> dict[str, list[str]]:
    return dict(answer.context["adminform"].form.errors)


def numbered(keys: list[int]) -> dict[str, int]:
    found = {f"place-{key}": place for place, key in enumerate(keys, start=1)}
    return found | {f"was-{key}": place for place, key in enumerate(keys, start=1)}


class TestCategoriesAtTheDesk:
    def test_protocol_is_told_who_sets_the_quota(self, summit: Summit, desk: Client) -> None:
        row = Category.objects.of(summit)["delegate"]
        page = f"{LIST}{row.pk}/change/"
        shown = text(desk.get(page))
        assert ("Organisers set the quota." in shown, 'name="quota"' in shown) == (True, False)
        assert desk.post(page, form(row, quota=7, name_en="Envoy")).status_code == 302
        row.refresh_from_db()
        assert (row.quota, row.name) == (None, "Envoy")
        added = {"summit": summit.pk, "code": "vip", "capacity": "guest", "quota": 9}
        assert desk.post(f"{LIST}add/", added).status_code == 302
        assert Category.objects.get(code="vip").quota == 0

    def test_they_are_put_in_order_without_script(self, summit: Summit, desk: Client) -> None:
        shown = desk.get(ORDER)
        keys = [key for _place, key, _name in shown.context["rows"]]
        save = {"do": "save", "expected": shown.context["expected"]}
        moved = desk.post(ORDER, {**save, "do": "", "move": f"down:{keys[0]}", **numbered(keys)})
        after = [key for _place, key, _name in moved.context["rows"]]
        assert after[:2] == [keys[1], keys[0]]
        assert desk.post(ORDER, {**save, **numbered(after)}).status_code == 302
        assert list(Category.objects.order_by("position").values_list("pk", flat=True)) == after
        assert desk.post(ORDER, {**save, **numbered(keys)}).status_code == 409
        assert 'name="move"' not in text(sign_in(summit, Role.VETTING).get(ORDER))


def test_transferable_pass_rules_are_added_changed_and_listed(summit: Summit, desk: Client) -> None:
    zone = f.ZoneFactory(summit=summit, code="A")
    values = {"summit": summit.pk, "name": "Plenary", "passes": 2, "people": 5, "most": 4}
    # None for nobody, and no more than people.
    for passes, people in ((1, 0), (100_000, 5)):
        [said] = errors(desk.post(f"{RULES}add/", {**values, "passes": passes, "people": people})).values()
        assert said == ["Enter at least one pass, and at least as many people as passes."]
    assert desk.post(f"{RULES}add/", {**values, "zones": [zone.pk]}).status_code == 302
    rule = TransferablePassRule.objects.get()
    assert "2 for every 5 people, 4 at most" in text(desk.get(RULES))
    assert desk.post(f"{RULES}{rule.pk}/change/", values).status_code == 302
    assert not rule.zones.exists()
    added = ["most", "name", "passes", "people", "zones"]
    assert [entry.fields for entry in AuditEntry.objects.order_by("id")] == [added, ["zones"]]


def page(party: Party) -> str:
    return f"/admin/delegations/party/{party.pk}/quotas/"


class TestPage:
    def test_an_organiser_raises_one_with_a_reason(self, party: Party, office: Client) -> None:
        f.MembershipFactory(party=party)
        good = {"category": category(party).pk, "number": "12", "reason": "Hosts the next summit"}
        for field, value in (("number", "9" * 30), ("reason", " ")):
            answer = office.post(page(party), {**good, field: value})
            assert (answer.status_code, f'<a href="#{field}">' in text(answer)) == (422, True), (field, value)
        assert not Quota.objects.exists()
        Policy.objects.create(summit=party.summit, total=9)
        assert 'name="number" id="number" value="9"' in text(office.get(f"{page(party)}?category=all"))
        done = office.post(page(party), good)
        assert done["Location"] == page(party)
        places = "Delegate: 12 places. The delegation has 9 in all, 1 named. The categories add up to 14 places;"
        assert said(done) == [f"{places} the total still applies."]
        row = Quota.objects.get()
        assert (row.category, row.number, row.reason) == (category(party), 12, "Hosts the next summit")
        assert "delegate: 12" in text(office.get(page(party)))
        assert office.post(page(party), {"drop": row.category_id}).status_code == 302
        assert office.post(page(party), {**good, "category": "all"}).status_code == 302
        assert Quota.objects.get().category is None

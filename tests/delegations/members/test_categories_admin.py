"""Categories, zones and transferable passes in the admin, and how many a party may name."""

from typing import Any

import pytest
from django.test import Client

from delegations.badges.models.transferable_passes import TransferablePassRule
from delegations.members.models.categories import Category
from delegations.members.models.quotas import Quota
from delegations.parties.models.parties import Party
from delegations.parties.models.policy import Policy
from delegations.zones.models import Zone
from summit.audit.models import AuditEntry
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import category, said, sign_in, text

pytestmark = pytest.mark.django_db
LIST, ZONES, RULES = (f"/admin/delegations/{name}/" for name in ("category", "zone", "transferablepassrule"))
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


class TestCategories:
    def test_the_list_begins_with_the_usual_ones_and_only_others_are_deleted(
        self, summit: Summit, office: Client
    ) -> None:
        for confirmed in (None, f.START):
            f.MembershipFactory(party__summit=summit, confirmed_at=confirmed)
        answer = office.get(LIST)
        assert ("13 categories" in text(answer), f'href="{ORDER}"' in text(answer)) == (True, True)
        found = {each.code: each for each in answer.context["cl"].result_list}
        assert (found["delegate"].named, found["delegate"].unconfirmed) == (2, 1)
        usual, own = Category.objects.of(summit)["spouse"], f.CategoryFactory(summit=summit)
        page = f"{LIST}{usual.pk}/delete/"
        assert "Every summit has “spouse”. To stop people" in text(office.post(page, {"post": "yes"}))
        assert office.post(f"{LIST}{own.pk}/delete/", {"post": "yes"}).status_code == 302
        assert set(Category.objects.filter(pk__in=[usual.pk, own.pk])) == {usual}

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
        # Who only looks gets no buttons.
        assert 'name="move"' not in text(sign_in(summit, Role.VETTING).get(ORDER))


def test_zones_are_added_and_ordered(summit: Summit, desk: Client) -> None:
    for code in "AB":
        values = {"summit": summit.pk, "code": code, "name": f"Zone {code}"}
        assert desk.post(f"{ZONES}add/", values).status_code == 302
    taken = "Another zone has this code. Choose another code."
    assert errors(desk.post(f"{ZONES}add/", values)) == {"code": [taken]}
    there = {**values, "summit": f.SummitFactory().pk}
    assert list(errors(desk.post(f"{ZONES}add/", there))) == ["summit"]
    room = f.RoomFactory(venue__summit=summit, name="Blue")
    first = Zone.objects.get(code="A")
    change = f"{ZONES}{first.pk}/change/"
    far = f.RoomFactory().pk
    assert list(errors(desk.post(change, {"code": "A", "name": "Zone A", "rooms": [far]}))) == ["rooms"]
    assert desk.post(change, {"code": "A", "name": "Zone A", "rooms": [room.pk]}).status_code == 302
    assert list(first.rooms.all()) == [room]
    assert "Blue" in text(desk.get(ZONES))
    keys = list(Zone.objects.order_by("-code").values_list("pk", flat=True))
    page = "/admin/delegations/zones/here/order/"
    assert desk.post(page, {"do": "save", **numbered(keys)}).status_code == 302
    assert list(Zone.objects.values_list("code", flat=True)) == ["B", "A"]


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

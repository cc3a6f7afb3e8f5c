"""Categories, zones and overpasses in the admin."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from delegations.models import Category, OverpassRule, Zone
from summit.models import AuditEntry, Role, Summit
from tests import factories as f

pytestmark = pytest.mark.django_db
LIST, ZONES, RULES = (f"/admin/delegations/{name}/" for name in ("category", "zone", "overpassrule"))


@pytest.fixture
def summit() -> Summit:
    found: Summit = f.SummitFactory(slug="here")
    return found


def signed_in(role: Role, summit: Summit) -> Client:
    client = Client()
    client.force_login(f.UserFactory.with_role(role, summit))
    return client


@pytest.fixture
def organiser(summit: Summit) -> Client:
    return signed_in(Role.ORGANISER, summit)


@pytest.fixture
def protocol(summit: Summit) -> Client:
    return signed_in(Role.PROTOCOL, summit)


def text(response: Any) -> str:
    return str(response.content.decode())


def form(row: Category, **values: Any) -> dict[str, Any]:
    base = {"quota": "" if row.quota is None else row.quota}
    base |= {name: "on" for name in ("counts", "vetted", "offered") if getattr(row, name)}
    return {**base, **values}


class TestCategories:
    def test_the_list_begins_with_the_usual_ones(self, summit: Summit, organiser: Client) -> None:
        shown = text(organiser.get(LIST))
        assert "13 categories" in shown
        assert Category.objects.filter(summit=summit).count() == 13
        assert 'href="/admin/delegations/categories/here/order/"' in shown

    def test_the_list_asks_as_much_for_many(self, summit: Summit, organiser: Client) -> None:
        def count() -> int:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                organiser.get(LIST)
            return len(queries)

        count()
        few = count()
        for number in range(10):
            row = f.CategoryFactory(summit=summit, code=f"own-{number}", quota=number)
            row.zones.add(f.ZoneFactory(summit=summit))
            f.MembershipFactory(party__summit=summit, category=row)
        assert count() == few

    def test_is_added_with_names_and_zones(self, summit: Summit, organiser: Client) -> None:
        zone = f.ZoneFactory(summit=summit)
        values = {"summit": summit.pk, "code": "vip", "capacity": "guest", "name_en": "VIP", "name_fr": "Invité"}
        values |= {"quota": 2, "zones": [zone.pk], "name_by_0": "2025-03-01", "name_by_1": "17:00", "offered": "on"}
        assert organiser.post(f"{LIST}add/", values).status_code == 302
        row = Category.objects.get(code="vip")
        assert (row.names, row.quota, row.vetted, row.offered) == ({"en": "VIP", "fr": "Invité"}, 2, False, True)
        assert list(row.zones.all()) == [zone]
        assert row.name_by is not None
        assert row.name_by.isoformat() == "2025-03-01T17:00:00+00:00"
        assert list(AuditEntry.objects.values_list("action", flat=True)) == ["delegations.category.add"]

    def test_a_lower_quota_is_refused_at_its_field(self, summit: Summit, organiser: Client) -> None:
        member = f.MembershipFactory(party__summit=summit, party__name="Aland")
        answer = organiser.post(f"{LIST}{member.category_id}/change/", form(member.category, quota=0))
        assert answer.status_code == 200
        errors = answer.context["adminform"].form.errors
        assert list(errors) == ["quota"]
        assert errors["quota"][0].startswith("More than that are named already by: Aland: 1. Give those parties")
        assert Category.objects.get(pk=member.category_id).quota is None

    def test_deadlines_stand_in_their_order(self, summit: Summit, organiser: Client) -> None:
        row = Category.objects.of(summit)["delegate"]
        late, soon = ("2025-03-02", "2025-03-01")
        moments = {"name_by_0": late, "name_by_1": "17:00", "confirm_by_0": soon, "confirm_by_1": "17:00"}
        answer = organiser.post(f"{LIST}{row.pk}/change/", form(row, **moments))
        assert dict(answer.context["adminform"].form.errors) == {
            "confirm_by": ["People would be confirmed before they are named. Give a later moment."]
        }

    def test_protocol_is_told_who_sets_the_quota(self, summit: Summit, protocol: Client) -> None:
        row = Category.objects.of(summit)["delegate"]
        page = f"{LIST}{row.pk}/change/"
        shown = text(protocol.get(page))
        assert "Organisers set the quota." in shown
        assert 'name="quota"' not in shown
        values = form(row, quota=7, name_en="Envoy")
        assert protocol.post(page, values).status_code == 302
        row.refresh_from_db()
        assert (row.quota, row.name) == (None, "Envoy")
        added = {"summit": summit.pk, "code": "vip", "capacity": "guest", "quota": 9}
        assert protocol.post(f"{LIST}add/", added).status_code == 302
        assert Category.objects.get(code="vip").quota == 0

    def test_capacity_and_code_are_shown_and_stay(self, summit: Summit, organiser: Client) -> None:
        own = f.CategoryFactory(summit=summit, capacity="staff")
        shown = text(organiser.get(f"{LIST}{own.pk}/change/"))
        assert ('name="capacity"' in shown, 'name="code"' in shown, "staff" in shown) == (False, False, True)

    def test_zones_of_another_summit_are_no_choice(self, summit: Summit, organiser: Client) -> None:
        row, foreign = Category.objects.of(summit)["delegate"], f.ZoneFactory(name="Foreign hall")
        page = f"{LIST}{row.pk}/change/"
        assert "Foreign hall" not in text(organiser.get(page))
        answer = organiser.post(page, form(row, zones=[foreign.pk]))
        assert list(answer.context["adminform"].form.errors) == ["zones"]

    def test_the_page_that_deletes_says_what_to_do_instead(self, summit: Summit, organiser: Client) -> None:
        row = Category.objects.of(summit)["spouse"]
        for answer in (
            organiser.get(f"{LIST}{row.pk}/delete/"),
            organiser.post(f"{LIST}{row.pk}/delete/", {"post": "yes"}),
        ):
            assert "Every summit has “spouse”. So that nobody is named in it, take the tick" in text(answer)
            assert "Delete category</button>" not in text(answer)
        assert Category.objects.filter(pk=row.pk).exists()

    def test_one_that_nobody_used_is_deleted(self, summit: Summit, organiser: Client) -> None:
        own = f.CategoryFactory(summit=summit)
        assert organiser.post(f"{LIST}{own.pk}/delete/", {"post": "yes"}).status_code == 302
        assert not Category.objects.filter(pk=own.pk).exists()
        assert list(AuditEntry.objects.values_list("action", flat=True)) == ["delegations.category.remove"]

    def test_they_are_put_in_order_without_script(self, summit: Summit, protocol: Client) -> None:
        page = "/admin/delegations/categories/here/order/"
        shown = protocol.get(page)
        keys = [key for _place, key, _name in shown.context["rows"]]
        expected = shown.context["expected"]
        moved = protocol.post(page, {"move": f"down:{keys[0]}", "expected": expected, **numbered(keys)})
        assert "This order is not saved yet." in text(moved)
        after = [key for _place, key, _name in moved.context["rows"]]
        assert after[:2] == [keys[1], keys[0]]
        answer = protocol.post(page, {"do": "save", "expected": expected, **numbered(after)})
        assert answer.status_code == 302
        assert list(Category.objects.order_by("position").values_list("pk", flat=True)) == after
        late = protocol.post(page, {"do": "save", "expected": expected, **numbered(keys)})
        assert (late.status_code, "Somebody else saved another order" in text(late)) == (409, True)

    def test_who_only_looks_gets_no_buttons(self, summit: Summit) -> None:
        vetting = signed_in(Role.VETTING, summit)
        page = "/admin/delegations/categories/here/order/"
        assert 'name="move"' not in text(vetting.get(page))
        assert vetting.post(page, {"do": "save"}).status_code == 403


def numbered(keys: list[int]) -> dict[str, int]:
    found = {f"place-{key}": place for place, key in enumerate(keys, start=1)}
    return found | {f"was-{key}": place for place, key in enumerate(keys, start=1)}


class TestZones:
    def test_added_and_ordered(self, summit: Summit, protocol: Client) -> None:
        for code in "AB":
            values = {"summit": summit.pk, "code": code, "name": f"Zone {code}"}
            assert protocol.post(f"{ZONES}add/", values).status_code == 302
        keys = list(Zone.objects.order_by("-code").values_list("pk", flat=True))
        page = "/admin/delegations/zones/here/order/"
        assert protocol.post(page, {"do": "save", **numbered(keys)}).status_code == 302
        assert list(Zone.objects.values_list("code", flat=True)) == ["B", "A"]

    def test_a_mark_stands_once(self, summit: Summit, protocol: Client) -> None:
        f.ZoneFactory(summit=summit, code="A")
        answer = protocol.post(f"{ZONES}add/", {"summit": summit.pk, "code": "A", "name": "Again"})
        assert dict(answer.context["adminform"].form.errors) == {
            "code": ["Another zone has this mark. Choose another."]
        }

    def test_another_summit_is_no_choice(self, protocol: Client) -> None:
        there = f.SummitFactory()
        answer = protocol.post(f"{ZONES}add/", {"summit": there.pk, "code": "A", "name": "There"})
        assert list(answer.context["adminform"].form.errors) == ["summit"]
        assert not Zone.objects.exists()


class TestOverpasses:
    def test_added_changed_and_listed(self, summit: Summit, protocol: Client) -> None:
        zone = f.ZoneFactory(summit=summit, code="A")
        values = {"summit": summit.pk, "name": "Plenary", "passes": 2, "people": 5, "most": 4, "zones": [zone.pk]}
        assert protocol.post(f"{RULES}add/", values).status_code == 302
        rule = OverpassRule.objects.get()
        assert "2 for every 5 people, 4 at most" in text(protocol.get(RULES))
        del values["zones"]
        assert protocol.post(f"{RULES}{rule.pk}/change/", values).status_code == 302
        assert not rule.zones.exists()
        assert [entry.fields for entry in AuditEntry.objects.order_by("id")] == [
            ["most", "name", "passes", "people", "zones"],
            ["zones"],
        ]

    @pytest.mark.parametrize(("passes", "people"), [(1, 0), (100_000, 5)])
    def test_none_for_nobody_and_no_more_than_people(
        self, summit: Summit, protocol: Client, passes: int, people: int
    ) -> None:
        values = {"summit": summit.pk, "name": "Plenary", "passes": passes, "people": people}
        answer = protocol.post(f"{RULES}add/", values)
        [said] = answer.context["adminform"].form.errors.values()
        assert said == ["Give one pass at least, for as many people or more."]

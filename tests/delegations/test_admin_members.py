"""Members at the desk: on their party's page, in the list of all, and many at once."""

import html
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from delegations.domain import many
from delegations.models import Category, FormerMember, Membership, Party
from summit.db.clock import db_now
from summit.domain.seen import SEEN
from summit.models import AuditEntry, Person, Role, Summit
from tests import factories as f

pytestmark = pytest.mark.django_db
LIST = "/admin/delegations/membership/"


@pytest.fixture
def party() -> Party:
    found: Party = f.PartyFactory(name="Aland", sort_key="Aland", summit__slug="here")
    Category.objects.of(found.summit)
    return found


def client_of(role: Role, summit: Summit) -> Client:
    client = Client()
    client.force_login(f.UserFactory.with_role(role, summit))
    return client


@pytest.fixture
def desk(party: Party) -> Client:
    return client_of(Role.PROTOCOL, party.summit)


def member(party: Party, name: str = "Zoe", **more: Any) -> Membership:
    found: Membership = f.MembershipFactory(party=party, person__name=name, person__office="", **more)
    return found


def category(party: Party, code: str) -> Category:
    return Category.objects.of(party.summit)[code]


def text(response: Any) -> str:
    return str(response.content.decode())


def said(response: Any) -> list[str]:
    return [str(each) for each in get_messages(response.wsgi_request)]


def actions() -> list[str]:
    rows = AuditEntry.objects.exclude(action=SEEN).order_by("id")
    return list(rows.values_list("action", flat=True))


def page(party: Party) -> str:
    return f"/admin/delegations/party/{party.pk}/change/"


class TestPartysPage:
    def test_shows_its_members_with_what_can_be_done(self, party: Party, desk: Client) -> None:
        row = member(party)
        shown = text(desk.get(page(party)))
        for words in ("Zoe", f"{LIST}confirm/?row={row.pk}", f"{LIST}{row.pk}/replace/", "Name somebody"):
            assert words in shown, words
        planner = text(client_of(Role.PROGRAMME, party.summit).get(page(party)))
        assert ("Zoe" in planner, "Name somebody" in planner) == (True, False)
        assert "Zoe" not in text(client_of(Role.PRESS_OFFICER, party.summit).get(page(party)))

    def test_nothing_of_a_member_is_saved_by_the_form(self, party: Party, desk: Client) -> None:
        names = ("kind", "name", "formal_name", "sort_key", "region", "language", "flag")
        values: dict[str, Any] = {name: getattr(party, name) for name in names} | {"recognised": "on"}
        for prefix in ("names", "focal_points", "external_ids"):
            values |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
        person = f.PersonFactory(summit=party.summit)
        values |= {"memberships-TOTAL_FORMS": 1, "memberships-INITIAL_FORMS": 0, "memberships-0-person": person.pk}
        values |= {"memberships-0-category": category(party, "delegate").pk, "memberships-0-position": 0}
        assert desk.post(page(party), values).status_code == 302
        assert not Membership.objects.exists()

    def test_order_by_hand_tells_the_second(self, party: Party, desk: Client) -> None:
        one, two = member(party, "One"), member(party, "Two", position=1)
        address = f"/admin/delegations/party/{party.pk}/members/order/"
        expected = desk.get(address).context["expected"]
        values = {f"place-{one.pk}": 2, f"was-{one.pk}": 1, f"place-{two.pk}": 1, f"was-{two.pk}": 2}
        values |= {"do": "save", "expected": expected}
        assert desk.post(address, values).status_code == 302
        assert [row.person.name for row in party.memberships.order_by("position")] == ["Two", "One"]
        late = desk.post(address, values)
        assert (late.status_code, "Somebody else saved another order" in text(late)) == (409, True)
        assert actions() == ["delegations.reorder"]


class TestNaming:
    def address(self, party: Party) -> str:
        return f"/admin/delegations/party/{party.pk}/name/"

    def test_who_is_entered_for_the_party_is_offered(self, party: Party, desk: Client) -> None:
        f.ParticularsFactory(person__summit=party.summit, person__name="Yan", entered_for=party)
        f.PersonFactory(summit=party.summit, name="Xenia")
        shown = text(desk.get(self.address(party)))
        assert ("Yan" in shown, "Xenia" in shown) == (True, False)

    def test_others_are_looked_for_and_who_belongs_somewhere_is_no_choice(self, party: Party, desk: Client) -> None:
        free = f.PersonFactory(summit=party.summit, name="Xenia Free")
        taken = member(f.PartyFactory(summit=party.summit, name="Bland"), "Xenia Taken")
        f.PersonFactory(name="Xenia Elsewhere")
        shown = text(desk.get(self.address(party), {"look": "xenia"}))
        assert f'value="{free.pk}"' in shown
        assert f'name="person" value="{taken.person_id}"' not in shown
        assert "Xenia Taken" in shown
        assert "Elsewhere" not in shown

    def test_a_person_is_named(self, party: Party, desk: Client) -> None:
        person = f.PersonFactory(summit=party.summit, name="Xenia")
        values = {"person": person.pk, "category": category(party, "adviser").pk}
        answer = desk.post(self.address(party), values)
        assert answer["Location"] == f"{page(party)}#members"
        row = Membership.objects.get()
        assert (row.person, row.party, row.category.code) == (person, party, "adviser")
        assert actions() == ["delegations.name"]

    def test_what_stops_it_is_said(self, party: Party, desk: Client) -> None:
        member(party, code="head")
        person = f.PersonFactory(summit=party.summit, name="Xenia")
        foreign = f.PersonFactory()
        head = category(party, "head").pk
        for values, words in (
            ({"person": person.pk, "category": head}, "Aland has a head already. Replace that person instead."),
            ({"category": head}, "Choose somebody from the list"),
            ({"person": foreign.pk, "category": head}, "Choose somebody from the list"),
            ({"person": person.pk, "category": category(f.PartyFactory(), "head").pk}, "Choose in which category."),
        ):
            answer = desk.post(self.address(party), {"look": "xenia", **values})
            assert (answer.status_code, words in text(answer)) == (422, True), words
        assert Membership.objects.count() == 1

    def enter(self, desk: Client, address: str, **more: str) -> Any:
        """Enter a new person by the way that this page offers."""
        offered = re.search(r'href="(/admin/summit/person/add/[^"]+)"', text(desk.get(address)))
        assert offered
        values = {"name": "Xenia", "office": "", "language": "en", "_save": "", **more}
        return desk.post(html.unescape(offered[1]), {"summit": Summit.objects.get(slug="here").pk, **values})

    def test_who_is_entered_on_the_way_is_chosen(self, party: Party, desk: Client) -> None:
        answer = self.enter(desk, self.address(party))
        entered = Person.objects.get(name="Xenia")
        assert answer["Location"] == f"{self.address(party)}?person={entered.pk}"
        assert f'value="{entered.pk}" checked' in text(desk.get(answer["Location"]))

    def test_who_is_entered_to_take_a_place_is_chosen(self, party: Party, desk: Client) -> None:
        address = f"{LIST}{member(party, code='head').pk}/replace/"
        answer = self.enter(desk, address)
        assert answer["Location"] == f"{address}?person={Person.objects.get(name='Xenia').pk}"

    def test_what_an_address_makes_up_leads_nowhere_else(self, party: Party, desk: Client) -> None:
        values = {"summit": party.summit_id, "name": "Xenia", "language": "en", "_save": ""}
        for number, made_up in enumerate(("//evil.example", "name-", "name-1/../2", f"name-{'9' * 30}", "move-1")):
            values["name"] = f"Xenia {'abcde'[number]}"
            answer = desk.post(f"/admin/summit/person/add/?{urlencode({'then': made_up})}", values)
            assert answer["Location"] == "/admin/summit/person/", made_up

    def test_who_is_chosen_belongs_to_the_summit(self, party: Party, desk: Client) -> None:
        foreign = f.PersonFactory(name="Xenia Elsewhere")
        assert "Elsewhere" not in text(desk.get(self.address(party), {"person": foreign.pk}))

    def test_who_plans_names_nobody(self, party: Party) -> None:
        assert client_of(Role.PROGRAMME, party.summit).get(self.address(party)).status_code == 403


class TestReplacing:
    def test_another_takes_the_place(self, party: Party, desk: Client) -> None:
        row, person = member(party, code="head"), f.PersonFactory(summit=party.summit, name="Xenia", office="")
        answer = desk.post(f"{LIST}{row.pk}/replace/", {"person": person.pk})
        assert (answer.status_code, said(answer)) == (302, ["Xenia is in the place of Zoe now."])
        assert Membership.objects.get().person == person
        assert FormerMember.objects.get().successor == person
        assert actions() == ["delegations.replace"]

    def test_somebody_of_the_party_leaves_their_place(self, party: Party, desk: Client) -> None:
        row, deputy = member(party, code="head"), member(party, "Yan", code="alternate")
        page = text(desk.get(f"{LIST}{row.pk}/replace/"))
        assert f'name="person" value="{deputy.person_id}"' in page
        assert f'name="person" value="{row.person_id}"' not in page
        answer = desk.post(f"{LIST}{row.pk}/replace/", {"person": deputy.person_id})
        assert (answer.status_code, said(answer)) == (302, ["Yan is in the place of Zoe now."])
        assert [(found.person.name, found.capacity) for found in Membership.objects.all()] == [("Yan", "head")]

    def test_their_own_page_leads_there(self, party: Party, desk: Client) -> None:
        row = member(party, code="head")
        address = f"/admin/summit/person/{row.person_id}/change/"
        assert f'href="{LIST}{row.pk}/replace/"' in text(desk.get(address))
        assert f'href="{LIST}{row.pk}/replace/"' not in text(client_of(Role.PROGRAMME, party.summit).get(address))

    def test_somebody_of_a_party_does_not(self, party: Party, desk: Client) -> None:
        row, other = member(party), member(f.PartyFactory(summit=party.summit, name="Bland"), "Yan")
        answer = desk.post(f"{LIST}{row.pk}/replace/", {"person": other.person_id})
        assert answer.status_code == 422
        assert "Yan belongs to Bland already. Withdraw them there first." in text(answer)


class TestMany:
    def test_confirming_asks_and_says_who_is_confirmed_already(self, party: Party, desk: Client) -> None:
        rows = [member(party, "One"), member(party, "Two"), member(party, "Three", confirmed_at=db_now())]
        chosen = {"action": "confirm", "_selected_action": [row.pk for row in rows]}
        asked = desk.post(LIST, chosen, follow=True)
        assert "Confirm 2 members</button>" in text(asked)
        assert "1 stays as it is" in text(asked)
        assert "Three" in text(asked)
        assert Membership.objects.filter(confirmed_at__isnull=True).count() == 2
        done = desk.post(f"{LIST}confirm/", {"row": [row.pk for row in rows]})
        assert said(done) == ["2 members are confirmed.", "Three: is confirmed already"]
        assert actions() == ["delegations.confirm"] * 2

    def test_moving_says_for_whom_there_is_no_place(self, party: Party, desk: Client) -> None:
        Category.objects.filter(code="adviser").update(quota=1)
        rows = [member(party, "One"), member(party, "Two")]
        adviser = category(party, "adviser")
        query = {"row": [row.pk for row in rows]}
        assert "Look who can be moved</button>" in text(desk.get(f"{LIST}move/", query))
        asked = text(desk.get(f"{LIST}move/", {**query, "category": adviser.pk}))
        assert "Put 1 member into “adviser”</button>" in asked
        assert "The quota of Aland for “adviser” is 1, and it has named 1." in asked
        done = desk.post(f"{LIST}move/", {**query, "category": adviser.pk})
        assert said(done)[0] == "1 member is moved."
        assert [row.category.code for row in Membership.objects.order_by("pk")] == ["adviser", "delegate"]
        assert Membership.objects.get(person__name="One").capacity == "adviser"
        entry = AuditEntry.objects.get(action="delegations.move")
        assert entry.detail == {"category": "adviser", "before": "delegate"}

    def test_withdrawing(self, party: Party, desk: Client) -> None:
        rows = [member(party, "One"), member(party, "Two")]
        query = {"row": [row.pk for row in rows]}
        asked = text(desk.get(f"{LIST}withdraw/", query))
        assert "Withdraw 2 members</button>" in asked
        assert said(desk.post(f"{LIST}withdraw/", query)) == ["2 members are withdrawn."]
        assert (Membership.objects.count(), FormerMember.objects.count()) == (0, 2)
        assert "This can be done with none" in text(desk.get(f"{LIST}withdraw/", query))

    def test_rows_of_another_summit_are_not_there(self, party: Party, desk: Client) -> None:
        foreign = member(f.PartyFactory(name="Elsewhere"), "Foreign")
        for verb in ("confirm", "withdraw", "move"):
            desk.post(f"{LIST}{verb}/", {"row": foreign.pk, "category": category(foreign.party, "adviser").pk})
        foreign.refresh_from_db()
        assert (foreign.confirmed_at, foreign.category.code) == (None, "delegate")

    def test_the_domain_asks_for_the_right_of_each_party(self, party: Party) -> None:
        foreign = member(f.PartyFactory(), "Foreign")
        by = f.UserFactory.with_role(Role.PROTOCOL, party.summit)
        for deed in (many.confirm, many.withdraw):
            with pytest.raises(PermissionDenied):
                deed(memberships=[member(party), foreign], by=by)
        assert Membership.objects.filter(confirmed_at__isnull=True).count() == 3

    def test_a_category_of_another_summit_takes_nobody(self, party: Party) -> None:
        row = member(party)
        by = f.UserFactory(is_superuser=True)
        reach = many.to_move(memberships=[row], category=category(f.PartyFactory(), "adviser"), by=by)
        assert [why for _row, why in reach.skipped] == ["belongs to another summit than the category"]

    @pytest.mark.parametrize("verb", ["confirm", "move"])
    def test_queries_do_not_grow(self, party: Party, verb: str) -> None:
        by = f.UserFactory.with_role(Role.PROTOCOL, party.summit)

        def count(number: int) -> int:
            rows = [member(f.PartyFactory(summit=party.summit), f"P{n}") for n in range(number)]
            with CaptureQueriesContext(connection) as queries:
                if verb == "confirm":
                    reach = many.confirm(memberships=rows, by=by)
                else:
                    reach = many.move(memberships=rows, category=category(party, "adviser"), by=by)
            assert len(reach.to) == number
            return len(queries)

        count(2)
        assert count(3) == count(12)


class TestList:
    def test_is_narrowed(self, party: Party, desk: Client) -> None:
        other = f.PartyFactory(summit=party.summit, name="Bland", sort_key="Bland")
        Category.objects.filter(code="spouse").update(vetted=False)
        one = member(party, "One", confirmed_at=db_now())
        member(other, "Two", code="spouse")
        f.ParticularsFactory(person=one.person, arrives_at=f.START)
        f.PhotoFactory(person=one.person)

        def found(**query: Any) -> list[str]:
            return [row.person.name for row in desk.get(LIST, query).context["cl"].result_list]

        assert found() == ["One", "Two"]
        assert found(party=other.pk) == ["Two"]
        assert found(category=category(party, "delegate").pk) == ["One"]
        assert found(confirmed_at__isempty=1) == ["Two"]
        assert found(vetted="no") == ["Two"]
        assert found(lacks="photo") == ["Two"]
        assert found(lacks="arrival") == ["Two"]
        assert found(q="bland") == ["Two"]

    def test_says_what_each_lacks_and_records_who_saw_it(self, party: Party, desk: Client) -> None:
        row = member(party)
        f.PhotoFactory(person=row.person)
        assert "a passport number, an arrival" in text(desk.get(LIST))
        entry = AuditEntry.objects.get(action=SEEN)
        assert (entry.object_type, entry.fields) == ("delegations.membership", ["person"])

    def test_a_thousand_cost_as_much_as_sixty(self, party: Party, desk: Client) -> None:
        def count() -> int:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                desk.get(LIST)
            return len(queries)

        def add(number: int) -> None:
            people = [f.PersonFactory.build(summit=party.summit, name=f"P{n}") for n in range(number)]
            made = type(people[0]).objects.bulk_create(people)
            delegate = category(party, "delegate")
            Membership.objects.bulk_create(
                [Membership(party=party, person=row, category=delegate, capacity="delegate") for row in made]
            )

        # As many as fill a page and begin another.
        add(60)
        count()
        few = count()
        add(1000)
        assert count() == few

    def test_a_members_page_has_the_buttons_that_fit(self, party: Party, desk: Client) -> None:
        row = member(party)
        address = f"{LIST}{row.pk}/change/"
        assert f"{LIST}confirm/?row={row.pk}" in text(desk.get(address))
        assert "/replace/" not in text(client_of(Role.PROGRAMME, party.summit).get(address))

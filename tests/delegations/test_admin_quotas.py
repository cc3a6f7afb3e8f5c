"""How many a party may name, at the desk: its page, the list of exceptions, the filter on the list of parties."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from delegations.domain import quotas
from delegations.domain.quotas import QuotaProblem
from delegations.models import Category, Party, Policy, Quota
from summit.models import AuditEntry, Role, Summit, User
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def party() -> Party:
    found: Party = f.PartyFactory(name="Aland", summit__slug="here")
    Category.objects.of(found.summit)
    return found


def client_of(role: Role, summit: Summit) -> Client:
    client = Client()
    client.force_login(f.UserFactory.with_role(role, summit, name="Olive"))
    return client


@pytest.fixture
def organiser(party: Party) -> Client:
    return client_of(Role.ORGANISER, party.summit)


def category(party: Party, code: str = "delegate") -> Category:
    return Category.objects.of(party.summit)[code]


def address(party: Party) -> str:
    return f"/admin/delegations/party/{party.pk}/quotas/"


def text(response: Any) -> str:
    return str(response.content.decode())


class TestDropping:
    def by(self, party: Party) -> User:
        return f.UserFactory.with_role(Role.ORGANISER, party.summit)

    def test_the_usual_number_holds_again(self, party: Party) -> None:
        f.QuotaFactory(party=party, category=category(party), number=9)
        by = self.by(party)
        assert quotas.drop_quota(party=party, category=category(party), by=by) is True
        assert quotas.drop_quota(party=party, category=category(party), by=by) is False
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.detail) == (
            "delegations.drop_quota",
            {"before": 9, "number": None, "category": "delegate"},
        )

    def test_not_beneath_who_is_named(self, party: Party) -> None:
        Policy.objects.create(summit=party.summit, total=1)
        f.QuotaFactory(party=party, category=None, number=9)
        f.MembershipFactory.create_batch(2, party=party)
        with pytest.raises(QuotaProblem, match="All others may name 1, and 2 are named here"):
            quotas.drop_quota(party=party, category=None, by=self.by(party))
        assert Quota.objects.exists()

    def test_protocol_drops_none(self, party: Party) -> None:
        with pytest.raises(PermissionDenied, match="This can be done by: organiser"):
            quotas.drop_quota(party=party, category=None, by=f.UserFactory.with_role(Role.PROTOCOL, party.summit))


class TestPage:
    def test_shows_the_meters_and_who_raises_a_number(self, party: Party) -> None:
        Policy.objects.create(summit=party.summit, total=4)
        f.MembershipFactory(party=party, code="head")
        shown = text(client_of(Role.PROTOCOL, party.summit).get(address(party)))
        assert "Raising a number: This can be done by: organiser." in shown
        assert 'data-state="warn">full</span>' in shown
        assert "in all" in shown
        assert 'name="number"' not in shown

    def test_an_organiser_raises_one_with_a_reason(self, party: Party, organiser: Client) -> None:
        values = {"category": category(party).pk, "number": "12", "reason": "Hosts the next summit"}
        assert organiser.post(address(party), values)["Location"] == address(party)
        row = Quota.objects.get()
        assert (row.category, row.number, row.reason) == (category(party), 12, "Hosts the next summit")
        shown = text(organiser.get(address(party)))
        assert "delegate: 12" in shown
        assert "Hosts the next summit" in shown
        assert organiser.post(address(party), {"drop": category(party).pk}).status_code == 302
        assert not Quota.objects.exists()

    def test_the_number_in_all_too(self, party: Party, organiser: Client) -> None:
        values = {"category": "all", "number": "30", "reason": "Two ministers"}
        assert organiser.post(address(party), values).status_code == 302
        assert Quota.objects.get().category is None

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"number": "", "reason": "x"}, "number"),
            ({"number": "many", "reason": "x"}, "number"),
            ({"number": "9" * 30, "reason": "x"}, "number"),
            ({"number": "0", "reason": "x"}, "number"),
            ({"number": "5", "reason": " "}, "reason"),
            ({"number": "5", "reason": "x", "category": "987654"}, "category"),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field(
        self, party: Party, organiser: Client, values: dict[str, str], field: str
    ) -> None:
        f.MembershipFactory(party=party)
        answer = organiser.post(address(party), {"category": category(party).pk, **values})
        assert answer.status_code == 422
        assert f'<a href="#{field}">' in text(answer)
        assert not Quota.objects.exists()

    def test_protocol_posts_in_vain(self, party: Party) -> None:
        values = {"category": category(party).pk, "number": "12", "reason": "x"}
        assert client_of(Role.PROTOCOL, party.summit).post(address(party), values).status_code == 403
        assert not Quota.objects.exists()


class TestLists:
    def test_all_exceptions_with_reason_who_and_when(self, party: Party, organiser: Client) -> None:
        by = f.UserFactory(name="Otto")
        f.QuotaFactory(party=party, category=category(party, "head"), number=2, reason="Two kings", set_by=by)
        f.QuotaFactory(number=77)
        shown = text(organiser.get("/admin/delegations/quota/"))
        for words in ("Aland", "Two kings", "Otto", "head of delegation", "1 quota"):
            assert words in shown, words
        assert ">77<" not in shown

    def test_parties_over_full_and_with_room(self, party: Party, organiser: Client) -> None:
        full = f.PartyFactory(summit=party.summit, name="Bland")
        over = f.PartyFactory(summit=party.summit, name="Cland")
        f.MembershipFactory(party=full, code="head")
        f.MembershipFactory.create_batch(2, party=over)
        f.QuotaFactory(party=over, category=category(party), number=1)
        f.QuotaFactory(party=party, category=category(party), number=0)
        found = {
            word: [
                row.name
                for row in organiser.get(f"/admin/delegations/party/?quotas={word}").context["cl"].result_list
            ]
            for word in ("over", "full", "room")
        }
        assert found == {"over": ["Cland"], "full": ["Bland"], "room": ["Aland"]}

    def test_the_filter_asks_as_much_for_many(self, party: Party, organiser: Client) -> None:
        def count() -> int:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                organiser.get("/admin/delegations/party/?quotas=full")
            return len(queries)

        f.MembershipFactory(party=party, code="head")
        count()
        few = count()
        for _number in range(8):
            f.MembershipFactory(party__summit=party.summit, code="head")
        assert count() == few

    def test_who_sees_no_members_narrows_nothing(self, party: Party) -> None:
        client = client_of(Role.VIEWER, party.summit)
        shown = client.get("/admin/delegations/party/?quotas=over")
        assert "More are named than may be" not in text(shown)
        assert [row.name for row in shown.context["cl"].result_list] == ["Aland"]

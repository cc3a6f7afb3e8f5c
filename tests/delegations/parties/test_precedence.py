"""The protocol order of parties, and groups of countries: a country stands in as many as it belongs to."""

from collections import Counter
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.test import Client

from delegations.core import row_order
from delegations.parties.models.groups import PartyGroup
from delegations.parties.models.parties import Party
from delegations.parties.selectors import country_recognition, un_country_names
from delegations.parties.selectors.regions import CODES_OF
from delegations.parties.services import groups, precedence
from summit.audit.models import AuditEntry
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import refuses, text
from tests.threads import at_once, meet_after, names

pytestmark = pytest.mark.django_db
PAGE = "/admin/delegations/order/here/"


@pytest.fixture
def summit(db: None) -> Summit:
    found = f.SummitFactory(slug="here")
    for name in ("Aland", "Bland", "Cland", "Dland"):
        f.PartyFactory(summit=found, name=name)
    return found


def keys(summit: Summit, *names: str) -> list[int]:
    return [Party.objects.get(summit=summit, name=name).pk for name in names]


def now(summit: Summit) -> str:
    return precedence.mark(Party.objects.filter(summit=summit))


def stored(summit: Summit) -> list[tuple[str, int | None]]:
    return [(row.name, row.protocol_order) for row in precedence.parties(summit)]


class TestMoved:
    def test_one_is_moved_or_numbers_are_entered(self) -> None:
        for key, how, found in (
            *((2, "up", [2, 1, 3]), (1, "up", [1, 2, 3]), (2, "down", [1, 3, 2]), (3, "down", [1, 2, 3])),
            *((3, "top", [3, 1, 2]), (2, "out", [1, 3]), (9, "up", [1, 2, 3, 9]), (9, "top", [9, 1, 2, 3])),
            *((9, "down", [1, 2, 3]), (9, "out", [1, 2, 3])),
        ):
            assert row_order.moved([1, 2, 3], key, how) == found
        for numbers, found in (
            *(({1: 1, 2: 2, 3: 3}, [1, 2, 3]), ({1: 1, 2: 1, 3: 3}, [2, 1, 3]), ({1: 2, 2: 2, 3: 3}, [2, 1, 3])),
            *(({1: 3, 2: 2, 3: 3}, [2, 3, 1]), ({1: 99, 2: 2, 3: 3}, [2, 3, 1]), ({2: 2, 3: 3}, [2, 3])),
            *(({1: 1, 2: 2, 3: 3, 9: 2}, [1, 9, 2, 3]), ({}, [])),
        ):
            assert row_order.by_numbers(numbers, {1: 1, 2: 2, 3: 3}) == found


class TestSave:
    def test_the_order_is_one_deed(self, summit: Summit, protocol: User) -> None:
        ranked = keys(summit, "Dland", "Bland")
        precedence.arrange(summit=summit, ranked=ranked, expected=now(summit), by=protocol)
        assert stored(summit) == [("Dland", 1), ("Bland", 2), ("Aland", None), ("Cland", None)]
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.detail) == ("delegations.order", {"ranked": 2, "moved": 2})
        precedence.arrange(summit=summit, ranked=ranked, expected=now(summit), by=protocol)
        assert AuditEntry.objects.count() == 1
        precedence.arrange(summit=summit, ranked=ranked[1:], expected=now(summit), by=protocol)
        assert stored(summit) == [("Bland", 1), ("Aland", None), ("Cland", None), ("Dland", None)]

    def test_the_second_is_told_and_nothing_is_lost(self, summit: Summit, protocol: User) -> None:
        looked_at = now(summit)
        # A party that is entered meanwhile disturbs nobody.
        f.PartyFactory(summit=summit, name="Zland")
        precedence.arrange(summit=summit, ranked=keys(summit, "Dland"), expected=looked_at, by=protocol)
        with pytest.raises(row_order.OrderChanged, match="Someone else has just saved a different order"):
            precedence.arrange(summit=summit, ranked=keys(summit, "Aland"), expected=looked_at, by=protocol)
        assert stored(summit)[0] == ("Dland", 1)
        (own,) = keys(summit, "Aland")
        for ranked in ([f.PartyFactory().pk], [own, own]):
            with pytest.raises(ValueError, match="twice"):
                precedence.arrange(summit=summit, ranked=ranked, expected=now(summit), by=protocol)
        by = f.UserFactory.with_role(Role.PROGRAMME, summit)
        refuses(PermissionDenied, precedence.arrange, summit=summit, ranked=[own], expected=now(summit), by=by)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def race(self, summit: Summit, protocol: User, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
        """Let two save an order, who both looked at the same one; return what came of each."""
        looked_at = now(summit)
        meet_after(monkeypatch, precedence, "mark")
        one, other = keys(summit, "Aland", "Bland"), keys(summit, "Dland", "Cland")
        return names(
            at_once(
                lambda: precedence.arrange(summit=summit, ranked=one, expected=looked_at, by=protocol),
                lambda: precedence.arrange(summit=summit, ranked=other, expected=looked_at, by=protocol),
            )
        )

    def test_one_order_is_saved_whole_and_the_other_is_told(
        self, summit: Summit, protocol: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        came = self.race(summit, protocol, monkeypatch)
        ranked = [row for row in stored(summit) if row[1] is not None]
        assert (came, ranked) in (
            ([None, "OrderChanged"], [("Aland", 1), ("Bland", 2)]),
            (["OrderChanged", None], [("Dland", 1), ("Cland", 2)]),
        )
        assert AuditEntry.objects.filter(action="delegations.order").count() == 1

    def test_without_the_lock_both_are_saved_over_one_another(
        self, summit: Summit, protocol: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **kwargs: rows)
        assert self.race(summit, protocol, monkeypatch) == [None, None]


class TestPage:
    def form(self, summit: Summit, places: dict[str, Any], **more: Any) -> dict[str, Any]:
        found: dict[str, Any] = {"expected": now(summit), **more}
        for row in Party.objects.filter(summit=summit):
            found[f"place-{row.pk}"] = places.get(row.name, "")
            found[f"was-{row.pk}"] = row.protocol_order or ""
        return found

    def shown(self, response: Any) -> list[tuple[str, int | None]]:
        return [(row.party.name, row.place or None) for row in response.context["rows"]]

    def test_the_second_keeps_their_own_and_may_save_it(self, summit: Summit, desk: Client, protocol: User) -> None:
        mine = self.form(summit, {"Bland": 1}, do="save")
        precedence.arrange(summit=summit, ranked=keys(summit, "Dland"), expected=now(summit), by=protocol)
        response = desk.post(PAGE, mine)
        assert response.status_code == 409
        assert self.shown(response)[0] == ("Bland", 1)
        assert "Someone else has just saved a different order." in text(response)
        again = desk.post(PAGE, {**mine, "expected": response.context["expected"]})
        assert again.status_code == 302
        assert stored(summit)[:2] == [("Bland", 1), ("Aland", None)]


PARTIES = (("Egypt", "EG"), ("Acme", ""), ("France", "FR"))
CONTINENTS = ("africa", "americas", "asia", "europe", "oceania")
OF_THE_UN = ("un-africa", "un-asia", "un-east", "un-latin", "un-west")
STATES = set(un_country_names.names("en"))
MEMBERS = STATES - {"VA", "PS"}


def test_each_country_stands_on_one_continent_and_in_its_group_of_the_un() -> None:
    found = Counter(code for name in CONTINENTS for code in CODES_OF[name])
    assert (set(found), set(found.values())) == (STATES, {1})
    found = Counter(code for name in OF_THE_UN for code in CODES_OF[name])
    assert set(found) == MEMBERS
    assert {code for code, number in found.items() if number > 1} == {"TR"}
    assert [len(CODES_OF[name]) for name in (*OF_THE_UN, "eu", "g20")] == [54, 55, 23, 33, 29, 27, 19]
    assert all(country_recognition.code_of(code) == code for codes in CODES_OF.values() for code in codes)


def test_a_group_has_parties_of_its_own_summit_alone(summit: Summit, protocol: User) -> None:
    with pytest.raises(ValidationError, match="belongs to another summit"):
        groups.create(summit=summit, values={"name": "Odd", "parties": [f.PartyFactory()]}, by=protocol)
    assert PartyGroup.objects.count() == 0


def test_the_api_tells_desks_their_groups(summit: Summit, desk: Client) -> None:
    egypt, acme, _other = (f.PartyFactory(summit=summit, name=name, iso_code=code) for name, code in PARTIES)
    address = f"/api/v1/summits/{summit.slug}/desk/"
    sent = {"name": "Nile basin", "parties": [egypt.public_id, acme.public_id]}
    made = desk.post(f"{address}party-groups/", sent, content_type="application/json").json()
    assert (made["name"], set(made["parties"])) == (sent["name"], {egypt.public_id, acme.public_id})

    def found(client: Client, group: str) -> list[str]:
        return [row["name"] for row in client.get(f"{address}parties/?group={group}").json()["results"]]

    assert found(desk, made["id"]) == ["Acme", "Egypt"]
    assert found(desk, "none") == ["Acme", "Aland", "Bland", "Cland", "Dland"]
    refused = desk.get(f"{address}parties/?group=afrika")
    assert (refused.status_code, "There is no group “afrika”." in text(refused)) == (400, True)
    # Whoever acts for a party learns by no filter in which groups the desks have put it.
    focal = f.FocalPointFactory(party=egypt, person__summit=summit, person__user=f.UserFactory()).person.user
    own = signed_in(focal)
    assert (found(own, "africa"), found(own, made["id"])) == (["Egypt"], [])

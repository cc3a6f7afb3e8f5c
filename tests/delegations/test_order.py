"""The protocol order by hand: moved by buttons and numbers, saved as one deed, safe against two at once."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import QuerySet
from django.test import Client

from delegations.domain import order
from delegations.models import Party
from summit.models import AuditEntry, Role, Summit, User
from tests import factories as f

pytestmark = pytest.mark.django_db
PAGE = "/admin/delegations/order/here/"


@pytest.fixture
def summit() -> Summit:
    found: Summit = f.SummitFactory(slug="here")
    for name in ("Aland", "Bland", "Cland", "Dland"):
        f.PartyFactory(summit=found, name=name)
    return found


@pytest.fixture
def protocol(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.PROTOCOL, summit)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def keys(summit: Summit, *names: str) -> list[int]:
    return [Party.objects.get(summit=summit, name=name).pk for name in names]


def now(summit: Summit) -> str:
    return order.mark(Party.objects.filter(summit=summit))


def stored(summit: Summit) -> list[tuple[str, int | None]]:
    return [(row.name, row.protocol_order) for row in order.parties(summit)]


class TestMoved:
    @pytest.mark.parametrize(
        ("key", "how", "found"),
        [
            (2, "up", [2, 1, 3]),
            (1, "up", [1, 2, 3]),
            (2, "down", [1, 3, 2]),
            (3, "down", [1, 2, 3]),
            (3, "top", [3, 1, 2]),
            (2, "out", [1, 3]),
            (9, "up", [1, 2, 3, 9]),
            (9, "top", [9, 1, 2, 3]),
            (9, "down", [1, 2, 3]),
            (9, "out", [1, 2, 3]),
        ],
    )
    def test_one_is_moved(self, key: int, how: str, found: list[int]) -> None:
        assert order.moved([1, 2, 3], key, how) == found

    @pytest.mark.parametrize(
        ("numbers", "found"),
        [
            ({1: 1, 2: 2, 3: 3}, [1, 2, 3]),
            ({1: 1, 2: 1, 3: 3}, [2, 1, 3]),
            ({1: 2, 2: 2, 3: 3}, [2, 1, 3]),
            ({1: 3, 2: 2, 3: 3}, [2, 3, 1]),
            ({1: 99, 2: 2, 3: 3}, [2, 3, 1]),
            ({2: 2, 3: 3}, [2, 3]),
            ({1: 1, 2: 2, 3: 3, 9: 2}, [1, 9, 2, 3]),
            ({}, []),
        ],
    )
    def test_numbers_are_entered(self, numbers: dict[int, int], found: list[int]) -> None:
        assert order.by_numbers(numbers, {1: 1, 2: 2, 3: 3}) == found


class TestSave:
    def test_the_order_is_one_deed(self, summit: Summit, protocol: User) -> None:
        ranked = keys(summit, "Dland", "Bland")
        order.arrange(summit=summit, ranked=ranked, expected=now(summit), by=protocol)
        assert stored(summit) == [("Dland", 1), ("Bland", 2), ("Aland", None), ("Cland", None)]
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.detail) == ("delegations.order", {"ranked": 2, "moved": 2})
        order.arrange(summit=summit, ranked=ranked, expected=now(summit), by=protocol)
        assert AuditEntry.objects.count() == 1

    def test_who_is_left_out_is_ranked_no_more(self, summit: Summit, protocol: User) -> None:
        order.arrange(summit=summit, ranked=keys(summit, "Dland", "Bland"), expected=now(summit), by=protocol)
        order.arrange(summit=summit, ranked=keys(summit, "Bland"), expected=now(summit), by=protocol)
        assert stored(summit) == [("Bland", 1), ("Aland", None), ("Cland", None), ("Dland", None)]

    def test_the_second_is_told_and_nothing_is_lost(self, summit: Summit, protocol: User) -> None:
        looked_at = now(summit)
        order.arrange(summit=summit, ranked=keys(summit, "Dland"), expected=looked_at, by=protocol)
        with pytest.raises(order.OrderChanged, match="Somebody else saved another order"):
            order.arrange(summit=summit, ranked=keys(summit, "Aland"), expected=looked_at, by=protocol)
        assert stored(summit)[0] == ("Dland", 1)

    def test_a_party_that_is_entered_meanwhile_disturbs_nobody(self, summit: Summit, protocol: User) -> None:
        looked_at = now(summit)
        f.PartyFactory(summit=summit)
        order.arrange(summit=summit, ranked=keys(summit, "Dland"), expected=looked_at, by=protocol)
        assert stored(summit)[0] == ("Dland", 1)

    def test_a_foreign_party_and_one_twice_are_refused(self, summit: Summit, protocol: User) -> None:
        (own,) = keys(summit, "Aland")
        for ranked in ([f.PartyFactory().pk], [own, own]):
            with pytest.raises(ValueError, match="twice"):
                order.arrange(summit=summit, ranked=ranked, expected=now(summit), by=protocol)

    @pytest.mark.parametrize("role", [role for role in Role if role not in (Role.ORGANISER, Role.PROTOCOL)])
    def test_who_may_not(self, summit: Summit, role: Role) -> None:
        user = f.UserFactory.with_role(role, summit)
        with pytest.raises(PermissionDenied):
            order.arrange(summit=summit, ranked=keys(summit, "Aland"), expected=now(summit), by=user)


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def together(self, *deeds: Callable[[], Any]) -> list[Any]:
        start, results = threading.Barrier(len(deeds)), []

        def run(deed: Callable[[], Any]) -> None:
            try:
                start.wait(10)
                results.append(deed())
            except order.OrderChanged as problem:
                results.append(problem)
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return results

    def race(self, summit: Summit, protocol: User) -> list[Any]:
        looked_at = now(summit)
        one, other = keys(summit, "Aland", "Bland"), keys(summit, "Dland", "Cland")

        def saves(ranked: list[int]) -> Callable[[], Any]:
            return lambda: order.arrange(summit=summit, ranked=ranked, expected=looked_at, by=protocol)

        return self.together(saves(one), saves(other))

    def test_one_order_is_saved_whole_and_the_other_is_told(self, summit: Summit, protocol: User) -> None:
        results = self.race(summit, protocol)
        assert sorted(isinstance(result, order.OrderChanged) for result in results) == [False, True]
        ranked = [row for row in stored(summit) if row[1] is not None]
        assert ranked in ([("Aland", 1), ("Bland", 2)], [("Dland", 1), ("Cland", 2)])
        assert AuditEntry.objects.filter(action="delegations.order").count() == 1

    @pytest.mark.postgresql
    def test_without_the_lock_both_are_saved_over_one_another(
        self, summit: Summit, protocol: User, monkeypatch: Any
    ) -> None:
        monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **kwargs: rows)
        met = threading.Barrier(2)
        mark = order.mark

        def slowly(rows: Any) -> str:
            found = mark(rows)
            met.wait(10)
            return found

        looked_at = now(summit)
        monkeypatch.setattr(order, "mark", slowly)
        one, other = keys(summit, "Aland", "Bland"), keys(summit, "Dland", "Cland")
        results = self.together(
            lambda: order.arrange(summit=summit, ranked=one, expected=looked_at, by=protocol),
            lambda: order.arrange(summit=summit, ranked=other, expected=looked_at, by=protocol),
        )
        assert results == [None, None]


class TestPage:
    def form(self, summit: Summit, places: dict[str, Any], **more: Any) -> dict[str, Any]:
        found: dict[str, Any] = {"expected": now(summit), **more}
        for row in Party.objects.filter(summit=summit):
            found[f"place-{row.pk}"] = places.get(row.name, "")
            found[f"was-{row.pk}"] = row.protocol_order or ""
        return found

    def shown(self, response: Any) -> list[tuple[str, int | None]]:
        return [(row.party.name, row.place or None) for row in response.context["rows"]]

    def test_a_button_moves_without_script_and_stores_nothing(self, summit: Summit, protocol: User) -> None:
        client = client_of(protocol)
        (key,) = keys(summit, "Cland")
        response = client.post(PAGE, self.form(summit, {}, move=f"top:{key}"))
        assert self.shown(response) == [("Cland", 1), ("Aland", None), ("Bland", None), ("Dland", None)]
        assert f'value="top:{key}" autofocus' in response.content.decode()
        assert stored(summit)[0] == ("Aland", None)

    def test_numbers_are_saved(self, summit: Summit, protocol: User) -> None:
        response = client_of(protocol).post(PAGE, self.form(summit, {"Dland": 1, "Bland": 7}, do="save"))
        assert response.status_code == 302
        assert stored(summit) == [("Dland", 1), ("Bland", 2), ("Aland", None), ("Cland", None)]

    def test_all_are_ranked_by_alphabet_and_stored_by_saving_alone(self, summit: Summit, protocol: User) -> None:
        response = client_of(protocol).post(PAGE, self.form(summit, {"Dland": 1}, do="alphabet"))
        assert self.shown(response) == [("Aland", 1), ("Bland", 2), ("Cland", 3), ("Dland", 4)]
        assert stored(summit)[0] == ("Aland", None)

    def test_the_second_keeps_what_they_entered_and_may_save_it_knowingly(
        self, summit: Summit, protocol: User
    ) -> None:
        client = client_of(protocol)
        mine = self.form(summit, {"Bland": 1}, do="save")
        order.arrange(summit=summit, ranked=keys(summit, "Dland"), expected=now(summit), by=protocol)
        response = client.post(PAGE, mine)
        assert response.status_code == 409
        assert self.shown(response)[0] == ("Bland", 1)
        assert "Somebody else saved another order a moment ago." in response.content.decode()
        again = client.post(PAGE, {**mine, "expected": response.context["expected"]})
        assert again.status_code == 302
        assert stored(summit)[:2] == [("Bland", 1), ("Aland", None)]

    def test_moving_keeps_the_order_that_was_looked_at(self, summit: Summit, protocol: User) -> None:
        form = self.form(summit, {}, move=f"up:{keys(summit, 'Bland')[0]}")
        order.arrange(summit=summit, ranked=keys(summit, "Dland"), expected=now(summit), by=protocol)
        response = client_of(protocol).post(PAGE, form)
        assert response.context["expected"] == form["expected"] != now(summit)

    @pytest.mark.parametrize("move", ["up", "up:x", "up:99999", "sideways:1", ":", "up:" + "9" * 30])
    def test_what_is_no_move_saves(self, summit: Summit, protocol: User, move: str) -> None:
        assert client_of(protocol).post(PAGE, self.form(summit, {"Dland": "x"}, move=move)).status_code == 302

    def test_who_reads_it_has_no_buttons(self, summit: Summit) -> None:
        client = client_of(f.UserFactory.with_role(Role.VIEWER, summit))
        content = client.get(PAGE).content.decode()
        assert "Aland" in content
        assert "Save the order" not in content
        assert client.post(PAGE, {}).status_code == 403

    def test_the_list_can_be_sorted_by_it(self, summit: Summit, protocol: User) -> None:
        order.arrange(summit=summit, ranked=keys(summit, "Dland", "Bland"), expected=now(summit), by=protocol)
        client = client_of(protocol)
        listed = client.get("/admin/delegations/party/").context["cl"]
        column = listed.list_display.index("order_word")
        rows = client.get("/admin/delegations/party/", {"o": column}).context["cl"].result_list
        assert [row.name for row in rows] == ["Dland", "Bland", "Aland", "Cland"]

    def test_queries_do_not_grow(self, summit: Summit, protocol: User, django_assert_max_num_queries: Any) -> None:
        client = client_of(protocol)
        with django_assert_max_num_queries(40) as few:
            client.get(PAGE)
        f.PartyFactory.create_batch(20, summit=summit)
        with django_assert_max_num_queries(40) as many:
            client.get(PAGE)
        assert len(many) == len(few)

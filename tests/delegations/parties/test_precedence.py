"""The protocol order by hand: moved by buttons and numbers, saved as one action, safe against two at once."""

from typing import Any

import pytest
from django.contrib.admin.sites import site
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.test import Client

from delegations.core import row_order
from delegations.parties.models.parties import Party
from delegations.parties.services import precedence
from summit.audit.models import AuditEntry
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import listed, refuses, request_of, sign_in, text
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
    def test_one_is_moved(self) -> None:
        for key, how, found in (
            *((2, "up", [2, 1, 3]), (1, "up", [1, 2, 3]), (2, "down", [1, 3, 2]), (3, "down", [1, 2, 3])),
            *((3, "top", [3, 1, 2]), (2, "out", [1, 3]), (9, "up", [1, 2, 3, 9]), (9, "top", [9, 1, 2, 3])),
            *((9, "down", [1, 2, 3]), (9, "out", [1, 2, 3])),
        ):
            assert row_order.moved([1, 2, 3], key, how) == found

    def test_numbers_are_entered(self) -> None:
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
        # Who is left out is ranked no more.
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

    def test_a_foreign_party_one_twice_and_who_may_not_are_refused(self, summit: Summit, protocol: User) -> None:
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

    def test_a_button_moves_and_stores_nothing(self, summit: Summit, desk: Client, protocol: User) -> None:
        (key,) = keys(summit, "Cland")
        response = desk.post(PAGE, self.form(summit, {}, move=f"top:{key}"))
        assert self.shown(response) == [("Cland", 1), ("Aland", None), ("Bland", None), ("Dland", None)]
        response = desk.post(PAGE, self.form(summit, {"Dland": 1}, do="alphabet"))
        assert self.shown(response) == [("Aland", 1), ("Bland", 2), ("Cland", 3), ("Dland", 4)]
        assert stored(summit)[0] == ("Aland", None)
        # Moving keeps the order that was looked at.
        form = self.form(summit, {}, move=f"up:{key}")
        precedence.arrange(summit=summit, ranked=keys(summit, "Dland"), expected=now(summit), by=protocol)
        assert desk.post(PAGE, form).context["expected"] == form["expected"] != now(summit)

    def test_numbers_are_saved_and_the_list_is_sorted_by_them(
        self, summit: Summit, desk: Client, protocol: User
    ) -> None:
        assert desk.post(PAGE, self.form(summit, {"Dland": 1, "Bland": 7}, do="save")).status_code == 302
        columns = site.get_model_admin(Party).get_changelist_instance(request_of(protocol)).list_display
        rows = listed(protocol, Party, o=columns.index("order_word"))
        assert [row.name for row in rows] == ["Dland", "Bland", "Aland", "Cland"]

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

    def test_what_is_no_move_saves(self, summit: Summit, desk: Client) -> None:
        for move in ("up:x", "up:99999", "sideways:1", "up:" + "9" * 30):
            assert desk.post(PAGE, self.form(summit, {"Dland": "x"}, move=move)).status_code == 302

    def test_who_reads_it_has_no_buttons(self, summit: Summit) -> None:
        shown = text(sign_in(summit, Role.VIEWER).get(PAGE))
        assert ("Aland" in shown, "Save order" in shown) == (True, False)

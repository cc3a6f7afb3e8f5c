"""The rows chosen in a list reach the page of an action: few by the URL, many by the browser's session."""

from typing import Any

import pytest
from django.test import Client, RequestFactory

from delegations.overview.admin import people
from summit.admin_base import selections
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.clients import signed_in

pytestmark = pytest.mark.django_db
PEOPLE = "/admin/summit/person/"


def ask(session: dict[str, Any], query: str = "", posted: dict[str, Any] | None = None) -> Any:
    factory = RequestFactory()
    request = factory.get(f"/?{query}") if posted is None else factory.post(f"/?{query}", posted)
    request.session = session  # type: ignore[assignment]
    return request


class TestSelections:
    def test_few_rows_are_named_in_the_url(self) -> None:
        session: dict[str, Any] = {}
        query = selections.query_of(ask(session), [3, 5])
        assert (query, session) == ("row=3&row=5", {})
        assert selections.chosen_keys(ask(session, query)) == [3, 5]

    def test_many_are_stored_and_the_form_names_the_same_selection(self) -> None:
        session: dict[str, Any] = {}
        keys = list(range(selections.MOST + 1))
        query = selections.query_of(ask(session), keys)
        assert len(query) < 40
        assert selections.chosen_keys(ask(session, query)) == keys
        inputs = selections.inputs_of(ask(session, query), keys)
        assert query.partition("=")[2] in inputs
        # What a form names counts, also where its URL names more.
        assert selections.chosen_keys(ask(session, query, {"row": ["7"]})) == [7]

    def test_a_session_keeps_the_newest(self) -> None:
        session: dict[str, Any] = {}
        queries = [selections.query_of(ask(session), range(start, start + selections.MOST + 1)) for start in range(5)]
        found = [bool(selections.chosen_keys(ask(session, query))) for query in queries]
        assert found == [False, True, True, True, True]

    def test_another_session_knows_nothing_of_it(self) -> None:
        query = selections.query_of(ask({}), range(selections.MOST + 1))
        assert selections.chosen_keys(ask({}, query)) == []


class TestAllThatMatch:
    @pytest.fixture
    def desk(self, summit: Summit) -> Client:
        return signed_in(f.UserFactory.with_role(Role.ORGANISER, summit))

    def test_all_are_chosen_without_a_tick_and_beyond_what_a_url_holds(
        self, summit: Summit, desk: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(selections, "MOST", 2)
        monkeypatch.setattr(selections, "NAMED", 1)
        f.PersonFactory.create_batch(4, summit=summit, language="en")
        chosen = {"action": "mark_language", "select_across": "1", "index": "0"}
        page = desk.post(PEOPLE, chosen, follow=True)
        shown = page.content.decode()
        assert "Set the language of 4 people" in shown
        assert "and 3 more" in shown
        assert 'name="row"' not in shown
        address = page.redirect_chain[-1][0]
        assert desk.post(address, {"language": "fr"}).status_code == 302
        assert set(Person.objects.values_list("language", flat=True)) == {"fr"}

    def test_nothing_is_done_where_neither_is_chosen(self, summit: Summit, desk: Client) -> None:
        f.PersonFactory(summit=summit)
        assert desk.post(PEOPLE, {"action": "mark_language", "index": "0"}).status_code == 302
        assert "language/" not in desk.post(PEOPLE, {"action": "mark_language", "index": "0"})["Location"]

    def test_accounts_are_given_in_portions_and_the_page_asks_for_the_rest(
        self, summit: Summit, desk: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(people, "MOST", 2)
        rows = [f.MembershipFactory(party__summit=summit, person__email=f"p{n}@x.example").person for n in range(3)]
        query = "&".join(f"row={row.pk}" for row in rows)
        page = desk.post(f"{PEOPLE}accounts/?{query}", follow=True).content.decode()
        assert Person.objects.filter(user__isnull=False).count() == 2
        assert "Create 1 account" in page

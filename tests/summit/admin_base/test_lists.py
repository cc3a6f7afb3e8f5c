"""The lists of the desk: lines on phones, tabs, where rows come from, saved columns and views, selections."""

import re
from typing import Any

import pytest
from django.contrib.admin.sites import site
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from delegations.invitations.admin.answers import ReplyAdmin
from delegations.overview.admin import people
from summit.admin_base import columns_and_saved_views, selections
from summit.admin_base.model_admin import SummitModelAdmin
from summit.admin_base.models import SavedView
from summit.admin_base.row_sources import sentence_of
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import read
from tests.delegations.helpers import sign_in
from tests.ratchets import broken, hold
from tests.summit.conftest import desk_of

pytestmark = pytest.mark.django_db
DESKS: list[Any] = [desk for desk in site._registry.values() if isinstance(desk, SummitModelAdmin)]
PARTIES, REPLIES = "/admin/delegations/party/", "/admin/delegations/reply/"
PEOPLE, ROOMS = "/admin/summit/person/", "/admin/summit/room/"


class TestTabs:
    def test_each_state_of_the_answer_is_a_tab_with_its_number(self, desk: Client, summit: Summit) -> None:
        f.PartyFactory(summit=summit, is_host=True)
        for state in ({}, {"sent": True}, {"answered": True}):
            f.InvitationFactory(party__summit=summit, **state)
        f.InvitationFactory(sent=True)
        tabs = desk.get(PARTIES, {"answer": "open", "kind__exact": "state"}).context["cl"].tabs
        assert [(tab.label, tab.number, tab.query, tab.current) for tab in tabs] == [
            ("All", 4, "?", False),
            ("not invited", 1, "?answer=uninvited", False),
            ("invited", 2, "?answer=invited", False),
            ("awaiting answer", 1, "?answer=open", True),
            ("answered", 1, "?answer=answered", False),
            ("attending", 1, "?answer=attending", False),
        ]
        # The number is that of the rows that the tab shows.
        for tab in tabs[1:4]:
            assert desk.get(PARTIES + tab.query).context["cl"].result_count == tab.number


class TestSources:
    def test_each_list_adds_or_says_where_rows_come_from(self, monkeypatch: pytest.MonkeyPatch) -> None:
        todo = "Let it add rows, or give it a row_source: a sentence where they come from, and where one goes on."
        hold(broken(todo, [desk for desk in DESKS if not sentence_of(desk)]))
        # The control: a list that nobody adds to is found where it declares nothing.
        monkeypatch.setattr(ReplyAdmin, "row_source", None)
        assert [str(desk) for desk in DESKS if not sentence_of(desk)] == ["delegations.ReplyAdmin"]


def test_an_empty_list_says_who_may_add(summit: Summit) -> None:
    where = reverse("admin:agenda_fixedpoint_changelist")
    shown = sign_in(summit, Role.CONFERENCE_OFFICER).get(where).content.decode()
    assert re.findall(r"Roles that can add one: [^<]*", shown) == [
        "Roles that can add one: organiser, protocol, programme."
    ]
    assert "Roles that can add one" not in sign_in(summit, Role.PROTOCOL).get(where).content.decode()


# --- as an account has arranged them --------------------------------------------------------------------------------
def listed(client: Client, **query: Any) -> Any:
    return client.get(PARTIES, query).context["cl"]


def columns(client: Client) -> list[str]:
    return [str(name) for name in listed(client).list_display if name != "action_checkbox"]


@pytest.fixture
def two(summit: Summit) -> None:
    """A state and an organisation."""
    f.PartyFactory(summit=summit, name="Aland", formal_name="Republic of Aland")
    f.PartyFactory(summit=summit, name="Borduria", kind="organisation")


@pytest.mark.usefixtures("two")
class TestColumns:
    def test_one_chooses_them_and_gets_the_usual_ones_back(self, desk: Client, summit: Summit) -> None:
        usual = columns(desk)
        chosen = {"list_setting": "columns", "column": ["formal_name", "people", "secret"]}
        assert desk.post(f"{PARTIES}?kind__exact=state&o=1", chosen)["Location"] == f"{PARTIES}?kind__exact=state"
        assert columns(desk) == ["party_line", "people", "formal_name"]
        # They are of the account alone, and the file of the list has them too.
        assert columns(desk_of(summit)) == usual
        assert "<li>Formal name</li>" in read(desk, f"{PARTIES}table/")
        for posted, found in (({"list_setting": "usual"}, usual), ({"list_setting": "columns"}, ["party_line"])):
            desk.post(PARTIES, posted)
            assert columns(desk) == found

    def test_what_one_may_not_see_is_not_offered_nor_set(self, summit: Summit) -> None:
        viewer, chosen = desk_of(summit, Role.VIEWER), {"list_setting": "columns", "column": ["people"]}
        assert desk_of(summit, Role.VETTING).post(PARTIES, chosen).status_code == 404
        assert not SavedView.objects.exists()
        assert "people" not in [name for name, _label, _shown in listed(viewer).column_choices]
        viewer.post(PARTIES, chosen)
        assert "people" not in columns(viewer)


@pytest.mark.usefixtures("two")
class TestViews:
    def test_filters_and_order_are_saved_without_what_was_searched(self, desk: Client) -> None:
        place = listed(desk).list_display.index("people")
        desk.post(f"{PARTIES}?q=Bord&kind__exact=organisation&o=-{place}", {"list_setting": "save", "name": " Mine "})
        view = SavedView.objects.get()
        assert (view.name, view.query, view.order) == ("Mine", "kind__exact=organisation", ["-people"])
        (tab,) = listed(desk).views
        shown = desk.get(PARTIES + tab.query).context["cl"]
        assert [row.name for row in shown.result_list] == ["Borduria"]
        assert ([each.current for each in shown.views], shown.can_save) == ([True], False)
        # The order is that of the column, wherever it is.
        desk.post(PARTIES, {"list_setting": "columns", "column": ["people"]})
        arranged = listed(desk)
        assert arranged.views[0].query == f"?kind__exact=organisation&o=-{arranged.list_display.index('people')}"
        desk.post(PARTIES, {"list_setting": "remove", "name": "Mine"})
        assert SavedView.objects.get().columns == ["people"]

    def test_what_is_wrong_is_said(self, organiser: User, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(columns_and_saved_views, "MOST", 1)
        values: dict[str, Any] = {"by": organiser, "label": "x.y", "query": "", "order": []}
        for query in ("", "a=1"):
            columns_and_saved_views.save_view(**{**values, "query": query}, name="A")
        for name, said in (
            (" ", "Enter a name for the view."),
            ("x" * 61, "Enter a shorter name."),
            ("B", "Remove a view first. A list can have at most 1."),
        ):
            with pytest.raises(ValidationError) as problem:
                columns_and_saved_views.save_view(**values, name=name)
            assert problem.value.messages == [said]

    def test_they_are_asked_for_once_and_need_no_script(self, desk: Client, organiser: User) -> None:
        for name in ("", "A", "B"):
            SavedView.objects.create(user=organiser, label="delegations.party", name=name, columns=["people"])
        with CaptureQueriesContext(connection) as queries:
            page = read(desk, f"{PARTIES}?kind__exact=state")
        assert sum("summit_savedview" in query["sql"] for query in queries.captured_queries) == 1
        (form,) = re.findall(r'<form method="post">(?:(?!</form>).)*value="save".*?</form>', page, re.DOTALL)
        assert 'name="csrfmiddlewaretoken"' in form
        assert '<label for="view-name">Name of the view</label>' in form
        assert page.count('name="list_setting" value="columns"') == 1


# --- chosen rows reach the page of an action: few by the URL, many by the browser's session -------------------------
def ask(session: dict[str, Any], query: str = "", posted: dict[str, Any] | None = None) -> Any:
    factory = RequestFactory()
    request: Any = factory.get(f"/?{query}") if posted is None else factory.post(f"/?{query}", posted)
    request.session = session
    return request


class TestSelections:
    def test_few_rows_are_named_in_the_url_and_many_are_stored(self) -> None:
        session: dict[str, Any] = {}
        query = selections.query_of(ask(session), [3, 5])
        assert (query, session, selections.chosen_keys(ask(session, query))) == ("row=3&row=5", {}, [3, 5])
        keys = list(range(selections.MOST + 1))
        query = selections.query_of(ask(session), keys)
        assert len(query) < 40
        assert selections.chosen_keys(ask(session, query)) == keys
        # The form names the same selection.
        assert query.partition("=")[2] in selections.inputs_of(ask(session, query), keys)
        # What a form names counts, also where its URL names more.
        assert selections.chosen_keys(ask(session, query, {"row": ["7"]})) == [7]
        # Another session knows nothing of it.
        assert selections.chosen_keys(ask({}, query)) == []

    def test_more_than_a_url_holds_are_chosen(
        self, summit: Summit, desk: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(selections, "MOST", 2)
        monkeypatch.setattr(selections, "NAMED", 1)
        f.PersonFactory.create_batch(4, summit=summit, language="en")
        # Nothing is done where neither is chosen.
        chosen = {"action": "mark_language", "index": "0"}
        assert "language/" not in desk.post(PEOPLE, chosen)["Location"]
        page = desk.post(PEOPLE, {**chosen, "select_across": "1"}, follow=True)
        shown = page.content.decode()
        assert "Set the language of 4 people" in shown
        assert "and 3 more" in shown
        assert 'name="row"' not in shown
        address = page.redirect_chain[-1][0]
        assert desk.post(address, {"language": "fr"}).status_code == 302
        assert set(Person.objects.values_list("language", flat=True)) == {"fr"}

    def test_accounts_are_given_in_portions(
        self, summit: Summit, desk: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(people, "MOST", 2)
        rows = [f.MembershipFactory(party__summit=summit, person__email=f"p{n}@x.example").person for n in range(3)]
        query = "&".join(f"row={row.pk}" for row in rows)
        page = desk.post(f"{PEOPLE}accounts/?{query}", follow=True).content.decode()
        assert Person.objects.filter(user__isnull=False).count() == 2
        assert "Create 1 account" in page

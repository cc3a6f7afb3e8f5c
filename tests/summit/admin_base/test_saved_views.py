"""Lists as an account has arranged them: columns that one chooses, and views that are saved."""

import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from summit.admin_base import columns_and_saved_views
from summit.admin_base.models import SavedView
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in

pytestmark = pytest.mark.django_db
PARTIES = "/admin/delegations/party/"


@pytest.fixture
def user(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.ORGANISER, summit)


@pytest.fixture
def desk(user: User, summit: Summit) -> Client:
    f.PartyFactory(summit=summit, name="Aland", formal_name="Republic of Aland")
    f.PartyFactory(summit=summit, name="Borduria", kind="organisation")
    return signed_in(user)


def listed(client: Client, **query: Any) -> Any:
    return client.get(PARTIES, query).context["cl"]


def columns(client: Client) -> list[str]:
    return [str(name) for name in listed(client).list_display if name != "action_checkbox"]


class TestColumns:
    def test_one_chooses_them_and_gets_the_usual_ones_back(self, desk: Client, summit: Summit) -> None:
        usual = columns(desk)
        chosen = {"list_setting": "columns", "column": ["formal_name", "people", "secret"]}
        assert desk.post(f"{PARTIES}?kind__exact=state&o=1", chosen)["Location"] == f"{PARTIES}?kind__exact=state"
        assert columns(desk) == ["party_line", "people", "formal_name"]
        assert "Republic of Aland" in desk.get(PARTIES).content.decode()
        # They are of the account alone, and the file of the list has them too.
        assert columns(signed_in(f.UserFactory.with_role(Role.ORGANISER, summit))) == usual
        assert "<li>Formal name</li>" in desk.get(f"{PARTIES}table/").content.decode()
        desk.post(PARTIES, {"list_setting": "usual"})
        assert columns(desk) == usual
        desk.post(PARTIES, {"list_setting": "columns"})
        assert columns(desk) == ["party_line"]

    def test_what_one_may_not_see_is_not_offered(self, summit: Summit) -> None:
        f.PartyFactory(summit=summit)
        viewer = signed_in(f.UserFactory.with_role(Role.VIEWER, summit))
        assert "people" not in [name for name, _label, _shown in listed(viewer).column_choices]
        viewer.post(PARTIES, {"list_setting": "columns", "column": ["people"]})
        assert "people" not in columns(viewer)

    def test_who_does_not_see_the_list_sets_nothing(self, summit: Summit) -> None:
        vetting = signed_in(f.UserFactory.with_role(Role.VETTING, summit))
        assert vetting.post(PARTIES, {"list_setting": "columns", "column": ["people"]}).status_code in (403, 404)
        assert not SavedView.objects.exists()


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
        place = listed(desk).list_display.index("people")
        assert listed(desk).views[0].query == f"?kind__exact=organisation&o=-{place}"
        desk.post(PARTIES, {"list_setting": "remove", "name": "Mine"})
        assert listed(desk).views == []
        assert SavedView.objects.get().columns == ["people"]

    def test_what_is_wrong_is_said(self, user: User, monkeypatch: pytest.MonkeyPatch) -> None:
        def refused(**values: Any) -> str:
            with pytest.raises(ValidationError) as problem:
                columns_and_saved_views.save_view(
                    **{"by": user, "label": "x.y", "name": "A", "query": "", "order": [], **values}
                )
            return " ".join(problem.value.messages)

        assert refused(name=" ") == "Enter a name for the view."
        assert refused(name="x" * 61) == "Enter a shorter name."
        monkeypatch.setattr(columns_and_saved_views, "MOST", 1)
        columns_and_saved_views.save_view(by=user, label="x.y", name="A", query="", order=[])
        columns_and_saved_views.save_view(by=user, label="x.y", name="A", query="a=1", order=[])
        assert refused(name="B") == "Remove a view first. A list can have at most 1."

    def test_a_list_asks_once_however_many_there_are(self, desk: Client, user: User) -> None:
        numbers = []
        for name in ("", "A", "B"):
            SavedView.objects.create(user=user, label="delegations.party", name=name, columns=["people"])
            with CaptureQueriesContext(
                connection,
            ) as queries:
                desk.get(PARTIES)
            numbers.append(sum("summit_savedview" in query["sql"] for query in queries.captured_queries))
        assert numbers == [1, 1, 1]

    def test_the_page_works_without_a_script(self, desk: Client) -> None:
        page = desk.get(f"{PARTIES}?kind__exact=state").content.decode()
        (form,) = re.findall(r'<form method="post">(?:(?!</form>).)*value="save".*?</form>', page, re.DOTALL)
        assert 'name="csrfmiddlewaretoken"' in form
        assert '<label for="view-name">Name of the view</label>' in form
        assert page.count('name="list_setting" value="columns"') == 1

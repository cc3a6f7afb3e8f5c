"""What the lists of the admin have in common: lines on phones, and where rows come from that nobody adds by hand."""

import re
from typing import Any

import pytest
from django.contrib.admin.sites import site
from django.test import Client

from delegations.invitations.admin.answers import ReplyAdmin
from summit.admin_base.model_admin import SummitModelAdmin
from summit.admin_base.row_sources import sentence_of
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.clients import signed_in

pytestmark = pytest.mark.django_db
DESKS: list[Any] = [desk for desk in site._registry.values() if isinstance(desk, SummitModelAdmin)]
PARTIES, REPLIES = "/admin/delegations/party/", "/admin/delegations/reply/"


def read(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def client_of(role: Role, summit: Summit) -> Client:
    return signed_in(f.UserFactory.with_role(role, summit))


class TestPhones:
    def test_what_phones_show_are_columns_of_the_list(self) -> None:
        unknown = {str(desk): set(desk.phone_columns) - set(desk.list_display) for desk in DESKS}
        assert {name for name, columns in unknown.items() if columns} == set()

    def test_a_row_shows_its_name_and_two_facts_and_stays_a_row_of_a_table(self, summit: Summit) -> None:
        f.PartyFactory(summit=summit)
        content = read(client_of(Role.ORGANISER, summit), PARTIES)
        assert re.findall(r'<td data-label="(\w+)" role="cell" data-phone="(\w+)"', content) == [
            ("Answer", "text"),
            ("People", "number"),
        ]
        assert '<th scope="row" role="rowheader"' in content
        assert content.count('<tr role="row">') == 2

    def test_a_fact_that_is_empty_takes_no_room(self, summit: Summit) -> None:
        f.RoomFactory(venue__summit=summit, capacity=None)
        content = read(client_of(Role.ORGANISER, summit), "/admin/summit/room/")
        assert re.findall(r'<td data-label="(\w+)" role="cell"( data-phone)?', content)[:2] == [
            ("Venue", " data-phone"),
            ("Seats", ""),
        ]


class TestTabs:
    def test_each_state_of_the_answer_is_a_tab_with_its_number(self, summit: Summit) -> None:
        f.PartyFactory(summit=summit, is_host=True)
        for state in ({}, {"sent": True}, {"answered": True}):
            f.InvitationFactory(party__summit=summit, **state)
        f.InvitationFactory(sent=True)
        desk = client_of(Role.ORGANISER, summit)
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
        shown = [desk.get(PARTIES + tab.query).context["cl"].result_count for tab in tabs]
        assert shown == [tab.number for tab in tabs]

    def test_the_lists_of_the_place_are_links_above_each_of_them(self, summit: Summit) -> None:
        f.ReplyFactory(invitation__party__summit=summit)
        content = read(client_of(Role.PROTOCOL, summit), REPLIES)
        (tabs,) = re.findall('<nav class="tabs of-place".*?</nav>', content)
        assert re.findall(r">([\w ]+)</a>", tabs) == ["Delegations", "Members", "Invitations", "Answers"]
        assert f'href="{REPLIES}" aria-current="page"' in tabs


class TestSources:
    def test_each_list_has_a_button_that_adds_or_says_where_rows_come_from(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert [str(desk) for desk in DESKS if not sentence_of(desk)] == []
        # The control: a list that nobody adds to is found where it declares nothing.
        monkeypatch.setattr(ReplyAdmin, "row_source", None)
        assert [str(desk) for desk in DESKS if not sentence_of(desk)] == ["delegations.ReplyAdmin"]

    def test_the_sentence_leads_on_whoever_may_go_there(self, summit: Summit) -> None:
        f.InvitationFactory(party__summit=summit, sent=True)
        found = {}
        for role in (Role.PROTOCOL, Role.PROGRAMME):
            content = read(client_of(role, summit), "/admin/delegations/invitation/")
            (said,) = re.findall('<p class="list-source">(.*?)</p>', content)
            found[role] = said
        assert found[Role.PROGRAMME] == "Each invited delegation is listed here."
        address = f"/admin/delegations/party/invite/?summit={summit.slug}"
        assert f'<a href="{address}">Invite delegations</a>' in found[Role.PROTOCOL]

    def test_a_primary_source_is_the_lists_button_for_whoever_may_go_there(self, summit: Summit) -> None:
        f.ReplyFactory(invitation__party__summit=summit)
        button = '<a class="button" href="/admin/delegations/invitation/?state__exact=sent">Record answer</a>'
        for role, offered in ((Role.PROTOCOL, 1), (Role.PROGRAMME, 0)):
            content = read(client_of(role, summit), REPLIES)
            (said,) = re.findall('<p class="list-source">(.*?)</p>', content)
            assert said == "Answers by link or in the portal are recorded automatically, others by hand."
            assert content.count(button) == offered

    def test_who_may_not_add_reads_who_can(self, summit: Summit) -> None:
        f.RoomFactory(venue__summit=summit)
        organiser, viewer = (
            read(client_of(role, summit), "/admin/summit/room/") for role in (Role.ORGANISER, Role.VIEWER)
        )
        assert "Roles that can add one: organiser" in viewer
        assert "list-source" not in organiser

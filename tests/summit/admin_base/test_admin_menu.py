"""The menu: five places, what is worked with every day in each, and the settings behind one door."""

import re
from typing import Any

import pytest
from django.contrib.admin.sites import site
from django.test import Client

from summit.admin_base.menu_places import MenuEntry, MenuGroup, MenuPlace, navigation
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests.summit.conftest import desk_of

pytestmark = pytest.mark.django_db
ZONES = "/admin/delegations/zone/"


def nav(client: Client, path: str = "/admin/") -> str:
    text = client.get(path).content.decode()
    return text[text.index('<nav class="desks"') : text.index("</nav>")]


def places(client: Client) -> list[str]:
    names = re.findall(r'class="desk-name"[^>]*>(.*?)</a>', nav(client))
    return [re.sub(r"<span.*?</span>\s*", "", name) for name in names]


def menu(client: Client, place: str, path: str = "/admin/") -> dict[str, Any]:
    """Return of a place of the menu: `open`, what is in it directly, and what is behind each word."""
    (part,) = [group for group in nav(client, path).split('<li class="desk-group"') if f">{place}</a>" in group]
    found: dict[str, Any] = {}
    for details in re.findall(r"<details.*?</details>", part, re.DOTALL):
        word = re.search(r"<summary.*?>(.*?)</summary>", details)
        assert word
        found[word[1]] = re.findall(r"<li><a [^>]*>(.*?)</a>", details)
    rest = re.sub(r"<details.*?</details>", "", part, flags=re.DOTALL)
    return {"open": re.findall(r"<li><a [^>]*>(.*?)</a>", rest), **found}


class TestMenu:
    def test_what_an_organiser_finds_where(self, desk: Client) -> None:
        assert places(desk) == ["Delegations", "Accreditation", "Agenda", "Press", "Settings"]
        found = menu(desk, "Delegations")
        assert found["open"][0] == "Delegations"
        assert {word: pages[:1] for word, pages in found.items() if word != "open"} == {
            "To decide": ["Requests for focal points"],
            "More": ["Lists of participants"],
        }
        accreditation = [
            "People",
            "Badges",
            "Delegations’ transferable passes",
            "Visa support letters",
            "Declarations",
            "Needs",
        ]
        assert menu(desk, "Accreditation") == {"open": accreditation}
        assert menu(desk, "Agenda") == {
            "open": ["Sessions", "Board", "Releases", "Bilateral meetings", "Sign-ups", "Fixed points"],
            "More": ["Screens", "New times", "Uploaded schedules"],
        }

    def test_each_role_sees_its_own(self, summit: Summit) -> None:
        found = {role: places(desk_of(summit, role)) for role in (Role.VETTING, Role.PRESS_OFFICER)}
        assert found[Role.VETTING][0] == "Accreditation"
        assert not {"Delegations", "Agenda", "Press"} & set(found[Role.VETTING])
        assert "Accreditation" not in found[Role.PRESS_OFFICER]

    def test_no_place_has_more_than_seven(self, desk: Client) -> None:
        for place in ("Delegations", "Accreditation", "Agenda", "Press"):
            found = menu(desk, place)
            assert len(found.pop("open")) + len(found) <= 7, place

    def test_one_list_of_a_group_needs_no_word(self) -> None:
        entries = [
            MenuEntry("first", "/a/", MenuPlace.AGENDA, MenuGroup.DAILY),
            MenuEntry("second", "/b/", MenuPlace.AGENDA, MenuGroup.DECISIONS),
            MenuEntry("third", "/c/", MenuPlace.AGENDA, MenuGroup.MORE),
            MenuEntry("fourth", "/d/", MenuPlace.AGENDA, MenuGroup.MORE, scope="?s=1"),
        ]
        (place,) = navigation(entries, "/d/5/")
        assert [link.name for link in place.links] == ["First", "Second"]
        assert [(menu.name, [link.url for link in menu.links]) for menu in place.menus] == [
            ("More", ["/c/", "/d/?s=1"])
        ]
        assert (place.url, place.within, place.menus[0].within) == ("/a/", True, True)
        assert [(link.current, link.within) for link in place.menus[0].links] == [(False, False), (False, True)]

    def test_a_page_after_its_list_is_named_and_leads_to_the_summit(self, desk: Client, summit: Summit) -> None:
        board = f"/admin/agenda/session/board/?summit={summit.slug}"
        assert f'<li><a href="{board}">Board</a></li>' in nav(desk)
        shown = nav(desk, board)
        assert f'<a href="{board}" aria-current="page">Board</a>' in shown
        # The list whose address the page's begins with is another one.
        assert re.findall(r'aria-current="\w+">(\w+)</a>', shown) == ["Agenda", "Board"]


class TestSettings:
    def test_they_have_what_is_set_up_once(self, desk: Client) -> None:
        context = desk.get("/admin/settings/").context_data
        found = {str(label): [entry.name for entry in entries] for label, entries in context["groups"]}
        assert list(found) == [str(group.label) for group in MenuGroup if group.of_settings]
        assert {"Categories", "Zones", "Delegation policy", "Letters"} <= set(found["Delegations and accreditation"])
        access = ["Accounts", "Roles", "Audit log", "Roles by group"]
        assert found["Accounts and access"] == [
            *access,
            *("Identity providers of delegations", "Sign-ins of delegates"),
        ]
        assert "Messages" in found["Messages and other systems"]

    def test_the_gear_says_that_one_is_there(self, desk: Client) -> None:
        for address in (ZONES, "/admin/delegations/policy/here/"):
            assert re.search(r'/admin/settings/[^>]*aria-current="true"', nav(desk, address)), address
        assert re.search(r'/admin/settings/[^>]*aria-current="page"', nav(desk, "/admin/settings/"))

    def test_what_one_may_not_see_is_not_there(self, summit: Summit) -> None:
        shown = desk_of(summit, Role.PRESS_OFFICER).get("/admin/settings/").content.decode()
        assert ("Audit log" in shown, "Retention" in shown, "Topics" in shown) == (False, False, True)


def test_no_two_lists_of_a_group_claim_one_place(desk: Client) -> None:
    """Where they do, their order would be the alphabet's, another one in each language."""
    claimed: dict[tuple[Any, ...], str] = {}
    for app in desk.get("/admin/").context_data["available_apps"]:
        for entry in app["models"]:
            key = (entry["menu_place"], *entry["order"])
            assert key not in claimed, (claimed[key], entry["name"])
            claimed[key] = entry["name"]
    # Identity providers are the system administrator's alone.
    assert len(claimed) == len([model for model in site._registry if model._meta.app_label]) - 1

"""The desks' menu: what is worked with every day stands openly, the rest behind a word each."""

import re
from typing import Any

import pytest
from django.contrib.admin.sites import site
from django.test import Client

from summit.admin_base.menu import MenuGroup
from summit.admin_base.summit_pages import desk_place
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests.summit.conftest import desk_of

pytestmark = pytest.mark.django_db
ZONES = "/admin/delegations/zone/"


def menu(client: Client, path: str, desk: str = "Delegations") -> dict[str, Any]:
    """Return of the desk's menu: `open`, what stands openly, and what stands behind each word."""
    text = client.get(path).content.decode()
    nav = text[text.index('<nav class="desks"') : text.index("</nav>")]
    (part,) = [group for group in nav.split('<li class="desk-group"') if f">{desk}</a>" in group]
    found: dict[str, Any] = {}
    for details in re.findall(r"<details.*?</details>", part, re.DOTALL):
        word = re.search(r"<summary.*?>(.*?)</summary>", details)
        assert word
        found[word[1]] = re.findall(r"<li><a [^>]*>(.*?)</a>", details)
    rest = re.sub(r"<details.*?</details>", "", part, flags=re.DOTALL)
    return {"open": re.findall(r"<li><a [^>]*>(.*?)</a>", rest), **found}


class TestMenu:
    def test_what_an_organiser_finds_where(self, desk: Client) -> None:
        found = menu(desk, "/admin/")
        firsts = {word: pages[:2] for word, pages in found.items()}
        assert firsts == {
            "open": ["Parties", "Members"],
            "To decide": ["Requests for focal points", "Things to be passed on"],
            "Lists and passes": ["Lists of participants", "Overpasses of parties"],
            "Settings": ["Categories", "Quotas"],
        }
        # A desk with few lists has none behind words.
        lists = ["Sessions", "Releases", "Sign-ups", "Uploaded schedules", "Kinds of session"]
        assert menu(desk, "/admin/", "Agenda") == {"open": lists}

    def test_what_one_may_not_see_is_in_no_menu_and_one_alone_needs_no_word(self, summit: Summit) -> None:
        found = menu(desk_of(summit, Role.PRESS_OFFICER), "/admin/")
        assert found["open"][0] == "Parties"
        assert [name for name in ("Members", "Names in other languages") if name in str(found)] == []
        assert all(len(pages) > 1 for word, pages in found.items() if word != "open")

    def test_says_where_one_is_also_on_a_page_that_is_no_list(self, desk: Client, summit: Summit) -> None:
        for address, called in ((ZONES, "Zones"), ("/admin/delegations/policy/here/", "Policy for parties")):
            text = desk.get(address).content.decode()
            assert f'<a href="{address}" aria-current="page">{called}</a>' in text
            assert re.findall('<summary aria-current="true">(.*?)<', text) == ["Settings"]
            assert '<li class="desk-group" data-state="open">' in text

    def test_the_desks_own_page_has_them_in_the_same_order(self, desk: Client) -> None:
        text = desk.get("/admin/delegations/").content.decode()
        words = re.findall(r"<h2>(To decide|Lists and passes|Settings)</h2>", text)
        assert words == ["To decide", "Lists and passes", "Settings"]


def test_no_two_lists_of_a_shelf_claim_one_place() -> None:
    """Where they do, their order would be the alphabet's, another one in each language."""
    claimed: dict[tuple[str, int, int], str] = {}
    for model, desk in site._registry.items():
        if model._meta.app_label == "delegations":
            key = ("delegations", int(getattr(desk, "shelf", MenuGroup.DAILY)), int(getattr(desk, "place", 9)))
            assert key not in claimed, (claimed[key], model)
            claimed[key] = str(model)


def test_each_page_in_a_menu_has_its_desk() -> None:
    desks = {model._meta.app_label for model in site._registry}
    assert {place.name.partition("_")[0] for place in desk_place if place.shelf is not None} <= desks

"""What the pages of the desk have in common: header, menu, lists, forms, and one summit at a time."""

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

import pytest
from django.contrib.admin.sites import site
from django.test import Client

from summit.admin_base import summit_scope
from summit.admin_base.time_zones import ZoneMixin
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import read, signed_in
from tests.summit.admin_base.helpers import request_of
from tests.summit.conftest import desk_of

pytestmark = pytest.mark.django_db
PARTIES, SESSIONS, ZONES = "/admin/delegations/party/", "/admin/agenda/session/", "/admin/delegations/zone/"
SWITCH = re.compile(r'<details class="menu-of summits">.*?</details>', re.DOTALL)


@pytest.fixture
def summit() -> Summit:
    return f.SummitFactory(slug="here", short_name="Here 2025", time_zone="Asia/Tokyo", place="Tokyo")


def test_every_page_names_the_summit_and_its_time_and_marks_where_one_is(desk: Client) -> None:
    content = read(desk, PARTIES)
    header = content[content.index("<header") : content.index("</header>")]
    assert re.search(r"<time>\d\d:\d\d Tokyo time</time>", re.sub(r"</?bdi[^>]*>", "", header))
    for said in (">Here 2025</a>", 'data-zone="Asia/Tokyo"', 'href="/accounts/2fa/"'):
        assert said in header
    assert re.findall(r'<a href="([^"]+)" aria-current="page">([^<]+)<', header) == [(PARTIES, "Delegations")]
    # Public pages have no time of their own.
    content = read(Client(), "/here/")
    assert "<time></time>" in content
    assert re.search(r'<p class="clock"[^>]* hidden>', content)


# --- the menu: five places, what is worked with every day in each, and the settings behind one door -----------------
def nav(page: str) -> str:
    return page[page.index('<nav class="desks"') : page.index("</nav>")]


def places(page: str) -> list[str]:
    names = re.findall(r'class="desk-name"[^>]*>(.*?)</a>', nav(page))
    return [re.sub(r"<span.*?</span>\s*", "", name) for name in names]


def menu(page: str, place: str) -> dict[str, Any]:
    """Return of a place of the menu: `open`, what is in it directly, and what is behind each word."""
    (part,) = [group for group in nav(page).split('<li class="desk-group"') if f">{place}</a>" in group]
    found: dict[str, Any] = {}
    for details in re.findall(r"<details.*?</details>", part, re.DOTALL):
        word = re.search(r"<summary.*?>(.*?)</summary>", details)
        assert word
        found[word[1]] = re.findall(r"<li><a [^>]*>(.*?)</a>", details)
    rest = re.sub(r"<details.*?</details>", "", part, flags=re.DOTALL)
    return {"open": re.findall(r"<li><a [^>]*>(.*?)</a>", rest), **found}


def above(page: str) -> list[str]:
    """Return the pages above this one, as its breadcrumb names them."""
    found = re.search(r'<nav class="breadcrumb".*?</nav>', page, re.DOTALL)
    return re.findall(r'<a href="([^"]+)">', found[0]) if found else []


def test_each_page_of_the_settings_leads_back_to_them(desk: Client, summit: Summit) -> None:
    settings = f"/admin/settings/?summit={summit.slug}"
    shown = read(desk, settings)
    lists = re.findall(r'<li><a href="([^"]+)">', shown[shown.index('<div class="sections settings">') :])
    some = {f"/admin/delegations/policy/{summit.slug}/", "/admin/summit/user/", "/admin/summit/auditentry/"}
    assert some < set(lists)
    assert [page for page in lists if above(read(desk, page)) != [settings]] == []
    zone = f.ZoneFactory(summit=summit)
    assert above(read(desk, f"{ZONES}{zone.pk}/change/")) == [settings, ZONES]
    # Others lead to their list alone.
    assert (above(shown), above(read(desk, PARTIES))) == ([], [])


class TestMenu:
    def test_what_an_organiser_finds_where(self, desk: Client, summit: Summit) -> None:
        response = desk.get("/admin/")
        page = response.content.decode()
        assert places(page) == ["Delegations", "Accreditation", "Agenda", "Press", "Settings"]
        found = menu(page, "Delegations")
        assert found.pop("open")[0] == "Delegations"
        first = {word: pages[0] for word, pages in found.items()}
        assert first == {"To decide": "Requests for focal points", "More": "Lists of participants"}
        accreditation = ["Visa support letters", "Declarations", "Needs"]
        assert menu(page, "Accreditation") == {
            "open": ["People", "Badges", "Delegations’ transferable passes", *accreditation]
        }
        assert menu(page, "Agenda") == {
            "open": ["Sessions", "Board", "Releases", "Bilateral meetings", "Sign-ups", "Fixed points"],
            "More": ["Screens", "New times", "Uploaded schedules"],
        }
        # No place has more than seven.
        for place in ("Delegations", "Accreditation", "Agenda", "Press"):
            found = menu(page, place)
            assert len(found.pop("open")) + len(found) <= 7, place
        # No two lists of a group claim one place: their order would be the alphabet's, another in each language.
        entries = [entry for app in response.context["available_apps"] for entry in app["models"]]
        assert len({(entry["menu_place"], *entry["order"]) for entry in entries}) == len(entries)
        # Identity providers are the system administrator's alone.
        assert len(entries) == len([model for model in site._registry if model._meta.app_label]) - 1
        # A page after its list is named, and leads to the summit.
        board = f"/admin/agenda/session/board/?summit={summit.slug}"
        assert f'<li><a href="{board}">Board</a></li>' in nav(page)
        shown = nav(read(desk, board))
        assert f'<a href="{board}" aria-current="page">Board</a>' in shown
        # The list whose address the page's begins with is another one.
        assert re.findall(r'aria-current="\w+">(\w+)</a>', shown) == ["Agenda", "Board"]

    def test_each_role_sees_its_own(self, summit: Summit) -> None:
        vetting = places(read(desk_of(summit, Role.VETTING), "/admin/"))
        assert (vetting[0], {"Delegations", "Agenda", "Press"} & set(vetting)) == ("Accreditation", set())
        page = read(desk_of(summit, Role.PRESS_OFFICER), "/admin/settings/")
        assert "Accreditation" not in places(page)
        assert ("Audit log" in page, "Retention" in page, "Topics" in page) == (False, False, True)


# --- lists and forms ------------------------------------------------------------------------------------------------


class TestForms:
    def test_what_stops_a_form_leads_to_its_fields_and_rows_can_be_added_without_a_script(self, desk: Client) -> None:
        rows = ("texts", "interpretation", "participants", "slots")
        content = desk.post(f"{SESSIONS}add/", {f"{name}-TOTAL_FORMS": 0 for name in rows}).content.decode()
        assert '<div class="error-summary" role="alert"' in content
        led = re.findall(r'<li><a href="#([^"]+)">', content[content.index("error-summary") :])
        assert {"id_title", "id_starts_at_0", "id_ends_at_0"} <= set(led)
        assert [name for name in led if f'id="{name}"' not in content] == []
        assert content.count('name="slots-2-title"') == 0
        assert read(desk, f"{SESSIONS}add/", rows=3).count('name="slots-2-title"') == 1

    def test_times_are_the_venues(self, desk: Client, summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
        Summit.objects.update(answer_by=datetime(2025, 3, 14, 8, tzinfo=UTC))
        address = f"/admin/summit/summit/{summit.pk}/change/"
        assert 'value="17:00"' in read(desk, address)
        # The control: without the zone they would not be.
        monkeypatch.setattr(ZoneMixin, "_zone", lambda *_args: UTC)
        content = read(desk, address)
        assert ('value="08:00"' in content, 'value="17:00"' in content) == (True, False)


# --- whoever works for two summits works for one at a time: it stays, and every address says which ------------------
@pytest.fixture
def two() -> tuple[Summit, Summit, Client]:
    """Return a summit, the one that is listed before it, and a client of whoever works for both."""
    new, old = f.SummitFactory(short_name="New"), f.SummitFactory(short_name="Old")
    user: User = f.UserFactory.with_role(Role.ORGANISER, old)
    for summit in (old, new):
        for role in (Role.ORGANISER, Role.PRESS_OFFICER):
            user.roles.get_or_create(summit=summit, role=role)
        party = f.PartyFactory(summit=summit, name="Tunisia")
        f.MembershipFactory(party=party)
        f.InvitationLinkFactory(invitation__party=party, invitation__state="sent", invitation__sent_at=f.START)
        f.EditionFactory(version__text__summit=summit)
        f.SessionFactory(summit=summit, title="Opening")
    return old, new, signed_in(user)


def shown(client: Client, address: str) -> Summit:
    """Return the summit of the page to which an address leads."""
    page = client.get(address, follow=True)
    assert page.status_code == 200
    return page.context["desk_summit"]


def test_the_choice_stays_and_stands_in_the_address(two: tuple[Summit, Summit, Client]) -> None:
    old, new, desk = two
    assert shown(desk, "/admin/") == new
    page = desk.get(f"/admin/?summit={old.slug}")
    assert page.context["desk_summit"] == old
    # Whoever works for several goes on with the one that is shown.
    assert f'href="{SESSIONS}?summit__id__exact={old.pk}"' in page.content.decode()
    for address, wanted in (
        ("/admin/", f"/admin/?summit={old.slug}"),
        (f"{PARTIES}?q=tunisia", f"{PARTIES}?q=tunisia&summit__id__exact={old.pk}"),
        (f"{PARTIES}?summit={new.slug}", f"{PARTIES}?summit__id__exact={new.pk}"),
        ("/admin/delegations/badge/issue/", f"/admin/delegations/badge/issue/?summit={old.slug}"),
    ):
        led = desk.get(address)
        assert (led.status_code, led["Location"]) == (302, wanted), address
    listed = desk.get(PARTIES, follow=True).context["cl"]
    assert [row.summit for row in listed.result_list] == [old]
    assert "summit" not in {spec.title for spec in listed.filter_specs if getattr(spec, "is_offered", True)}


def test_two_tabs_stay_apart_and_a_foreign_summit_is_chosen_by_nothing(two: tuple[Summit, Summit, Client]) -> None:
    """A row says whose page it is; a link stays in the summit of the page on which it stands."""
    old, new, desk = two
    assert shown(desk, f"{PARTIES}{old.parties.get().pk}/change/") == old
    user, foreign = new.roles.all()[0].user, f.SummitFactory()
    owned, strange = (f"{PARTIES}{f.PartyFactory(summit=each).pk}/change/" for each in (old, foreign))
    for cookie, referrer, wanted in (
        (new, owned, old),
        (new, "/elsewhere/", new),
        (old, "/elsewhere/", old),
        (old, f"/admin/?summit={new.slug}", new),
        *((foreign, each, new) for each in (strange, f"/admin/?summit={foreign.slug}", "/admin/nowhere/")),
        (foreign, f"{PARTIES}x/", new),
    ):
        request = request_of(user, PARTIES)
        request.COOKIES[summit_scope.COOKIE] = cookie.slug
        request.META["HTTP_REFERER"] = f"http://testserver{referrer}"
        assert summit_scope.chosen_summit(request, summit_scope.summits_of(request)) == wanted, referrer


def test_whoever_works_for_one_has_plain_addresses(two: tuple[Summit, Summit, Client]) -> None:
    desk = desk_of(two[0])
    for address in ("/admin/", PARTIES):
        page = desk.get(address)
        assert (page.status_code, summit_scope.COOKIE in desk.cookies) == (200, False)
        assert f"summit__id__exact={two[0].pk}" not in page.content.decode().partition("<main")[0]


@pytest.mark.broad("opens every page to which the pages of a summit lead")
def test_every_link_leads_to_its_own_summit(
    two: tuple[Summit, Summit, Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new, desk = two
    assert list(_wandered(desk, old, other=new)) == []
    # The control: without the page on which a link was followed, the other tab's summit is shown.
    monkeypatch.setattr(summit_scope, "_before", lambda request, listed: None)
    assert next(_wandered(desk, old, other=new), "")


def _wandered(desk: Client, summit: Summit, *, other: Summit) -> Iterator[str]:
    """Yield the addresses, on pages of a summit, that lead to another while a second tab shows that one."""
    waiting, kinds = [(f"/admin/?summit={summit.slug}", "")], set()
    while waiting:
        address, before = waiting.pop()
        kind = re.sub(r"\d+|[0-9a-z]{16}", "N", address.partition("?")[0])
        if kind in kinds:
            continue
        kinds.add(kind)
        desk.cookies[summit_scope.COOKIE] = other.slug
        page = desk.get(address, follow=True, headers={"referer": f"http://testserver{before}"})
        if page.status_code != 200 or not page.context or "desk_summit" not in page.context:
            continue
        if page.context["desk_summit"] != summit:
            yield f"{address} on {before}"
            continue
        now = f"{page.request['PATH_INFO']}?{page.request.get('QUERY_STRING', '')}"
        for found in re.findall(r'href="([^"#]+)"', SWITCH.sub("", page.content.decode())):
            to = urljoin(now, html.unescape(found))
            if to.startswith("/admin/") and not to.startswith(f"/admin/summit/summit/{other.pk}/"):
                waiting.append((to, now))
